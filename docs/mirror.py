#!/usr/bin/env python3
"""Keep a copy of the model catalogue in a SQLite file. Needs Python 3.9 or newer, and nothing else.

  mirror.py sync --server https://www.example.com   bring the copy up to date; with --follow, keep it so
  mirror.py verify --server …                       prove that the copy equals the server's catalogue
  mirror.py repair --server …                       fetch again what differs, and only that

View `live` has what there is, as (type, id, seq, data); table `record` also what went, with its reason. A copy is
written in whole pages, each with the cursor after it, so it may be killed at any time. Environment: MIRROR_SERVER, and
MIRROR_API_KEY for a key. Exit codes: 0 done or equal, 1 verify found a difference, 2 wrong use, 3 refused by the server
or not as documented (a person must look), 75 not possible just now (run again later).
"""

import argparse
import contextlib
import gzip
import hashlib
import http.client
import json
import os
import random
import sqlite3
import sys
import time
import urllib.error
import urllib.request
import zlib
from urllib.parse import parse_qsl, urlencode, urlsplit

ATTEMPTS, LONGEST_WAIT_SECONDS, PAGE, IDS = 8, 3600, 1000, 50
SCHEMA = """
CREATE TABLE IF NOT EXISTS state (cursor TEXT, etag TEXT, run INTEGER NOT NULL, types TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS record (type TEXT, id TEXT, seq INTEGER NOT NULL, data TEXT, reason TEXT, merged_into TEXT,
    run INTEGER NOT NULL, PRIMARY KEY (type, id)) WITHOUT ROWID;
CREATE VIEW IF NOT EXISTS live AS SELECT type, id, seq, data FROM record WHERE data IS NOT NULL;
CREATE TEMP TABLE manifest (type TEXT, id TEXT, hash TEXT, PRIMARY KEY (type, id));
"""
PUT = """INSERT INTO record SELECT ?, ?, ?, ?, ?, ?, run FROM state WHERE true ON CONFLICT (type, id) DO UPDATE SET
    seq = excluded.seq, data = excluded.data, reason = excluded.reason, merged_into = excluded.merged_into,
    run = excluded.run WHERE excluded.run > record.run OR excluded.seq >= record.seq"""
DIFFERING = "SELECT type, id FROM manifest LEFT JOIN live USING (type, id) WHERE hash IS NOT sha256(CAST(data AS BLOB))"
SURPLUS = "DELETE FROM record WHERE data IS NOT NULL AND (type, id) NOT IN (SELECT type, id FROM manifest)"
# Errors for an unreachable server or a truncated response.
CUT = (OSError, http.client.HTTPException, EOFError, zlib.error, ValueError)


class Refused(Exception):
    """The server refused, so a person must look, unless it `restarts`: the walk must begin again."""

    exit_code, restarts = 3, False


class Later(Exception):
    exit_code, wait_seconds = 75, 0.0


class NoRedirects(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *arguments):  # would send the key to another server
        return None


class Server:
    def __init__(self, address, key):
        self.base = address.rstrip("/") + "/api/v1/"
        self.headers = {"Accept-Encoding": "gzip", "User-Agent": "mirror.py/1"}
        if key:
            self.headers["Authorization"] = "Bearer " + key
        self.opener = urllib.request.build_opener(NoRedirects)

    def get(self, path, etag=None, **query):
        """Return the document and its ETag; the document is None if it is still that of `etag`."""
        query = urlencode({name: value for name, value in query.items() if value})
        headers = {**self.headers, **({"If-None-Match": etag} if etag else {})}
        request = urllib.request.Request(f"{self.base}{path}?{query}", headers=headers)
        for attempt in range(ATTEMPTS):
            wait = min(60, 2**attempt) * random.uniform(0.5, 1)
            try:
                with self.opener.open(request, timeout=60) as answer:
                    return document_of(answer), answer.headers.get("ETag")
            except urllib.error.HTTPError as error:
                if error.code == 304:
                    return None, etag
                failure = refusal(error)
                if error.code != 429 and error.code < 500:
                    raise failure from None
                asked = error.headers.get("Retry-After", "")
                wait = int(asked) if asked.isdigit() else wait
            except CUT as error:
                failure = f"{request.full_url}: {error or type(error).__name__}"
            if wait > LONGEST_WAIT_SECONDS or attempt + 1 == ATTEMPTS:
                later = Later(f"{failure}. Giving up for now.")
                later.wait_seconds = wait
                raise later
            time.sleep(wait)


