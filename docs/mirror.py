#!/usr/bin/env python3
"""Keep a copy of the model catalogue in a SQLite file. Needs Python 3.9 or newer, and nothing else.

  mirror.py sync --server https://www.example.com   read what is new
  mirror.py verify --server …                       prove that the copy equals the server's catalogue
  mirror.py repair --server …                       read all again, and delete what is not there

View `live` has what there is, as (type, id, seq, data); table `record` also what went, with its reason. A copy is
written in whole pages, each with the cursor after it, so it may be killed at any time. A key is read from the
environment: MIRROR_API_KEY. Exit codes: 0 done or equal, 1 verify found a difference, 2 wrong use, 3 refused by the
server or not as documented (a person must look), 75 not possible just now: the next run goes on from there.
"""

import argparse
import contextlib
import gzip
import hashlib
import http.client
import json
import os
import sqlite3
import sys
import urllib.request
import zlib
from urllib.parse import urlencode, urlsplit

PAGE, PASSES = 1000, 5
SCHEMA = """
CREATE TABLE IF NOT EXISTS state (cursor TEXT, etag TEXT, run INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS record (type TEXT, id TEXT, seq INTEGER NOT NULL, data TEXT, reason TEXT, merged_into TEXT,
    run INTEGER NOT NULL, PRIMARY KEY (type, id)) WITHOUT ROWID;
CREATE VIEW IF NOT EXISTS live AS SELECT type, id, seq, data FROM record WHERE data IS NOT NULL;
INSERT INTO state SELECT NULL, NULL, 1 WHERE NOT EXISTS (SELECT * FROM state);
"""
PUT = """INSERT INTO record SELECT ?, ?, ?, ?, ?, ?, run FROM state WHERE true ON CONFLICT (type, id) DO UPDATE SET
    seq = excluded.seq, data = excluded.data, reason = excluded.reason, merged_into = excluded.merged_into,
    run = excluded.run WHERE excluded.run > record.run OR excluded.seq >= record.seq"""
# Errors for an unreachable server or a truncated response.
CUT = (OSError, http.client.HTTPException, EOFError, zlib.error, ValueError)


class Failure(Exception):
    """`code` is the exit code; if it `restarts`, a new walk without a cursor may succeed."""

    def __init__(self, words, code=75, restarts=False):
        super().__init__(words)
        self.code, self.restarts = code, restarts


class EveryAnswer(urllib.request.HTTPErrorProcessor):
    """Errors are answers too, and redirects are not followed, since that would send the key to another server."""

    def http_response(self, request, response):
        return response

    https_response = http_response


class Server:
    def __init__(self, address, key=None):
        self.base = address.rstrip("/") + "/api/v1/"
        self.headers = {"Accept-Encoding": "gzip", "User-Agent": "mirror.py/2"}
        if key:
            self.headers["Authorization"] = "Bearer " + key
        self.opener = urllib.request.build_opener(EveryAnswer)

    def get(self, path, etag=None, **query):
        """Return the document and its ETag; the document is None if it is still that of `etag`."""
        url = f"{self.base}{path}?{urlencode({name: value for name, value in query.items() if value})}"
        headers = {**self.headers, **({"If-None-Match": etag} if etag else {})}
        try:
            with self.opener.open(urllib.request.Request(url, headers=headers), timeout=60) as answer:
                body = answer.read()
            if answer.headers.get("Content-Encoding") == "gzip":
                body = gzip.decompress(body)
            document = json.loads(body) if answer.status == 200 else None
        except CUT as error:
            raise Failure(f"{url}: {error or type(error).__name__}") from None
        if answer.status in (200, 304):
            return document, answer.headers.get("ETag")
        words = f"{url} answers {answer.status}: {answer.headers.get('Location') or body.decode(errors='replace')}"
        is_temporary = answer.status in (409, 429) or answer.status >= 500
        restarts = answer.status in (409, 410) or "#problem-cursor-invalid" in words
        raise Failure(words, 75 if is_temporary else 3, restarts)


def canonical(value):
    """Return the RFC 8785 form. Documents of the catalogue have no numbers but integers below 2^53."""
    if isinstance(value, dict):
        keys = sorted(value, key=lambda key: key.encode("utf-16-be"))
        return "{" + ",".join(canonical(key) + ":" + canonical(value[key]) for key in keys) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(canonical, value)) + "]"
    if isinstance(value, float) or (isinstance(value, int) and abs(value) >= 2**53):
        raise ValueError(f"{value} is not an integer below 2^53")
    return json.dumps(value, ensure_ascii=False)


