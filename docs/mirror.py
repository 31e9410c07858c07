#!/usr/bin/env python3
"""Keep a copy of the model catalogue in a SQLite file. Needs Python 3.9 or newer, and nothing else.

  mirror.py sync --server https://www.example.com   bring the copy up to date; with --follow, keep it so
  mirror.py verify --server …                       prove that the copy equals the server's catalogue
  mirror.py repair --server …                       fetch again what differs, and only that
  mirror.py status MODEL [--day 2026-11-24]         what can be said on that day of a model, by id or slug

Table `live` has what there is, as (type, id, seq, data); `record` also what went, with its reason. A copy is written
in whole pages, each with the cursor after it, so it may be killed at any time. Environment: MIRROR_SERVER, and
MIRROR_API_KEY for a key. Exit codes: 0 done or equal, 1 verify found a difference, 2 wrong use,
3 refused by the server or not as documented (a person must look), 75 not possible just now (run again later).
"""

import argparse
import calendar
import contextlib
import gzip
import hashlib
import http.client
import itertools
import json
import os
import random
import sqlite3
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
import zlib
from datetime import date

ATTEMPTS, LONGEST_WAIT_SECONDS, PAGE, IDS = 8, 3600, 1000, 50
SCHEMA = """
CREATE TABLE IF NOT EXISTS state (cursor TEXT, etag TEXT, run INTEGER NOT NULL, types TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS record (type TEXT, id TEXT, seq INTEGER NOT NULL, data TEXT, reason TEXT, merged_into TEXT,
    run INTEGER NOT NULL, PRIMARY KEY (type, id)) WITHOUT ROWID;
CREATE VIEW IF NOT EXISTS live AS SELECT type, id, seq, data FROM record WHERE data IS NOT NULL;
"""
PUT = """INSERT INTO record SELECT ?, ?, ?, ?, ?, ?, run FROM state WHERE true ON CONFLICT (type, id) DO UPDATE SET
    seq = excluded.seq, data = excluded.data, reason = excluded.reason, merged_into = excluded.merged_into,
    run = excluded.run WHERE excluded.run > record.run OR excluded.seq >= record.seq"""
# Errors for an unreachable server or a truncated response.
CUT = (OSError, http.client.HTTPException, EOFError, zlib.error, ValueError)


class Refused(Exception):
    """The server refused, so a person must look. `restarts`: the cursor is invalid, and the copy must start again."""

    exit_code = 3

    def __init__(self, words, status=0, kind=""):
        super().__init__(words)
        self.status, self.restarts = status, status == 410 or kind == "problem-cursor-invalid"


class Later(Exception):
    exit_code = 75

    def __init__(self, words, wait_seconds=0):
        super().__init__(words)
        self.wait_seconds = wait_seconds


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
        query = urllib.parse.urlencode({name: value for name, value in query.items() if value})
        headers = {**self.headers, **({"If-None-Match": etag} if etag else {})}
        request = urllib.request.Request(self.base + path + (query and "?" + query), headers=headers)
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
                raise Later(f"{failure}. Given up for now.", wait)
            time.sleep(wait)


def document_of(answer):
    body = answer.read()
    return json.loads(gzip.decompress(body) if answer.headers.get("Content-Encoding") == "gzip" else body)


def refusal(error):
    """Return the error for a response, with the details of its problem document (RFC 9457) if it has one."""
    words, kind = error.headers.get("Location") or error.reason, ""
    # Any other document may come from a proxy.
    with contextlib.suppress(*CUT, KeyError, TypeError, AttributeError):
        problem = document_of(error)
        words, kind = problem["detail"], problem["type"].rpartition("#")[2]
    return Refused(f"{error.url} answers {error.code}: {words}", error.code, kind)


def canonical(value):
    """Return the RFC 8785 form. Documents of the catalogue have no numbers but integers below 2^53."""
    if isinstance(value, dict):
        keys = sorted(value, key=lambda key: key.encode("utf-16-be"))
        return "{" + ",".join(canonical(key) + ":" + canonical(value[key]) for key in keys) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(canonical, value)) + "]"
    if isinstance(value, float) or (isinstance(value, int) and abs(value) >= 2**53):
        raise ValueError(f"{value} is no integer below 2^53")
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
            raise Later(f"Another mirror.py is at work on {path} ({error}).") from None
        self.db = sqlite3.connect(path, timeout=60)
        self.db.text_factory = lambda text: text.decode(errors="replace")  # text damaged on disk can still be read
        self.db.execute("PRAGMA journal_mode = WAL")
        self.db.executescript(SCHEMA)
        self.db.create_function("sha256", 1, sha256)
        with self.db:
            self.db.execute("INSERT INTO state SELECT NULL, NULL, 1, ? WHERE NOT EXISTS (SELECT * FROM state)", [types])
        self.types = self.db.execute("SELECT types FROM state").fetchone()[0]
        if types and types != self.types:
            raise Refused(f"{path} is a copy of {self.types or 'all types'}: take another file for {types}.")

    def close(self):
        self.db.close()
        self.lock.close()

    def put(self, item):
        """Write one item of the feed, unless the stored one is newer."""
        data = None
        if item["op"] == "upsert":
            data = canonical(item["data"])
            if sha256(data.encode()) != item["hash"]:
                raise ValueError(f"the hash of {item['type']} {item['id']} is not that of its data")
        elif item["op"] != "delete":
            raise ValueError(f"there is an operation {item['op']!r}, which this program is too old for")
        row = (item["type"], item["id"], item["seq"], data, item.get("reason"), item.get("merged_into"))
        self.db.execute(PUT, row)

    def digest(self):
        """Return the number of live records and the digest of their stored data."""
        count, digest = 0, hashlib.sha256()
        for line in self.db.execute("SELECT type, id, sha256(CAST(data AS BLOB)) FROM live ORDER BY type, id"):
            count += 1
            digest.update("\t".join(map(str, line)).encode() + b"\n")
        return count, digest.hexdigest()


