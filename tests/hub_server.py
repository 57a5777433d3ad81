"""A Hub on loopback: the routes that `huggingface_hub` calls to push and pull models, in memory.

It keeps repositories with branches and commits, private ones too, and can be told to break off a
download. Large files go the LFS way, as they do on the Hub.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import unquote, urlsplit

TOKEN = "hf_right"
READ_TOKEN = "hf_read_only"

Files = dict[str, bytes]


@dataclass
class Repository:
    """Commits by hash, and branches by name."""

    is_private: bool = False
    commits: dict[str, Files] = field(default_factory=dict)
    branches: dict[str, str] = field(default_factory=dict)
    tags: dict[str, str] = field(default_factory=dict)
    messages: list[str] = field(default_factory=list)

    def commit(self, branch: str, files: Files, message: str) -> str:
        """Put files on a branch."""
        parent = self.branches.get(branch, "")
        digest = hashlib.sha1(parent.encode())
        for path, content in sorted(files.items()):
            digest.update(path.encode() + b"\0" + content)
        sha = digest.hexdigest()
        self.commits[sha] = files
        self.branches[branch] = sha
        self.messages.append(message)
        return sha

    def resolve(self, revision: str) -> str | None:
        """The commit that a branch, tag or hash names."""
        sha = {**self.tags, **self.branches}.get(revision, revision)
        return sha if sha in self.commits else None


class LocalHub(ThreadingHTTPServer):
    """The server with its state."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.repositories: dict[str, Repository] = {}
        self.uploads: dict[str, bytes] = {}
        self.requests: list[str] = []
        self.break_after: int | None = None
        """Bytes of a file after which a download breaks off, for good; None serves everything."""

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    def start(self) -> None:
        threading.Thread(target=self.serve_forever, daemon=True).start()


