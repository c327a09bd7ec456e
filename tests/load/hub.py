"""A hub for tests: Linux accounts of its own, the proxy and the hub as two processes, all on loopback."""

import contextlib
import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

import pytest

HERE = Path(__file__).parent
DEPLOY = HERE.parents[1] / "deploy" / "one-machine"
PASSWORD = "correct-horse-{}"


def missing():
    """Return what keeps a hub from being tried here, in words; nothing if all is there."""
    wanted = {
        "JupyterHub (deploy/one-machine/requirements.txt)": Path(sys.executable)
        .with_name("jupyterhub")
        .exists(),
        "configurable-http-proxy (npm)": shutil.which(proxy_command() or "") is not None,
        "root, to make accounts": os.getuid() == 0 and shutil.which("useradd") and shutil.which("runuser"),
        "procps and iproute2": shutil.which("pgrep") and shutil.which("ss"),
        f"a Python that other accounts can run, and cnnlab in it, not {sys.executable}": _all_can_import(),
    }
    return [what for what, there in wanted.items() if not there]


def need(*absent):
    """Skip a file of tests if anything is absent; where CNNLAB_HUB asks for them, that is an error."""
    if absent and os.environ.get("CNNLAB_HUB"):
        raise RuntimeError(f"asked for, but missing: {', '.join(absent)}")
    if absent:
        pytest.skip(f"missing: {', '.join(absent)}", allow_module_level=True)


def _all_can_import():
    command = ["runuser", "-u", "nobody", "--", sys.executable, "-c", "import cnnlab, jupyterhub"]
    try:
        return subprocess.run(command, cwd="/", capture_output=True, timeout=60).returncode == 0
    except OSError:
        return False


def proxy_command():
    return os.environ.get("CONFIGURABLE_HTTP_PROXY") or shutil.which("configurable-http-proxy")


class Hub:
    """A running hub, its proxy, and accounts `names` with passwords; `close` takes all of it away again."""

    def __init__(self, count, folder, strict=False, teachers=0):
        self.folder = Path(folder)
        self.strict = strict  # warnings of the hub's own code are errors
        self.group = f"cnnlab-{secrets.token_hex(2)}"  # several hubs may run at once
        self.names = [f"{self.group}-{number:02}" for number in range(1, count + 1)]
        self.teachers = self.names[count - teachers :]
        self.ports = free_ports(3)
        self.url = f"http://127.0.0.1:{self.ports[0]}"
        self.token = secrets.token_hex(32)
        self.log = self.folder / "hub.log"
        self.proxy = self.hub = self.deploy = None

    def __enter__(self):
        try:
            # Where learners' accounts can read it, wherever this checkout lies.
            self.deploy = Path(tempfile.mkdtemp(prefix="cnnlab-deploy-", dir="/var/tmp"))
            self.deploy.chmod(0o755)
            shutil.copytree(DEPLOY, self.deploy / "one-machine")
            self.shared = self.deploy / "shared"
            self.shared.mkdir()
            (self.shared / "hello.txt").write_text("for all of you", encoding="utf-8")
            self.folder.mkdir(parents=True, exist_ok=True)
            self.folder.chmod(0o700)
            self._make_accounts()
            self._start_proxy()
            self.start()
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(self, *_):
        self.close()

    def password(self, name):
        return PASSWORD.format(name)

    def home(self, name):
        return Path(pwd.getpwnam(name).pw_dir)

    def _make_accounts(self):
        subprocess.run(["groupadd", self.group], check=True)
        for name in self.names:
            # As deploy/one-machine/README.md says: homes that nobody else can enter.
            command = ["useradd", "--create-home", "--key", "HOME_MODE=0700", "--groups", self.group]
            subprocess.run([*command, "--shell", "/bin/bash", name], check=True)
        passwords = "".join(f"{name}:{self.password(name)}\n" for name in self.names)
        subprocess.run(["chpasswd"], input=passwords, text=True, check=True)

    @property
    def environment(self):
        return os.environ | {
            "CONFIGPROXY_AUTH_TOKEN": self.token,
            "LOAD_STATE": str(self.folder),
            "LOAD_PORTS": " ".join(map(str, self.ports)),
            "LOAD_GROUP": self.group,
            "LOAD_TEACHERS": " ".join(self.teachers),
            "LOAD_DEPLOY": str(self.deploy),
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        }

    def _start_proxy(self):
        public, api, hub = map(str, self.ports)
        command = [proxy_command(), "--ip", "127.0.0.1", "--port", public, "--api-ip", "127.0.0.1"]
        command += [
            "--api-port",
            api,
            "--error-target",
            f"http://127.0.0.1:{hub}/hub/error",
            "--log-level",
            "warn",
        ]
        with open(self.folder / "proxy.log", "ab") as log:
            self.proxy = subprocess.Popen(command, env=self.environment, stdout=log, stderr=log)

    def start(self, patience=60):
        """Start the hub, and wait until it answers."""
        warnings = ["-W", "error"] if self.strict else []
        command = [sys.executable, *warnings, "-m", "jupyterhub", "--config", str(HERE / "hub_config.py")]
        with open(self.log, "ab") as log:
            self.hub = subprocess.Popen(
                command, env=self.environment, stdout=log, stderr=log, cwd=self.folder, start_new_session=True
            )
        until = time.monotonic() + patience
        while time.monotonic() < until:
            if self.hub.poll() is not None:
                raise RuntimeError(f"the hub ended:\n{self.log.read_text()[-2000:]}")
            with (
                contextlib.suppress(OSError),
                urllib.request.urlopen(f"{self.url}/hub/health", timeout=2) as answer,
            ):
                if answer.status == 200:
                    return
            time.sleep(0.2)
        raise TimeoutError(f"the hub does not answer:\n{self.log.read_text()[-2000:]}")

    def stop(self, how=signal.SIGTERM):
        """End the hub, and only it: learners' servers and the proxy go on."""
        self.hub.send_signal(how)
        self.hub.wait(30)

    def processes(self, name):
        """Return the process ids of a learner."""
        found = subprocess.run(["pgrep", "-u", name], capture_output=True, text=True)
        return [int(line) for line in found.stdout.split()]

    def close(self):
        """End all processes, and take the accounts and their homes away."""
        for process in (self.hub, self.proxy):
            if process is not None and process.poll() is None:
                process.terminate()
                with contextlib.suppress(subprocess.TimeoutExpired):
                    process.wait(10)
                process.kill()
                process.wait(10)
        with contextlib.suppress(AttributeError, ProcessLookupError):
            os.killpg(self.hub.pid, signal.SIGKILL)  # its culler, if the hub was killed in a test
        for name in self.names:
            subprocess.run(["pkill", "-KILL", "-u", name], check=False, capture_output=True)
        time.sleep(0.5)
        for name in self.names:
            with contextlib.suppress(KeyError):  # no such account, if making them failed
                shutil.rmtree(f"/tmp/cnnlab-{pwd.getpwnam(name).pw_uid}", ignore_errors=True)
            subprocess.run(["userdel", "--remove", name], check=False, capture_output=True)
        subprocess.run(["groupdel", self.group], check=False, capture_output=True)
        if self.deploy:
            shutil.rmtree(self.deploy, ignore_errors=True)


def free_ports(count):
    """Return ports of loopback that are free, all different."""
    sockets = [socket.socket() for _ in range(count)]
    try:
        for each in sockets:
            each.bind(("127.0.0.1", 0))
        return [each.getsockname()[1] for each in sockets]
    finally:
        for each in sockets:
            each.close()
