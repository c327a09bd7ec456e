"""Build the book: ``python -m book``; ``--help`` tells its options."""

import argparse
import contextlib
import functools
import http.server
import sys
import time

from book import lite, record
from book.lesson import BookError
from book.site import SITE, Site


def main(arguments=None):
    """Build the book, and serve it if asked; return the exit code."""
    parser = argparse.ArgumentParser("python -m book", description="Build the course as a web site.")
    parser.add_argument("--to", default=str(SITE), metavar="FOLDER", help="where to write it (book/site)")
    parser.add_argument("--url", default="", help="where it will be published")
    parser.add_argument("--repository", default="", metavar="URL", help="where the course lies")
    parser.add_argument("--execute", action="store_true", help="run the lessons to record their scenes first")
    parser.add_argument("--lite", action="store_true", help="add JupyterLite, which asks others for Python")
    parser.add_argument("--serve", action="store_true", help="serve it on this machine")
    parser.add_argument("--port", type=int, default=8000)
    told = parser.parse_args(arguments)
    if told.execute:
        record.record_all(record.lessons())
    began = time.monotonic()
    try:
        names = Site(told.url, told.repository, told.lite).build(told.to)
        if told.lite:
            lite.build(told.to)
    except BookError as error:
        print(f"The book was not built: {error}", file=sys.stderr)
        return 1
    print(f"{len(names)} files in {told.to}, {time.monotonic() - began:.0f} s")
    if told.serve:
        handler = functools.partial(http.server.SimpleHTTPRequestHandler, directory=told.to)
        with http.server.ThreadingHTTPServer(("127.0.0.1", told.port), handler) as server:
            print(f"http://127.0.0.1:{told.port}/ (Ctrl+C ends it)")
            with contextlib.suppress(KeyboardInterrupt):
                server.serve_forever()
    return 0


if __name__ == "__main__":
    sys.exit(main())
