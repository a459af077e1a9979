"""Fetches sets of pictures of different kinds, as people bring them; nothing of them is shipped.

    python -m benchmarks.picture_sets
    python -m benchmarks.picture_sets --sets emoji,flags --sheets build/picture-sets

Each set comes from packages of Debian or npm, by name and version with the ordinary clients, and is
checked by SHA-256. Its pictures are written as PNG files into a folder of the user's cache, once. A
set that cannot be fetched on this machine is skipped with a sentence.
"""

import argparse
import hashlib
import json
import shutil
import subprocess
import tarfile
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image

from artgan.base.paths import cache_folder
from artgan.errors import ArtganError
from benchmarks import picture_readers as read

STORED = 128
"""Longest side in pixels of the pictures as they are stored, unless larger ones are wanted."""


class MissingSetError(ArtganError):
    """A set of pictures cannot be fetched on this machine."""


@dataclass(frozen=True)
class Package:
    """A package of a registry: the client that fetches it, its name, version and SHA-256."""

    client: str
    name: str
    version: str
    sha256: str


@dataclass(frozen=True)
class PictureSet:
    """Pictures of one kind, and where they come from.

    Attributes:
        name: What the set is called here.
        kind: What the pictures are, in a few words.
        packages: Packages that hold them.
        licence: Licence of the pictures.
        count: Most pictures that are kept.
        size: Side in pixels at which the set is judged.
        read: Yields the pictures of an unpacked package, always in the same order, with the side
            in pixels at which they are stored where the package has larger ones.
        largest: Side in pixels of the pictures in the package, or of most of them.
    """

    name: str
    kind: str
    packages: tuple[Package, ...]
    licence: str
    count: int
    size: int
    read: Callable[[Path, int], Iterator[Image.Image]]
    largest: int = 256


def picture_set_folder(
    name: str, report: Callable[[str], None] = lambda _: None, size: int = 0
) -> Path:
    """Return the folder of PNG files of a set, fetched at its first use.

    ``size`` is a side in pixels that they must have, or 0 for any.

    Raises:
        MissingSetError: The set cannot be fetched here, or its pictures are smaller; the message
            says why.
    """
    wanted = SETS[name]
    if size > wanted.largest:
        side = wanted.largest
        raise MissingSetError(f"its pictures are {side}x{side}, and {size}x{size} is wanted")
    stored = max(size, STORED)
    larger = "" if stored == STORED else f"-{stored}"
    folder = cache_folder() / "picture-sets" / f"{name}-{_key(wanted)}{larger}"
    if folder.is_dir():
        return folder
    report(f"fetching {name}: {', '.join(package.name for package in wanted.packages)}")
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent) as work:
        pictures: list[Image.Image] = []
        for package in wanted.packages:
            unpacked = unpack(fetch(package, Path(work)), Path(work) / f"{package.name}-files")
            pictures += wanted.read(unpacked, stored)
        made = Path(work) / "pictures"
        made.mkdir()
        for index, picture in enumerate(spread(pictures, wanted.count)):
            picture.save(made / f"{index:04d}.png")
        made.rename(folder)
    return folder


def _key(wanted: PictureSet) -> str:
    facts = [wanted.read.__name__, wanted.count, *(package.sha256 for package in wanted.packages)]
    return hashlib.sha256(json.dumps(facts).encode()).hexdigest()[:12]


def spread(pictures: list[Image.Image], count: int) -> list[Image.Image]:
    """Choose ``count`` pictures, and their order, by a fixed key."""
    order = np.random.Generator(np.random.PCG64(0)).permutation(len(pictures))
    return [pictures[index] for index in order[:count]]


def fetch(package: Package, folder: Path) -> Path:
    """Download a package into a folder and check it; return its file.

    Raises:
        MissingSetError: The client is not there, has no such package, or it is another file.
    """
    command = {
        "apt": ["apt-get", "download", "-q", f"{package.name}={package.version}"],
        "npm": ["npm", "pack", "--silent", f"{package.name}@{package.version}"],
    }[package.client]
    what = f"{package.name} {package.version}"
    place = folder / package.name
    place.mkdir()
    if not shutil.which(command[0]):
        raise MissingSetError(f"{what} needs {command[0]}, which is not on this machine")
    done = subprocess.run(command, cwd=place, capture_output=True, text=True, check=False)
    files = list(place.iterdir())
    if done.returncode or len(files) != 1:
        told = (done.stderr.strip() or "it wrote no file").splitlines()[-1]
        raise MissingSetError(f"{what} was not fetched by '{' '.join(command)}': {told}")
    found = hashlib.sha256(files[0].read_bytes()).hexdigest()
    if found != package.sha256:
        raise MissingSetError(
            f"{what} is another file than expected: SHA-256 {found}, not {package.sha256}"
        )
    return files[0]


def unpack(file: Path, folder: Path) -> Path:
    """Unpack a .deb or a .tgz into a folder; return the folder."""
    folder.mkdir()
    if file.suffix == ".deb":
        subprocess.run(["dpkg-deb", "-x", str(file), str(folder)], check=True)
    else:
        with tarfile.open(file) as archive:
            archive.extractall(folder, filter="data")
    return folder


def _apt(name: str, version: str, sha256: str) -> Package:
    return Package("apt", name, version, sha256)


