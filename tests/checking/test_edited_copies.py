"""Copies that were edited after they were signed, in the ways in which PDFs can be: altered, each of them."""

from io import BytesIO

import pikepdf
import pytest
from asn1crypto import cms, core
from checking_by_hand import against, checked, told
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.generic import pdf_name
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign import fields, signers
from signed_samples import SIGNED, authorities, signed, unsigned, upgraded

COPIES = {"B-B": signed, "B-LT": lambda: signed("B-LT"), "upgraded": lambda: upgraded(signed("B-LTA"))}
EDITS = {}


def edit(function):
    """An edit by an incremental update, as most tools make them: all earlier bytes stay."""
    EDITS[function.__name__] = function
    return function


def updated(pdf, function):
    writer = IncrementalPdfFileWriter(BytesIO(pdf))
    function(writer)
    out = BytesIO()
    writer.write(out)
    assert out.getvalue().startswith(pdf)
    return out.getvalue()


def first_page(writer):
    return writer.root["/Pages"]["/Kids"][0]


def stream(writer, data):
    return writer.add_object(generic.StreamObject(stream_data=data))


@edit
def page_gets_other_text(writer):
    page = first_page(writer)
    page[pdf_name("/Contents")] = stream(writer, b"BT /F1 12 Tf 100 100 Td (We sell what you tell us.) Tj ET")
    writer.update_container(page)


@edit
def page_stream_is_exchanged_in_its_place(writer):
    reference = first_page(writer).raw_get("/Contents")
    writer.objects[reference.generation, reference.idnum] = generic.StreamObject(stream_data=b"BT ET")


@edit
def page_is_added(writer):
    pages = writer.root["/Pages"]
    page = generic.DictionaryObject(
        {
            pdf_name("/Type"): pdf_name("/Page"),
            pdf_name("/Parent"): writer.root.raw_get("/Pages"),
            pdf_name("/MediaBox"): generic.ArrayObject(map(generic.NumberObject, (0, 0, 595, 842))),
        }
    )
    pages["/Kids"].append(writer.add_object(page))
    pages[pdf_name("/Count")] = generic.NumberObject(len(pages["/Kids"]))
    writer.update_container(pages)
    writer.update_container(pages["/Kids"])


def annotated(writer, **entries):
    page = first_page(writer)
    note = generic.DictionaryObject({pdf_name("/Type"): pdf_name("/Annot"), **entries})
    note[pdf_name("/Rect")] = generic.ArrayObject(map(generic.NumberObject, (0, 0, 595, 842)))
    page.setdefault(pdf_name("/Annots"), generic.ArrayObject()).append(writer.add_object(note))
    writer.update_container(page)


@edit
def page_is_covered_by_a_note(writer):
    annotated(
        writer,
        **{"/Subtype": pdf_name("/FreeText"), "/Contents": generic.TextStringObject("We sell what you tell us.")},
    )


@edit
def page_gets_a_link(writer):
    action = {"/S": "/URI", "/URI": "https://elsewhere.example/"}
    link = generic.DictionaryObject({pdf_name("/S"): pdf_name("/URI")})
    link[pdf_name("/URI")] = generic.TextStringObject(action["/URI"])
    annotated(writer, **{"/Subtype": pdf_name("/Link"), "/A": link})


@edit
def form_field_is_added(writer):
    field = generic.DictionaryObject(
        {
            pdf_name("/FT"): pdf_name("/Tx"),
            pdf_name("/T"): generic.TextStringObject("accept"),
            pdf_name("/V"): generic.TextStringObject("I accept"),
        }
    )
    form = writer.root["/AcroForm"]
    form["/Fields"].append(writer.add_object(field))
    writer.update_container(form)
    writer.update_container(form["/Fields"])


