"""What made a picture, inside its file: PNG text, XMP and EXIF, written and read back.

XMP: ISO 16684-1. A PNG carries its packet as iTXt ``XML:com.adobe.xmp``, a JPEG in APP1, a WebP in
the chunk "XMP ", a TIFF in tag 700. The packet is read without an XML parser: it may come from
anyone, and one property is all that is looked for, so that no entity is ever expanded.
"""

import hashlib
import json
import re
import struct
from collections.abc import Callable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageCms, PngImagePlugin, TiffImagePlugin

from artgan.errors import RunError
from artgan.version import __version__

KEYWORD = "artgan"
XMP_KEYWORD = "XML:com.adobe.xmp"
NAMESPACE = "urn:artgan:record"
SOURCE_TYPE = "http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia"
"""What IPTC calls pictures of a trained model."""
STYLED_TYPE = "http://cv.iptc.org/newscodes/digitalsourcetype/algorithmicallyEnhanced"
"""What it calls pictures that no model made and only a style changed, such as photographs."""
MOST_XMP_IN_JPEG = 65_500
"""Bytes that fit one APP1 segment beside its header."""

ENTITIES = {"amp": "&", "lt": "<", "gt": ">", "quot": '"', "apos": "'"}

Record = Mapping[str, Any]


def pixel_hash(pixels: NDArray[np.uint8] | NDArray[np.float32]) -> str:
    """Give the SHA-256 of pixels (H, W, C), shape included, in hexadecimal."""
    shape = "x".join(str(side) for side in pixels.shape)
    return hashlib.sha256(shape.encode() + b"\n" + np.ascontiguousarray(pixels).data).hexdigest()


@lru_cache(maxsize=1)
def srgb_profile() -> bytes:
    """Give an sRGB profile, always the same bytes."""
    made = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    # Bytes 24 to 35 hold the time of making (ICC.1, 7.2.1).
    return made[:24] + struct.pack(">6H", 2026, 1, 1, 0, 0, 0) + made[36:]


def wraps_of(record: Record | None) -> tuple[bool, bool]:
    """Tell whether a recorded picture repeats without a seam: across, down."""
    style = record.get("style") if record else None
    told = style if isinstance(style, Mapping) and style.get("steps") else record or {}
    wraps = told.get("wraps")
    if not isinstance(wraps, list) or len(wraps) != 2:
        return False, False
    return wraps[0] is True, wraps[1] is True


def versions() -> dict[str, str]:
    """Give the versions that the bytes of a styled picture follow from."""
    import PIL

    return {"artgan": __version__, "numpy": np.__version__, "pillow": PIL.__version__}


def applied_record(
    style: Record,
    seed: int,
    pixels: NDArray[np.float32],
    *,
    source: str | None = None,
    made_by: Record | None = None,
) -> dict[str, Any]:
    """Give the record of a style that was applied to a picture.

    Args:
        style: What ``apply_style`` recorded.
        seed: Key of what was random.
        pixels: The picture as the style saw it, (H, W, C).
        source: Name of its file.
        made_by: The record that the picture itself carries.
    """
    about = source_record(pixels, source=source, made_by=made_by)
    return {**about, "seed": seed, "style": dict(style)}


def source_record(
    pixels: NDArray[np.float32], *, source: str | None = None, made_by: Record | None = None
) -> dict[str, Any]:
    """Give what a record tells of the picture that something was made from.

    Args:
        pixels: The picture, (H, W, C).
        source: Name of its file.
        made_by: The record that the picture itself carries.
    """
    return {
        "format": 1,
        **versions(),
        **({"source": source} if source else {}),
        "source_sha256": pixel_hash(pixels),
        **({"source_record": dict(made_by)} if made_by else {}),
        "size": [pixels.shape[1], pixels.shape[0]],
    }


def title_of(record: Record) -> str:
    """Give a short title: the run or the source, the seed, and the style."""
    style = record.get("style")
    named = style.get("name") if isinstance(style, Mapping) else style
    seed = f"seed {record['seed']}" if "seed" in record else None
    parts = (record.get("run") or record.get("source"), seed, named)
    return ", ".join(str(part) for part in parts if part) or "artgan"


def readable(record: Record, size: tuple[int, int]) -> str:
    """Give a record as the one line that picture viewers show as "parameters"."""
    style = record.get("style", {})
    title = style.get("name", "artgan") if isinstance(style, Mapping) else str(style)
    wraps = record.get("wraps")
    facts = {
        "Steps": record.get("step"),
        "Seed": record.get("seed"),
        "Size": f"{size[0]}x{size[1]}",
        "Model": record.get("run"),
        "Model hash": str(record.get("weights_sha256", ""))[:10] or None,
        "Tiling": True if isinstance(wraps, list) and wraps and all(wraps) else None,
        "Version": f"artgan {record.get('artgan', __version__)}",
    }
    return f"{title}\n" + ", ".join(f"{k}: {v}" for k, v in facts.items() if v is not None)


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


