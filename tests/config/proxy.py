"""nginx in front of a running site, configured by the files of config/deploy/nginx, on a free port.

Only the ports in them are changed. It runs in a mount namespace where the folders that they name are the test's, and
where only Debian's own folders exist besides.
"""

import os
import shutil
import socket
import subprocess
import time
from pathlib import Path

from tests.config.running import PROJECT, free_port

DEPLOY = PROJECT / "config" / "deploy" / "nginx"
PROGRAM = shutil.which("nginx") or "/usr/sbin/nginx"
FRAME = """\
daemon off;
worker_processes {workers};
pid nginx.pid;
error_log error.log warn;
events {{ worker_connections 512; }}
http {{
    include /etc/nginx/mime.types;
    default_type application/octet-stream;
    sendfile on;
    tcp_nopush on;
    keepalive_requests 100000;
    client_body_temp_path body;
    proxy_temp_path proxy;
    fastcgi_temp_path fastcgi;
    uwsgi_temp_path uwsgi;
    scgi_temp_path scgi;
    map $scheme $vitrine_scheme {{ default $scheme; }}
    include vitrine/http.conf;
    server {{
        listen 127.0.0.1:{port};
        {server}
    }}
}}
"""


# $1 is the data folder of the site, $2 a folder of the test; then the command follows.
NAMESPACE = """\
set -eu
for name in cache log; do mkdir -p "$2/$name"; done
mount -t tmpfs tmpfs /var/lib
mkdir /var/lib/nginx /var/lib/vitrine
mount --bind "$1" /var/lib/vitrine
mount --bind "$2/cache" /var/cache
mount --bind "$2/log" /var/log/nginx
if [ -d "$2/etc" ]; then mount --bind "$2/etc" /etc/nginx; fi
shift 2
exec "$@"
"""


def in_namespace(data_dir: Path, folder: Path, command: list) -> list:
    """Return a command that runs the given one where /var/lib/vitrine is `data_dir`.

    /var/cache and the logs of nginx are in `folder`; so is /etc/nginx if `folder` has `etc`.
    """
    as_root = [] if os.geteuid() == 0 else ["--map-root-user"]
    return ["unshare", "--mount", *as_root, "sh", "-c", NAMESPACE, "sh", data_dir, folder, *command]


class Proxy:
    """A running nginx. `server` is the content of its server block, by default the deployed one. Use it in a `with`."""

    def __init__(
        self, folder: Path, data_dir: Path, site_port: int, server="include vitrine/locations.conf;", workers: int = 1
    ):
        self.folder, self.data_dir, self.port = folder, data_dir, free_port()
        folder.chmod(0o755)
        (folder / "vitrine").mkdir()
        for source in DEPLOY.glob("*.conf"):
            text = source.read_text().replace("127.0.0.1:8000", f"127.0.0.1:{site_port}")
            (folder / "vitrine" / source.name).write_text(text)
        self.configuration = folder / "nginx.conf"
        self.configuration.write_text(FRAME.format(workers=workers, port=self.port, server=server))
        self.process: subprocess.Popen | None = None

    def command(self, *arguments: str) -> list[str]:
        errors = ("-e", str(self.folder / "error.log"))
        nginx = [PROGRAM, "-p", str(self.folder), "-c", str(self.configuration), *errors, *arguments]
        return in_namespace(self.data_dir, self.folder, nginx)

    def __enter__(self):
        # Files of the site may be readable for its own account only.
        self.process = subprocess.Popen(self.command("-g", "user root;"), stderr=subprocess.DEVNULL)
        deadline = time.monotonic() + 10
        while True:
            try:
                socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
                return self
            except OSError:
                assert self.process.poll() is None, (self.folder / "error.log").read_text()
                assert time.monotonic() < deadline
                time.sleep(0.05)

    def __exit__(self, *exception):
        self.process.terminate()
        self.process.wait(timeout=10)