def sync(server, copy):
    """Read new items page by page, and return their number."""
    items, restarts = 0, 0
    while True:
        cursor, etag = copy.db.execute("SELECT cursor, etag FROM state").fetchone()
        try:
            page, etag = server.get("changes/", etag, cursor=cursor, types=copy.types, limit=PAGE)
        except Refused as refused:
            if not (cursor and refused.restarts and restarts < 3):
                raise
            restarts += 1
            with copy.db:  # records not seen again are deleted at the end of the walk
                copy.db.execute("UPDATE state SET cursor = NULL, etag = NULL, run = run + 1")
            continue
        if page is None:
            return items
        with copy.db:
            for item in page["items"]:
                copy.put(item)
            etag = etag if page["cursor"] == cursor and not page["items"] else None
            copy.db.execute("UPDATE state SET cursor = ?, etag = ?", [page["cursor"], etag])
            if not page["has_more"]:
                copy.db.execute("DELETE FROM record WHERE run < (SELECT run FROM state)")
        items += len(page["items"])
        if not page["has_more"]:
            return items


def verify(server, copy):
    """Return whether the copy equals the catalogue. The stored data itself is compared, not recorded hashes."""
    for _ in range(ATTEMPTS):
        sync(server, copy)
        theirs, _ = server.get("manifest/", types=copy.types, limit=1)
        if copy.digest() == (theirs["count"], theirs["digest"]):
            return True
        if not sync(server, copy):  # no changes in between, so the copy really differs
            return False
    raise Later("The catalogue changes faster than it can be compared.")


def repair(server, copy):
    """Fetch differing records again, and return their number."""
    sync(server, copy)
    read_manifest(server, copy)
    differing = (
        "SELECT type, id FROM manifest LEFT JOIN live USING (type, id) WHERE hash IS NOT sha256(CAST(data AS BLOB))"
    )
    missing = sorted(copy.db.execute(differing))
    with copy.db:
        surplus = "DELETE FROM record WHERE data IS NOT NULL AND (type, id) NOT IN (SELECT type, id FROM manifest)"
        mended = len(missing) + copy.db.execute(surplus).rowcount
    for kind, keys in itertools.groupby(missing, lambda key: key[0]):
        while ids := [key for _, key in itertools.islice(keys, IDS)]:
            page, _ = server.get("records/", types=kind, ids=",".join(ids))
            with copy.db:
                for item in page["items"]:
                    # The stored seq may be wrong too.
                    copy.db.execute("DELETE FROM record WHERE type = ? AND id = ?", (kind, item["id"]))
                    copy.put(item)
    return mended


def read_manifest(server, copy):
    """Write `type, id, hash` of all records to the table `manifest`; start again if the catalogue changes."""
    copy.db.execute("CREATE TEMP TABLE IF NOT EXISTS manifest (type TEXT, id TEXT, hash TEXT, PRIMARY KEY (type, id))")
    for _ in range(ATTEMPTS):
        query = {"types": copy.types, "limit": 10 * PAGE}
        try:
            with copy.db:
                copy.db.execute("DELETE FROM manifest")
                while query:
                    page, _ = server.get("manifest/", **query)
                    copy.db.executemany("INSERT INTO manifest VALUES (:type, :id, :hash)", page["items"])
                    query = dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(page["next"] or "").query))
            return
        except Refused as refused:
            if refused.status != 409:
                raise
    raise Later("The catalogue changes faster than its manifest can be read.")


STAGES = ("announced", "preview", "released", "deprecated", "retired")
BEGINNINGS = STAGES[:3]
SERVED = ("preview", "available", "deprecated")
LISTED_AS = {"listed": "available", "preview": "preview", "deprecated": "deprecated", "removed": "retired"}


def first_day(text):
    return text + "0000-01-01"[len(text) :]


def last_day(text):
    month = text[5:7] or "12"
    return text if len(text) == 10 else f"{text[:4]}-{month}-{calendar.monthrange(int(text[:4]), int(month))[1]}"


