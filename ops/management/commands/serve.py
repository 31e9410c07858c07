import fcntl
import sys

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser
from django.db import connections
from django.urls import reverse

from ops.server import startup
from ops.server.data_dir_lock import lock_shared, locked
from ops.server.supervisor import become_supervisor

# Per process. Most of them wait: for a turn (ops.limits.turns), or for a body (ops.http.request_body). Two are left for
# cached pages and all else. docs/adr/015-threads-and-turns.md has the figures.
BLOCKING_THREADS = 16
MOST_HOURS = 6  # until a process is replaced: threads that read bodies without an end would be lost for ever
MOST_MEMORY_MIB = 1_024  # per process, without its cached pages: slow readers of large files occupy memory only
MANAGE = [sys.executable, str(settings.BASE_DIR / "manage.py")]


class Command(BaseCommand):
    # prepare() reports a database that cannot be opened in a sentence.
    requires_system_checks = ()
    help = "Prepare the database, the static files and the first account, then run the server and the task worker."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--reload", action="store_true", help="Django's development server, reloading on change.")
        parser.add_argument("--without-worker", action="store_true", help="Do not start the worker.")

    def handle(self, *, reload: bool, without_worker: bool, **options: object) -> None:
        host: str = settings.HOST
        port: int = settings.PORT
        lock_shared()
        with locked("start.lock", fcntl.LOCK_EX):  # a second start waits
            self.prepare(host, port, reload)
        address = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
        command = [*MANAGE, "runserver", address] if reload else server(host, port)
        worker = None if without_worker else [*MANAGE, "worker"]
        become_supervisor(command, worker, (host, port), self.announcement())

    def prepare(self, host: str, port: int, is_reloading: bool) -> None:
        startup.check_address(host, port)
        for counts in (settings.DATA_DIR / "metrics").glob("*.db"):
            counts.unlink()  # from processes of an earlier run: all counters start at 0 together
        password = startup.prepare_database(self.say)
        if password:
            self.say(
                f"\nThe first account, shown this once: user name {startup.ADMINISTRATOR}, password {password}\n"
                "Change the password after signing in, under the account's own menu.\n"
            )
        if not is_reloading:
            startup.collect_static_files(self.say)
        connections.close_all()

    def announcement(self) -> list[str]:
        pages = (("Site", "/"), ("Admin", reverse("admin:index")), ("API", "/api/"))
        lines = [f"{name + ':':<7}{settings.SITE_URL}{path}" for name, path in pages]
        return [*lines, "Ctrl-C stops it."]

    def say(self, sentence: str) -> None:
        self.stdout.write(sentence)
        self.stdout.flush()


def server(host: str, port: int) -> list[str]:
    return [
        *(sys.executable, "-m", "granian", "--interface", "wsgi", "config.wsgi:application"),
        *("--host", host, "--port", str(port)),
        *("--workers", str(settings.WORKERS), "--blocking-threads", str(BLOCKING_THREADS)),
        # Proxies and browsers use HTTP/1.1 here; support for more costs each request some microseconds.
        *("--http", "1", "--no-ws"),
        # A worker that died is replaced; one that dies at once again and again ends the server.
        *("--respawn-failed-workers", "--workers-kill-timeout", "10"),
        *("--workers-lifetime", str(MOST_HOURS * 3_600)),
        *("--workers-max-rss", str(MOST_MEMORY_MIB + settings.PAGE_CACHE_BYTES // 2**20)),
        *("--log-level", "warning", "--log-config", str(settings.BASE_DIR / "config" / "granian-log.json")),
    ]
