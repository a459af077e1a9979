"""Choosing among pictures: by hand on a local page, or by variety or the discriminator's taste.

Choices lie beside the pictures as text, one line a picture: ``star tides-0003-s42.png``.
"""

import http.server
import json
import secrets
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from importlib.resources import files
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal
from urllib.parse import parse_qs, unquote, urlsplit

import numpy as np
from numpy.typing import NDArray

from artgan.core.paths import write_text
from artgan.core.pictures import open_image, read_record
from artgan.core.suggest import join_names
from artgan.errors import DataError, OptionError, RunError

if TYPE_CHECKING:
    from artgan.core.run import Run

Choice = Literal["star", "keep", "reject"]
CHOICES: tuple[Choice, ...] = ("star", "keep", "reject")
FILE = "choices.txt"
TEXT = "text/plain"
TYPES = {
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".webp": "image/webp",
}
LARGEST_REQUEST = 1024
REFUSED = {
    400: b"This is no choice.",
    403: b"This page needs the address that artgan printed.",
    404: b"There is no such picture.",
}
FEATURE_SIDE = 256


def pictures_in(folder: Path) -> list[Path]:
    """List the pictures of a folder by name.

    Contact sheets are left out, and raw samples that stand beside the styled ones.

    Raises:
        DataError: There is no folder, or no picture in it.
    """
    if not folder.is_dir():
        raise DataError(f"there is no folder '{folder}'")
    found = sorted(
        path
        for path in folder.iterdir()
        if path.suffix.lower() in TYPES
        and path.stem not in ("contact-sheet", "losses", "evaluation", "nearest")
        and not path.name.startswith(".")
    )
    named = [path.stem.rpartition("-") for path in found]
    styled = {head for head, _, tail in named if tail != "raw"}
    found = [
        path
        for path, (head, _, tail) in zip(found, named, strict=True)
        if tail != "raw" or not any(name == head or name.startswith(f"{head}-") for name in styled)
    ]
    if not found and (folder / "samples").is_dir():
        return pictures_in(folder / "samples")
    if not found:
        raise DataError(f"'{folder}' holds no pictures ({', '.join(TYPES)})")
    return found


def read_choices(folder: Path) -> dict[str, Choice]:
    """Read what was chosen in a folder: file name -> choice; nothing if nothing was.

    Raises:
        DataError: A line is no choice.
    """
    path = folder / FILE
    if not path.is_file():
        return {}
    chosen: dict[str, Choice] = {}
    for place, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        word, _, name = line.strip().partition(" ")
        if not line.strip() or line.startswith("#"):
            continue
        if word not in CHOICES or not name:
            raise DataError(
                f"'{path}', line {place}: '{line}' does not fit; expected {join_names(CHOICES)} "
                "and a file name"
            )
        chosen[name.strip()] = word
    return chosen


def write_choices(folder: Path, chosen: Mapping[str, Choice]) -> Path:
    """Write what was chosen, one line a picture, whole or not at all."""
    path = folder / FILE
    write_text(path, "".join(f"{word} {name}\n" for name, word in sorted(chosen.items())))
    return path


def chosen_pictures(folder: Path, only: str) -> list[Path]:
    """List the pictures of a folder that were chosen.

    Args:
        folder: Of pictures.
        only: "star" for starred ones, "keep" for kept and starred ones, "all" for all but the
            rejected.

    Raises:
        DataError: None was.
    """
    pictures = pictures_in(folder)
    chosen = read_choices(pictures[0].parent)
    wanted = {"star": ("star",), "keep": ("star", "keep"), "all": ("star", "keep", "")}[only]
    found = [path for path in pictures if chosen.get(path.name, "") in wanted]
    if not found:
        raise DataError(
            f"no picture in '{folder}' is chosen as '{only}'; choose with: artgan curate {folder}"
        )
    return found


