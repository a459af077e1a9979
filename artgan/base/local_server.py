"""Serves a page to the browser of this machine, and to nobody else.

A server on 127.0.0.1 can be reached by other programs of this machine and, through the browser, by
any website. Hence each request must name this machine as its host (a website that points its own
name here does not), come from the page itself, and carry a token: once in the address that artgan
prints, then in a cookie that scripts cannot read and other sites cannot send.
"""

import http.server
import re
import secrets
import socket
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from http.cookies import CookieError, SimpleCookie
from typing import Any
from urllib.parse import parse_qs, urlsplit

from artgan.errors import ArtganError, OptionError

LARGEST_REQUEST = 4096
"""Bytes that the body of a request may have."""

SILENCE = 10.0
"""Seconds that a client may let the server wait for its next bytes."""

LONGEST = 60.0
"""Seconds after which a connection is closed, whatever it does."""

MOST_CLIENTS = 32
"""Connections, and so threads, at one time; browsers open 6 to one server."""

_THIS_MACHINE = re.compile(r"(localhost|127\.0\.0\.1|\[::1\])(:[0-9]{1,5})?", re.IGNORECASE)


@dataclass(frozen=True)
class Request:
    """A request that was let in; ``path`` is as in the address, ``body`` is empty for a GET."""

    path: str
    body: bytes = b""


@dataclass(frozen=True)
class Answer:
    """An answer to the browser."""

    body: bytes
    type: str = "text/plain; charset=utf-8"
    status: HTTPStatus = HTTPStatus.OK
    headers: Mapping[str, str] = field(default_factory=dict)


def refusal(status: HTTPStatus, text: str) -> Answer:
    """Build an answer that is one sentence."""
    return Answer(text.encode("utf-8", "replace"), status=status)


WRONG_HOST = refusal(HTTPStatus.FORBIDDEN, "This page answers to 127.0.0.1 and localhost alone.")
WRONG_ORIGIN = refusal(HTTPStatus.FORBIDDEN, "This page takes nothing from other sites.")
WRONG_TOKEN = refusal(HTTPStatus.FORBIDDEN, "This page needs the address that artgan printed.")
WRONG_LENGTH = refusal(HTTPStatus.BAD_REQUEST, "This request is too long, or has no length.")


@dataclass(frozen=True)
class Page:
    """What a server serves.

    Attributes:
        token: The secret part of the address.
        get: Answers a GET.
        post: Answers a POST.
    """

    token: str
    get: Callable[[Request], Answer]
    post: Callable[[Request], Answer]


