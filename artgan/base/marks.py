"""Marks: what a file says of how its picture came about, so that machines can read it.

A mark is a term of IPTC's NewsCodes "Digital Source Type" and, for pictures that a model made, the
AI system and its version (IPTC Photo Metadata Standard 2025.1), in an XMP packet (ISO 16684-1).
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from artgan.base.paths import replacing
from artgan.version import __version__

if TYPE_CHECKING:
    from PIL.Image import Image

TERMS = "http://cv.iptc.org/newscodes/digitalsourcetype/"
"""Address of IPTC's terms; each ends with its name."""

TRAINED = "trainedAlgorithmicMedia"
"""Term for pictures of a trained model."""

WITH_TRAINED = "compositeWithTrainedAlgorithmicMedia"
"""Term for pictures of a trained model together with others."""

ENHANCED = "algorithmicallyEnhanced"
"""Term for pictures that only a style changed, such as photographs."""

COMPOSITE = "composite"
"""Term for several pictures on one sheet, of which it is not known how they came about."""

DIAGRAM = "dataDrivenMedia"
"""Term for plots of numbers."""

MADE_BY_AI = (TRAINED, WITH_TRAINED, "compositeSynthetic")
"""Terms of which the EU's AI Act, article 50(2), wants to be told."""

SYSTEM = "artgan"

ENTITIES = {"amp": "&", "lt": "<", "gt": ">", "quot": '"', "apos": "'"}

XMP_KEYWORD = "XML:com.adobe.xmp"
"""Keyword of an XMP packet in the text of a PNG."""


@dataclass(frozen=True)
class Mark:
    """How a picture came about.

    Attributes:
        term: The last part of the address of IPTC's term.
        system: The AI system that made it, or "".
        version: The version of that system, or "".
    """

    term: str
    system: str = ""
    version: str = ""

    @property
    def made_by_ai(self) -> bool:
        """Whether a trained model made the picture, or a part of it."""
        return self.term in MADE_BY_AI

    @property
    def properties(self) -> dict[str, str]:
        """The properties of an XMP packet that say it."""
        found = {
            "Iptc4xmpExt:DigitalSourceType": TERMS + self.term,
            "Iptc4xmpExt:AISystemUsed": self.system,
            "Iptc4xmpExt:AISystemVersionUsed": self.version,
        }
        return {name: value for name, value in found.items() if value}

    @property
    def facts(self) -> dict[str, str]:
        """The mark as plain values, without what is not known."""
        found = {"term": self.term, "system": self.system, "version": self.version}
        return {name: value for name, value in found.items() if value}


OF_A_MODEL = Mark(TRAINED, SYSTEM, __version__)
"""The mark of what this version of artgan makes with a trained model."""

OF_NUMBERS = Mark(DIAGRAM)
"""The mark of plots and of palettes that are drawn."""


def join_marks(marks: Iterable[Mark | None]) -> Mark:
    """Return the mark of several pictures on one; None stands for one that carries no mark."""
    found = list(dict.fromkeys(marks))
    known = [mark for mark in found if mark is not None]
    if len(known) == len(found) == 1:
        return known[0]
    systems = {(mark.system, mark.version): None for mark in known if mark.made_by_ai}
    if not systems:
        same = len(known) == len(found) and len({mark.term for mark in known}) == 1
        return Mark(known[0].term if same else COMPOSITE)
    alone = len(known) == len(found) and all(mark.term == TRAINED for mark in known)
    system = ", ".join(dict.fromkeys(system for system, _ in systems if system))
    version = ", ".join(dict.fromkeys(version for _, version in systems if version))
    return Mark(TRAINED if alone else WITH_TRAINED, system, version)


def mark_packet(mark: Mark) -> bytes:
    """Write an XMP packet that holds a mark and nothing else."""
    return write_packet({"xmp:CreatorTool": f"artgan {__version__}", **mark.properties})


