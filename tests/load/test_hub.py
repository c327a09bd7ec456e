"""Who may do what on a hub, tried; and a small class. As root, in a hub's environment (`make test-hub`)."""

import asyncio
import contextlib
import json
import pwd
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest

from tests.load import lesson_day
from tests.load.hub import Hub, missing, need
from tests.load.learner import Failed, Learner, execute_request

need(*missing())

LESSON = lesson_day.LESSON


@pytest.fixture(scope="module")
def hub(tmp_path_factory):
    with Hub(4, tmp_path_factory.mktemp("hub"), strict=True, teachers=1) as running:
        yield running


@pytest.fixture(scope="module")
def loop():
    with asyncio.Runner() as runner:
        yield runner


@pytest.fixture(scope="module")
def pair(hub, loop):
    """Two learners whose servers run: one has a kernel."""

    async def come():
        learners = [Learner(hub.url, name, hub.password(name)) for name in hub.names[:2]]
        for learner in learners:
            await learner.log_in()
            await learner.start_server()
            learner.notebook = await learner.open_lesson(LESSON)
        await learners[0].start_kernel(LESSON)
        socket = await learners[0].connect()
        await learners[0].run(socket, ["1 + 1"])
        socket.close()
        return learners

    one, other = loop.run(come())
    yield one, other
    loop.run(one.close())
    loop.run(other.close())


def test_the_configuration_has_no_mistake_that_the_hub_warns_of(hub, pair):
    log = hub.log.read_text(encoding="utf-8")
    assert "JupyterHub is now running" in log
    for words in (
        "not recognized",
        "deprecated",
        "Deprecat",
        "Traceback",
        "insecure cookie",
    ):
        assert words not in log, words


def test_a_wrong_password_and_a_stranger_are_refused(hub, loop):
    async def tried(name, password):
        learner = Learner(hub.url, name, password)
        try:
            await learner.log_in()
        finally:
            await learner.close()

    with pytest.raises(Failed, match="login refused"):
        loop.run(tried(hub.names[0], "wrong"))
    # A Linux account that is in neither group: not enough.
    stranger = "cnnlab-stranger"
    subprocess.run(["useradd", "--create-home", "--key", "HOME_MODE=0700", stranger], check=True)
    try:
        subprocess.run(["chpasswd"], input=f"{stranger}:secret-word-9", text=True, check=True)
        with pytest.raises(Failed, match="login refused"):
            loop.run(tried(stranger, "secret-word-9"))
    finally:
        subprocess.run(["userdel", "--remove", stranger], check=False, capture_output=True)


def test_a_teacher_sees_who_is_there_and_opens_nobodys_files(hub, loop, pair):
    one, _ = pair
    teacher = Learner(hub.url, hub.teachers[0], hub.password(hub.teachers[0]))
    loop.run(teacher.log_in())
    get = teacher.http.get

    def at_the_hub(method, path, learner=teacher):
        token = {"X-XSRFToken": learner.http.cookies.get("_xsrf", path="/hub/")}
        request = learner.http.request(method, f"{hub.url}/hub/api/{path}", headers=token)
        return loop.run(request)

    assert loop.run(get(f"{hub.url}/hub/admin")).status_code == 200
    assert one.name in at_the_hub("GET", "users").text
    assert loop.run(get(f"{one.base}/api/contents/{LESSON}")).status_code == 403
    assert at_the_hub("POST", f"users/{one.name}/tokens").status_code == 403  # no acting in another's name
    assert at_the_hub("POST", "users/somebody-else").status_code == 403
    assert at_the_hub("DELETE", "users/nobody-at-all/server").status_code == 404  # allowed; nobody is there
    # The control: a learner sees and stops nobody.
    assert loop.run(one.http.get(f"{hub.url}/hub/admin")).status_code == 403
    assert hub.teachers[0] not in at_the_hub("GET", "users", one).text
    assert at_the_hub("DELETE", f"users/{hub.teachers[0]}/server", one).status_code in (403, 404)
    loop.run(teacher.close())


def test_another_learners_files_are_refused_by_url(hub, loop, pair):
    one, other = pair
    for path in (
        f"api/contents/{LESSON}",
        f"files/{LESSON}",
        f"lab/tree/{LESSON}",
        "api/kernels",
        "api/status",
    ):
        answer = loop.run(other.http.get(f"{one.base}/{path}"))
        assert answer.status_code == 403, (path, answer.status_code)
    written = loop.run(other.http.put(f"{one.base}/api/contents/mine.txt", json={"type": "file"}))
    assert written.status_code == 403
    nobody = httpx.get(f"{one.base}/api/contents/{LESSON}", follow_redirects=False)
    assert nobody.status_code in (302, 403)
    kernels = httpx.get(f"{one.base}/api/kernels", headers={"Authorization": "token wrong"})
    assert kernels.status_code == 403