@edit
def javascript_is_added(writer):
    action = generic.DictionaryObject({pdf_name("/S"): pdf_name("/JavaScript")})
    action[pdf_name("/JS")] = generic.TextStringObject("app.alert('hello')")
    writer.root[pdf_name("/OpenAction")] = writer.add_object(action)
    writer.update_root()


@edit
def attachment_is_exchanged(writer):
    (specification,) = [
        one.get_object()
        for one in list(writer.root["/Names"]["/EmbeddedFiles"]["/Names"])[1::2]
        if one.get_object()["/F"] == "source.md"
    ]
    reference = specification["/EF"].raw_get("/F")
    writer.objects[reference.generation, reference.idnum] = generic.StreamObject(stream_data=b"# Other\n")


@edit
def names_are_exchanged(writer):
    writer.root[pdf_name("/Names")] = generic.DictionaryObject()
    writer.update_root()


@edit
def pages_are_hidden_behind_others(writer):
    """A shadow attack, "replace": what was signed stays in the file, and the catalog shows something else."""
    page = generic.DictionaryObject({pdf_name("/Type"): pdf_name("/Page")})
    page[pdf_name("/MediaBox")] = generic.ArrayObject(map(generic.NumberObject, (0, 0, 595, 842)))
    pages = generic.DictionaryObject(
        {pdf_name("/Type"): pdf_name("/Pages"), pdf_name("/Count"): generic.NumberObject(1)}
    )
    pages[pdf_name("/Kids")] = generic.ArrayObject([writer.add_object(page)])
    writer.root[pdf_name("/Pages")] = writer.add_object(pages)
    writer.update_root()


@edit
def font_is_exchanged(writer):
    """A shadow attack, "hide and replace": the same codes, other letters."""
    resources = first_page(writer)["/Resources"]
    font = generic.DictionaryObject({pdf_name("/Type"): pdf_name("/Font"), pdf_name("/Subtype"): pdf_name("/Type1")})
    font[pdf_name("/BaseFont")] = pdf_name("/ZapfDingbats")
    for name in list(resources["/Font"]):
        resources["/Font"][name] = writer.add_object(font)
    writer.update_container(resources)
    writer.update_container(resources["/Font"])


@edit
def layers_are_added(writer):
    layers = generic.DictionaryObject({pdf_name("/OCGs"): generic.ArrayObject()})
    writer.root[pdf_name("/OCProperties")] = writer.add_object(layers)
    writer.update_root()


@edit
def metadata_is_exchanged(writer):
    writer._update_meta = lambda: None  # pyHanko would write it as it was.
    reference = writer.root.raw_get("/Metadata")
    xmp = b'<x:xmpmeta xmlns:x="adobe:ns:meta/"/>'
    writer.objects[reference.generation, reference.idnum] = generic.StreamObject(stream_data=xmp)


@edit
def certification_is_taken_back(writer):
    del writer.root["/Perms"]
    writer.update_root()


@edit
def signature_is_taken_out(writer):
    writer.root[pdf_name("/AcroForm")] = generic.DictionaryObject({pdf_name("/Fields"): generic.ArrayObject()})
    del writer.root["/Perms"]
    writer.update_root()


@edit
def object_is_added_that_nothing_refers_to(writer):
    stream(writer, b"kept for later")
    writer.update_root()


@pytest.mark.parametrize("name", COPIES)
@pytest.mark.parametrize("how", EDITS)
def test_an_update_after_the_signature(how, name):
    pdf = COPIES[name]()
    assert checked(pdf).verdict == "authentic"
    found = checked(updated(pdf, EDITS[how]))
    expected = ("altered", "cannot tell") if how == "object_is_added_that_nothing_refers_to" else ("altered",)
    assert found.verdict in expected, told(found)


def test_written_anew_as_a_whole():
    out = BytesIO()
    with pikepdf.open(BytesIO(signed())) as pdf:
        pdf.save(out)
    assert checked(out.getvalue()).verdict == "altered"


