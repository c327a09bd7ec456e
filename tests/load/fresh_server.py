"""Follow deploy/one-machine/README.md on a fresh Debian: `python -m tests.load.fresh_server`.

Debian is installed into a folder (debootstrap) and its systemd started there, in namespaces of its own, with
the network of this machine. What the page tells an administrator to type is typed, of the course as it is
committed; then a browser logs in by https, and a learner tries what systemd and Caddy are to refuse. Needs
root, debootstrap, chromium, git, and ports 80, 443 and 880 to 882. It takes about ten minutes.
"""

import argparse
import asyncio
import re
import shutil
import subprocess
import sys
import tempfile
import textwrap
import time
from pathlib import Path

from tests.load.learner import Failed, Learner

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "deploy" / "one-machine" / "README.md"
NAME = "hub.localhost"  # Caddy signs certificates of such names itself
PACKAGES = "systemd,systemd-sysv,dbus,libpam-systemd,ca-certificates,passwd,openssl,procps"
# What stands for something else on the page, and what a fresh server cannot ask for here.
HERE = {
    "YOUR.NAME": NAME,
    "apt install -y": "apt install -y --no-install-recommends",
    "passwd grace": "echo grace:hopper-compiles | chpasswd",
    "sftp:keeper@elsewhere.example:/backups/cnnlab": "/srv/backups",
}
BOOT = """
mount --make-rprivate / && mount --bind {root} {root} && cd {root}
mount -t proc proc proc && mount --rbind /sys sys && mount --rbind /dev dev
mount -t tmpfs tmpfs run && mount -t tmpfs tmpfs tmp
mkdir -p before && pivot_root . before && umount -l before
exec env -i container=lxc PATH=/usr/sbin:/usr/bin /lib/systemd/systemd --log-target=console
"""
# Tried in a kernel of alan's; each writes a line, which is to match.
TRIED = {
    "more than 1 GB of memory": ("import numpy as np; np.ones(200_000_000); tell('got it')", None),
    "two processes for 6 s": (
        """
        import subprocess
        code = "import time; t = time.time()\\nwhile time.time() < t + 6: pass\\nprint(time.process_time())"
        both = [subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE) for _ in range(2)]
        used = sum(float(one.communicate()[0]) for one in both)
        tell(f"{used:.1f} s of processor time", "at most one core" if used < 7 else "more than one core")
        """,
        r"at most one core",
    ),
    "700 processes": (
        """
        import subprocess
        made = []
        try:
            for _ in range(700):
                made.append(subprocess.Popen(["sleep", "20"]))
        except OSError as error:
            tell(error.strerror)
        [one.kill() for one in made]
        """,
        r"temporarily unavailable",
    ),
    "to write elsewhere": (
        """
        for path in ("/opt/cnnlab/x", "/srv/cnnlab/shared/x", "/home/ada/x", "/etc/x"):
            try:
                open(path, "w")
                tell(path, "WRITTEN")
            except OSError as error:
                tell(path, error.strerror)
        """,
        r"(?s)^(?!.*WRITTEN).*Read-only.*Read-only.*denied.*denied",
    ),
    "to read what is not theirs": (
        """
        for path in ("/home/ada", "/srv/cnnlab/hub", "/root"):
            try:
                tell(path, len(os.listdir(path)), "READ")
            except OSError as error:
                tell(path, error.strerror)
        """,
        r"(?s)^(?!.*READ).*denied.*denied.*denied",
    ),
    "files of others in /tmp": ("tell(os.listdir('/tmp'))", r"^\['cnnlab-\d+'\]$"),
    "to give Caddy orders": (
        """
        import socket
        try:
            socket.create_connection(("127.0.0.1", 2019))
            tell("CONNECTED")
        except OSError as error:
            tell(error.strerror)
        """,
        r"refused",
    ),
    "to see the proxy's routes": (
        """
        import urllib.request
        try:
            tell(urllib.request.urlopen("http://127.0.0.1:881/api/routes").status)
        except OSError as error:
            tell(error)
        """,
        r"403",
    ),
    "to become root by su or sudo": (
        "tell([line for line in open('/proc/self/status') if 'NoNewPrivs' in line][0].strip())",
        r"NoNewPrivs:\s1",
    ),
}
TELL = """
import os, sys
def tell(*words):
    with open({path!r}, "a") as file:
        print(*words, file=file)
"""