def status_on(day, document):
    """Return the status of a model or an offering on a day, YYYY-MM-DD, by the numbered rule in partners.md."""
    events, checked_on = document["events"], document["checked_on"]
    begins = any(event["kind"] in BEGINNINGS for event in events)
    exact = [event for event in events if event["bound"] == "exact"]
    happened = [event for event in exact if event["kind"] in STAGES and last_day(event["date"]) <= day]  # 1
    ends = [last_day(event["date"]) for event in happened if event["kind"] == "retired"]
    again = [event for event in happened if ends and first_day(event["date"]) > max(ends)]
    if any(event["kind"] in BEGINNINGS for event in again):
        happened = again
    reached = max((STAGES.index(event["kind"]) for event in happened), default=None)
    status = "unknown" if reached is None else STAGES[reached].replace("released", "available")  # 2
    if status == "unknown" and not begins and (checked_on is None or checked_on <= day):
        status = LISTED_AS.get(document.get("listing"), "unknown")
    if not any(event["kind"] == "deprecated" for event in events):  # 3
        ahead = any(event["kind"] == "retired" and last_day(event["date"]) > day for event in exact)
        if ahead and (status in SERVED or (status == "unknown" and not begins)):
            status = "deprecated"
    bounds = [event for event in events if event["kind"] == "retired" and event["bound"] == "not_before"]
    excluded = max((first_day(event["date"]) for event in bounds if first_day(event["date"]) <= day), default=None)
    if status in SERVED and excluded and not (checked_on and excluded <= checked_on <= day):  # 4
        status = "unknown"
    return status


def print_status(path, sought, day):
    db = sqlite3.connect(path)
    merged = dict(db.execute("SELECT id, merged_into FROM record WHERE type = 'model' AND merged_into IS NOT NULL"))
    while sought in merged:
        sought = merged[sought]
    models, offerings = (
        [(key, json.loads(data)) for key, data in db.execute("SELECT id, data FROM live WHERE type = ?", [kind])]
        for kind in ("model", "offering")
    )
    found = [(key, model) for key, model in models if sought in (key, model["slug"])]
    if not found:
        raise Refused(f"There is no model of the id or slug {sought!r} in {path}.")
    for key, model in found:
        print(status_on(day, model), model["name"], sep="\t")
        for _, offering in offerings:
            if offering["model"]["id"] == key:
                print(status_on(day, offering), f"{offering['api_id']} at {offering['provider']['name']}", sep="\t")


def follow(server, copy):
    """Update the copy forever, at the interval that the server recommends."""
    etag, poll_seconds = None, 60
    while True:
        try:
            root, etag = server.get("", etag)
            poll_seconds = root["feed"]["poll_seconds"] if root else poll_seconds
            report(f"{sync(server, copy)} changes")
            wait_seconds = poll_seconds
        except Later as later:
            report(later)
            wait_seconds = max(poll_seconds, later.wait_seconds)
        time.sleep(wait_seconds)


def report(words):
    print(words, file=sys.stderr, flush=True)


def parser():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("command", choices=["sync", "verify", "repair", "status"])
    parser.add_argument("model", nargs="?", help="for status: the id or slug of a model")
    parser.add_argument("--server", default=os.environ.get("MIRROR_SERVER", ""), help="as https://www.example.com")
    parser.add_argument("--file", default="catalogue.sqlite3", help="the copy; %(default)s unless told")
    parser.add_argument("--types", default="", help="for the first sync: only these, with commas, as model,offering")
    parser.add_argument("--follow", action="store_true", help="for sync: go on for ever")
    parser.add_argument("--day", default=date.today(), type=date.fromisoformat, help="for status; today unless told")
    return parser


def run():
    given, key = parser().parse_args(), os.environ.get("MIRROR_API_KEY")
    if given.command == "status":
        if not given.model or not os.path.exists(given.file):
            parser().error("say of which model, and in which file if not in catalogue.sqlite3; sync makes it")
        return print_status(given.file, given.model, given.day.isoformat())
    address = urllib.parse.urlsplit(given.server)
    if address.scheme not in ("https", "http") or not address.hostname:
        parser().error("give --server, as https://www.example.com")
    if key and address.scheme == "http" and address.hostname not in ("localhost", "127.0.0.1", "::1"):
        parser().error("a key is sent by https only")
    server = Server(given.server, key)
    with contextlib.closing(Copy(given.file, given.types)) as copy:
        if given.command == "sync":
            follow(server, copy) if given.follow else report(f"{sync(server, copy)} changes")
        elif given.command == "repair":
            report(f"{repair(server, copy)} records repaired")
        else:
            equal = verify(server, copy)
            report("equal" if equal else "different: repair fetches what differs")
            return 0 if equal else 1


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
        report(f"mirror.py: the server's answer is not as documented, nothing of it was kept: {error!r}")
        return 3
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())
