"""What may follow the signature in a PDF of Inforce: archive timestamps in one exact form, and nothing else.

Anybody can have a timestamp, and what comes in the same update is covered by no signature of the publisher. What
readers of PDF allow there is far too much: scripts in the timestamp's field, say. So each later revision (incremental
update, ISO 32000-1, 7.5.6) is held to what `pyhanko_signing` writes, object by object::

    catalog      as before, but: /DSS is there (once there, it stays the same object)
    AcroForm     as before, but: /Fields is longer by the field
    page 1       as before, but: /Annots is longer by the field (or the array does that, if it is an object)
    field        new: <</FT/Sig /T(Timestamp1) /Type/Annot /Subtype/Widget /F 132 /Rect[0 0 0 0]
                        /P (page 1) /TU(Timestamp) /V (timestamp)>>, numbered from 1 on in order
    timestamp    new: <</Type/DocTimeStamp /Filter/Adobe.PPKLite /SubFilter/ETSI.RFC3161 /Contents<…> /ByteRange[…]>>
    DSS          <</Certs[…] /OCSPs[…] /CRLs[…]>>, each as before or longer by new streams
    streams      new: <</Length …>>, named in the DSS
    xref         the cross-reference stream, if it is one

A revision brings the field with its timestamp, or the DSS, or both. Everything that is new in it is in this list, so
nothing can be hidden in it for later.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.pdf_utils.xref import XRefSectionType

_STORES = ("/Certs", "/OCSPs", "/CRLs")
_FIELD = {
    "/FT": b"/Sig",
    "/Type": b"/Annot",
    "/Subtype": b"/Widget",
    "/F": b"132",
    "/Rect": b"[ 0 0 0 0 ]",
    "/TU": b"(Timestamp)",
}
_TIMESTAMP = {"/Type": b"/DocTimeStamp", "/Filter": b"/Adobe.PPKLite", "/SubFilter": b"/ETSI.RFC3161"}
_TRAILER = {"/Size", "/Root", "/Info", "/ID", "/Prev"}
_XREF = _TRAILER | {"/W", "/Type", "/Filter", "/Index", "/Length"}
_DEEPEST = 32


class _OtherwiseError(Exception):
    """A revision is not in the form; the message says what is otherwise."""


def what_else(reader: PdfFileReader, signed: int) -> str:
    """What the revisions after the one with that number brought besides archive timestamps, in words; "" for nothing.

    Never raises for what is in the file, once its cross-references could be read.
    """
    try:
        for number in range(signed + 1, reader.xrefs.total_revisions):
            _Later(reader, number).require_form()
    except _OtherwiseError as wrong:
        return str(wrong)
    except (PdfError, LookupError, TypeError, ValueError, AttributeError, RecursionError):
        return "something that cannot be read"
    return ""


@dataclass(frozen=True, slots=True)
class _Later:
    """A revision, next to the one before it."""

    reader: PdfFileReader
    number: int

    def require_form(self) -> None:
        """See that the revision is in the form.

        Raises:
            _OtherwiseError: it is not.
        """
        self._require_trailer()
        root = self.reader.root_ref
        catalog = self._changed(root, "the catalog", but={"/DSS"})
        form = _reference(catalog, "/AcroForm")
        fields, now = (_entry(one, "/Fields") for one in (self._before(form), self._changed_form(form)))
        known = {root, form, *self._store(catalog)}
        if _written(fields) != _written(now):
            known |= self._timestamp(fields, now)
        container = self.reader.xrefs.get_xref_container_info(self.number).stream_ref
        if container is not None:
            _require(_is_new(self, container) and set(self._now(container)) <= _XREF, "the cross-references")
            known.add(container)
        _require(self.reader.xrefs.explicit_refs_in_revision(self.number) <= known, "objects that do not belong there")

    def _require_trailer(self) -> None:
        data = self.reader.xrefs.get_xref_data(self.number)
        kind = self.reader.xrefs.get_xref_container_info(self.number).xref_section_type
        is_plain = kind in (XRefSectionType.STANDARD, XRefSectionType.STREAM) and data.hybrid is None
        _require(is_plain and not data.freed, "the cross-references")
        before, now = (self.reader.trailer.flatten(one) for one in (self.number - 1, self.number))
        _require(set(now) <= _TRAILER, "the trailer")
        _require(all(_same(before, now, key) for key in ("/Root", "/Info")), "the trailer")

    def _changed_form(self, form: generic.Reference) -> Any:
        return self._changed(form, "the form", but={"/Fields"})

    def _store(self, catalog: Any) -> set[generic.Reference]:
        """The DSS and the streams that are new in it, if there is one."""
        was = self._before(self.reader.root_ref)
        if "/DSS" not in catalog:
            _require("/DSS" not in was, "validation information is gone")
            return set()
        store = _reference(catalog, "/DSS")
        if "/DSS" in was:
            _require(_same(was, catalog, "/DSS"), "other validation information")
            before = self._before(store)
        else:
            _require(_is_new(self, store), "the catalog")
            before = generic.DictionaryObject()
        now = self._now(store)
        _require(type(now) is generic.DictionaryObject and set(now) <= set(_STORES), "the validation information")
        new: set[generic.Reference] = set()
        for key in _STORES:
            old, all_of_it = (_references(_entry(one, key)) if key in one else [] for one in (before, now))
            _require(set(old) <= set(all_of_it), "validation information is gone")
            new |= set(all_of_it) - set(old)
        for one in new:
            stream = self._now(one)
            is_plain = isinstance(stream, generic.StreamObject) and set(stream) == {"/Length"}
            _require(_is_new(self, one) and is_plain, "the validation information")
        return {store, *new}

    def _timestamp(self, before: Any, now: Any) -> set[generic.Reference]:
        """The field that is new among those of the form, its timestamp, and the page that both are on."""
        field = _added(before, now, "the form")
        page = self._first_page()
        found = self._now(field)
        stamp = _reference(found, "/V")
        name = f"(Timestamp{len(_references(before))})".encode()
        page_written = f"{page.idnum} {page.generation} R".encode()
        wanted = {**_FIELD, "/T": name, "/P": page_written, "/V": _written(_entry(found, "/V"))}
        _require(_is_new(self, field) and _is_written(found, wanted), "the timestamp's field")
        signature = self._now(stamp)
        rest = {key: _written(_entry(signature, key)) for key in ("/Contents", "/ByteRange")}
        _require(_is_new(self, stamp) and _is_written(signature, {**_TIMESTAMP, **rest}), "the timestamp")
        return {field, stamp, *self._annotated(page, field)}

    def _annotated(self, page: generic.Reference, field: generic.Reference) -> set[generic.Reference]:
        """The page whose annotations have become more by the field, or their array if that is an object."""
        now = self._changed(page, "page 1", but={"/Annots"})
        before = self._before(page)
        old, new = (_entry(one, "/Annots") if "/Annots" in one else generic.ArrayObject() for one in (before, now))
        found = {page}
        if isinstance(new, generic.IndirectObject):
            _require(_same(before, now, "/Annots"), "page 1")
            found.add(new.reference)
            old, new = self._before(new.reference), self._now(new.reference)
        _require(_added(old, new, "page 1") == field, "page 1")
        return found

    def _first_page(self) -> generic.Reference:
        found = _reference(self._before(self.reader.root_ref), "/Pages")
        for _ in range(_DEEPEST):
            node = self._before(found)
            if "/Kids" not in node:
                return found
            kids = _entry(node, "/Kids")
            if isinstance(kids, generic.IndirectObject):
                kids = self._before(kids.reference)
            found = _references(kids)[0]
        raise _OtherwiseError("page 1")

    def _changed(self, reference: generic.Reference, name: str, but: set[str]) -> Any:
        """A dictionary now, once it is seen that it is as before but for some keys."""
        before, now = self._before(reference), self._now(reference)
        is_dictionary = type(before) is type(now) is generic.DictionaryObject
        _require(is_dictionary and set(before) - but == set(now) - but, name)
        _require(all(_same(before, now, key) for key in set(now) - but), name)
        return now

    def _before(self, reference: generic.Reference) -> Any:
        return self.reader.get_object(reference, revision=self.number - 1)

    def _now(self, reference: generic.Reference) -> Any:
        return self.reader.get_object(reference, revision=self.number)


def _require(is_so: bool, otherwise: str) -> None:  # noqa: FBT001 - reads as an assertion
    if not is_so:
        raise _OtherwiseError(otherwise)


def _is_new(later: _Later, reference: generic.Reference) -> bool:
    return later.reader.xrefs.get_introducing_revision(reference) == later.number and reference.generation == 0


def _added(before: Any, now: Any, name: str) -> generic.Reference:
    """The one reference by which an array has become longer."""
    old, new = _references(before), _references(now)
    _require(len(new) == len(old) + 1 and new[:-1] == old and new[-1] not in old, name)
    return new[-1]


def _references(array: Any) -> Sequence[generic.Reference]:
    """The references that an array consists of; it is no reference itself."""
    _require(type(array) is generic.ArrayObject, "an array")
    entries = list(list.__iter__(array))
    _require(all(isinstance(one, generic.IndirectObject) for one in entries), "an array")
    return [one.reference for one in entries]


def _reference(dictionary: Any, key: str) -> generic.Reference:
    found = _entry(dictionary, key)
    _require(isinstance(found, generic.IndirectObject), f"{key} is no reference")
    reference: generic.Reference = found.reference
    return reference


def _entry(dictionary: Any, key: str) -> Any:
    """What a dictionary has under a key; a reference stays one."""
    return dictionary.raw_get(key)


def _same(one: Any, other: Any, key: str) -> bool:
    """Whether both have the same under a key, or both nothing."""
    return _values(one, key) == _values(other, key)


def _values(dictionary: Any, key: str) -> list[bytes]:
    return [_written(_entry(dictionary, key))] if key in dictionary else []


def _is_written(dictionary: Any, wanted: dict[str, bytes]) -> bool:
    """Whether a dictionary has these values under these keys, and no other ones."""
    is_dictionary = type(dictionary) is generic.DictionaryObject
    return is_dictionary and {str(key): _written(_entry(dictionary, key)) for key in dictionary} == wanted


def _written(value: Any) -> bytes:
    """A value as PDF: to pyHanko a name equals the string of the same letters, and so on."""
    out = BytesIO()
    value.write_to_stream(out, None)
    return out.getvalue()