def given_pictures(paths: Sequence[Path], only: str = "all") -> list[Path]:
    """List the pictures that were named on a command line; a folder stands for those in it.

    Args:
        paths: Picture files and folders of pictures.
        only: Of folders, as ``chosen_pictures`` takes it.

    Raises:
        DataError: A folder holds none such.
    """
    return [
        picture
        for path in paths
        for picture in (chosen_pictures(path, only) if path.is_dir() else [path])
    ]


def pick_by_variety(
    pictures: Sequence[Path], count: int, show: Callable[[int], None] = lambda _: None
) -> list[Path]:
    """Choose pictures that are as unlike each other as can be.

    The first is the one in the middle of all; each next is the farthest from those chosen
    (Gonzalez 1985, "Clustering to minimize the maximum intercluster distance"), by the features
    that ``artgan evaluate`` compares.

    Args:
        pictures: Picture files.
        count: How many to choose.
        show: Told how many are looked at.
    """
    points = _features(pictures, show)
    chosen = [int(((points - points.mean(0)) ** 2).sum(1).argmin())]
    away = ((points - points[chosen[0]]) ** 2).sum(1)
    # Of pictures that are all alike each is still taken once.
    away[chosen] = -1
    while len(chosen) < min(count, len(pictures)):
        farthest = int(away.argmax())
        chosen.append(farthest)
        away = np.minimum(away, ((points - points[farthest]) ** 2).sum(1))
        away[chosen] = -1
    return [pictures[index] for index in chosen]


def _features(pictures: Sequence[Path], show: Callable[[int], None]) -> NDArray[np.float64]:
    from PIL import Image

    from artgan.core.evaluate import choose_extractor, features_of
    from artgan.core.options import build_options
    from artgan.core.registry import default_registry

    def pixels(number: int, path: Path) -> NDArray[np.uint8]:
        small = open_image(path).convert("RGB")
        show(number)
        return np.asarray(small.resize((FEATURE_SIDE, FEATURE_SIDE), Image.Resampling.BOX))

    entry = choose_extractor(default_registry())
    options = build_options(entry.declaration.options, {}, entry.where)
    extract = entry.call("build", options, "cpu")
    opened = (pixels(number, path) for number, path in enumerate(pictures, 1))
    return features_of(extract, opened, entry, "cpu")


def pick_by_taste(
    pictures: Sequence[Path],
    count: int,
    run: "Run",
    show: Callable[[int], None] = lambda _: None,
) -> list[Path]:
    """Choose the pictures that the run's discriminator takes for real most readily.

    It judges the raw pictures, made again from their records: before any style, but truncated,
    moved and mixed as they were.

    Args:
        pictures: Picture files of the run.
        count: How many to choose.
        run: What made them.
        show: Told how many are judged.

    Raises:
        RunError: A picture is of another run, or is no single picture.
    """
    judged: list[float] = []
    made = [run.recorded(_own_record(path, run)) for path in pictures]
    for _, group in groupby(made, key=lambda one: json.dumps(one[1].about)):
        together = list(group)
        points, steering = [point for point, _ in together], together[0][1]
        samples = run.samples(points, "none", steering=steering)
        for point, sample in zip(points, samples, strict=True):
            judged.append(_logit(run, sample.raw, point.label))
            show(len(judged))
    best = sorted(range(len(pictures)), key=lambda index: (-judged[index], index))
    return [pictures[index] for index in best[:count]]


def _own_record(path: Path, run: "Run") -> dict[str, Any]:
    record = read_record(path) or {}
    single = "seed" in record and not {"animation", "canvas"} & set(record)
    if not single or record.get("weights_sha256") != run.checkpoint.sha256:
        raise RunError(
            f"'{path}' was not made by run '{run.path}' as it is now; its discriminator can "
            "only judge its own pictures"
        )
    return record


def _logit(run: "Run", pixels: NDArray[np.uint8], label: int | None) -> float:
    import torch

    device = next(run.discriminator.parameters()).device
    labels = None if label is None else torch.tensor([label], device=device)
    image = torch.from_numpy(pixels).permute(2, 0, 1)[None].float() / 127.5 - 1
    with torch.no_grad():
        return float(run.discriminator(image.to(device), labels)[0])