class LocalServer(http.server.ThreadingHTTPServer):
    """Serves a page on 127.0.0.1, with a bounded number of threads; prints nothing."""

    def __init__(self, page: Page, port: int) -> None:
        self.page = page
        self._clients: dict[socket.socket, float] = {}
        super().__init__(("127.0.0.1", port), LocalHandler)

    @property
    def address(self) -> str:
        """The address with the token, as a person opens it."""
        return f"http://127.0.0.1:{self.server_address[1]}/?token={self.page.token}"

    @property
    def cookie(self) -> str:
        """The name of the cookie; browsers do not tell ports apart, so the name does."""
        return f"artgan-{self.server_address[1]}"

    def process_request(self, request: Any, client_address: Any) -> None:
        """Start a thread for a connection, or close it if there are too many."""
        if len(self._clients) >= MOST_CLIENTS:
            self.shutdown_request(request)
            return
        self._clients[request] = time.monotonic()
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        """Close a connection."""
        self._clients.pop(request, None)
        super().shutdown_request(request)

    def service_actions(self) -> None:
        """End connections that take too long; called at least twice a second."""
        now = time.monotonic()
        for client, since in list(self._clients.items()):
            if now - since > LONGEST:
                try:
                    client.shutdown(socket.SHUT_RDWR)
                # Its thread has closed it meanwhile.
                except OSError:
                    continue

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Print nothing: a client went away, or was too slow."""


class LocalHandler(http.server.BaseHTTPRequestHandler):
    """Answers one request."""

    server: LocalServer
    timeout = SILENCE
    server_version = "artgan"
    sys_version = ""

    def do_GET(self) -> None:
        """Answer a GET."""
        self._send(self._guarded(self._get))

    def do_POST(self) -> None:
        """Answer a POST."""
        self._send(self._guarded(self._post))

    def _guarded(self, call: Callable[[], Answer]) -> Answer:
        try:
            return call()
        except (ConnectionError, TimeoutError):
            raise
        except (ArtganError, OSError) as error:
            return refusal(HTTPStatus.INTERNAL_SERVER_ERROR, str(error))
        # Whatever a stranger sends gets an answer, and never a traceback on the terminal.
        except Exception as error:
            text = f"artgan cannot answer this request: {type(error).__name__}: {error}"
            return refusal(HTTPStatus.INTERNAL_SERVER_ERROR, text)

    def _get(self) -> Answer:
        if refused := self._refused():
            return refused
        address = urlsplit(self.path)
        if self._is_token(self._in_cookie()):
            return self.server.page.get(Request(address.path))
        given = parse_qs(address.query).get("token", [""])
        if address.path != "/" or not self._is_token(given[0]):
            return WRONG_TOKEN
        answer = self.server.page.get(Request("/"))
        cookie = f"{self.server.cookie}={self.server.page.token}"
        kept = {"Set-Cookie": f"{cookie}; Path=/; HttpOnly; SameSite=Strict"}
        return Answer(answer.body, answer.type, answer.status, {**answer.headers, **kept})

    def _post(self) -> Answer:
        if refused := self._refused():
            return refused
        if self.headers.get("Origin") is None:
            return WRONG_ORIGIN
        if not self._is_token(self._in_cookie()):
            return WRONG_TOKEN
        length = self.headers.get("Content-Length", "")
        if not re.fullmatch("[0-9]{1,6}", length) or int(length) > LARGEST_REQUEST:
            return WRONG_LENGTH
        body = self.rfile.read(int(length))
        return self.server.page.post(Request(urlsplit(self.path).path, body))

    def _refused(self) -> Answer | None:
        """Refuse a request that was meant for another host, or sent by another site's page."""
        host = (self.headers.get_all("Host") or [""])[0]
        if not _THIS_MACHINE.fullmatch(host) or len(self.headers.get_all("Host", [])) > 1:
            return WRONG_HOST
        origin = self.headers.get("Origin")
        return WRONG_ORIGIN if origin not in (None, f"http://{host}") else None

    def _in_cookie(self) -> str:
        try:
            cookies = SimpleCookie(self.headers.get("Cookie", ""))
        except CookieError:
            return ""
        found = cookies.get(self.server.cookie)
        return found.value if found else ""

    def _is_token(self, given: str) -> bool:
        own = self.server.page.token.encode()
        return secrets.compare_digest(given.encode("utf-8", "replace"), own)

    def _send(self, answer: Answer) -> None:
        self.send_response(answer.status)
        fixed = {
            "Content-Type": answer.type,
            "Content-Length": str(len(answer.body)),
            "Cache-Control": "no-store",
            "Referrer-Policy": "no-referrer",
            "X-Content-Type-Options": "nosniff",
            "Cross-Origin-Resource-Policy": "same-origin",
        }
        for name, value in {**fixed, **answer.headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(answer.body)

    def send_error(self, code: int, *_: Any) -> None:
        """Refuse what is no request, or has another method; echo nothing of it."""
        status = HTTPStatus(code)
        self._send(refusal(status, status.phrase))
        self.close_connection = True

    def log_message(self, *_: Any) -> None:
        """Print nothing."""


def open_local_server(page: Page, port: int = 0) -> LocalServer:
    """Open a server on a port, or on a free one; its caller serves and closes it.

    Raises:
        OptionError: The port cannot be used.
    """
    try:
        return LocalServer(page, port)
    except OSError as error:
        raise OptionError(f"port {port} cannot be used: {error.strerror}") from error
