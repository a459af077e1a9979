"""Checks of a writer of picture files."""

import io
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from PIL import Image, UnidentifiedImageError

from artgan.pictures.formats import srgb_profile
from artgan.plugin.decode import identify
from artgan.plugin.files import FileContent, FileLayer, find_writer, is_own_writer
from artgan.testing._checks import Checks, Subject, expect

CHECKS = Checks()

PACKET = b'<?xpacket begin=""?><x:xmpmeta>DigitalSourceType: kept</x:xmpmeta><?xpacket end="w"?>'

MODES = ("L", "LA", "RGB", "RGBA")


def _image(mode: str = "RGB", size: tuple[int, int] = (24, 20)) -> Image.Image:
    rng = np.random.Generator(np.random.PCG64(1))
    shape = (size[1], size[0], len(mode))
    pixels = rng.integers(0, 256, shape, np.uint8)
    return Image.fromarray(pixels[:, :, 0] if mode == "L" else pixels)


def _content(image: Image.Image, *, bare: bool = False) -> FileContent:
    below = Image.new(image.mode, image.size)
    layers = (FileLayer("raw", below), FileLayer("picture", image))
    if bare:
        return FileContent(image=image, layers=layers, profile=srgb_profile())
    return FileContent(
        image=image,
        xmp=PACKET,
        record='{"artgan": "1", "format": 1}',
        parameters="Seed: 1",
        title="One",
        tool="artgan",
        artist="Ada & <Co>",
        licence="CC0-1.0",
        profile=srgb_profile(),
        layers=layers,
    )


def _written(subject: Subject, content: FileContent) -> bytes:
    """Let it write a file and return its bytes."""
    entry = subject.contribution
    with TemporaryDirectory() as folder:
        path = Path(folder, f"a b{entry.declaration.endings[0]}")
        entry.call("write", content, path)
        expect(path.is_file(), "it wrote no file to the path that it was given")
        left = [other.name for other in Path(folder).iterdir() if other != path]
        expect(not left, f"it wrote more than its file: {left}")
        return path.read_bytes()


@CHECKS.add("writes-a-file")
def writes_a_file(subject: Subject) -> None:
    """It writes pictures of any mode and size to the path that it is given, and nothing else."""
    for mode in MODES:
        for size in ((24, 20), (1, 1), (3, 50)):
            expect(_written(subject, _content(_image(mode, size))), f"{mode}: the file is empty")


@CHECKS.add("same-bytes", after=("writes-a-file",))
def same_bytes(subject: Subject) -> None:
    """The same content gives the same bytes; nothing tells when it was written."""
    first, second = (_written(subject, _content(_image())) for _ in range(2))
    expect(first == second, "the same picture gives other bytes each time: leave out dates")


@CHECKS.add("leaves-its-content", after=("writes-a-file",))
def leaves_its_content(subject: Subject) -> None:
    """The pictures that it is given stay as they are."""
    content = _content(_image())
    before = [content.image.tobytes(), *(layer.image.tobytes() for layer in content.layers)]
    _written(subject, content)
    after = [content.image.tobytes(), *(layer.image.tobytes() for layer in content.layers)]
    expect(before == after, "it changes the picture that it is given: work on a copy")


@CHECKS.add("carries-record-and-mark", after=("writes-a-file",))
def carries_record_and_mark(subject: Subject) -> None:
    """The XMP packet is in the file as it is, so that any program finds record and mark."""
    data = _written(subject, _content(_image()))
    expect(PACKET in data, "the file lacks content.xmp, or holds it compressed: write it as it is")


@CHECKS.add("leaves-them-out", after=("writes-a-file",))
def leaves_them_out(subject: Subject) -> None:
    """Without a packet, as with --no-mark, nothing tells how the picture came about."""
    data = _written(subject, _content(_image(), bare=True))
    expect(b"DigitalSourceType" not in data, "the file holds a mark where none is wanted")


@CHECKS.add("keeps-the-pixels", after=("writes-a-file",))
def keeps_the_pixels(subject: Subject) -> None:
    """What declares to be lossless gives the same pixels back, where the file can be read."""
    declared = subject.contribution.declaration
    for mode in MODES if declared.lossless else ():
        image = _image(mode)
        data = _written(subject, _content(image))
        readers = subject.checked.registry.entries("reader")
        name = f"a{declared.endings[0]}"
        fitting = [e for e in readers if e.declaration.reads(data[:64], name)]
        try:
            read = fitting[-1].call("open", io.BytesIO(data), name) if fitting else None
            read = read or identify(io.BytesIO(data), name)
        except UnidentifiedImageError:
            return
        same = read.convert("RGBA").tobytes() == image.convert("RGBA").tobytes()
        expect(same, f"a picture of mode {mode} comes back with other pixels: set lossless=False")


@CHECKS.add("brings-an-ending")
def brings_an_ending(subject: Subject) -> None:
    """Its endings are not those of artgan's own writers, which would win."""
    entry = subject.contribution
    for ending in entry.declaration.endings:
        other = find_writer(Path(f"a{ending}"))
        taken = entry.plugin.id != "core" and other is not None and is_own_writer(other)
        expect(not taken, f"files that end in {ending} are written by artgan itself")
