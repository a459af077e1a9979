"""The local page of ``artgan curate``, on which a person chooses among pictures."""

import io
import json
import re
import secrets
import threading
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from pathlib import Path
from typing import Literal

import msgspec

from artgan.base.contributions import Entry
from artgan.base.local_server import (
    Answer,
    LocalServer,
    Page,
    Request,
    open_local_server,
    refusal,
)
from artgan.base.panels import POLICY, ShownPanel, shown_panels
from artgan.base.templates import render
from artgan.curation.choices import pictures_in, read_choices, write_choices
from artgan.errors import ArtganError, DataError
from artgan.pictures.files import any_clear, open_image, read_head, read_record

NOT_A_CHOICE = refusal(HTTPStatus.BAD_REQUEST, "This is no choice.")
NO_PICTURE = refusal(HTTPStatus.NOT_FOUND, "There is no such picture.")
NO_PANEL = refusal(HTTPStatus.NOT_FOUND, "There is no such panel.")

TYPES = {
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".webp": "image/webp",
    ".gif": "image/gif",
}
"""Endings of the pictures that browsers show, and what they call them; others are sent as PNG."""


class ChoiceRequest(msgspec.Struct):
    """What the page sends when a key is pressed; an empty choice deletes the earlier one.

    Pictures are numbered from 0 in the order of the page.
    """

    picture: int
    choice: Literal["star", "keep", "reject", ""]


def curation_page(
    folder: Path, names: Sequence[str], nonce: str, panels: Sequence[ShownPanel] = ()
) -> str:
    """Return the HTML page that shows pictures and sends choices.

    Browsers run no script in it but the one that has the ``nonce`` of the page's policy; panels
    are pages of their own, in frames.
    """
    about = series_captions(folder)
    facts = {
        "folder": folder.name,
        "pictures": list(names),
        "choices": read_choices(folder),
        "captions": [about.get(name, "") for name in names],
    }
    clear = any_clear([folder / name for name in names])
    return render(
        "curation/curate.html",
        title="Curate",
        facts=facts,
        nonce=nonce,
        clear=clear,
        panels=panels,
    )


def series_captions(folder: Path) -> dict[str, str]:
    """Return file -> traits of its edition as people read them; {} where there is no series."""
    try:
        about = json.loads((folder / "series.json").read_text(encoding="utf-8"))
        shown = {edition["file"]: edition["shown"] for edition in about["editions"]}
        return {
            str(file): ", ".join(f"{title}: {value}" for title, value in traits.items())
            for file, traits in shown.items()
        }
    # Without it, or with one of an older artgan, pictures have their names alone.
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return {}


def _policy(nonce: str) -> str:
    """Write the content security policy: own pictures, requests and panels, one script."""
    return (
        f"default-src 'none'; script-src 'nonce-{nonce}'; style-src 'unsafe-inline'; "
        "img-src 'self' data:; connect-src 'self'; frame-src 'self'; base-uri 'none'; "
        "form-action 'none'; frame-ancestors 'none'"
    )


PANEL_POLICY = f"{POLICY}; sandbox allow-scripts; frame-ancestors 'self'"
"""Of the page of a panel: an origin of its own, which reaches neither the cookie nor the page."""


