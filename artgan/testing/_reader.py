"""Checks of a reader of picture files."""

import io
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from PIL import Image

from artgan.base.contributions import Entry
from artgan.errors import MissingExtraError
from artgan.plugin.files import FileContent
from artgan.testing._checks import Checks, Subject, expect

CHECKS = Checks()


@CHECKS.add("refuses-damage")
def refuses_damage(subject: Subject) -> None:
    """A file that has its sign and is cut off or holds rubbish raises an error."""
    declared = subject.contribution.declaration
    for at, sign in declared.signs:
        for rest in (b"", bytes(200), b"\xff" * 2000):
            data = bytes(at) + sign + rest
            try:
                image = subject.contribution.call("open", io.BytesIO(data), _name(subject))
                image.load()
            except MissingExtraError:
                return
            # Any error will do: artgan names the file.
            except Exception:
                continue
            expect(False, f"it makes a picture of a file with nothing but its sign {sign!r}")


@CHECKS.add("known-by-its-sign")
def known_by_its_sign(subject: Subject) -> None:
    """Its signs lie in the first 64 bytes, and are not those of formats that artgan reads."""
    for at, sign in subject.contribution.declaration.signs:
        expect(sign, "a sign is empty: every file would be its own")
        expect(at + len(sign) <= 64, f"sign {sign!r} at {at} lies beyond the first 64 bytes")


@CHECKS.add("reads-what-is-written", after=("refuses-damage",))
def reads_what_is_written(subject: Subject) -> None:
    """Where the plugin or artgan writes the format too, pixels and packet come back."""
    writer = _writer(subject)
    if writer is None:
        return
    pixels = np.random.Generator(np.random.PCG64(1)).integers(0, 256, (20, 24, 3), np.uint8)
    image = Image.fromarray(pixels)
    with TemporaryDirectory() as folder:
        path = Path(folder, _name(subject))
        writer.call("write", FileContent(image=image, xmp=b"<x:xmpmeta/>"), path)
        with path.open("rb") as file:
            read = subject.contribution.call("open", file, path.name)
            same = read.convert("RGB").tobytes() == image.tobytes()
    expect(same or not writer.declaration.lossless, "a picture that was written comes back changed")
    told = read.info.get("xmp") or read.info.get("XML:com.adobe.xmp")
    expect(told, "the XMP packet does not come back: put it into image.info['xmp']")


def _name(subject: Subject) -> str:
    return f"a{subject.contribution.declaration.endings[0]}"


def _writer(subject: Subject) -> Entry | None:
    ending = subject.contribution.declaration.endings[0]
    entries = subject.checked.registry.entries("writer")
    return next((e for e in entries if ending in e.declaration.endings), None)
