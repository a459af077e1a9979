"""The writer: Netpbm's PAM, uncompressed pixels behind a head of text."""

from pathlib import Path

from artgan.plugin.files import FileContent

TUPLES = {1: "GRAYSCALE", 2: "GRAYSCALE_ALPHA", 3: "RGB", 4: "RGB_ALPHA"}


def write(content: FileContent, path: Path) -> None:
    """Write the picture, and the XMP packet with record and mark as it is."""
    image = content.image
    depth = len(image.getbands())
    size = f"WIDTH {image.width}\nHEIGHT {image.height}\nDEPTH {depth}\n"
    head = f"P7\n{size}MAXVAL 255\nTUPLTYPE {TUPLES[depth]}\nENDHDR\n"
    path.write_bytes(head.encode() + image.tobytes() + (content.xmp or b""))
