"""Run the commands of docs/operations.md that are marked `sh`, in their order, on a new machine; then look at the site.

So the document and this test cannot disagree. Each command is printed with its seconds. Where something takes the place
of what this host does not have, it is printed too.
"""

import re
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.config.running import PROJECT
from tests.guide.machine import Machine, missing, wait_for

DOCUMENT = PROJECT / "docs" / "operations.md"
BLOCK = re.compile(r"^```sh\n(.*?)^```$", re.MULTILINE | re.DOTALL)
# Commands that fetch packages.
FETCHING = re.compile(r"^apt-get\b|\benvironment$")
STARTING = re.compile(r"^systemctl (?:enable --now|start|restart) vitrine\b")
SHOWN = 4_000  # letters of the output of a command that failed
DISK = "/var/backups/vitrine"
OWN_AUTHORITY = """\
server = https://127.0.0.1:14000/dir
no-verify-ssl = true
"""
PEBBLE = """\
{"pebble": {"listenAddress": "127.0.0.1:14000", "managementListenAddress": "127.0.0.1:15000",
 "certificate": "/root/pebble.pem", "privateKey": "/root/pebble.key", "httpPort": 80, "tlsPort": 443,
 "ocspResponderURL": "", "externalAccountBindingRequired": false}}
"""


def commands() -> list[str]:
    """Return the commands of the document, each on one line; comments are left out."""
    lines = "\n".join(BLOCK.findall(DOCUMENT.read_text())).replace("\\\n", " ").splitlines()
    return [line.strip() for line in lines if line.strip() and not line.lstrip().startswith("#")]


class Guide:
    """A machine, and the commands and looks at it, each of which is printed and must succeed."""

    def __init__(self, machine: Machine):
        self.machine = machine
        self.count = 0

    def run(self, command: str) -> str:
        since = time.monotonic()
        done = self.machine.run(command, with_network=bool(FETCHING.search(command)))
        print(f"{time.monotonic() - since:7.1f} s  $ {command}", flush=True)
        if done.returncode:
            end = done.stdout[-SHOWN:]
            sys.exit(f"{end}\nThis command of {DOCUMENT.name} ended with {done.returncode}:\n    {command}")
        self.count += 1
        if STARTING.match(command):
            self.wait_for_site()
        return done.stdout

    def look(self, what: str, command: str, pattern: str) -> str:
        """Fail unless the output of the command matches the pattern."""
        output = self.machine.run(command).stdout
        if not re.search(pattern, output):
            sys.exit(f"{output}\nNot so: {what}\n    {command}\ndid not say {pattern!r}.")
        print(f"           {what}", flush=True)
        self.count += 1
        return output

    def wait_for_site(self):
        since = time.monotonic()
        ready = "curl --silent --fail http://127.0.0.1:8000/readyz"
        wait_for(lambda: self.machine.run(ready).returncode == 0, "the site", seconds=900)
        print(f"{time.monotonic() - since:7.1f} s  until the site answers", flush=True)


def prepare(guide: Guide) -> None:
    """Put the project, the names and a second disk where the guide expects them."""
    target = guide.machine.folder / "srv" / "vitrine"
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=PROJECT,
        capture_output=True,
        check=True,
    )
    for name in filter(None, listed.stdout.decode().split("\0")):
        if (PROJECT / name).is_file():
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(PROJECT / name, target / name)
    root = guide.machine.folder
    (root / "etc/hosts").write_text("127.0.0.1 localhost www.example.com example.com other.example.net\n")
    (root / "etc/fstab").write_text(f"tmpfs {DISK} tmpfs mode=0755 0 0\n")
    print("In place of the second disk: a file system in memory, named in /etc/fstab.")


def start_authority(guide: Guide) -> None:
    print("In place of the public certificate authority: pebble, one for tests, named in certbot's cli.ini.")
    (guide.machine.folder / "root/pebble.json").write_text(PEBBLE)
    with (guide.machine.folder / "etc/letsencrypt/cli.ini").open("a") as file:
        file.write(OWN_AUTHORITY)
    guide.run("apt-get install --yes --no-install-recommends pebble")
    key = "-nodes -keyout /root/pebble.key -out /root/pebble.pem"
    guide.run(f"openssl req -x509 -newkey rsa:2048 -subj /CN=localhost -addext subjectAltName=IP:127.0.0.1 {key}")
    guide.run("systemd-run --unit=pebble --setenv=PEBBLE_VA_NOSLEEP=1 pebble -config /root/pebble.json")
    wait_for(lambda: guide.machine.run("curl -k https://127.0.0.1:14000/dir").returncode == 0, "pebble")