def write_packet(properties: Mapping[str, str], inside: str = "") -> bytes:
    """Write an XMP packet in UTF-8.

    Args:
        properties: Name with prefix -> value; namespaces are declared for the prefixes used.
        inside: XML of properties that are more than text.
    """
    spaces = {
        "dc": "http://purl.org/dc/elements/1.1/",
        "xmp": "http://ns.adobe.com/xap/1.0/",
        "Iptc4xmpExt": "http://iptc.org/std/Iptc4xmpExt/2008-02-29/",
        "artgan": "urn:artgan:record",
    }
    used = {name.partition(":")[0] for name in (*properties, *re.findall(r"<(\w+):", inside))}
    about = {f"xmlns:{name}": uri for name, uri in spaces.items() if name in used}
    attributes = "".join(
        f' {name}="{escape(value)}"' for name, value in {**about, **properties}.items()
    )
    return (
        '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>'
        '<x:xmpmeta xmlns:x="adobe:ns:meta/">'
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
        f'<rdf:Description rdf:about=""{attributes}>{inside}'
        '</rdf:Description></rdf:RDF></x:xmpmeta><?xpacket end="w"?>'
    ).encode("utf-8", "replace")


def escape(text: str) -> str:
    """Write a text as XML does, control characters as "?"."""
    for name, character in ENTITIES.items():
        text = text.replace(character, f"&{name};")
    return "".join(c if c >= " " else f"&#{ord(c)};" if c in "\t\n\r" else "?" for c in text)


def write_marked_png(
    image: "Image", path: Path, mark: Mark | None = OF_A_MODEL, *, overwrite: bool = True
) -> None:
    """Write a PNG that holds a mark and nothing else beside its pixels, whole or not at all.

    Raises:
        RunError: A different file is there and ``overwrite`` is off.
    """
    from PIL.PngImagePlugin import PngInfo

    info = PngInfo()
    if mark is not None:
        info.add_itxt(XMP_KEYWORD, mark_packet(mark).decode())
    with replacing(path, keep=not overwrite) as temporary:
        image.save(temporary, format="PNG", pnginfo=info)


def read_property(packet: str, name: str) -> str | None:
    """Find a simple property in an XMP packet, without an XML parser; None if it has none.

    The packet may come from anyone, so no entity is ever expanded but XML's own five. A property is
    an attribute, or an element with text or with rdf:resource.
    """
    name = re.escape(name)
    found = (
        re.search(rf"\s{name}\s*=\s*(?:\"([^\"]*)\"|'([^']*)')", packet)
        or re.search(rf"<{name}>([^<]*)()</{name}>", packet)
        or re.search(rf"<{name}\s+rdf:resource\s*=\s*(?:\"([^\"]*)\"|'([^']*)')", packet)
    )
    return None if found is None else _unescaped(found[1] or found[2] or "")


def _unescaped(text: str) -> str:
    """Replace the five entities of XML and plain numbers, once; anything else stays as it is."""

    def meant(found: re.Match[str]) -> str:
        name = found[1]
        if not name.startswith("#"):
            return ENTITIES[name]
        number = int(name[2:], 16) if name[1] == "x" else int(name[1:])
        return chr(number) if number < 0x110000 else found[0]

    return re.sub(r"&(amp|lt|gt|quot|apos|#\d{1,7}|#x[0-9a-fA-F]{1,6});", meant, text)


def parse_mark(packet: str) -> Mark | None:
    """Read the mark in an XMP packet; None if it has none."""
    address = (read_property(packet, "Iptc4xmpExt:DigitalSourceType") or "").strip()
    term = re.split(r"[/:]", address)[-1]
    if not re.fullmatch(r"[A-Za-z]{1,60}", term):
        return None
    told = (read_property(packet, f"Iptc4xmpExt:AISystem{end}") for end in ("Used", "VersionUsed"))
    system, version = ((text or "")[:200] for text in told)
    return Mark(term, system, version)


def mark_from(facts: Any) -> Mark | None:
    """Read a mark from the plain values of ``Mark.facts``; None where they are none."""
    values = dict(facts) if isinstance(facts, Mapping) else {}
    known = {name: values[name] for name in ("term", "system", "version") if name in values}
    return Mark(**known) if isinstance(values.get("term"), str) else None