def sha256(data):
    return hashlib.sha256(data).hexdigest()


def opened(path):
    """Return the copy: a SQLite database in this file."""
    db = sqlite3.connect(path, timeout=60)
    db.execute("PRAGMA journal_mode = WAL")
    db.executescript(SCHEMA)
    return db


def put(db, item):
    """Write one item of the feed, unless the stored one is newer."""
    data = None
    if item["op"] == "upsert":
        data = canonical(item["data"])
        if sha256(data.encode()) != item["hash"]:
            raise ValueError(f"the hash of {item['type']} {item['id']} does not match its data")
    elif item["op"] != "delete":
        raise ValueError(f"this program is too old for the operation {item['op']!r}")
    db.execute(PUT, (item["type"], item["id"], item["seq"], data, item.get("reason"), item.get("merged_into")))


def begin_again(db):
    """Start a new walk: what it brings replaces what the copy has, and the rest is deleted at its end."""
    with db:
        db.execute("UPDATE state SET cursor = NULL, etag = NULL, run = run + 1")


def sync(server, db):
    """Read new items page by page, and return their number."""
    items, walks, has_more = 0, 1, True
    while has_more:
        cursor, etag = db.execute("SELECT cursor, etag FROM state").fetchone()
        try:
            page, etag = server.get("changes/", etag, cursor=cursor, limit=PAGE)
        except Failure as failure:
            walks += 1
            if not (cursor and failure.restarts and walks < 4):
                raise
            begin_again(db)
            continue
        if page is None:
            break
        has_more = page["has_more"]
        with db:
            for item in page["items"]:
                put(db, item)
            etag = etag if page["cursor"] == cursor and not page["items"] else None
            after = [page["cursor"], etag, cursor]
            if not db.execute("UPDATE state SET cursor = ?, etag = ? WHERE cursor IS ?", after).rowcount:
                raise Failure("Another mirror.py is using this copy.")
            if not has_more:
                db.execute("DELETE FROM record WHERE run < (SELECT run FROM state)")
        items += len(page["items"])
    return items


def verify(server, db):
    """Return whether the copy equals the catalogue."""
    sync(server, db)
    for _ in range(PASSES):
        theirs, _ = server.get("manifest/", limit=1)
        rows = db.execute("SELECT type, id, CAST(data AS BLOB) FROM live ORDER BY type, id")  # the stored data itself
        lines = [f"{kind}\t{key}\t{sha256(data)}\n" for kind, key, data in rows]
        if (theirs["count"], theirs["digest"]) == (len(lines), sha256("".join(lines).encode())):
            return True
        if not sync(server, db):  # no changes in between, so the copy really differs
            return False
    raise Failure("The catalogue keeps changing during the comparison. Try again later.")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("command", choices=["sync", "verify", "repair"])
    parser.add_argument("--server", required=True, help="as https://www.example.com")
    parser.add_argument("--file", default="catalogue.sqlite3", help="file of the copy (default: %(default)s)")
    given, key = parser.parse_args(), os.environ.get("MIRROR_API_KEY")
    address = urlsplit(given.server)
    if address.scheme not in ("https", "http") or not address.hostname:
        parser.error("--server is an address such as https://www.example.com")
    if key and address.scheme == "http" and address.hostname not in ("localhost", "127.0.0.1", "::1"):
        parser.error("keys are only sent over https")
    server, code = Server(given.server, key), 0
    try:
        with contextlib.closing(opened(given.file)) as db:
            if given.command == "repair":
                begin_again(db)
            if given.command == "verify":
                code = 0 if verify(server, db) else 1
                words = "different: repair reads all again" if code else "equal"
            else:
                words = f"{sync(server, db)} changes"
    except Failure as failure:
        code, words = failure.code, f"mirror.py: {failure}"
    except (sqlite3.Error, KeyError, TypeError, ValueError, AttributeError) as error:
        code, words = 3, f"mirror.py: not as documented, so it was discarded: {error!r}"
    print(words, file=sys.stderr)
    return code


if __name__ == "__main__":
    sys.exit(main())
