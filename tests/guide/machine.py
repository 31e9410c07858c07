"""A new Debian machine: made by debootstrap, started by its own systemd in namespaces, without a network of its own.

It needs root. Only commands that install packages see the network of the host.
"""

import os
import shutil
import signal
import subprocess
import time
from pathlib import Path

RELEASE = "trixie"
# What Debian's installer sets up besides the base system and a guide may expect.
PACKAGES = "ca-certificates,curl,dbus,systemd-sysv"
# $1 is the folder of the machine.
START = """\
set -eu
mount --bind "$1" "$1"
cd "$1"
mount -t proc proc proc
mount -t sysfs -o ro sysfs sys
mount -t cgroup2 cgroup2 sys/fs/cgroup
mount -t tmpfs -o mode=755 tmpfs dev
for name in null zero full random urandom tty; do touch dev/$name; mount --bind /dev/$name dev/$name; done
mkdir dev/pts dev/shm
mount -t devpts -o newinstance,ptmxmode=0666 devpts dev/pts
mount -t tmpfs -o mode=1777 tmpfs dev/shm
ln -s pts/ptmx dev/ptmx
mount -t tmpfs tmpfs run
mount -t tmpfs -o mode=1777 tmpfs tmp
pivot_root . mnt
umount -l /mnt
exec env -i container=guide PATH=/usr/sbin:/usr/bin:/sbin:/bin /sbin/init </dev/null >/var/log/init.log 2>&1
"""
# Of the host, for package clients.
PASSED = {
    *("PIP_INDEX_URL", "PIP_EXTRA_INDEX_URL", "UV_DEFAULT_INDEX", "UV_INDEX"),
    *("http_proxy", "https_proxy", "no_proxy", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY"),
}
CERTIFICATES = Path("/etc/ssl/certs/ca-certificates.crt")


def missing() -> list[str]:
    """Return what this host lacks to run a machine."""
    programs = [name for name in ("debootstrap", "unshare", "nsenter", "apt-get") if shutil.which(name) is None]
    return programs if os.geteuid() == 0 else [*programs, "root"]


def mirror() -> str:
    """Return the address from which this host gets Debian's packages."""
    command = ["apt-get", "indextargets", "--format", "$(REPO_URI)", "Created-By: Packages"]
    addresses = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()
    return next(address for address in addresses if address.startswith("http") and "security" not in address)


class Machine:
    """A running machine in a folder. Use it in a `with`, which ends all its processes."""

    def __init__(self, folder: Path):
        self.folder = folder
        command = ["debootstrap", "--variant=minbase", f"--include={PACKAGES}", RELEASE, folder, mirror()]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        shutil.copy("/etc/resolv.conf", folder / "etc/resolv.conf")
        shutil.copy(CERTIFICATES, folder / CERTIFICATES.relative_to("/"))

    def __enter__(self):
        separate = ["--mount", "--pid", "--net", "--uts", "--ipc", "--cgroup", "--fork"]
        self.starter = subprocess.Popen(["unshare", *separate, "sh", "-c", START, "sh", self.folder])
        children = Path(f"/proc/{self.starter.pid}/task/{self.starter.pid}/children")
        wait_for(lambda: children.read_text().split(), "the first process")
        self.pid = int(children.read_text().split()[0])
        wait_for(lambda: Path(f"/proc/{self.pid}/comm").read_text() == "systemd\n", "systemd")
        wait_for(lambda: self.run("systemctl is-system-running").stdout.strip() in {"running", "degraded"}, "all units")
        return self

    def __exit__(self, *exception):
        os.kill(self.pid, signal.SIGKILL)  # ends all others of its namespace
        self.starter.wait()

    def run(self, command: str, with_network: bool = False) -> subprocess.CompletedProcess:
        """Run a command as root, in the machine. Output is text; errors go there too."""
        network = [] if with_network else ["--net"]
        inside = ["nsenter", f"--target={self.pid}", "--mount", "--pid", "--uts", "--ipc", "--cgroup", *network]
        kept = {name: value for name, value in os.environ.items() if name in PASSED}
        kept |= dict.fromkeys(("PIP_CERT", "SSL_CERT_FILE"), str(CERTIFICATES))
        path = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
        return subprocess.run(
            [*inside, "sh", "-c", command],
            env={"PATH": path, "HOME": "/root", "LANG": "C.UTF-8", "DEBIAN_FRONTEND": "noninteractive"}
            | (kept if with_network else {}),
            cwd="/",
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=1_200,
        )


def wait_for(is_so, thing: str, seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not is_so():
        if time.monotonic() > deadline:
            raise TimeoutError(f"{thing} did not come within {seconds} s")
        time.sleep(0.2)