def test_a_second_signature():
    who = authorities("Elsewhere", "Somebody else")
    meta = signers.PdfSignatureMetadata(
        field_name="Second", subfilter=fields.SigSeedSubFilter.PADES, signer_key_usage=set()
    )
    second = signers.PdfSigner(meta, who.simple_signer())
    once = signed(docmdp_permissions=fields.MDPPerm.FILL_FORMS)  # pyHanko adds none where no change is allowed.
    pdf = second.sign_pdf(IncrementalPdfFileWriter(BytesIO(once))).getvalue()
    assert checked(pdf).verdict == "altered"


@pytest.mark.parametrize(
    "options",
    [
        {"certify": False},
        {"docmdp_permissions": fields.MDPPerm.FILL_FORMS},
        {"docmdp_permissions": fields.MDPPerm.ANNOTATE},
        {"subfilter": fields.SigSeedSubFilter.ADOBE_PKCS7_DETACHED},
    ],
    ids=["approval", "forms allowed", "notes allowed", "no PAdES"],
)
def test_a_signature_of_another_kind_than_inforce_makes(options):
    assert checked(signed(**options)).verdict == "altered"


# What is in the signature itself --------------------------------------------------------------------------------------


def exchanged(pdf, change, number=0):
    """The PDF with another CMS in the place of the `number`th signature."""
    signature = PdfFileReader(BytesIO(pdf)).embedded_signatures[number]
    _, start, end, _ = signature.byte_range
    message = cms.ContentInfo.load(signature.pkcs7_content)
    der = change(message)
    room = end - start - 2
    return pdf[: start + 1] + der.hex().upper().encode().ljust(room, b"0") + pdf[end - 1 :]


def rewritten(message):
    return message.dump(force=True)


def test_the_signature_of_another_copy():
    other = PdfFileReader(BytesIO(signed(pdf=unsigned(b"# We sell what you tell us.\n")))).embedded_signatures[0]
    found = checked(exchanged(signed(), lambda _: other.pkcs7_content.rstrip(b"\0")))
    assert found.verdict == "altered"
    assert "what was signed is not what is here" in told(found)


def test_a_stray_certificate():
    def with_stray(message):
        signed_data = message["content"]
        signed_data["certificates"] = [*signed_data["certificates"], authorities("Elsewhere").signer.asn1]
        return rewritten(message)

    assert "has nothing to do with its signer" in told(checked(exchanged(signed(), with_stray)))


def test_an_attribute_that_nothing_signs():
    def with_attribute(message):
        (info,) = message["content"]["signer_infos"]
        info["unsigned_attrs"] = cms.CMSAttributes([{"type": "1.2.3.4", "values": [core.UTF8String("hidden")]}])
        return rewritten(message)

    assert "something that nothing signs" in told(checked(exchanged(signed(), with_attribute)))


def test_without_its_timestamp_it_is_of_a_lower_level():
    """Nobody can tell that there was one: it is what the signer signed. A manifest tells."""

    def without(message):
        (info,) = message["content"]["signer_infos"]
        info["unsigned_attrs"] = None
        return rewritten(message)

    found = checked(exchanged(signed("B-T"), without))
    assert (found.verdict, found.level) == ("authentic", "B-B")


def test_something_hidden_behind_the_signature():
    assert checked(exchanged(signed(), lambda message: message.dump() + b"\0hidden")).verdict == "altered"


def test_a_timestamp_of_something_else():
    other = PdfFileReader(BytesIO(signed("B-T", at=SIGNED.replace(day=11)))).embedded_signatures[0]
    (theirs,) = other.signed_data["signer_infos"]

    def with_theirs(message):
        (info,) = message["content"]["signer_infos"]
        info["unsigned_attrs"] = theirs["unsigned_attrs"].copy()
        return rewritten(message)

    found = checked(exchanged(signed("B-T"), with_theirs))
    assert found.verdict == "altered"
    assert "what was stamped is not what is here" in " ".join(against(found))
