"""A real browser without a window, for pages that artgan writes.

It speaks the DevTools protocol over two pipes (Chromium's --remote-debugging-pipe), so that nothing
need be installed but the browser. ``ARTGAN_TEST_BROWSER`` names one that is not on the path.
"""

import base64
import json
import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
WAIT = 60.0


def find_browser() -> str | None:
    """Give the program of a browser of the Chromium family, or None."""
    named = os.environ.get("ARTGAN_TEST_BROWSER")
    return named or next((found for name in NAMES if (found := shutil.which(name))), None)


class Page:
    """A page in the browser."""

    def __init__(self, write: int, read: int) -> None:
        self._write, self._read = write, read
        self._held = b""
        self._number = 0
        self._session = ""
        self.requests: list[str] = []
        self.failures: list[str] = []

    def call(self, method: str, **params: Any) -> dict[str, Any]:
        """Ask for something and give the answer; what the page tells meanwhile is kept."""
        self._number += 1
        asked: dict[str, Any] = {"id": self._number, "method": method, "params": params}
        if self._session:
            asked["sessionId"] = self._session
        os.write(self._write, json.dumps(asked).encode() + b"\0")
        while True:
            told = self._next()
            if told.get("id") == self._number:
                assert "error" not in told, told["error"]
                answer: dict[str, Any] = told["result"]
                return answer
            if told.get("method") == "Network.requestWillBeSent":
                self.requests.append(told["params"]["request"]["url"])
            if told.get("method") == "Runtime.exceptionThrown":
                self.failures.append(json.dumps(told["params"]["exceptionDetails"]))

    def _next(self) -> dict[str, Any]:
        while b"\0" not in self._held:
            piece = os.read(self._read, 1 << 20)
            assert piece, "the browser ended"
            self._held += piece
        line, _, self._held = self._held.partition(b"\0")
        told: dict[str, Any] = json.loads(line)
        return told

    def start(self, downloads: Path) -> None:
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        self.call("Browser.setDownloadBehavior", behavior="allow", downloadPath=str(downloads))
        attached = self.call("Target.attachToTarget", targetId=target, flatten=True)
        self._session = attached["sessionId"]
        for domain in ("Page", "Runtime", "Network"):
            self.call(f"{domain}.enable")

    def open(self, address: str) -> None:
        """Go to an address and wait until it is there; a page may take off its query itself."""
        self.requests.clear()
        self.failures.clear()
        self.call("Page.navigate", url=address)
        there = f"location.href.split('?')[0] === {json.dumps(address.partition('?')[0])}"
        self.wait(f"{there} && document.readyState === 'complete'")

    def run(self, code: str) -> Any:
        """Give the value of an expression in the page."""
        answer = self.call(
            "Runtime.evaluate", expression=code, returnByValue=True, awaitPromise=True
        )
        assert "exceptionDetails" not in answer, answer
        return answer["result"].get("value")

    def wait(self, code: str) -> Any:
        """Wait until an expression is true, and give its value."""
        end = time.monotonic() + WAIT
        while time.monotonic() < end:
            value = self.run(code)
            if value:
                return value
            time.sleep(0.02)
        raise AssertionError(f"never true: {code}")

    def press(self, key: str) -> None:
        """Press a key."""
        for kind in ("keyDown", "keyUp"):
            text = {"text": key} if kind == "keyDown" and len(key) == 1 else {}
            self.call("Input.dispatchKeyEvent", type=kind, key=key, **text)

    def picture(self, path: Path) -> None:
        """Save what the page looks like as PNG."""
        data = self.call("Page.captureScreenshot", format="png")["data"]
        path.write_bytes(base64.b64decode(data))


@contextmanager
def open_browser(program: str, folder: Path) -> Iterator[Page]:
    """Start a browser; what it downloads goes into ``folder / "downloads"``."""
    to_browser, write = os.pipe()
    read, from_browser = os.pipe()
    flags = ["--headless", "--no-sandbox", "--disable-gpu", "--remote-debugging-pipe"]
    flags += ["--no-first-run", "--disable-background-networking", "--window-size=1200,900"]
    # The browser reads from descriptor 3 and writes to 4.
    moved = 'exec 3<&"$0" 4>&"$1"; shift; exec "$@"'
    done = subprocess.Popen(
        ["bash", "-c", moved, str(to_browser), str(from_browser), program, *flags,
         f"--user-data-dir={folder / 'profile'}"],
        pass_fds=(to_browser, from_browser),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )  # fmt: skip
    os.close(to_browser)
    os.close(from_browser)
    try:
        page = Page(write, read)
        page.start(folder / "downloads")
        yield page
    finally:
        os.close(write)
        os.close(read)
        done.terminate()
        done.wait()
