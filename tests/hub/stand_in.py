"""A stand-in of the hub: its HTTP API in memory, on this machine, as far as artgan asks for it.

The paths are those of https://huggingface.co/docs/hub/api and of Git LFS's batch API.
"""

import base64
import hashlib
import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import unquote, urlsplit

TOKEN = "hf_standin"


@dataclass
class Repository:
    private: bool = False
    gated: bool = False
    commits: dict[str, dict[str, bytes]] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)

    def commit(self, files: dict[str, bytes], branch: str = "main") -> str:
        text = json.dumps([sorted((k, v.hex()) for k, v in files.items()), len(self.commits)])
        oid = hashlib.sha1(text.encode(), usedforsecurity=False).hexdigest()
        self.commits[oid] = files
        self.names[branch] = oid
        return oid

    def at(self, revision: str) -> str | None:
        return revision if revision in self.commits else self.names.get(revision)


@dataclass
class HubStandIn:
    repositories: dict[str, Repository] = field(default_factory=dict)
    stored: dict[str, bytes] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    address: str = ""
    cut_short: int = 0
    """How many downloads break off half way."""

    @contextmanager
    def serving(self) -> Iterator["HubStandIn"]:
        server = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (_Handler,), {"hub": self}))
        self.address = f"http://127.0.0.1:{server.server_address[1]}"
        thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        try:
            yield self
        finally:
            server.shutdown()
            server.server_close()
            thread.join()


