"""What counting views costs a cached page of the running site: `python -m bench.views`; ROUNDS=9, REQUESTS=1000.

One process counts and does not count by turns, for each kind of page and each kind of request. Its processor time
includes the thread that writes. The table has the medians of all rounds and pages.
"""

import json
import os
import socket
import subprocess
import sys
import tempfile
from itertools import count
from pathlib import Path
from statistics import median

from bench.servers import processor_seconds
from tests.config.running import PROJECT, descendants, environment, free_port
from tests.readers import CHROME, DECLARED
from tests.waiting import wait_until

ROUNDS = int(os.environ.get("ROUNDS", "9"))
REQUESTS = int(os.environ.get("REQUESTS", "1000"))
CONNECTIONS = 8
AS_SERVED = "--workers 1 --blocking-threads 2 --http 1 --no-ws --log-level warning"  # manage.py serve
MORE = {
    "Host": "localhost",
    "Connection": "keep-alive",
    "Accept-Encoding": "gzip, deflate, br, zstd",
    "X-Forwarded-For": "192.0.2.1",
    "X-Forwarded-Proto": "https",
}
OF_A_BROWSER = {
    "Referer": "https://www.google.com/",
    "Sec-CH-UA-Mobile": "?0",
    "Sec-CH-UA-Platform": '"Windows"',
    "Sec-Fetch-User": "?1",
    "Upgrade-Insecure-Requests": "1",
    "Cookie": "theme=dark",
}
ADDRESSES = count()


def browser() -> dict[str, str]:
    return CHROME | OF_A_BROWSER | MORE


def another_reader() -> dict[str, str]:
    number = next(ADDRESSES) % 60_000
    return browser() | {"X-Forwarded-For": f"198.18.{number // 250}.{number % 250 + 1}"}


def crawler() -> dict[str, str]:
    return {"User-Agent": DECLARED[1], "Accept": "text/html", "From": "googlebot(at)googlebot.com"} | MORE


KINDS = {"browser": browser, "browsers, each another reader's": another_reader, "crawler": crawler}


class Client:
    def __init__(self, port: int, pids: set[int]):
        self.sockets = [socket.create_connection(("127.0.0.1", port)) for _ in range(CONNECTIONS)]
        self.pids = pids

    def get(self, path: str) -> bytes:
        self.sockets[0].sendall(request(path, MORE))
        return read(self.sockets[0])

    def seconds(self, requests: list[bytes]) -> float:
        """Return the processor time of the server for each of the requests, a few of which are made at a time."""
        before = processor_seconds(self.pids)
        for start in range(0, len(requests), CONNECTIONS):
            pairs = list(zip(self.sockets, requests[start : start + CONNECTIONS], strict=False))
            for connection, line in pairs:
                connection.sendall(line)
            for connection, _ in pairs:
                read(connection)
        return (processor_seconds(self.pids) - before) / len(requests)


def is_up(port: int) -> bool:
    with socket.socket() as connection:
        return connection.connect_ex(("127.0.0.1", port)) == 0


def request(path: str, headers: dict[str, str]) -> bytes:
    lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    return f"GET {path} HTTP/1.1\r\n{lines}\r\n".encode()


def read(connection: socket.socket) -> bytes:
    head, _, body = connection.recv(1 << 20).partition(b"\r\n\r\n")
    length = next(int(line[15:]) for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:"))
    while len(body) < length:
        body += connection.recv(1 << 20)
    if not head.startswith(b"HTTP/1.1 200"):
        raise RuntimeError(head.decode())
    return body


def measure(client: Client):
    pages = json.loads(client.get("/bench/pages"))
    print(f"{len(pages)} kinds of cached pages: {', '.join(pages)}", file=sys.stderr)
    rows_by_kind = {kind: [] for kind in KINDS}
    for number in range(ROUNDS):
        for page, path in pages.items():
            for kind, headers in KINDS.items():
                requests, seconds = [request(path, headers()) for _ in range(REQUESTS)], {}
                requests.append(request("/bench/count", MORE))  # else the next kind would pay for it
                for is_counted in (number % 2, 1 - number % 2):
                    client.get(f"/bench/{is_counted}")
                    client.seconds(requests[:CONNECTIONS])
                    seconds[is_counted] = client.seconds(requests)
                rows_by_kind[kind].append((page, seconds[0], seconds[1]))
        print(f"round {number + 1} of {ROUNDS}", file=sys.stderr, flush=True)
    print(f"{'us of processor time':34}{'without':>9}{'counting':>9}{'ratio':>8}   of the kinds of pages")
    for kind, rows in rows_by_kind.items():
        of_pages = sorted(median(after / before for page, before, after in rows if page == name) for name in pages)
        ratio = median(after / before for _, before, after in rows)
        means = [median(row[which] for row in rows) * 1e6 for which in (1, 2)]
        print(f"{kind:34}{means[0]:9.1f}{means[1]:9.1f}{ratio:8.3f}   {of_pages[0]:.3f} to {of_pages[-1]:.3f}")


def main():
    with tempfile.TemporaryDirectory() as folder:
        data_dir = Path(folder) / "var"
        settings = {
            "DATA_DIR": data_dir,
            "WORKERS": 1,
            "TRUSTED_PROXIES": "127.0.0.1",
            "DJANGO_SETTINGS_MODULE": "config.settings",
        }
        data_dir.mkdir()
        prepare = [sys.executable, "-m", "bench.prepare", "1", ""]
        subprocess.run(prepare, cwd=PROJECT, env=environment(**settings), check=True)
        port = free_port()
        command = f"-m granian --interface wsgi bench.counted:application --port {port} {AS_SERVED}".split()
        process = subprocess.Popen([sys.executable, *command], cwd=PROJECT, env=environment(PORT=port, **settings))
        try:
            wait_until(lambda: descendants(process.pid) and is_up(port), 60)
            measure(Client(port, {process.pid} | descendants(process.pid)))
        finally:
            process.terminate()
            process.wait(30)


if __name__ == "__main__":
    main()