def document_of(answer):
    body = answer.read()
    return json.loads(gzip.decompress(body) if answer.headers.get("Content-Encoding") == "gzip" else body)


def refusal(error):
    """Return the error for a response, with the details of its problem document (RFC 9457) if it has one."""
    try:
        problem = document_of(error)
        words, kind = problem["detail"], problem["type"].rpartition("#")[2]
    except (*CUT, KeyError, TypeError, AttributeError):  # another document, such as that of a proxy
        words, kind = error.headers.get("Location") or error.reason, ""
    refused = Refused(f"{error.url} answers {error.code}: {words}")
    refused.restarts = error.code in (409, 410) or kind == "problem-cursor-invalid"
    return refused


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
    return None if data is None else hashlib.sha256(data).hexdigest()


class Copy:
    def __init__(self, path, types=""):
        # Released by the system when the process ends, and does not block readers of the copy.
        self.lock = sqlite3.connect(path + "-lock", timeout=2)
        try:
            self.lock.execute("BEGIN EXCLUSIVE")
        except sqlite3.OperationalError as error:
            raise Later(f"Another mirror.py is using {path} ({error}).") from None
        self.db = sqlite3.connect(path, timeout=60)
        self.db.text_factory = lambda text: text.decode(errors="replace")  # text damaged on disk can still be read
        self.db.execute("PRAGMA journal_mode = WAL")
        self.db.executescript(SCHEMA)
        self.db.create_function("sha256", 1, sha256)
        with self.db:
            self.db.execute("INSERT INTO state SELECT NULL, NULL, 1, ? WHERE NOT EXISTS (SELECT * FROM state)", [types])
        self.types = self.db.execute("SELECT types FROM state").fetchone()[0]
        if types and types != self.types:
            raise Refused(f"{path} is a copy of {self.types or 'all types'}: use another file for {types}.")

    def close(self):
        self.db.close()
        self.lock.close()

    def put(self, item):
        """Write one item of the feed, unless the stored one is newer."""
        data = None
        if item["op"] == "upsert":
            data = canonical(item["data"])
            if sha256(data.encode()) != item["hash"]:
                raise ValueError(f"the hash of {item['type']} {item['id']} does not match its data")
        elif item["op"] != "delete":
            raise ValueError(f"this program is too old for the operation {item['op']!r}")
        row = (item["type"], item["id"], item["seq"], data, item.get("reason"), item.get("merged_into"))
        self.db.execute(PUT, row)

    def digest(self):
        """Return the number of live records and the digest of their stored data."""
        lines = self.db.execute("SELECT type, id, sha256(CAST(data AS BLOB)) FROM live ORDER BY type, id").fetchall()
        return len(lines), sha256("".join("\t".join(map(str, line)) + "\n" for line in lines).encode())


def sync(server, copy):
    """Read new items page by page, and return their number."""
    items, restarts, has_more = 0, 0, True
    while has_more:
        cursor, etag = copy.db.execute("SELECT cursor, etag FROM state").fetchone()
        try:
            page, etag = server.get("changes/", etag, cursor=cursor, types=copy.types, limit=PAGE)
        except Refused as refused:
            restarts += 1
            if not (cursor and refused.restarts and restarts < 4):
                raise
            with copy.db:  # records not seen again are deleted at the end of the walk
                copy.db.execute("UPDATE state SET cursor = NULL, etag = NULL, run = run + 1")
            continue
        if page is None:
            break
        has_more = page["has_more"]
        with copy.db:
            for item in page["items"]:
                copy.put(item)
            etag = etag if page["cursor"] == cursor and not page["items"] else None
            copy.db.execute("UPDATE state SET cursor = ?, etag = ?", [page["cursor"], etag])
            if not has_more:
                copy.db.execute("DELETE FROM record WHERE run < (SELECT run FROM state)")
        items += len(page["items"])
    return items


