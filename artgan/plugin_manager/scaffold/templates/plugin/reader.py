"""The reader: Netpbm's PAM, uncompressed pixels behind a head of text."""

from typing import IO

from PIL import Image

MODES = {"1": "L", "2": "LA", "3": "RGB", "4": "RGBA"}


def read(file: IO[bytes], name: str) -> Image.Image:
    """Read the picture, and the XMP packet behind it; a damaged file raises an error."""
    head, _, rest = file.read().partition(b"ENDHDR\n")
    words = dict(line.split(maxsplit=1) for line in head.decode().splitlines()[1:])
    width, height, depth = int(words["WIDTH"]), int(words["HEIGHT"]), words["DEPTH"]
    length = width * height * int(depth)
    image = Image.frombytes(MODES[depth], (width, height), rest[:length])
    image.info["xmp"] = rest[length:]
    return image