def rights_of(record: Record) -> tuple[str, str]:
    """Give who made a picture and its licence, or "" where nobody said so."""
    return str(record.get("artist", "")), str(record.get("licence", ""))


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


def _exif(record: Record, size: tuple[int, int]) -> Image.Exif:
    exif = Image.Exif()
    exif[0x010E] = title_of(record).encode("ascii", "replace").decode()
    exif[0x0131] = f"artgan {__version__}"
    for tag, text in zip((0x013B, 0x8298), rights_of(record), strict=True):
        if text:
            exif[tag] = text.encode("ascii", "replace").decode()
    line = readable(record, size).encode("ascii", "replace")
    exif.get_ifd(0x8769)[0x9286] = b"ASCII\0\0\0" + line
    return exif


def _save_png(image: Image.Image, path: Path, record: Record | None) -> None:
    info = PngImagePlugin.PngInfo()
    # Colours are sRGB, to be shown "perceptually" (PNG, 11.3.2.5): a byte in place of a profile.
    info.add(b"sRGB", b"\0")
    if record is not None:
        info.add_itxt(KEYWORD, json.dumps(record, ensure_ascii=False, sort_keys=True))
        info.add_itxt("parameters", readable(record, image.size))
        info.add_itxt(XMP_KEYWORD, xmp_packet(record).decode())
        info.add_text("Software", f"artgan {__version__}")
    image.save(path, format="PNG", pnginfo=info, **_dpi(image))


def _save_jpeg(image: Image.Image, path: Path, record: Record | None) -> None:
    about: dict[str, Any] = {}
    if record is not None:
        about = _exif_and_xmp(record, image.size)
        if len(about["xmp"]) > MOST_XMP_IN_JPEG:
            raise RunError(
                f"the record of '{path.name}' takes {len(about['xmp'])} bytes and a JPEG holds "
                f"{MOST_XMP_IN_JPEG}: write PNG, WebP or TIFF, or leave it out with --no-record"
            )
    if image.mode in ("LA", "RGBA"):
        paper = Image.new("RGBA", image.size, "white")
        image = Image.alpha_composite(paper, image.convert("RGBA")).convert("RGB")
    about |= {**_profile(image), **_dpi(image)}
    image.save(path, format="JPEG", quality=95, subsampling=0, **about)


def _save_webp(image: Image.Image, path: Path, record: Record | None) -> None:
    about = {} if record is None else _exif_and_xmp(record, image.size)
    shown = image.convert("RGBA" if image.mode in ("LA", "RGBA") else "RGB")
    shown.save(path, format="WEBP", lossless=True, exact=True, **_profile(shown), **about)


def _save_tiff(image: Image.Image, path: Path, record: Record | None) -> None:
    tags = TiffImagePlugin.ImageFileDirectory_v2()
    if record is not None:
        tags[270] = title_of(record).encode("ascii", "replace").decode()
        tags[305] = f"artgan {__version__}"
        for tag, text in zip((315, 33432), rights_of(record), strict=True):
            if text:
                tags[tag] = text.encode("ascii", "replace").decode()
        tags.tagtype[700] = 1
        tags[700] = xmp_packet(record)
    about = {**_profile(image), **_dpi(image)}
    image.save(path, format="TIFF", compression="tiff_adobe_deflate", tiffinfo=tags, **about)


def _exif_and_xmp(record: Record, size: tuple[int, int]) -> dict[str, Any]:
    return {"exif": _exif(record, size), "xmp": xmp_packet(record)}


def _profile(image: Image.Image) -> dict[str, Any]:
    return {"icc_profile": srgb_profile()} if image.mode in ("RGB", "RGBA") else {}


def _dpi(image: Image.Image) -> dict[str, Any]:
    dpi = image.info.get("dpi")
    return {"dpi": dpi} if dpi else {}


WRITERS: dict[str, Callable[[Image.Image, Path, Record | None], None]] = {
    ".png": _save_png,
    ".jpg": _save_jpeg,
    ".jpeg": _save_jpeg,
    ".webp": _save_webp,
    ".tif": _save_tiff,
    ".tiff": _save_tiff,
}
"""Ending -> what writes that format; the bytes follow from the arguments alone."""

FORMATS = ("png", "jpg", "webp", "tiff")
"""What --format offers."""

VIDEO_ENDINGS = (".mp4", ".webm")