@dataclass
class Curation:
    """The pictures of a folder and the choices among them, as the server uses them.

    Attributes:
        folder: Folder of choices.txt.
        pictures: The pictures of the page; nothing else is served.
        token: Secret part of the address, so that other programs cannot choose.
        left_out: Names of pictures that are no files of this folder, but links that lead out.
        panels: What plugins show beside the pictures.
    """

    folder: Path
    pictures: Sequence[Path]
    token: str
    left_out: Sequence[str] = ()
    panels: Sequence[ShownPanel] = ()
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def show(self, request: Request) -> Answer:
        """Return the page, a picture by its number (``/3``), its facts (``/facts/3``), a panel."""
        if request.path == "/":
            nonce = secrets.token_urlsafe(16)
            names = [path.name for path in self.pictures]
            page = curation_page(self.folder, names, nonce, self.panels)
            headers = {"Content-Security-Policy": _policy(nonce)}
            body = page.encode("utf-8", "replace")
            return Answer(body, "text/html; charset=utf-8", headers=headers)
        asked = re.fullmatch("/(facts/|panel/)?([0-9]{1,9})", request.path)
        if asked is None:
            return NO_PICTURE
        what, number = asked[1], int(asked[2])
        if what == "panel/":
            return self._panel(number)
        path = dict(enumerate(self.pictures)).get(number)
        if path is None or not _is_own_file(path, self.folder):
            return NO_PICTURE
        return _facts_answer(path, number) if what else _picture_answer(path)

    def _panel(self, number: int) -> Answer:
        if number >= len(self.panels):
            return NO_PANEL
        body = self.panels[number].document.encode("utf-8", "replace")
        headers = {"Content-Security-Policy": PANEL_POLICY}
        return Answer(body, "text/html; charset=utf-8", headers=headers)

    def choose(self, request: Request) -> Answer:
        """Save a choice, a ``ChoiceRequest`` as JSON."""
        try:
            asked = msgspec.json.decode(request.body, type=ChoiceRequest)
        except msgspec.MsgspecError:
            return NOT_A_CHOICE
        if not 0 <= asked.picture < len(self.pictures):
            return NOT_A_CHOICE
        name = self.pictures[asked.picture].name
        with self._lock:
            chosen = read_choices(self.folder)
            chosen.pop(name, None)
            if asked.choice:
                chosen[name] = asked.choice
            write_choices(self.folder, chosen)
        return Answer(b"{}", "application/json")


def _facts_answer(path: Path, number: int) -> Answer:
    """Send what a panel may see of a picture: name, number, size, and the record in its file."""
    try:
        (width, height), record = read_head(path)[0], read_record(path)
    except ArtganError:
        return NO_PICTURE
    facts = {"name": path.name, "number": number, "width": width, "height": height}
    return Answer(json.dumps({**facts, "record": record}).encode(), "application/json")


def _picture_answer(path: Path) -> Answer:
    """Send a picture as it is, or as PNG where browsers do not show its format."""
    kind = TYPES.get(path.suffix.lower())
    if kind is not None:
        return Answer(path.read_bytes(), kind)
    shown = io.BytesIO()
    try:
        open_image(path).save(shown, format="PNG")
    except ArtganError:
        return NO_PICTURE
    return Answer(shown.getvalue(), "image/png")


def _is_own_file(path: Path, folder: Path) -> bool:
    """Check that a path is a regular file, and that no link leads from it out of the folder."""
    real = path.resolve()
    return real.is_file() and real.is_relative_to(folder.resolve())


def open_curation(folder: Path, panels: Iterable[Entry] = ()) -> Curation:
    """Start choosing among the pictures of a folder, with a new secret.

    ``panels`` are those of plugins; the ones for other pages are left out.

    Raises:
        DataError: There is no picture, or all are links that lead out of the folder.
    """
    pictures = pictures_in(folder)
    home = pictures[0].parent
    own = [path for path in pictures if _is_own_file(path, home)]
    left_out = [path.name for path in pictures if path not in own]
    if not own:
        raise DataError(
            f"all pictures in '{home}' are links that lead out of it, and a page shows only what "
            "lies in its folder: copy the pictures there, or choose in the folder they come from"
        )
    return Curation(
        home, own, secrets.token_urlsafe(16), left_out, shown_panels(panels, "curate", {})
    )


def open_server(curation: Curation, port: int = 0) -> LocalServer:
    """Open the page's server on a port, or on a free one; its caller serves and closes it.

    Raises:
        OptionError: The port is taken.
    """
    return open_local_server(Page(curation.token, curation.show, curation.choose), port)


def serve(
    folder: Path,
    port: int,
    ready: Callable[[str, Curation], None],
    panels: Iterable[Entry] = (),
) -> None:
    """Serve the page of a folder until Ctrl-C; ``ready`` is called with its address."""
    curation = open_curation(folder, panels)
    with open_server(curation, port) as server:
        ready(server.address, curation)
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            return
