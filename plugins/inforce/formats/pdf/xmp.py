"""What a PDF says of itself in its metadata (XMP, ISO 16684-1), besides what every PDF says.

The whole of ours, in the same `rdf:RDF` as the rest; `inforce:testSigned` stands there for test renditions alone::

    <rdf:Description rdf:about="" xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/" pdfuaid:part="1"/>
    <rdf:Description rdf:about="" xmlns:inforce="https://inforce.example/ns/pdf#">
      <inforce:policy>privacy-policy</inforce:policy>
      <inforce:revision>2018-04-10</inforce:revision>
      <inforce:digest>…64 hexadecimal digits: SHA-256 of the attached source.md…</inforce:digest>
      <inforce:testSigned>True</inforce:testSigned>
    </rdf:Description>

PDF/A allows properties of others' only with a description of their schema (ISO 19005-3, 6.6.2.3): that comes with them.
"""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from inforce.formats.pdf.sheet import Sheet

NAMESPACE = "https://inforce.example/ns/pdf#"
"""The name of our properties; nothing has to answer there."""
_UA = "http://www.aiim.org/pdfua/ns/id/"
_PROPERTIES = (
    ("policy", "Text", "The policy's name"),
    ("revision", "Text", "The revision's name"),
    ("digest", "Text", "SHA-256 of the attached source.md, in lower-case hexadecimal"),
    ("testSigned", "Boolean", "True where a throw-away key signs: the file proves nothing"),
)


def metadata_of(sheet: Sheet) -> str:
    """Our part of the metadata: descriptions in RDF, to stand before `</rdf:RDF>`."""
    revision = sheet.source.revision
    values = {"policy": revision.policy, "revision": revision.name, "digest": revision.digest}
    if sheet.is_test:
        values["testSigned"] = "True"
    ours = "".join(f"<inforce:{name}>{escape(value)}</inforce:{name}>" for name, value in values.items())
    return "".join(
        [
            f'<rdf:Description rdf:about="" xmlns:pdfuaid="{_UA}" pdfuaid:part="1"/>',
            f'<rdf:Description rdf:about="" xmlns:inforce="{NAMESPACE}">{ours}</rdf:Description>',
            '<rdf:Description rdf:about="" xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/"',
            ' xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#"',
            ' xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#"><pdfaExtension:schemas><rdf:Bag>',
            _schema("PDF/UA identification", _UA, "pdfuaid", [("part", "Integer", "Part of ISO 14289")]),
            _schema("Inforce: a revision of a policy", NAMESPACE, "inforce", _PROPERTIES),
            "</rdf:Bag></pdfaExtension:schemas></rdf:Description>",
        ]
    )


def _schema(title: str, namespace: str, prefix: str, properties: Sequence[tuple[str, str, str]]) -> str:
    """The description of a schema."""
    listed = "".join(
        f'<rdf:li rdf:parseType="Resource"><pdfaProperty:name>{name}</pdfaProperty:name>'
        f"<pdfaProperty:valueType>{kind}</pdfaProperty:valueType>"
        f"<pdfaProperty:category>{'internal' if prefix == 'pdfuaid' else 'external'}</pdfaProperty:category>"
        f"<pdfaProperty:description>{escape(meaning)}</pdfaProperty:description></rdf:li>"
        for name, kind, meaning in properties
    )
    return (
        f'<rdf:li rdf:parseType="Resource"><pdfaSchema:schema>{title}</pdfaSchema:schema>'
        f"<pdfaSchema:namespaceURI>{namespace}</pdfaSchema:namespaceURI><pdfaSchema:prefix>{prefix}</pdfaSchema:prefix>"
        f"<pdfaSchema:property><rdf:Seq>{listed}</rdf:Seq></pdfaSchema:property></rdf:li>"
    )
