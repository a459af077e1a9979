"""Choosing among pictures: by hand on a local page, or by variety or the discriminator's taste.

Choices lie beside the pictures as text, one line a picture: ``star tides-0003-s42.png``.
"""

import http.server
import json
import secrets
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from artgan.base.templates import render
from artgan.curation.choices import CHOICES, TEXT, TYPES, pictures_in, read_choices, write_choices
from artgan.errors import OptionError

LARGEST_REQUEST = 1024

REFUSED = {
    400: b"This is no choice.",
    403: b"This page needs the address that artgan printed.",
    404: b"There is no such picture.",
}


def curation_page(folder: Path, names: Sequence[str], token: str) -> str:
    """Return the HTML page that shows pictures and takes choices."""
    facts = {
        "folder": folder.name,
        "token": token,
        "pictures": list(names),
        "choices": read_choices(folder),
    }
    return render("curation/curate.html", title="Curate", facts=facts)


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
