"""XMP: the record and the mark of machine-made pictures in other formats than PNG."""

import json
import re
from collections.abc import Mapping
from typing import Any

from artgan.pictures.records import KEYWORD, XMP_KEYWORD, Record, rights_of, title_of
from artgan.version import __version__

NAMESPACE = "urn:artgan:record"

SOURCE_TYPE = "http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia"
"""What IPTC calls pictures of a trained model."""

STYLED_TYPE = "http://cv.iptc.org/newscodes/digitalsourcetype/algorithmicallyEnhanced"
"""What it calls pictures that no model made and only a style changed, such as photographs."""

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
    """Tell whether a model made a picture, or what it was styled from."""
    made_by = record.get("source_record")
    if isinstance(made_by, Mapping):
        return _source_type(made_by)
    return STYLED_TYPE if "source_sha256" in record else SOURCE_TYPE


def xmp_packet(record: Record) -> bytes:
    """Give a record as an XMP packet: title, tool, IPTC's source type, and the JSON itself."""
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
    inside = f"<dc:title>{_words(title_of(record))}</dc:title>"
    artist, licence = rights_of(record)
    if artist:
        inside += f"<dc:creator><rdf:Seq><rdf:li>{_escaped(artist)}</rdf:li></rdf:Seq></dc:creator>"
    if licence:
        inside += f"<dc:rights>{_words(licence)}</dc:rights>"
    return (
        '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>'
        '<x:xmpmeta xmlns:x="adobe:ns:meta/">'
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
        f'<rdf:Description rdf:about=""{attributes}>{inside}'
        '</rdf:Description></rdf:RDF></x:xmpmeta><?xpacket end="w"?>'
    ).encode("utf-8", "replace")


def _words(text: str) -> str:
    """Give a text as XMP gives one that could be in several languages."""
    return f'<rdf:Alt><rdf:li xml:lang="x-default">{_escaped(text)}</rdf:li></rdf:Alt>'


def xmp_record(packet: bytes) -> str | None:
    """Give the JSON text in an XMP packet, or None if it has none.

    The property is looked for as an attribute and, as other programs may rewrite it, as an element.
    """
    text = packet.decode("utf-8", "replace")
    found = re.search(r"\sartgan:record\s*=\s*(?:\"([^\"]*)\"|'([^']*)')", text)
    found = found or re.search(r"<artgan:record>([^<]*)()</artgan:record>", text)
    return None if found is None else _unescaped(found[1] or found[2] or "")


def embedded(info: Mapping[Any, Any]) -> str | None:
    """Give the record's JSON among what Pillow found in a file, or None."""
    text = info.get(KEYWORD)
    if isinstance(text, str):
        return text
    comment = info.get("comment") or b""
    plain = comment.decode("utf-8", "replace") if isinstance(comment, bytes) else str(comment)
    if plain.startswith("{") and f'"{KEYWORD}"' in plain:
        return plain
    packet = info.get("xmp") or info.get(XMP_KEYWORD) or b""
    return xmp_record(packet.encode() if isinstance(packet, str) else bytes(packet))
