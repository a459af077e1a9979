"""The page of curate answers its own browser, and nobody else; nothing that is sent breaks it."""

import http.client
import json
import os
import re
import socket
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from artgan.base import local_server
from artgan.base.local_server import LocalServer
from artgan.core.registry import Registry
from artgan.curation.choices import read_choices
from artgan.curation.server import open_curation, open_server
from artgan.errors import DataError, OptionError
from tests.core.test_panels import TALLY

needs_posix = pytest.mark.skipif(sys.platform == "win32", reason="links and odd names")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Three pictures, one of them called like two lines."""
    made = tmp_path / "shades"
    made.mkdir()
    odd = "line.png" if sys.platform == "win32" else "line\nstar b.png"
    for shade, name in enumerate(("a.png", "b.png", odd)):
        Image.new("L", (8, 8), shade).save(made / name)
    return made


@pytest.fixture
def server(folder: Path) -> Iterator[LocalServer]:
    with open_server(replace(open_curation(folder), token="secret")) as opened:
        threading.Thread(target=opened.serve_forever, args=[0.05], daemon=True).start()
        yield opened
        opened.shutdown()


def port_of(server: LocalServer) -> int:
    return int(server.server_address[1])


def ask(
    server: LocalServer, path: str, body: bytes | None = None, **headers: str
) -> tuple[int, bytes, Mapping[str, str]]:
    """Send what the page would send; headers given by hand win, and those that are "" go."""
    port = port_of(server)
    usual = {"Host": f"127.0.0.1:{port}", "Cookie": f"artgan-{port}=secret"}
    if body is not None:
        usual |= {"Origin": f"http://127.0.0.1:{port}", "Content-Length": str(len(body))}
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    connection.putrequest("GET" if body is None else "POST", path, skip_host=True)
    for name, value in {**usual, **headers}.items():
        if value:
            connection.putheader(name.replace("_", "-"), value)
    connection.endheaders(body)
    answer = connection.getresponse()
    read = answer.status, answer.read(), dict(answer.getheaders())
    connection.close()
    return read


def choose(server: LocalServer, headers: Mapping[str, str] | None = None, **about: Any) -> int:
    return ask(server, "/", json.dumps(about).encode(), **(headers or {}))[0]


def test_panels_are_pages_of_their_own(folder: Path, registry: Registry) -> None:
    Path("tally.py").write_text(TALLY)
    registry.add_file(Path("tally.py"))
    curation = replace(open_curation(folder, registry.entries("panel")), token="secret")
    assert [panel.title for panel in curation.panels] == [
        "How the picture was made",
        "How many are starred",
    ]
    with open_server(curation) as server:
        threading.Thread(target=server.serve_forever, args=[0.05], daemon=True).start()
        _, page, headers = ask(server, "/")
        assert "frame-src 'self'" in headers["Content-Security-Policy"]
        frames = re.findall(r"<iframe [^>]*>", page.decode())
        assert ['src="/panel/1"' in frame for frame in frames] == [False, True]
        assert all('sandbox="allow-scripts"' in frame for frame in frames)
        assert 'data-sees="picture choices"' in frames[1]
        status, panel, headers = ask(server, "/panel/1")
        assert (status, b"data.choices" in panel) == (200, True)
        assert "default-src 'none'" in headers["Content-Security-Policy"]
        assert "sandbox allow-scripts" in headers["Content-Security-Policy"]
        facts = json.loads(ask(server, "/facts/1")[1])
        assert facts == {"name": "b.png", "number": 1, "width": 8, "height": 8, "record": None}
        for path in ("/panel/2", "/facts/9", "/facts/", "/panel/x"):
            assert ask(server, path)[0] == 404
        assert ask(server, "/panel/1", Cookie="")[0] == ask(server, "/facts/1", Cookie="")[0] == 403
        server.shutdown()


def test_the_token_moves_from_the_address_into_a_cookie(server: LocalServer) -> None:
    assert server.address.endswith("/?token=secret")
    status, page, headers = ask(server, "/?token=secret", Cookie="")
    assert status == 200
    assert headers["Set-Cookie"] == (
        f"artgan-{port_of(server)}=secret; Path=/; HttpOnly; SameSite=Strict"
    )
    assert b"secret" not in page
    assert b'history.replaceState(null, "", "/")' in page
    assert ask(server, "/")[0] == 200


def test_page_saves_each_choice_and_takes_it_back(server: LocalServer, folder: Path) -> None:
    assert ask(server, "/1")[1] == (folder / "b.png").read_bytes()
    assert choose(server, picture=1, choice="star") == 200
    assert choose(server, picture=0, choice="reject") == 200
    assert choose(server, picture=0, choice="") == 200
    assert read_choices(folder) == {"b.png": "star"}


@needs_posix
def test_a_file_called_like_two_lines_stars_itself_alone(server: LocalServer, folder: Path) -> None:
    assert choose(server, picture=2, choice="star") == 200
    assert read_choices(folder) == {"line\nstar b.png": "star"}
    assert json.dumps("line\nstar b.png").encode() in ask(server, "/")[1]


@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "evil.example"},
        {"Host": "127.0.0.1.evil.example"},
        {"Host": "localhost@evil.example"},
        {"Host": ""},
        {"Origin": "http://evil.example"},
        {"Origin": "null"},
        {"Cookie": ""},
        {"Cookie": "artgan-1=secret"},
        {"Cookie": "\x01="},
        {"Cookie": "token=guessed; a"},
    ],
)
def test_strangers_are_refused(server: LocalServer, folder: Path, headers: dict[str, str]) -> None:
    assert choose(server, headers, picture=0, choice="star") == 403
    for path in ("/", "/0"):
        assert ask(server, path, None, **headers)[0] == 403
    if "Cookie" not in headers:
        assert ask(server, "/?token=secret", None, **{"Cookie": "", **headers})[0] == 403
    assert read_choices(folder) == {}


def test_a_choice_needs_the_page_it_comes_from(server: LocalServer, folder: Path) -> None:
    assert choose(server, {"Origin": ""}, picture=0, choice="star") == 403
    assert ask(server, "/0?token=secret", Cookie="")[0] == 403
    forwarded = {"Host": "localhost:9000", "Origin": "http://localhost:9000"}
    assert choose(server, forwarded, picture=0, choice="star") == 200


@pytest.mark.parametrize(
    "about",
    [{"picture": 3}, {"picture": -1}, {"picture": "a.png"}, {"picture": 0, "choice": "burn"}, {}],
)
def test_what_is_no_choice_is_refused(
    server: LocalServer, folder: Path, about: dict[str, Any]
) -> None:
    assert choose(server, **{"choice": "star", **about}) == 400
    assert read_choices(folder) == {}


@needs_posix
def test_links_out_of_the_folder_are_not_served(folder: Path, tmp_path: Path) -> None:
    secret = tmp_path / "secret.png"
    secret.write_text("secret")
    (folder / "out.png").symlink_to(secret)
    (folder / "passwd.png").symlink_to("/etc/passwd")
    (folder / "within.png").symlink_to("a.png")
    (folder / "folder.png").mkdir()
    os.mkfifo(folder / "pipe.png")
    curation = open_curation(folder)
    names = [path.name for path in curation.pictures]
    assert names == ["a.png", "b.png", "line\nstar b.png", "within.png"]
    assert {"out.png", "passwd.png"} <= set(curation.left_out)
    with open_server(replace(curation, token="secret")) as server:
        threading.Thread(target=server.serve_forever, args=[0.05], daemon=True).start()
        (folder / "a.png").unlink()
        (folder / "a.png").symlink_to(secret)
        answers = [ask(server, f"/{number}")[0] for number in range(6)]
        server.shutdown()
    assert answers == [404, 200, 200, 404, 404, 404]


@needs_posix
def test_a_folder_of_links_alone_is_told(tmp_path: Path) -> None:
    (tmp_path / "links").mkdir()
    Image.new("L", (8, 8)).save(tmp_path / "a.png")
    (tmp_path / "links/a.png").symlink_to(tmp_path / "a.png")
    with pytest.raises(DataError, match="copy the pictures there"):
        open_curation(tmp_path / "links")


HOSTILE = [
    b"GET / HTTP/1.1\r\nHost: [::1\r\n\r\n",
    b"GET http://[ HTTP/1.1\r\nHost: localhost\r\n\r\n",
    b"GET /?token=secret HTTP/1.1\r\nHost: localhost\r\nHost: evil.example\r\n\r\n",
    b"GET /" + b"9" * 5000 + b" HTTP/1.1\r\nHost: localhost\r\nCookie: artgan-%d=secret\r\n\r\n",
    b"GET /?token=%ff%00 HTTP/1.1\r\nHost: localhost\r\n\r\n",
    b"GET " + b"/" * 70_000 + b" HTTP/1.1\r\n\r\n",
    b"GET / HTTP/9.9\r\n\r\n",
    b"<script>alert(1)</script> / HTTP/1.1\r\n\r\n",
    b"GET / HTTP/1.1\r\n" + b"X: y\r\n" * 200 + b"\r\n",
    b"\x16\x03\x01\x00\xa5\x01\x00\x00\xa1\x03\x03\r\n\r\n",
]
POSTED = (
    b"POST / HTTP/1.1\r\nHost: localhost\r\nOrigin: http://localhost\r\n"
    b"Cookie: artgan-%d=secret\r\n"
)
HOSTILE += [
    POSTED + b"\r\n",
    POSTED + b"Content-Length: -1\r\n\r\n",
    POSTED + b"Content-Length: " + b"9" * 5000 + b"\r\n\r\n",
    POSTED + b"Content-Length: 5000\r\n\r\n",
    POSTED + b"Content-Length: 2\r\n\r\n\xff\xfe",
    POSTED + b"Content-Length: 4000\r\n\r\n" + b"[" * 4000,
]


@pytest.mark.parametrize("sent", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_requests_are_refused_in_silence(
    server: LocalServer, folder: Path, capfd: pytest.CaptureFixture[str], sent: bytes
) -> None:
    port = port_of(server)
    with socket.create_connection(("127.0.0.1", port), timeout=20) as client:
        client.sendall(sent.replace(b"%d", str(port).encode()))
        client.shutdown(socket.SHUT_WR)
        answer = b""
        while piece := client.recv(65536):
            answer += piece
    assert b"Traceback" not in answer
    assert b"<script>" not in answer
    found = re.match(rb"HTTP/1\.0 (\d+)", answer)
    assert found is None or int(found[1]) >= 400
    assert ask(server, "/")[0] == 200
    assert read_choices(folder) == {}
    assert capfd.readouterr().err == ""


def test_what_fails_is_answered_without_a_traceback(
    server: LocalServer, folder: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    (folder / "a.png").unlink()
    (folder / "choices.txt").write_text("like b.png\n")
    assert ask(server, "/0")[0] == 404
    status, text, _ = ask(server, "/")
    assert status == 500
    assert b"line 1: 'like b.png' does not fit" in text
    assert choose(server, picture=1, choice="star") == 500
    assert capfd.readouterr().err == ""


def test_slow_and_many_clients_do_not_hold_the_page(
    server: LocalServer, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(local_server, "LONGEST", 0.5)
    monkeypatch.setattr(local_server, "MOST_CLIENTS", 4)
    before = threading.active_count()
    slow = [socket.create_connection(("127.0.0.1", port_of(server)), 20) for _ in range(20)]
    for client in slow[:4]:
        client.sendall(b"POST / HTTP/1.1\r\nX: ")
    time.sleep(0.2)
    assert threading.active_count() <= before + 4
    assert all(client.recv(100) == b"" for client in slow)
    # Their threads end a moment after they are hung up on.
    while threading.active_count() > before:
        time.sleep(0.01)
    assert ask(server, "/")[0] == 200
    for client in slow:
        client.close()
    assert capfd.readouterr().err == ""


def test_a_silent_client_is_hung_up_on(
    server: LocalServer, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(local_server.LocalHandler, "timeout", 0.2)
    for sent in (b"", (POSTED + b"Content-Length: 9\r\n\r\n{")):
        with socket.create_connection(("127.0.0.1", port_of(server)), timeout=20) as client:
            client.sendall(sent.replace(b"%d", str(port_of(server)).encode()))
            assert client.recv(100) == b""
    assert capfd.readouterr().err == ""


def test_the_page_runs_its_own_script_alone(server: LocalServer) -> None:
    _, page, headers = ask(server, "/")
    nonce = re.search(r"script-src 'nonce-([\w-]+)';", headers["Content-Security-Policy"])
    assert nonce
    assert page.count(f'nonce="{nonce[1]}"'.encode()) == 1
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]


def test_a_port_that_is_taken_is_told(server: LocalServer, folder: Path) -> None:
    with pytest.raises(OptionError, match="cannot be used"):
        open_server(open_curation(folder), port_of(server))
