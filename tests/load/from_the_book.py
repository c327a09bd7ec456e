"""What a class asks of a server if it reads a lesson in the book: a file each, and nothing that stays."""

import asyncio
import contextlib
import subprocess
import sys
import time

import httpx

from tests.helpers.processes import memory, processor
from tests.load.hub import free_ports


def book_day(folder, name, learners, within):
    """Let learners open a page of a built book within some seconds; return what it took, in numbers.

    Parameters
    ----------
    folder : Path
        Of the book (``make book``).
    name : str
        Of the page.
    """
    (port,) = free_ports(1)
    command = [sys.executable, "-m", "http.server", str(port), "--bind", "127.0.0.1", "--directory", folder]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        url = f"http://127.0.0.1:{port}/{name}"
        _wait_for(url)
        begun = processor(server.pid)
        seconds, sizes = asyncio.run(_open_all(url, learners, within))
        return {
            "seconds": sorted(seconds),
            "kilobytes": sum(sizes) / len(sizes) / 1000,
            "memory": memory(server.pid),
            "processor": (processor(server.pid) - begun) / learners,
        }
    finally:
        server.terminate()
        server.wait(10)


def _wait_for(url):
    for _ in range(100):
        with contextlib.suppress(httpx.TransportError):
            return httpx.get(url).raise_for_status()
        time.sleep(0.1)
    raise TimeoutError(f"{url} does not answer")


async def _open_all(url, learners, within):
    async def open_one(k):
        await asyncio.sleep(within * k / learners)
        async with httpx.AsyncClient() as browser:
            begun = time.monotonic()
            page = (await browser.get(url)).raise_for_status()
            return time.monotonic() - begun, len(page.content)

    return zip(*await asyncio.gather(*map(open_one, range(learners))), strict=True)
