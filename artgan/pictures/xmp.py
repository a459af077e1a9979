"""XMP (ISO 16684-1): the record, and IPTC's mark of machine-made pictures, as one packet.

A PNG carries the packet as iTXt ``XML:com.adobe.xmp``, a JPEG in APP1, a WebP in the chunk "XMP ",
a TIFF in tag 700. It is read without an XML parser: it may come from anyone, and only one property
is needed, so no entity is ever expanded.
"""

import json
import re
from collections.abc import Mapping
from typing import Any

from artgan.pictures.records import KEYWORD, XMP_KEYWORD, Record, rights_of, title_of
from artgan.version import __version__

NAMESPACE = "urn:artgan:record"

SOURCE_TYPE = "http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia"
"""IPTC's term for pictures of a trained model."""

STYLED_TYPE = "http://cv.iptc.org/newscodes/digitalsourcetype/algorithmicallyEnhanced"
"""IPTC's term for pictures that only a style changed, such as photographs."""

ENTITIES = {"amp": "&", "lt": "<", "gt": ">", "quot": '"', "apos": "'"}


def _escaped(text: str) -> str:
    for name, character in ENTITIES.items():
        text = text.replace(character, f"&{name};")
    return "".join(c if c >= " " else f"&#{ord(c)};" if c in "\t\n\r" else "?" for c in text)


def _unescaped(text: str) -> str:
    """Replace the five entities of XML and plain numbers, once; anything else stays as it is."""

    def meant(found: re.Match[str]) -> str:
        name = found[1]
        if not name.startswith("#"):
            return ENTITIES[name]
        number = int(name[2:], 16) if name[1] == "x" else int(name[1:])
        return chr(number) if number < 0x110000 else found[0]

    return re.sub(r"&(amp|lt|gt|quot|apos|#\d{1,7}|#x[0-9a-fA-F]{1,6});", meant, text)


def _source_type(record: Record) -> str:
    """Return IPTC's term for a picture, by what it was made from in the end."""
    made_by = record.get("source_record")
    if isinstance(made_by, Mapping):
        return _source_type(made_by)
    return STYLED_TYPE if "source_sha256" in record else SOURCE_TYPE


def xmp_packet(record: Record) -> bytes:
    """Write a record as an XMP packet in UTF-8: title, rights, tool, IPTC's term, and the JSON.

    Args:
        record: How a picture was made, as plain values.
    """
    about = {
        "xmlns:dc": "http://purl.org/dc/elements/1.1/",
        "xmlns:xmp": "http://ns.adobe.com/xap/1.0/",
        "xmlns:Iptc4xmpExt": "http://iptc.org/std/Iptc4xmpExt/2008-02-29/",
        "xmlns:artgan": NAMESPACE,
        "xmp:CreatorTool": f"artgan {record.get('artgan', __version__)}",
        "Iptc4xmpExt:DigitalSourceType": _source_type(record),
        "artgan:record": json.dumps(record, sort_keys=True),
    }
    attributes = "".join(f' {name}="{_escaped(value)}"' for name, value in about.items())
    inside = f"<dc:title>{_language_alternative(title_of(record))}</dc:title>"
    artist, licence = rights_of(record)
    if artist:
        inside += f"<dc:creator><rdf:Seq><rdf:li>{_escaped(artist)}</rdf:li></rdf:Seq></dc:creator>"
    if licence:
        inside += f"<dc:rights>{_language_alternative(licence)}</dc:rights>"
    return (
        '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>'
        '<x:xmpmeta xmlns:x="adobe:ns:meta/">'
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
        f'<rdf:Description rdf:about=""{attributes}>{inside}'
        '</rdf:Description></rdf:RDF></x:xmpmeta><?xpacket end="w"?>'
    ).encode("utf-8", "replace")


def _language_alternative(text: str) -> str:
    """Write a text as XMP does where it may be in several languages (ISO 16684-1, 8.2.2.4)."""
    return f'<rdf:Alt><rdf:li xml:lang="x-default">{_escaped(text)}</rdf:li></rdf:Alt>'


def xmp_record(packet: bytes) -> str | None:
    """Find the JSON text of a record in an XMP packet; None if it has none.

    It is an attribute, or an element if another program has rewritten the packet.
    """
    text = packet.decode("utf-8", "replace")
    found = re.search(r"\sartgan:record\s*=\s*(?:\"([^\"]*)\"|'([^']*)')", text)
    found = found or re.search(r"<artgan:record>([^<]*)()</artgan:record>", text)
    return None if found is None else _unescaped(found[1] or found[2] or "")


def embedded_record(info: Mapping[Any, Any]) -> str | None:
    """Find the JSON text of a record in the ``info`` of a PIL image; None if it has none."""
    text = info.get(KEYWORD)
    if isinstance(text, str):
        return text
    comment = info.get("comment") or b""
    plain = comment.decode("utf-8", "replace") if isinstance(comment, bytes) else str(comment)
    if plain.startswith("{") and f'"{KEYWORD}"' in plain:
        return plain
    packet = info.get("xmp") or info.get(XMP_KEYWORD) or b""
    return xmp_record(packet.encode() if isinstance(packet, str) else bytes(packet))