def test_files_and_sockets_of_others_are_refused_by_the_system(hub, pair):
    assert lesson_day.readable_by_others(hub) == []
    one, other = hub.names[:2]
    runtime = Path(f"/tmp/cnnlab-{pwd.getpwnam(one).pw_uid}")
    sockets = [file for file in runtime.iterdir() if "-ipc-" in file.name]
    assert len(sockets) == 5  # shell, iopub, stdin, control, heartbeat: none of them a port
    program = (
        "import socket, sys\n"
        "s = socket.socket(socket.AF_UNIX)\n"
        "try: s.connect(sys.argv[1])\n"
        "except PermissionError: sys.exit(13)"
    )
    for address in sockets:
        command = [sys.executable, "-c", program, str(address)]
        assert subprocess.run(["runuser", "-u", other, "--", *command]).returncode == 13
        assert subprocess.run(["runuser", "-u", one, "--", *command]).returncode == 0  # the control


def test_what_is_shared_can_be_read_and_not_changed(hub, loop, pair):
    one, _ = pair
    there = loop.run(one.api("GET", "contents/shared/hello.txt"))
    assert there["content"] == "for all of you"
    mine = {"type": "file", "format": "text", "content": "mine"}
    for name in ("hello.txt", "new.txt"):
        answer = loop.run(
            one.http.put(f"{one.base}/api/contents/shared/{name}", json=mine, headers=one.headers)
        )
        assert answer.status_code >= 400
    gone = loop.run(one.http.delete(f"{one.base}/api/contents/shared/hello.txt", headers=one.headers))
    assert gone.status_code >= 400
    assert [file.read_text(encoding="utf-8") for file in hub.shared.iterdir()] == ["for all of you"]


def test_no_port_of_a_kernel_takes_work_from_another_account(hub, loop, pair):
    """One TCP port is left, over which a kernel's child processes print: it does not listen to others."""
    one, other = pair
    mark = hub.home(one.name) / "was-here"
    request = json.dumps(execute_request(f"open({str(mark)!r}, 'w')"))
    program = (
        "import sys, zmq\n"
        "for kind in (zmq.DEALER, zmq.PUSH, zmq.REQ):\n"
        "    s = zmq.Context.instance().socket(kind); s.linger = 0; s.sndtimeo = 500\n"
        "    s.connect(f'tcp://127.0.0.1:{sys.argv[1]}')\n"
        "    try:\n"
        "        s.send_multipart([b'<IDS|MSG>', b'', sys.argv[2].encode(), b'{}', b'{}', b'{}'])\n"
        "    except zmq.ZMQError: pass\n"
        "import time; time.sleep(.5)"
    )
    for port in listening(hub.processes(one.name)):
        command = [sys.executable, "-c", program, str(port), request]
        subprocess.run(["runuser", "-u", other.name, "--", *command], check=True, timeout=60)

    async def still_alive():
        socket = await one.connect()
        await one.run(socket, ["1 + 1"])
        socket.close()

    loop.run(still_alive())
    assert not mark.exists()


def listening(pids):
    """Return the TCP ports on which these processes listen."""
    printed = subprocess.run(["ss", "-Hltnp"], capture_output=True, text=True, check=True)
    lines = [line.split() for line in printed.stdout.splitlines()]
    return [
        int(line[3].rpartition(":")[2]) for line in lines if any(f"pid={pid}," in line[-1] for pid in pids)
    ]


def test_an_expired_token_is_refused(hub, loop, pair):
    one, _ = pair

    async def token():
        page = await one.http.get(f"{hub.url}/hub/home")
        assert page.status_code == 200
        mine = [each for each in one.http.cookies.jar if each.name == "_xsrf" and each.path == "/hub/"]
        answer = await one.http.post(
            f"{hub.url}/hub/api/users/{one.name}/tokens",
            json={"expires_in": 3},
            headers={"X-XSRFToken": mine[0].value, "Referer": f"{hub.url}/hub/token"},
        )
        assert answer.status_code == 201, answer.text
        return answer.json()["token"]

    headers = {"Authorization": f"token {loop.run(token())}"}
    assert (
        httpx.get(f"{hub.url}/hub/api/user", headers=headers).json()["name"] == one.name
    )  # while it is good
    time.sleep(4)
    assert httpx.get(f"{hub.url}/hub/api/user", headers=headers).status_code == 403
    assert httpx.get(f"{one.base}/api/contents", headers=headers).status_code == 403