class Server:
    """A Debian in a folder, its systemd running; `type` runs commands there as root, as in a shell."""

    def __init__(self, folder, suite):
        self.folder, self.suite = Path(folder), suite

    def __enter__(self):
        if not (self.folder / "etc" / "debian_version").exists():
            command = ["debootstrap", "--variant=minbase", f"--include={PACKAGES}", self.suite, self.folder]
            subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        for name in ("etc/resolv.conf", "etc/pip.conf", "etc/ssl/certs/ca-certificates.crt"):
            if Path("/", name).exists():
                shutil.copyfile(Path("/", name), self.folder / name)
        command = ["unshare", "--mount", "--pid", "--fork", "--ipc", "--uts", "bash", "-c"]
        with (self.folder.parent / "boot.log").open("wb") as log:
            self.process = subprocess.Popen(
                [*command, BOOT.format(root=self.folder)], stdin=subprocess.DEVNULL, stdout=log, stderr=log
            )
        for _ in range(60):
            time.sleep(1)
            if self.type("systemctl is-system-running", check=False).strip() in ("running", "degraded"):
                return self
        raise TimeoutError("systemd does not start: see boot.log")

    def __exit__(self, *_):
        self.type("systemctl poweroff", check=False)
        try:
            self.process.wait(60)
        except subprocess.TimeoutExpired:
            self.process.kill()

    def type(self, commands, check=True):
        """Return what ``commands`` print; stop at the first that fails, and say what it said."""
        found = subprocess.run(["pgrep", "-P", str(self.process.pid)], capture_output=True, text=True)
        if not found.stdout:
            return ""
        enter = ["nsenter", "-t", found.stdout.split()[0], "-a", "env", "-i", "HOME=/root", "TERM=dumb"]
        paths = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
        shell = [*enter, paths, "DEBIAN_FRONTEND=noninteractive", "bash", "-e"]
        done = subprocess.run(shell, input=commands, capture_output=True, text=True)
        if check and done.returncode:
            raise SystemExit(f"this failed on the fresh server:\n{commands}\n{done.stdout}{done.stderr}")
        return done.stdout


def blocks():
    """Return the commands of the page, block by block, with what stands for something else put in."""
    source = PAGE.read_text(encoding="utf-8")
    found = [
        textwrap.dedent(block) for block in re.findall(r"^ *```console\n(.*?)^ *```", source, re.S | re.M)
    ]
    for there, here in HERE.items():
        found = [block.replace(there, here) for block in found]
    return found


def log_in_by_https(name, password):
    """Return the seconds from the login to a notebook with a living kernel, in a browser."""
    # Here, as modules of this folder are also read where there is no browser.
    from playwright.sync_api import sync_playwright

    from tests.helpers.lab import CHROMIUM, FLAGS

    with sync_playwright() as playwright:
        arguments = [*FLAGS, f"--host-resolver-rules=MAP {NAME} 127.0.0.1"]
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=arguments)
        page = browser.new_context(ignore_https_errors=True).new_page()
        page.goto(f"http://{NAME}/")  # Caddy leads to https by itself
        assert page.url.startswith("https://"), page.url
        begun = time.monotonic()
        page.fill("#username_input", name)
        page.fill("#password_input", password)
        page.click("#login_submit")
        page.wait_for_url("**/lab/**", timeout=120_000)
        page.locator(".jp-Notebook-ExecutionIndicator[data-status=idle]").wait_for(timeout=120_000)
        browser.close()
    return time.monotonic() - begun


