"""Timestamps that somebody else put behind the signature, and what came along with them: altered, each of them.

Anybody can have a timestamp; so everything that comes in its update is a stranger's.
"""

from io import BytesIO

import pytest
from checking_by_hand import checked, told
from pyhanko.pdf_utils.generic import (
    ArrayObject,
    BooleanObject,
    DictionaryObject,
    FloatObject,
    NumberObject,
    StreamObject,
    TextStringObject,
    pdf_name,
)
from pyhanko.sign.fields import InvisSigSettings, SigFieldSpec, append_signature_field
from signed_samples import SIGNED, Update, authorities, signed, stamped, upgraded

COPIES = {"B-B": signed, "B-LT": lambda: signed("B-LT"), "upgraded": lambda: upgraded(signed("B-LTA"))}
EDITS = {}


def edit(function):
    """What else is written with the timestamp; it gets the writer and the timestamp's field."""
    EDITS[function.__name__] = function
    return function


def foreign(pdf, change=lambda _writer, _field: None, **options):
    """The PDF with a timestamp of an authority that nobody here knows, in the form of Inforce but for the change."""
    writer = Update(BytesIO(pdf))
    name = f"Timestamp{len(writer.prev.embedded_signatures)}"
    append_signature_field(writer, SigFieldSpec(name, on_page=0, readable_field_name="Timestamp", **options))
    field = list.__getitem__(writer.root["/AcroForm"]["/Fields"], -1).get_object()
    change(writer, field)
    writer.update_container(field)
    stamped_pdf = stamped(writer, authorities("Elsewhere").timestamps(SIGNED.replace(year=2019)))
    assert stamped_pdf.startswith(pdf)
    return stamped_pdf


def numbers(*values):
    return ArrayObject(map(NumberObject, values))


def script():
    words = TextStringObject("app.alert('hello')")
    return DictionaryObject({pdf_name("/S"): pdf_name("/JavaScript"), pdf_name("/JS"): words})


def at_first_page(writer):
    return writer.find_page_for_modification(0)[0].get_object()


@edit
def field_runs_a_script_when_its_page_is_shown(_writer, field):
    field[pdf_name("/AA")] = DictionaryObject({pdf_name("/PO"): script()})


@edit
def field_launches_a_program(_writer, field):
    launch = {pdf_name("/S"): pdf_name("/Launch"), pdf_name("/F"): TextStringObject("cmd.exe")}
    field[pdf_name("/A")] = DictionaryObject(launch)


@edit
def field_strikes_the_page_out(_writer, field):
    field[pdf_name("/Subtype")] = pdf_name("/Ink")
    field[pdf_name("/InkList")] = ArrayObject([numbers(0, 0, 500, 700)])


@edit
def field_is_a_note(_writer, field):
    field[pdf_name("/Subtype")] = pdf_name("/Text")
    field[pdf_name("/Contents")] = TextStringObject("This revision was withdrawn.")


@edit
def field_is_named_otherwise(_writer, field):
    field[pdf_name("/TU")] = TextStringObject("This revision was withdrawn.")


@edit
def field_has_a_background(_writer, field):
    field[pdf_name("/MK")] = DictionaryObject({pdf_name("/BG"): numbers(1, 0, 0)})


@edit
def field_takes_the_page_up(_writer, field):
    field[pdf_name("/Rect")] = ArrayObject(map(FloatObject, (0, 0, 500, 700)))


@edit
def field_has_kids(writer, field):
    kid = {pdf_name("/Subtype"): pdf_name("/Widget"), pdf_name("/Rect"): numbers(0, 0, 0, 0)}
    kid[pdf_name("/AA")] = DictionaryObject({pdf_name("/PO"): script()})
    field[pdf_name("/Kids")] = ArrayObject([writer.add_object(DictionaryObject(kid))])


@edit
def field_is_a_string_where_a_name_belongs(_writer, field):
    field[pdf_name("/Subtype")] = TextStringObject("/Widget")


@edit
def form_gets_resources(writer, _field):
    form = writer.root["/AcroForm"]
    form[pdf_name("/DR")] = DictionaryObject({pdf_name("/XObject"): DictionaryObject()})
    form[pdf_name("/DA")] = TextStringObject("/Helv 0 Tf")
    writer.update_container(form)


@edit
def catalog_gets_an_extension(writer, _field):
    writer.root["/Extensions"][pdf_name("/EVIL")] = DictionaryObject({pdf_name("/Secret"): TextStringObject("hidden")})
    writer.update_root()


@edit
def catalog_is_no_longer_tagged(writer, _field):
    writer.root[pdf_name("/MarkInfo")] = DictionaryObject({pdf_name("/Marked"): BooleanObject(value=False)})
    writer.update_root()


@edit
def catalog_has_another_version(writer, _field):
    writer.root[pdf_name("/Version")] = pdf_name("/1.4")
    writer.update_root()


@edit
def page_is_turned(writer, _field):
    page = at_first_page(writer)
    page[pdf_name("/Rotate")] = NumberObject(180)
    writer.update_container(page)


@edit
def page_has_its_annotation_twice(writer, _field):
    page = at_first_page(writer)
    page["/Annots"].append(list.__getitem__(page["/Annots"], 0))
    writer.update_container(page)


@edit
def metadata_has_other_times(writer, _field):
    reference = writer.root.raw_get("/Metadata")
    data = writer.root["/Metadata"].data + b"<!-- 2018-04-10T10:10:10Z -->"
    writer.objects[reference.generation, reference.idnum] = StreamObject(stream_data=data)


@edit
def something_is_hidden(writer, _field):
    writer.add_object(StreamObject(stream_data=b"kept for later"))


@edit
def something_is_hidden_in_the_validation_information(writer, _field):
    """In a further entry of the DSS, which this copy has already or gets now."""
    store = writer.root["/DSS"] if "/DSS" in writer.root else DictionaryObject()
    store[pdf_name("/Evil")] = writer.add_object(StreamObject(stream_data=b"kept for later"))
    if "/DSS" in writer.root:
        writer.update_container(store)
    else:
        writer.root[pdf_name("/DSS")] = writer.add_object(store)
        writer.update_root()


@edit
def validation_information_has_a_name(writer, _field):
    kept = StreamObject({pdf_name("/Title"): TextStringObject("hidden")}, authorities().root.der)
    store = DictionaryObject({pdf_name("/Certs"): ArrayObject([writer.add_object(kept)])})
    writer.root[pdf_name("/DSS")] = writer.add_object(store)
    writer.update_root()


@pytest.mark.parametrize("name", COPIES)
@pytest.mark.parametrize("how", EDITS)
def test_what_comes_along_with_a_timestamp(how, name):
    found = checked(foreign(COPIES[name](), EDITS[how]))
    assert found.verdict == "altered", told(found)


@pytest.mark.parametrize("name", COPIES)
def test_a_timestamp_alone_changes_nothing(name):
    found = checked(foreign(COPIES[name]()))
    assert found.verdict == "authentic", told(found)


def test_a_timestamp_in_another_form():
    shown = foreign(signed(), invis_sig_settings=InvisSigSettings(set_print_flag=False))
    assert checked(shown).verdict == "altered"
