"""The local page of ``artgan curate``, on which a person chooses among pictures."""

import http.server
import secrets
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from pathlib import Path
from typing import Any, Literal
from urllib.parse import parse_qs, unquote, urlsplit

import msgspec

from artgan.base.templates import render
from artgan.curation.choices import TYPES, pictures_in, read_choices, write_choices
from artgan.errors import ArtganError, OptionError

LARGEST_REQUEST = 1024


class ChoiceRequest(msgspec.Struct):
    """What the page sends when a key is pressed; an empty choice deletes the earlier one."""

    token: str
    name: str
    choice: Literal["star", "keep", "reject", ""]


@dataclass(frozen=True)
class Answer:
    """An answer to the browser."""

    body: bytes
    type: str = "text/plain"
    status: HTTPStatus = HTTPStatus.OK


NOT_A_CHOICE = Answer(b"This is no choice.", status=HTTPStatus.BAD_REQUEST)
WRONG_TOKEN = Answer(
    b"This page needs the address that artgan printed.", status=HTTPStatus.FORBIDDEN
)
NO_PICTURE = Answer(b"There is no such picture.", status=HTTPStatus.NOT_FOUND)


def curation_page(folder: Path, names: Sequence[str], token: str) -> str:
    """Return the HTML page that shows pictures and sends choices."""
    facts = {
        "folder": folder.name,
        "token": token,
        "pictures": list(names),
        "choices": read_choices(folder),
    }
    return render("curation/curate.html", title="Curate", facts=facts)


@dataclass
class Curation:
    """The pictures of a folder and the choices among them, as the server uses them.

    Attributes:
        folder: Folder of choices.txt.
        pictures: Name -> file; nothing else is served.
        token: Secret part of the address, so that other programs cannot choose.
    """

    folder: Path
    pictures: Mapping[str, Path]
    token: str
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def show(self, target: str) -> Answer:
        """Return the page, or a picture by name."""
        address = urlsplit(target)
        if parse_qs(address.query).get("token") != [self.token]:
            return WRONG_TOKEN
        if address.path == "/":
            page = curation_page(self.folder, list(self.pictures), self.token)
            return Answer(page.encode(), "text/html; charset=utf-8")
        path = self.pictures.get(unquote(address.path[1:]))
        if path is None or not path.is_file():
            return NO_PICTURE
        return Answer(path.read_bytes(), TYPES[path.suffix.lower()])

    def choose(self, body: bytes) -> Answer:
        """Save a choice, a ``ChoiceRequest`` as JSON."""
        try:
            asked = msgspec.json.decode(body, type=ChoiceRequest)
        except msgspec.MsgspecError:
            return NOT_A_CHOICE
        if asked.token != self.token:
            return WRONG_TOKEN
        if asked.name not in self.pictures:
            return NOT_A_CHOICE
        with self._lock:
            chosen = read_choices(self.folder)
            chosen.pop(asked.name, None)
            if asked.choice:
                chosen[asked.name] = asked.choice
            write_choices(self.folder, chosen)
        return Answer(b"{}")


def open_curation(folder: Path) -> Curation:
    """Start choosing among the pictures of a folder, with a new secret.

    Raises:
        DataError: There is no picture.
    """
    pictures = pictures_in(folder)
    named = {path.name: path for path in pictures}
    return Curation(pictures[0].parent, named, secrets.token_urlsafe(16))


class CurationServer(http.server.ThreadingHTTPServer):
    """Serves a curation to this machine alone."""

    def __init__(self, curation: Curation, port: int) -> None:
        self.curation = curation
        super().__init__(("127.0.0.1", port), CurationHandler)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Print no traceback if the browser closes a connection early."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


class CurationHandler(http.server.BaseHTTPRequestHandler):
    """Answers one request."""

    server: CurationServer

    def do_GET(self) -> None:
        """Send the page or a picture."""
        self._answer(self.server.curation.show, self.path)

    def do_POST(self) -> None:
        """Take a choice."""
        length = self.headers.get("Content-Length") or "0"
        size = int(length) if length.isdecimal() else 0
        self._answer(self.server.curation.choose, self.rfile.read(min(size, LARGEST_REQUEST)))

    def _answer(self, call: Callable[[Any], Answer], request: str | bytes) -> None:
        try:
            answer = call(request)
        except (ArtganError, OSError) as error:
            answer = Answer(str(error).encode(), status=HTTPStatus.INTERNAL_SERVER_ERROR)
        self.send_response(answer.status)
        self.send_header("Content-Type", answer.type)
        self.send_header("Content-Length", str(len(answer.body)))
        self.send_header("Cache-Control", "no-store")
        self.end_headers()
        self.wfile.write(answer.body)

    def log_message(self, *_: Any) -> None:
        """Print nothing."""


def open_server(curation: Curation, port: int = 0) -> CurationServer:
    """Open the page's server on a port, or on a free one; its caller serves and closes it.

    Raises:
        OptionError: The port is taken.
    """
    try:
        return CurationServer(curation, port)
    except OSError as error:
        raise OptionError(f"port {port} cannot be used: {error.strerror}") from error


def serve(folder: Path, port: int, ready: Callable[[str], None]) -> None:
    """Serve the page of a folder until Ctrl-C; ``ready`` is called with its address."""
    curation = open_curation(folder)
    with open_server(curation, port) as server:
        ready(f"http://127.0.0.1:{server.server_address[1]}/?token={curation.token}")
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            return