async def attempts(server, name, password):
    """Yield what a learner tried, what came of it, and whether that is right."""
    learner = Learner("http://127.0.0.1:880", name, password)
    await learner.log_in()
    await learner.start_server()
    for number, (what, (code, expected)) in enumerate(TRIED.items()):
        told = f"/home/{name}/tried-{number}"
        code = TELL.format(path=told) + textwrap.dedent(code)
        await learner.start_kernel("00_start_here.ipynb")
        said = "no word"
        try:
            await asyncio.wait_for(learner.run(await learner.connect(), [code]), 40)
        except (Failed, TimeoutError) as error:
            said = type(error).__name__
        answer = server.type(f"cat {told} 2>/dev/null || true").strip()
        if expected is None:  # its kernel is killed before it can tell
            yield what, answer or f"killed ({said})", not answer
        else:
            yield what, answer, re.search(expected, answer) is not None
    await learner.run(await learner.connect(), ["1 + 1"])  # through all that the learner's server lives
    await learner.close()


async def print_attempts(server, name, password):
    wrong = []
    async for what, answer, is_right in attempts(server, name, password):
        print(
            f"{'refused' if is_right else 'NOT REFUSED':12}{what}: {'; '.join(answer.splitlines())}",
            flush=True,
        )
        wrong += [] if is_right else [what]
    return wrong


def main():
    parser = argparse.ArgumentParser(prog="python -m tests.load.fresh_server", description=__doc__)
    parser.add_argument(
        "--folder", type=Path, help="where to install; a Debian that is there and still fresh is taken"
    )
    parser.add_argument("--suite", default="bookworm", help="the Debian to install: Debian 12 unless told")
    chosen = parser.parse_args()
    folder = chosen.folder or Path(tempfile.mkdtemp(prefix="cnnlab-server-", dir="/var/tmp")) / "root"
    folder.mkdir(parents=True, exist_ok=True)
    course = folder / "root" / "course.git"
    with Server(folder, chosen.suite) as server:
        subprocess.run(["git", "clone", "--quiet", "--bare", ROOT, course], check=True)
        server.type(
            "mkdir -p /srv/backups; printf 'ada\\nalan\\n' > /root/names\n"
            'printf \'[url "/root/course.git"]\\n insteadOf = https://github.com/NAME/cnnlab\\n'
            "[safe]\\n directory = *\\n' > /root/.gitconfig"
        )
        *before, look, fire = blocks()
        for block in before:
            begun = time.monotonic()
            server.type(block)
            print(f"{time.monotonic() - begun:6.0f} s  {block.strip().splitlines()[0][:80]} …", flush=True)
        passwords = dict(line.split() for line in server.type("cat /root/hand-out").splitlines())
        time.sleep(10)
        seconds = log_in_by_https("ada", passwords["ada"])
        print(f"{seconds:6.1f} s  from the login to a living notebook, by https")
        wrong = asyncio.run(print_attempts(server, "alan", passwords["alan"]))
        log_in_by_https("grace", "hopper-compiles")
        server.type("systemctl kill --signal=KILL cnnlab-proxy; sleep 15")
        seconds = log_in_by_https("ada", passwords["ada"])
        print(f"{seconds:6.1f} s  again, 15 s after the proxy was killed")
        server.type("systemctl start cnnlab-backup && systemctl is-active cnnlab-backup.timer")
        server.type(look)
        lesson = "/home/ada/course/00_start_here.ipynb"
        server.type(f"cmp {lesson} /root/look{lesson}")
        server.type("systemctl stop 'jupyter-*'; rm -rf /home/*/course")
        server.type(f"set -a; . /srv/cnnlab/hub/backup.env; set +a\n{fire}")
        owner = server.type(f"cmp {lesson} /root/look{lesson}; stat -c %U {lesson}").strip()
        print(f"restored, for {owner}: {lesson}")
        if wrong or owner != "ada":
            sys.exit("that is not what a class deserves")


if __name__ == "__main__":
    main()