def curation_page(folder: Path, names: Sequence[str], token: str) -> str:
    """Give the page that shows pictures and takes choices."""
    facts = {
        "folder": folder.name,
        "token": token,
        "pictures": list(names),
        "choices": read_choices(folder),
    }
    page = files("artgan.core.web").joinpath("curate.html").read_text(encoding="utf-8")
    return page.replace("__FACTS__", json.dumps(facts).replace("</", "<\\/"))


@dataclass
class Curation:
    """What the page's server knows; answers are (status, body, type of the body).

    Attributes:
        folder: Where the choices go.
        pictures: Name -> file; nothing else is ever given.
        token: Secret of the address.
    """

    folder: Path
    pictures: Mapping[str, Path]
    token: str
    _one_at_a_time: threading.Lock = field(default_factory=threading.Lock)

    def give(self, target: str) -> tuple[int, bytes, str]:
        """Answer a request for the page or a picture."""
        asked = urlsplit(target)
        if parse_qs(asked.query).get("token") != [self.token]:
            return 403, REFUSED[403], TEXT
        if asked.path == "/":
            page = curation_page(self.folder, list(self.pictures), self.token)
            return 200, page.encode(), "text/html; charset=utf-8"
        path = self.pictures.get(unquote(asked.path[1:]))
        if path is None:
            return 404, REFUSED[404], TEXT
        return 200, path.read_bytes(), TYPES[path.suffix.lower()]

    def take(self, body: bytes) -> int:
        """Take a choice: {"token", "name", "choice"}; an empty choice takes it back."""
        try:
            asked: Any = json.loads(body)
            name, choice, given = asked["name"], asked["choice"], asked["token"]
        except (ValueError, KeyError, TypeError):
            return 400
        if given != self.token:
            return 403
        if name not in self.pictures or choice not in (*CHOICES, ""):
            return 400
        with self._one_at_a_time:
            chosen = {n: c for n, c in read_choices(self.folder).items() if n != name}
            write_choices(self.folder, {**chosen, **({name: choice} if choice else {})})
        return 200


def open_curation(folder: Path) -> Curation:
    """Start curating a folder, with a secret that other programs do not know."""
    pictures = pictures_in(folder)
    named = {path.name: path for path in pictures}
    return Curation(pictures[0].parent, named, secrets.token_urlsafe(16))


def open_server(curation: Curation, port: int = 0) -> http.server.ThreadingHTTPServer:
    """Open the page's server on this machine alone; its caller serves and closes it.

    Args:
        curation: What it knows.
        port: Where to; 0 takes a free one.

    Raises:
        OptionError: The port is taken.
    """

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._answer(*curation.give(self.path))

        def do_POST(self) -> None:
            length = self.headers.get("Content-Length") or "0"
            known = int(length) if length.isdecimal() else 0
            status = curation.take(self.rfile.read(min(known, LARGEST_REQUEST)))
            self._answer(status, b"{}" if status == 200 else REFUSED[status], TEXT)

        def _answer(self, status: int, body: bytes, kind: str) -> None:
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.send_header("Cache-Control", "no-store")
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            """Stay quiet."""

    try:
        return http.server.ThreadingHTTPServer(("127.0.0.1", port), Handler)
    except OSError as error:
        raise OptionError(f"port {port} cannot be used: {error.strerror}") from error


def serve(folder: Path, port: int, ready: Callable[[str], None]) -> None:
    """Serve the page until Ctrl-C; each choice is saved as it is made.

    Args:
        folder: Of pictures.
        port: Where to; 0 takes a free one.
        ready: Called with the address.
    """
    curation = open_curation(folder)
    with open_server(curation, port) as server:
        ready(f"http://127.0.0.1:{server.server_address[1]}/?token={curation.token}")
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            return
