"""Sizes, pixels and damaged files."""

import io

import pytest
from PIL import Image

from artgan_jpegxl.head import read_size
from artgan_jpegxl.reader import open_jpeg_xl

pytest.importorskip("pillow_jxl", reason="pillow-jxl-plugin is not installed")

SIZES = ((1, 1), (8, 8), (20, 13), (256, 256), (640, 480), (1600, 900), (2000, 1), (40, 20))


def _encoded(image: Image.Image, **more: object) -> bytes:
    import pillow_jxl  # noqa: F401

    file = io.BytesIO()
    image.save(file, "JXL", lossless=True, **more)
    return file.getvalue()


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("container", [False, True])
def test_the_head_tells_the_size(size: tuple[int, int], container: bool) -> None:
    """Sizes of each way of writing them are read, in a container too."""
    data = _encoded(Image.new("RGB", size, (200, 30, 10)), use_container=container)
    assert read_size(data) == size


def test_pixels_come_as_they_were() -> None:
    """Colour and alpha are kept."""
    image = Image.effect_noise((20, 16), 60).convert("RGBA")
    read = open_jpeg_xl(io.BytesIO(_encoded(image)), "a.jxl")
    assert read.convert("RGBA").tobytes() == image.tobytes()


def test_what_asks_for_all_memory_is_refused() -> None:
    """A head that promises a billion pixels is refused before anything is decoded."""
    # 2^30 pixels a side: no multiple of 8, the longest form, ratio 1.
    bits = 0 | 3 << 1 | ((1 << 30) - 1) << 3 | 1 << 33
    data = b"\xff\x0a" + bits.to_bytes(8, "little")
    assert read_size(data) == (1 << 30, 1 << 30)
    with pytest.raises(Exception, match="of memory"):
        open_jpeg_xl(io.BytesIO(data), "a.jxl")


def test_a_cut_picture_raises_an_error() -> None:
    """What ends behind its head is an error of one sentence, also where Pillow opens it."""
    data = _encoded(Image.effect_noise((64, 64), 60))
    for opened in (lambda file: open_jpeg_xl(file, "a.jxl"), Image.open):
        with pytest.raises(ValueError, match="the picture in it is damaged"):
            opened(io.BytesIO(data[: len(data) // 2]))


@pytest.mark.parametrize("data", [b"\xff\x0a", b"\x00\x00\x00\x0cJXL \r\n\x87\n", b""])
def test_cut_files_raise_an_error(data: bytes) -> None:
    """A file that ends in its head is an error."""
    with pytest.raises(ValueError, match=r"ends within|no codestream"):
        open_jpeg_xl(io.BytesIO(data), "a.jxl")