class Handler(BaseHTTPRequestHandler):
    """One request."""

    server: LocalHub
    protocol_version = "HTTP/1.1"

    def log_message(self, *args: Any) -> None:
        pass

    def answer(self, content: Any = None, status: int = 200, **headers: str) -> None:
        """Send JSON, or bytes as they are."""
        data = content if isinstance(content, bytes) else json.dumps(content).encode()
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(data)

    def refuse(self, status: int, message: str, code: str | None = None) -> None:
        headers = {"X_Error_Message": message} | ({"X_Error_Code": code} if code else {})
        self.answer({"error": message}, status, **headers)

    def body(self) -> bytes:
        if self.headers.get("Transfer-Encoding") == "chunked":
            data = b""
            while size := int(self.rfile.readline(), 16):
                data += self.rfile.read(size)
                self.rfile.readline()
            self.rfile.readline()
            return data
        return self.rfile.read(int(self.headers.get("Content-Length") or 0))

    @property
    def token(self) -> str | None:
        header = self.headers.get("Authorization")
        return header.removeprefix("Bearer ") if header else None

    def do_HEAD(self) -> None:
        self.do_GET()

    def do_GET(self) -> None:
        path = unquote(urlsplit(self.path).path)
        self.server.requests.append(f"{self.command} {path}")
        if self.token not in (None, TOKEN, READ_TOKEN):
            return self.refuse(401, "Invalid credentials in Authorization header")
        if found := re.fullmatch(r"/api/models/([\w.-]+/[\w.-]+)(?:/revision/(.+))?", path):
            repo_id, revision = found.groups()
            return self.with_commit(repo_id, revision or "main", self.send_info)
        if found := re.fullmatch(r"/api/models/([\w.-]+/[\w.-]+)/refs", path):
            return self.with_commit(found.group(1), "main", self.send_refs)
        if found := re.fullmatch(r"/api/models/([\w.-]+/[\w.-]+)/tree/([^/]+)", path):
            return self.with_commit(*found.groups(), self.send_tree)
        if found := re.fullmatch(r"/([\w.-]+/[\w.-]+)/resolve/([^/]+)/(.+)", path):
            repo_id, revision, name = found.groups()
            return self.with_commit(
                repo_id, revision, lambda sha, files, _: self.send_file(sha, files, name)
            )
        return self.refuse(404, f"no route {path}")

    def with_commit(self, repo_id: str, revision: str, send: Any) -> None:
        repository = self.server.repositories.get(repo_id)
        if repository is None or (repository.is_private and self.token is None):
            # The Hub does not tell missing from private.
            return self.refuse(401 if self.token is None else 404, "not found", "RepoNotFound")
        sha = repository.resolve(revision)
        if sha is None:
            return self.refuse(404, f"Invalid rev id: {revision}", "RevisionNotFound")
        return send(sha, repository.commits[sha], repo_id)

    def send_info(self, sha: str, files: Files, repo_id: str) -> None:
        self.answer(
            {
                "id": repo_id,
                "sha": sha,
                "private": self.server.repositories[repo_id].is_private,
                "siblings": [{"rfilename": path} for path in files],
            }
        )

    def send_refs(self, sha: str, files: Files, repo_id: str) -> None:
        repository = self.server.repositories[repo_id]
        refs = {"branches": (repository.branches, "heads"), "tags": (repository.tags, "tags")}
        self.answer(
            {
                "converts": [],
                **{
                    kind: [
                        {"name": name, "ref": f"refs/{folder}/{name}", "targetCommit": commit}
                        for name, commit in names.items()
                    ]
                    for kind, (names, folder) in refs.items()
                },
            }
        )

    def send_tree(self, sha: str, files: Files, repo_id: str) -> None:
        self.answer(
            [
                {
                    "type": "file",
                    "path": path,
                    "size": len(content),
                    "oid": git_hash(content),
                    **({"lfs": lfs_pointer(content)} if is_large(path) else {}),
                }
                for path, content in files.items()
            ]
        )

    def send_file(self, sha: str, files: Files, name: str) -> None:
        if name not in files:
            return self.refuse(404, "Entry not found", "EntryNotFound")
        content = files[name]
        etag = hashlib.sha256(content).hexdigest() if is_large(name) else git_hash(content)
        headers = {"X_Repo_Commit": sha, "ETag": f'"{etag}"'}
        start, status = 0, 200
        if requested := re.fullmatch(r"bytes=(\d+)-", self.headers.get("Range", "")):
            start, status = int(requested.group(1)), 206
            headers["Content_Range"] = f"bytes {start}-{len(content) - 1}/{len(content)}"
        limit = self.server.break_after
        if limit is not None and is_large(name) and self.command == "GET":
            self.close_connection = True
            if start < limit:
                self.send_response(status)
                for key, value in headers.items():
                    self.send_header(key.replace("_", "-"), value)
                self.send_header("Content-Length", str(len(content) - start))
                self.end_headers()
                self.wfile.write(content[start:limit])
            return None
        return self.answer(content[start:], status, **headers)

    def do_PUT(self) -> None:
        oid = urlsplit(self.path).path.rpartition("/")[2]
        content = self.body()
        self.server.requests.append(f"PUT {oid}")
        if hashlib.sha256(content).hexdigest() != oid:
            return self.refuse(400, "content does not match its hash")
        self.server.uploads[oid] = content
        return self.answer({})

    def do_POST(self) -> None:
        path = unquote(urlsplit(self.path).path)
        self.server.requests.append(f"POST {path}")
        body = self.body()
        if path == "/api/validate-yaml":
            return self.answer({"warnings": [], "errors": []})
        if self.token is None or self.token not in (TOKEN, READ_TOKEN):
            return self.refuse(401, "Invalid credentials in Authorization header")
        if self.token == READ_TOKEN:
            return self.refuse(403, "this token can only read")
        if path == "/api/repos/create":
            return self.create(json.loads(body))
        if found := re.fullmatch(r"/(.+)\.git/info/lfs/objects/batch", path):
            return self.plan_uploads(json.loads(body))
        if found := re.fullmatch(r"/api/models/([^/]+/[^/]+)/preupload/(.+)", path):
            return self.choose_upload_modes(json.loads(body))
        if found := re.fullmatch(r"/api/models/([^/]+/[^/]+)/(branch|tag)/(.+)", path):
            return self.name_commit(*found.groups(), body)
        if found := re.fullmatch(r"/api/models/([^/]+/[^/]+)/commit/(.+)", path):
            return self.commit(*found.groups(), body)
        return self.refuse(404, f"no route {path}")

    def create(self, wanted: dict[str, Any]) -> None:
        repo_id = f"{wanted['organization']}/{wanted['name']}"
        url = f"{self.server.url}/{repo_id}"
        if repo_id in self.server.repositories:
            return self.answer({"url": url, "error": "You already created this model repo"}, 409)
        repository = Repository(is_private=wanted.get("visibility") == "private")
        repository.commit("main", {".gitattributes": b"*.safetensors filter=lfs\n"}, "initial")
        self.server.repositories[repo_id] = repository
        return self.answer({"url": url})

    def name_commit(self, repo_id: str, kind: str, revision: str, body: bytes) -> None:
        """Make a branch of this name from `main`, or a tag at this revision."""
        repository = self.server.repositories[repo_id]
        if kind == "tag":
            repository.tags[json.loads(body)["tag"]] = repository.resolve(revision)
            return self.answer({})
        if revision in repository.branches:
            return self.refuse(409, "this branch exists")
        repository.branches[revision] = repository.branches["main"]
        return self.answer({})

    def choose_upload_modes(self, wanted: dict[str, Any]) -> None:
        self.answer(
            {
                "files": [
                    {
                        "path": item["path"],
                        "uploadMode": "lfs" if is_large(item["path"]) else "regular",
                        "shouldIgnore": False,
                    }
                    for item in wanted["files"]
                ]
            }
        )

    def plan_uploads(self, wanted: dict[str, Any]) -> None:
        self.answer(
            {
                "transfer": "basic",
                "objects": [
                    {
                        **item,
                        "actions": {"upload": {"href": f"{self.server.url}/lfs/{item['oid']}"}},
                    }
                    for item in wanted["objects"]
                ],
            }
        )

    def commit(self, repo_id: str, branch: str, body: bytes) -> None:
        repository = self.server.repositories.get(repo_id)
        if repository is None:
            return self.refuse(404, "not found", "RepoNotFound")
        files = dict(repository.commits[repository.branches[branch]])
        message = ""
        for line in body.splitlines():
            item = json.loads(line)
            value = item["value"]
            if item["key"] == "header":
                message = value["summary"]
            elif item["key"] == "file":
                files[value["path"]] = base64.b64decode(value["content"])
            elif item["key"] == "lfsFile":
                files[value["path"]] = self.server.uploads[value["oid"]]
        sha = repository.commit(branch, files, message)
        return self.answer(
            {
                "commitUrl": f"{self.server.url}/{repo_id}/commit/{sha}",
                "commitOid": sha,
                "hookOutput": "",
                "success": True,
            }
        )


def is_large(path: str) -> bool:
    return path.endswith((".safetensors", ".bin"))


def git_hash(content: bytes) -> str:
    return hashlib.sha1(b"blob %d\0" % len(content) + content).hexdigest()


def lfs_pointer(content: bytes) -> dict[str, Any]:
    return {
        "oid": hashlib.sha256(content).hexdigest(),
        "size": len(content),
        "pointerSize": 134,
    }