def verify(server, copy):
    """Return whether the copy equals the catalogue. The stored data itself is compared, not recorded hashes."""
    sync(server, copy)
    for _ in range(ATTEMPTS):
        theirs, _ = server.get("manifest/", types=copy.types, limit=1)
        if copy.digest() == (theirs["count"], theirs["digest"]):
            return True
        if not sync(server, copy):  # no changes in between, so the copy really differs
            return False
    raise Later("The catalogue keeps changing during the comparison. Try again later.")


def repair(server, copy):
    """Fetch differing records again, and return their number."""
    sync(server, copy)
    read_manifest(server, copy)
    differing = copy.db.execute(DIFFERING).fetchall()
    with copy.db:
        mended = len(differing) + copy.db.execute(SURPLUS).rowcount
    for kind in {kind for kind, _ in differing}:
        ids = [key for of, key in differing if of == kind]
        for start in range(0, len(ids), IDS):
            page, _ = server.get("records/", types=kind, ids=",".join(ids[start : start + IDS]))
            with copy.db:
                for item in page["items"]:
                    # The stored seq may be wrong too.
                    copy.db.execute("DELETE FROM record WHERE type = ? AND id = ?", (kind, item["id"]))
                    copy.put(item)
    return mended


def read_manifest(server, copy):
    """Write `type, id, hash` of all records to the table `manifest`; start again if the catalogue changes."""
    for _ in range(ATTEMPTS):
        query = {"types": copy.types, "limit": 10 * PAGE}
        try:
            with copy.db:
                copy.db.execute("DELETE FROM manifest")
                while query:
                    page, _ = server.get("manifest/", **query)
                    copy.db.executemany("INSERT INTO manifest VALUES (:type, :id, :hash)", page["items"])
                    query = dict(parse_qsl(urlsplit(page["next"] or "").query))
            return
        except Refused as refused:
            if not refused.restarts:
                raise
    raise Later("The catalogue keeps changing while its manifest is read. Try again later.")


def follow(server, copy):
    """Update the copy forever, at the interval that the server recommends."""
    poll_seconds = 60
    while True:
        wait_seconds = 0
        try:
            poll_seconds = server.get("")[0]["feed"]["poll_seconds"]
            report(f"{sync(server, copy)} changes")
        except Later as later:
            report(later)
            wait_seconds = later.wait_seconds
        time.sleep(max(poll_seconds, wait_seconds))


def report(words):
    print(words, file=sys.stderr, flush=True)


def run():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("command", choices=["sync", "verify", "repair"])
    parser.add_argument("--server", default=os.environ.get("MIRROR_SERVER", ""), help="as https://www.example.com")
    parser.add_argument("--file", default="catalogue.sqlite3", help="file of the copy (default: %(default)s)")
    parser.add_argument("--types", default="", help="for the first sync: only these types, as model,offering")
    parser.add_argument("--follow", action="store_true", help="for sync: repeat indefinitely")
    given, key = parser.parse_args(), os.environ.get("MIRROR_API_KEY")
    address = urlsplit(given.server)
    if address.scheme not in ("https", "http") or not address.hostname:
        parser.error("give --server, for example https://www.example.com")
    if key and address.scheme == "http" and address.hostname not in ("localhost", "127.0.0.1", "::1"):
        parser.error("keys are only sent over https")
    server = Server(given.server, key)
    with contextlib.closing(Copy(given.file, given.types)) as copy:
        if given.command == "sync":
            follow(server, copy) if given.follow else report(f"{sync(server, copy)} changes")
        elif given.command == "repair":
            report(f"{repair(server, copy)} records repaired")
        elif not verify(server, copy):
            report("different: repair fetches what differs")
            return 1
        else:
            report("equal")
    return 0


def main():
    try:
        return run()
    except (Refused, Later) as error:
        report(f"mirror.py: {error}")
        return error.exit_code
    except sqlite3.Error as error:
        report(f"mirror.py: the file of the copy: {error}")
        return 3
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        report(f"mirror.py: the response of the server is not as documented, so it was discarded: {error!r}")
        return 3
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())
