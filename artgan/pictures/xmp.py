"""XMP (ISO 16684-1): the record and the mark of a picture as one packet.

A PNG carries the packet as iTXt ``XML:com.adobe.xmp``, a JPEG in APP1, a WebP in the chunk "XMP ",
a TIFF in tag 700.
"""

import json
from collections.abc import Mapping
from typing import Any

from artgan.base.marks import XMP_KEYWORD, escape, mark_packet, read_property, write_packet
from artgan.pictures.marks import Metadata
from artgan.pictures.records import KEYWORD, rights_of, title_of, year_of
from artgan.version import __version__


def xmp_packet(about: Metadata) -> bytes | None:
    """Write a record and a mark as an XMP packet in UTF-8; None if there is neither.

    The record adds title, rights and tool, and itself as JSON.
    """
    record = about.record
    if record is None:
        return None if about.mark is None else mark_packet(about.mark)
    properties = {
        "xmp:CreatorTool": f"artgan {record.get('artgan', __version__)}",
        **(about.mark.properties if about.mark else {}),
        "artgan:record": json.dumps(record, sort_keys=True),
    }
    artist, licence = rights_of(record)
    words = dublin_core(title_of(record), artist, licence, year_of(record))
    return write_packet(properties, words)


def dublin_core(title: str, artist: str = "", licence: str = "", year: str = "") -> str:
    """Write title, artist, licence and year as XMP elements; what is "" is left out."""
    words = f"<dc:title>{_language_alternative(title)}</dc:title>"
    for name, text in (("creator", artist), ("date", year)):
        if text:
            words += f"<dc:{name}><rdf:Seq><rdf:li>{escape(text)}</rdf:li></rdf:Seq></dc:{name}>"
    if licence:
        words += f"<dc:rights>{_language_alternative(licence)}</dc:rights>"
    return words


def _language_alternative(text: str) -> str:
    """Write a text as XMP does where it may be in several languages (ISO 16684-1, 8.2.2.4)."""
    return f'<rdf:Alt><rdf:li xml:lang="x-default">{escape(text)}</rdf:li></rdf:Alt>'


def xmp_record(packet: bytes) -> str | None:
    """Find the JSON text of a record in an XMP packet; None if it has none.

    It is an attribute, or an element if another program has rewritten the packet.
    """
    return read_property(packet.decode("utf-8", "replace"), "artgan:record")


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