def look_at_site(guide: Guide) -> None:
    page = "curl --silent --insecure --include https://www.example.com"
    guide.look("readers get the page by TLS", f"{page}/", r"HTTP/2 200[\s\S]*strict-transport-security")
    issuer = "openssl s_client -connect www.example.com:443 -servername www.example.com </dev/null 2>&1"
    guide.look("the certificate is the authority's", issuer, r"issuer=.*Pebble")
    guide.look("http leads to https", "curl -si http://www.example.com/faq/", r"308[\s\S]*https://www.example.com/faq/")
    guide.look(
        "the other name leads there too", "curl -ski https://example.com/faq/", r"308[\s\S]*//www.example.com/faq/"
    )
    guide.look("another name learns nothing", "curl -sSki https://other.example.net/", r"curl: \(35\)")
    style = r"$(curl -sk https://www.example.com/ | grep -o '/static/[^\"]*\.css' | head -1)"
    guide.look("nginx gives static files", f"{page}{style}", r"HTTP/2 200[\s\S]*immutable")
    guide.look("the state is for private networks", f"{page}/readyz", r'HTTP/2 200[\s\S]*"worker": ?"ok"')
    guide.look("the log has ids and times", "tail -n 3 /var/log/nginx/access.log", r'" 200 \d+ [0-9a-f]{32} \d+\.\d+ ')
    guide.look(
        "nobody else reads the settings", "setpriv --reuid=nobody cat /etc/vitrine.env 2>&1", "Permission denied"
    )


def look_at_backups(guide: Guide) -> None:
    guide.look("backups are on the other disk", f"findmnt --noheadings {DISK}; ls {DISK}", r"tmpfs[\s\S]*vitrine-\d")
    ago = "timezone.now() - timedelta(days=2)"
    code = (
        "from datetime import timedelta; from django.utils import timezone; from ops.models import DueJob; "
        f"DueJob.objects.filter(name__contains='backup').update(claimed_at={ago}, finished_at={ago})"
    )
    guide.run(f'vitrine shell --verbosity=0 --command "{code}"')
    made = f"ls {DISK}/vitrine-daily-*.tar.gz"
    unit = "systemctl show vitrine-worker --property=ReadWritePaths"
    guide.look("the unit allows another folder, too", unit, rf"-{DISK} /srv/backups")
    wait_for(lambda: guide.machine.run(made).returncode == 0, "the worker's backup", seconds=240)
    guide.look("the worker's unit may write there", made, "vitrine-daily-")


def look_at_restores(guide: Guide) -> None:
    """Look at what the document's restore left, then make the site anew as on a new machine."""
    guide.look("the former database is kept", "ls /var/lib/vitrine", r"vitrine\.sqlite3\.before-\d+-\d+")
    guide.run("systemctl stop vitrine vitrine-worker")
    guide.run("rm --recursive /var/lib/vitrine")
    guide.run("install --directory --owner=vitrine --group=vitrine --mode=0750 /var/lib/vitrine")
    newest = f'"$(ls -t {DISK}/*.tar.gz | head -n 1)"'
    guide.look("nothing is restored where there is no site", f"vitrine restore {newest} 2>&1", "add --new-site")
    guide.look("nothing is made there either", "ls -A /var/lib/vitrine | wc -l", r"^0\n")
    guide.run(f"vitrine restore --new-site {newest}")
    guide.run("systemctl start vitrine vitrine-worker")
    guide.look("readers get the restored site", "curl -sk https://www.example.com/catalog/", "<h1")


def main() -> None:
    if lacking := missing():
        print(f"Not run: docs/operations.md on a new machine, since this one lacks {', '.join(lacking)}.")
        return
    with tempfile.TemporaryDirectory(prefix="guide-") as folder:
        since = time.monotonic()
        with Machine(Path(folder, "machine")) as machine:
            print(f"{time.monotonic() - since:7.1f} s  for a new Debian machine with systemd")
            guide = Guide(machine)
            prepare(guide)
            for command in commands():
                if command.startswith("certbot"):
                    start_authority(guide)
                guide.run(command)
            look_at_site(guide)
            look_at_backups(guide)
            look_at_restores(guide)
            guide.look(
                "all units run", "systemctl is-active vitrine vitrine-worker nginx", r"^active\nactive\nactive\n"
            )
    print("Not run: the blocks about containers (Docker), and those about other settings.")
    print(f"{guide.count} passed, 0 failed")


if __name__ == "__main__":
    main()