SETS: dict[str, PictureSet] = {
    each.name: each
    for each in (
        PictureSet(
            "emoji",
            "drawings on white",
            (
                Package(
                    "npm",
                    "emoji-datasource-twitter",
                    "16.0.0",
                    "f64a530c63bca463bd8317fdc4615ce63a53a0c65018e4ce2d848aaba7a28877",
                ),
            ),
            "CC BY 4.0",
            900,
            64,
            read.emoji,
            largest=64,
        ),
        PictureSet(
            "clipart",
            "cut-outs with alpha",
            (
                _apt(
                    "openclipart-png",
                    "1:0.18+dfsg-19",
                    "f07f1545a2970c2cf3fa339bc2405da1a95cf2b1827bfa05bf73eb1c20291c02",
                ),
            ),
            "public domain",
            1000,
            64,
            read.clipart,
        ),
        PictureSet(
            "sprites",
            "pixel art with alpha",
            (
                _apt(
                    "crossfire-client-images",
                    "1.70.0-2",
                    "f75fe31f0b3c3ca733d7663874b14ab18927df629dcfb77906184ba0864ea57f",
                ),
            ),
            "GPL 2 or later",
            1000,
            32,
            read.sprites,
            largest=32,
        ),
        PictureSet(
            "hieroglyphs",
            "line art, grey",
            (
                _apt(
                    "fonts-noto-core",
                    "20201225-1",
                    "58f4f0bb6720f919f92096b3508e1412a0f1544424ade6c5b5bf1eb694dd64ba",
                ),
            ),
            "OFL 1.1",
            1000,
            64,
            read.hieroglyphs,
        ),
        PictureSet(
            "flags",
            "flat colour",
            (
                Package(
                    "npm",
                    "svg-country-flags",
                    "1.2.10",
                    "2576650b4568c8ee1a2a6ddaa45c0246be16735f229bb40b1a0a6f40424e5213",
                ),
            ),
            "public domain",
            256,
            64,
            read.flags,
        ),
        PictureSet(
            "portraits",
            "painted figures on parchment",
            (
                _apt(
                    "wesnoth-1.16-data",
                    "1:1.16.9-1",
                    "1012b964bd412a6770685e3324ae3b61e176caff7846192d1ee63d55cd621e26",
                ),
            ),
            "GPL 2 or later",
            241,
            64,
            read.portraits,
        ),
        PictureSet(
            "clothes",
            "photographed things, grey",
            (
                _apt(
                    "dataset-fashion-mnist",
                    "0.0~git20200523.55506a9-1",
                    "39e172fe32dd318ebb3e512220c3beea2fa47d7e20bab348fb4e0922d6beefc0",
                ),
            ),
            "MIT",
            1000,
            28,
            read.clothes,
            largest=28,
        ),
        PictureSet(
            "textures",
            "pieces of patterns",
            (
                _apt(
                    "gimp-data",
                    "2.10.34-1+deb12u10",
                    "89007a69d4ef2b0440e5419e75d4112cfd1c49e97db38220d210b9f86322be7c",
                ),
            ),
            "GPL 3 or later",
            600,
            64,
            read.textures,
            largest=64,
        ),
        PictureSet(
            "photographs",
            "pieces of 26 photographs",
            (
                _apt(
                    "mate-backgrounds",
                    "1.26.0-1",
                    "7bf4c2209f34b4f61ba6d24c8b58c28b361e82e4b943aae6d42c030169af9e04",
                ),
                _apt(
                    "lomiri-wallpapers-16.04",
                    "20.04.0-2",
                    "a99ff6a3bfe451e4cc0682ecb3cc82e71740626d59e4845ae34a0a0e45421eab",
                ),
            ),
            "GPL 2 or later; CC BY-SA 3.0",
            800,
            64,
            read.photographs,
        ),
        PictureSet(
            "stamps",
            "photographed things on white",
            (
                _apt(
                    "tuxpaint-stamps-default",
                    "2022.06.04-1",
                    "6db6c1bfc870a47f1499d6203b083522eacb57c5f9c87d468f2e92eb6d9d5f34",
                ),
            ),
            "GPL 2 or later, or public domain",
            400,
            64,
            read.stamps,
        ),
    )
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sets", default=",".join(SETS))
    parser.add_argument("--sheets", type=Path, help="folder for a sheet of each set")
    given = parser.parse_args()
    print("| Set | Kind | Pictures | Packages | Licence |\n|---|---|---|---|---|")
    for name in given.sets.split(","):
        wanted = SETS[name]
        try:
            files = sorted(picture_set_folder(name).iterdir())
        except MissingSetError as error:
            print(f"skipped {name}: {error}")
            continue
        packages = ", ".join(f"{p.client}: {p.name} {p.version}" for p in wanted.packages)
        print(f"| {name} | {wanted.kind} | {len(files)} | {packages} | {wanted.licence} |")
        if given.sheets:
            given.sheets.mkdir(parents=True, exist_ok=True)
            save_sheet(given.sheets / f"{name}.png", files[:64])


def save_sheet(path: Path, files: list[Path]) -> None:
    """Write pictures side by side, with clear pixels in grey."""
    sheet = Image.new("RGB", (16 * 66, 4 * 66), (200, 200, 200))
    for index, file in enumerate(files):
        picture = Image.open(file).convert("RGBA").resize((64, 64))
        sheet.paste(picture, (index % 16 * 66, index // 16 * 66), picture)
    sheet.save(path)


if __name__ == "__main__":
    main()
