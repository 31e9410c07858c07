"""The reference client of docs/, and a server for it that has faults on demand."""

import base64
import gzip
import hashlib
import importlib.util
import json
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

MIRROR = Path(__file__).resolve().parents[4] / "docs" / "mirror.py"


def load_mirror():
    spec = importlib.util.spec_from_file_location("mirror", MIRROR)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


mirror = load_mirror()


class FaultyServer:
    """A server of the feed as in partners.md, for documents in memory; `faults` are sent first, one for each request.

    A fault is `(status, headers, problem)`, or "cut": half of the correct response.
    """

    def __init__(self):
        self.entries, self.faults, self.requests = {}, [], []
        self.epoch, self.key, self.head, self.horizon, self.page = "one", "secret", 0, 0, 2
        self.before_answer, self.export = lambda path: None, b""

    def write(self, kind, key, /, **data):
        self._enter(kind, key, op="upsert", hash=digest(mirror.canonical(data)), data=data)

    def delete(self, kind, key, reason="deleted", merged_into=None):
        self._enter(kind, key, op="delete", reason=reason, merged_into=merged_into)

    def _enter(self, kind, key, **entry):
        self.head += 1
        self.entries[kind, key] = {"type": kind, "id": key, "seq": self.head, **entry}

    def restore(self, epoch):
        """Simulate another database: live entries are numbered anew, in the reverse order."""
        live = [entry for entry in reversed(self.in_order()) if entry["op"] == "upsert"]
        self.entries, self.head, self.epoch = {}, 0, epoch
        for entry in live:
            self.write(entry["type"], entry["id"], **entry["data"])

    def live(self):
        return {key: entry["hash"] for key, entry in self.entries.items() if entry["op"] == "upsert"}

    def in_order(self):
        return sorted(self.entries.values(), key=lambda entry: entry["seq"])

    def answer(self, path, query):
        """Return status, headers and document."""
        if path == "/api/v1/":
            return 200, {}, {"feed": {"epoch": self.epoch, "head": self.head, "poll_seconds": 300}}
        found = {"changes": self.changes, "manifest": self.manifest}
        return found[path.split("/")[3]](**query)

    def changes(self, cursor="", types="", limit="200"):
        start, seq = self.head, 0
        if cursor:
            key, epoch, types, start, seq = json.loads(base64.urlsafe_b64decode(cursor))
            if key != self.key:
                return problem(400, "cursor-invalid")
            if epoch != self.epoch:
                return problem(410, "cursor-foreign")
            if start < self.horizon:
                return problem(410, "cursor-expired")
        items = [entry for entry in self.in_order() if entry["seq"] > seq]
        items = [entry for entry in items if not types or entry["type"] in types.split(",")]
        items = [entry for entry in items if entry["op"] == "upsert" or entry["seq"] > start or cursor]
        page = items[: min(self.page, int(limit))]
        seq = page[-1]["seq"] if len(items) > len(page) else self.head
        start = start if len(items) > len(page) else self.head
        document = [self.key, self.epoch, types, start, seq]
        following = base64.urlsafe_b64encode(json.dumps(document).encode()).decode()
        return 200, {}, {"cursor": following, "has_more": len(items) > len(page), "items": page}

    def manifest(self, limit="1000"):
        live = sorted(self.live().items())
        lines = "".join(f"{kind}\t{key}\t{value}\n" for (kind, key), value in live)
        items = [{"type": kind, "id": key, "hash": value} for (kind, key), value in live[: int(limit)]]
        return 200, {}, {"count": len(live), "digest": digest(lines), "items": items}


def problem(status, name, detail="In words."):
    return status, {}, {"type": f"https://public.example/api/#problem-{name}", "detail": detail}


def digest(text):
    return hashlib.sha256(text.encode()).hexdigest()


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        catalogue = self.server.catalogue
        parts = urlsplit(self.path)
        catalogue.requests.append((self.path, dict(self.headers)))
        catalogue.before_answer(self.path)
        fault = catalogue.faults.pop(0) if catalogue.faults else None
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        if parts.path == "/api/v1/export/":
            return self.send(200, {"Content-Length": len(catalogue.export)}, catalogue.export)
        status, headers, document = fault if isinstance(fault, tuple) else catalogue.answer(parts.path, query)
        body = json.dumps(document).encode()
        etag = f'"{digest(body.decode())}"'
        if status == 200 and self.headers.get("If-None-Match") == etag:
            status, body = 304, b""
        body = gzip.compress(body) if body else b""
        headers = {"ETag": etag, "Content-Encoding": "gzip", "Content-Length": len(body), **headers}
        self.send(status, headers, body[: len(body) // 2] if fault == "cut" else body)

    def send(self, status, headers, body):
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, str(value))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *arguments):
        pass


@contextmanager
def served(catalogue):
    """Yield the address at which the catalogue is served meanwhile."""
    listener = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    listener.catalogue = catalogue
    thread = threading.Thread(target=listener.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield f"http://127.0.0.1:{listener.server_port}"
    finally:
        listener.shutdown()
        thread.join()
        listener.server_close()
