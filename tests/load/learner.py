"""A learner, as a browser acts for one: logs in by the form, opens a lesson, runs it, edits, saves."""

import asyncio
import contextlib
import json
import re
import time
import uuid

import httpx
from tornado.httpclient import HTTPRequest
from tornado.websocket import websocket_connect

STAGE = "application/vnd.jupyter.widget-view+json"
PATIENCE = 240  # seconds for anything; what takes longer has failed


class Failed(Exception):
    """What a learner would have complained about."""


class Learner:
    """One person with one browser.

    Attributes
    ----------
    seconds : dict
        When what was there, counted from the login.
    saved : dict
        What the server said is saved: the text last put under each name.
    """

    def __init__(self, url, name, password):
        self.url, self.name, self.password = url, name, password
        self.base = f"{url}/user/{name}"
        self.http = httpx.AsyncClient(follow_redirects=True, timeout=PATIENCE)
        self.seconds, self.saved, self.begun = {}, {}, None

    async def close(self):
        await self.http.aclose()

    def _mark(self, what):
        self.seconds.setdefault(what, time.monotonic() - self.begun)

    # --- In through the door --------------------------------------------------------------------------------

    async def log_in(self, password=None):
        """Fill in the form; raise ``Failed`` if it is refused."""
        self.begun = time.monotonic()
        page = await self.http.get(f"{self.url}/hub/login")
        token = re.search(r'name="_xsrf" value="([^"]+)"', page.text)
        form = {
            "username": self.name,
            "password": password or self.password,
            "_xsrf": token[1] if token else "",
        }
        answer = await self.http.post(f"{self.url}/hub/login", data=form)
        if "/hub/login" in str(answer.url) or answer.status_code >= 400:
            raise Failed(f"{self.name}: login refused ({answer.status_code})")
        self._mark("login")

    async def start_server(self):
        """Ask for a server and wait until it answers."""
        until = time.monotonic() + PATIENCE
        # A connection that was kept open may be closed just then: browsers ask again by themselves.
        while await self._get_unless_busy(f"{self.url}/hub/spawn/{self.name}") is None:
            if time.monotonic() > until:
                raise Failed(f"{self.name}: the hub does not answer")
            await asyncio.sleep(0.5)
        while time.monotonic() < until:
            answer = await self._get_unless_busy(f"{self.base}/lab")
            if answer is not None and str(answer.url).startswith(self.base) and answer.status_code == 200:
                self._mark("server")
                return
            await asyncio.sleep(0.5)
        raise Failed(f"{self.name}: no server within {PATIENCE} s")

    async def _get_unless_busy(self, url):
        with contextlib.suppress(httpx.TransportError):
            return await self.http.get(url)

    # --- Files ----------------------------------------------------------------------------------------------

    @property
    def headers(self):
        mine = (each for each in self.http.cookies.jar if each.path.startswith(f"/user/{self.name}"))
        return {"X-XSRFToken": next((each.value for each in mine if each.name == "_xsrf"), "")}

    async def api(self, method, path, **options):
        """Call the server's interface, again while nobody answers; raise ``Failed`` for what it refuses."""
        for _ in range(40):
            with contextlib.suppress(httpx.TransportError):
                answer = await self.http.request(
                    method, f"{self.base}/api/{path}", headers=self.headers, **options
                )
                if answer.status_code < 500:
                    break
            await asyncio.sleep(0.5)
        else:
            raise Failed(f"{self.name}: {method} {path}: no answer")
        if answer.status_code >= 400:
            raise Failed(f"{self.name}: {method} {path}: {answer.status_code} {answer.text[:200]}")
        return answer.json() if answer.content else None

    async def open_lesson(self, name):
        return (await self.api("GET", f"contents/{name}"))["content"]

    async def save(self, name, notebook):
        """Save a notebook; remember it as soon as the server says that it is saved."""
        await self.api("PUT", f"contents/{name}", json={"type": "notebook", "content": notebook})
        self.saved[name] = [cell["source"] for cell in notebook["cells"]]

    # --- A kernel -------------------------------------------------------------------------------------------

    async def start_kernel(self, name):
        session = {"path": name, "type": "notebook", "name": name, "kernel": {"name": "python3"}}
        self.kernel = (await self.api("POST", "sessions", json=session))["kernel"]["id"]
        return self.kernel

    async def connect(self):
        """Return a websocket to the kernel, as a tab has one."""
        cookies = "; ".join(
            f"{each.name}={each.value}" for each in self.http.cookies.jar
            if f"/user/{self.name}/".startswith(each.path)
        )  # fmt: skip
        url = f"{self.base}/api/kernels/{self.kernel}/channels?session_id={uuid.uuid4().hex}"
        headers = {"Cookie": cookies, "Origin": self.url}
        request = HTTPRequest(url.replace("http", "ws", 1), headers=headers, request_timeout=PATIENCE)
        return await websocket_connect(request, max_message_size=50_000_000, ping_interval=30)

    async def run(self, socket, sources, until=None):
        """Run cells one after the other, as *Run All* does; return how many ran without an error.

        ``until`` ends it after so many cells. ``seconds["scene"]`` is when the first scene was there, alive:
        its cell has shown a widget whose state has come.
        """
        states, done = 0, 0
        for source in sources[:until]:
            message = execute_request(source)
            await socket.write_message(json.dumps(message))
            shown = False
            while True:
                answer = await asyncio.wait_for(socket.read_message(), PATIENCE)
                if answer is None:
                    raise Failed(f"{self.name}: the kernel's connection was closed")
                answer = unpacked(answer) if isinstance(answer, bytes) else json.loads(answer)
                kind, content = answer["header"]["msg_type"], answer["content"]
                if kind == "comm_open":
                    states += 1
                if (answer.get("parent_header") or {}).get("msg_id") != message["header"]["msg_id"]:
                    continue
                if kind in ("display_data", "execute_result") and STAGE in content["data"]:
                    shown = True
                if kind == "execute_reply":
                    if content["status"] != "ok":
                        raise Failed(
                            f"{self.name}: a cell failed: {content.get('ename')} {content.get('evalue')}"
                        )
                    if shown and states:
                        self._mark("scene")
                    done += 1
                    break
        return done


def execute_request(source):
    identity = uuid.uuid4().hex
    header = {"msg_id": identity, "msg_type": "execute_request", "username": "", "session": identity,
              "version": "5.3", "date": ""}  # fmt: skip
    content = {"code": source, "silent": False, "store_history": True, "user_expressions": {},
               "allow_stdin": False, "stop_on_error": True}  # fmt: skip
    return {"header": header, "parent_header": {}, "metadata": {}, "content": content, "channel": "shell",
            "buffers": []}  # fmt: skip


def unpacked(frame):
    """Return the message of a binary frame: a count, as many offsets, then the parts; the first is JSON."""
    count = int.from_bytes(frame[:4], "big")
    offsets = [int.from_bytes(frame[4 + 4 * k : 8 + 4 * k], "big") for k in range(count)]
    return json.loads(frame[offsets[0] : offsets[1] if count > 1 else len(frame)])


def code_of(notebook):
    return [cell["source"] for cell in notebook["cells"] if cell["cell_type"] == "code" and cell["source"]]
