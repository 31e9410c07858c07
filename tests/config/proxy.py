"""nginx in front of a running site, configured by the files of config/deploy/nginx, on a free port."""

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
    access_log off;
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


class Proxy:
    """A running nginx. `server` is the content of its server block, by default the deployed one. Use it in a `with`."""

    def __init__(
        self, folder: Path, data_dir: Path, site_port: int, server="include vitrine/locations.conf;", workers: int = 1
    ):
        self.folder, self.port = folder, free_port()
        folder.chmod(0o755)
        changes = {
            "/var/lib/vitrine/": f"{data_dir}/",
            "/var/cache/nginx/vitrine": str(folder / "cache"),
            "127.0.0.1:8000": f"127.0.0.1:{site_port}",
        }
        (folder / "vitrine").mkdir()
        for source in DEPLOY.glob("*.conf"):
            text = source.read_text()
            for deployed, here in changes.items():
                text = text.replace(deployed, here)
            (folder / "vitrine" / source.name).write_text(text)
        self.configuration = folder / "nginx.conf"
        self.configuration.write_text(FRAME.format(workers=workers, port=self.port, server=server))
        self.process: subprocess.Popen | None = None

    def command(self, *arguments: str) -> list[str]:
        errors = ("-e", str(self.folder / "error.log"))
        return [PROGRAM, "-p", str(self.folder), "-c", str(self.configuration), *errors, *arguments]

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