class _Handler(BaseHTTPRequestHandler):
    hub: HubStandIn
    protocol_version = "HTTP/1.1"

    def log_message(self, *args: Any) -> None:
        """Say nothing."""

    def answer(self, status: int, body: Any = None, headers: dict[str, str] | None = None) -> None:
        data = body if isinstance(body, bytes) else json.dumps(body or {}).encode()
        self.send_response(status)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(data)

    def fail(self, status: int, code: str, text: str) -> None:
        self.answer(status, {"error": text}, {"X-Error-Code": code, "X-Error-Message": text})

    @property
    def allowed(self) -> bool:
        return self.headers.get("Authorization") == f"Bearer {TOKEN}"

    def body(self) -> bytes:
        return self.rfile.read(int(self.headers.get("Content-Length", 0)))

    def repository(self, name: str) -> Repository | None:
        """Return a repository that whoever asks may read, or fail as the hub does."""
        found = self.hub.repositories.get(name)
        if found is None or (found.private and not self.allowed):
            self.fail(401, "RepoNotFound", "Repository not found")
            return None
        if found.gated and not self.allowed:
            self.fail(403, "GatedRepo", "Access to this model is restricted")
            return None
        return found

    def do_HEAD(self) -> None:
        self.do_GET()

    def do_GET(self) -> None:
        path = unquote(urlsplit(self.path).path)
        self.hub.asked.append(f"{self.command} {path}")
        if match := re.fullmatch(r"/api/models/([^/]+/[^/]+)(?:/revision/(.+))?", path):
            self.describe(match[1], match[2] or "main")
        elif match := re.fullmatch(r"/api/models/([^/]+/[^/]+)/tree/([^/]+)/?", path):
            self.list_files(match[1], match[2])
        elif match := re.fullmatch(r"/([^/]+/[^/]+)/resolve/([^/]+)/(.+)", path):
            self.send_file(match[1], match[2], match[3])
        else:
            self.fail(404, "", f"no {path}")

    def describe(self, name: str, revision: str) -> None:
        repository = self.repository(name)
        if repository is None:
            return
        oid = repository.at(revision)
        if oid is None:
            self.fail(404, "RevisionNotFound", f"Invalid rev id: {revision}")
            return
        files = [{"rfilename": file} for file in repository.commits[oid]]
        self.answer(200, {"id": name, "modelId": name, "sha": oid, "siblings": files})

    def list_files(self, name: str, revision: str) -> None:
        repository = self.repository(name)
        if repository is None:
            return
        files = repository.commits.get(repository.at(revision) or "", {})
        rows = [
            {"type": "file", "path": path, "size": len(data), "oid": _etag(data)}
            for path, data in files.items()
        ]
        self.answer(200, json.dumps(rows).encode())

    def send_file(self, name: str, revision: str, file: str) -> None:
        repository = self.repository(name)
        if repository is None:
            return
        oid = repository.at(revision)
        if oid is None:
            self.fail(404, "RevisionNotFound", f"Invalid rev id: {revision}")
            return
        data = repository.commits[oid].get(file)
        headers = {"X-Repo-Commit": oid}
        if data is None:
            self.answer(404, {}, {**headers, "X-Error-Code": "EntryNotFound"})
            return
        headers["ETag"] = f'"{_etag(data)}"'
        if self.command == "GET" and self.hub.cut_short and file.endswith(".safetensors"):
            self.hub.cut_short -= 1
            self.send_response(200)
            for key, value in {**headers, "Content-Length": str(len(data))}.items():
                self.send_header(key, value)
            self.end_headers()
            self.wfile.write(data[: len(data) // 2])
            self.close_connection = True
            return
        begin = re.fullmatch(r"bytes=(\d+)-", self.headers.get("Range", ""))
        if begin and self.command == "GET":
            rest = data[int(begin[1]) :]
            span = f"bytes {begin[1]}-{len(data) - 1}/{len(data)}"
            self.answer(206, rest, {**headers, "Content-Range": span})
        else:
            self.answer(200, data, headers)

    def do_PUT(self) -> None:
        oid = self.path.rpartition("/")[2]
        self.hub.stored[oid] = self.body()
        self.answer(200, b"")

    def do_POST(self) -> None:
        path, body = unquote(urlsplit(self.path).path), self.body()
        self.hub.asked.append(f"POST {path}")
        if path == "/api/validate-yaml":
            self.answer(200, {"errors": [], "warnings": []})
        elif not self.allowed:
            self.fail(401, "", "Invalid username or password.")
        elif path == "/api/repos/create":
            self.create(json.loads(body))
        elif match := re.fullmatch(r"/api/models/([^/]+/[^/]+)/preupload/.+", path):
            files = [
                {
                    "path": one["path"],
                    "uploadMode": "lfs" if one["path"].endswith(".safetensors") else "regular",
                    "shouldIgnore": False,
                }
                for one in json.loads(body)["files"]
            ]
            self.answer(200, {"files": files})
        elif path.endswith(".git/info/lfs/objects/batch"):
            rows = json.loads(body)["objects"]
            to = {"upload": {"href": f"{self.hub.address}/lfs"}}
            objects = [
                {**one, "actions": {"upload": {"href": f"{to['upload']['href']}/{one['oid']}"}}}
                for one in rows
            ]
            self.answer(200, {"transfer": "basic", "objects": objects})
        elif match := re.fullmatch(r"/api/models/([^/]+/[^/]+)/commit/(.+)", path):
            self.commit(match[1], match[2], body)
        else:
            self.fail(404, "", f"no {path}")

    def create(self, asked: dict[str, Any]) -> None:
        name = f"{asked['organization']}/{asked['name']}"
        if asked["organization"] != "ada":
            self.fail(403, "", f"You don't have the rights to create a model under {name}")
        elif name in self.hub.repositories:
            self.answer(409, {"url": f"{self.hub.address}/{name}"})
        else:
            private = asked.get("private") or asked.get("visibility") == "private"
            self.hub.repositories[name] = Repository(private=bool(private))
            self.hub.repositories[name].commit({".gitattributes": b""})
            self.answer(200, {"url": f"{self.hub.address}/{name}"})

    def commit(self, name: str, branch: str, body: bytes) -> None:
        repository = self.hub.repositories[name]
        files = dict(repository.commits[repository.names[branch]])
        for line in map(json.loads, body.splitlines()):
            value = line["value"]
            if line["key"] == "file":
                files[value["path"]] = base64.b64decode(value["content"])
            elif line["key"] == "lfsFile":
                files[value["path"]] = self.hub.stored[value["oid"]]
            elif line["key"] == "deletedFile":
                del files[value["path"]]
        oid = repository.commit(files, branch)
        url = f"{self.hub.address}/{name}/commit/{oid}"
        self.answer(200, {"success": True, "commitOid": oid, "commitUrl": url})


def _etag(data: bytes) -> str:
    return hashlib.sha1(data, usedforsecurity=False).hexdigest()