@pytest.mark.parametrize(
    "path",
    [
        "api/contents/..%2F.bashrc",
        "api/contents/%2e%2e/%2e%2e/%2e%2e/etc/passwd",
        "files/..%2F..%2F..%2Fetc%2Fpasswd",
        "files/%2Fetc%2Fpasswd",
        "api/contents//etc/passwd",
        "files/.cnnlab/../../.bashrc",
        "api/contents/.cnnlab/placed.json",  # hidden
    ],
)
def test_a_path_out_of_the_course_folder_is_refused(loop, pair, path):
    one, _ = pair
    answer = loop.run(one.http.get(f"{one.base}/{path}"))
    assert answer.status_code in (400, 403, 404)
    assert "root:" not in answer.text


def test_a_form_from_another_site_is_refused(hub, loop, pair):
    one, _ = pair
    form = {"username": one.name, "password": one.password}
    foreign = {"Origin": "https://elsewhere.example", "Referer": "https://elsewhere.example/page"}
    assert httpx.post(f"{hub.url}/hub/login", data=form, headers=foreign).status_code == 403
    # The browser sends the learner's cookies along; the page that asks does not know the token.
    before = loop.run(one.api("GET", "contents/"))["content"]
    for headers in (foreign, foreign | {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors"}):
        answer = loop.run(
            one.http.post(f"{one.base}/api/contents/", json={"type": "notebook"}, headers=headers)
        )
        assert answer.status_code == 403
        answer = loop.run(one.http.delete(f"{one.base}/api/contents/{LESSON}", headers=headers))
        assert answer.status_code == 403
    assert {each["name"] for each in loop.run(one.api("GET", "contents/"))["content"]} == {
        each["name"] for each in before
    }


def test_an_upload_past_the_limit_is_refused(loop, pair):
    one, _ = pair
    small = {"type": "file", "format": "text", "content": "x" * 1_000_000}
    loop.run(one.api("PUT", "contents/small.txt", json=small))
    large = small | {"content": "x" * (33 * 1024**2)}
    answer = None
    with contextlib.suppress(httpx.TransportError):  # the connection may be cut while it still sends
        answer = loop.run(one.http.put(f"{one.base}/api/contents/large.txt", json=large, headers=one.headers))
    assert answer is None or answer.status_code >= 400
    names = [each["name"] for each in loop.run(one.api("GET", "contents/"))["content"]]
    assert "small.txt" in names
    assert "large.txt" not in names


def test_a_link_that_pulls_opens_what_it_has_pulled(hub, loop, pair):
    """The link is one of the teacher's page (tests/browser/test_links.py): nbgitpuller understands it."""
    one, _ = pair
    home = hub.home(one.name)
    lines = (
        "git init -q -b main r && cd r && mkdir notebooks && echo '{}' > notebooks/a.ipynb && git add . && "
    )
    lines += "git -c user.name=a -c user.email=a@b.c commit -q -m a"
    subprocess.run(["runuser", "-u", one.name, "--", "sh", "-c", lines], cwd=home, check=True)
    query = {"repo": f"file://{home}/r", "branch": "main", "targetpath": "r"}
    link = f"{hub.url}/hub/user-redirect/git-pull"
    page = loop.run(one.http.get(link, params=query | {"urlpath": "lab/tree/r/notebooks/a.ipynb"}))
    assert page.status_code == 200
    assert str(page.url).startswith(f"{one.base}/git-pull")
    assert "lab/tree/r/notebooks/a.ipynb" in page.text
    pulled = loop.run(one.http.get(f"{one.base}/git-pull/api", params=query))
    assert '"phase": "finished"' in pulled.text
    assert (home / "course" / "r" / "notebooks" / "a.ipynb").exists()


def test_a_class_loses_nothing_when_the_hub_restarts(tmp_path):
    with Hub(4, tmp_path / "hub") as small:
        result = lesson_day.lesson_day(small, within=8, mishaps=3)
    assert result["failed"] == []
    assert result["lost"] == []
    assert result["readable"] == []
    assert sorted(result["odd"].values()) == sorted(lesson_day.MISHAPS)
    assert len(result["seconds"]["scene"]) == 4
