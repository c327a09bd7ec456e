"""All decks of slides at three sizes of projectors, in both themes: python -m tests.benchmarks.slides

Printed is what sticks out of any slide, and by how much letters had to shrink on the fullest one.
"""

import tempfile
from pathlib import Path

from book.site import Site
from tests.helpers.lab import new_page, running_chromium
from tests.helpers.slides import SIZES, what_sticks_out


def main():
    """Open every deck of a fresh book."""
    with tempfile.TemporaryDirectory() as name, running_chromium() as chromium:
        Site().build(name)
        for deck in sorted(Path(name, "slides").glob("*.html")):
            told = []
            for width, height in SIZES:
                for theme in ("light", "dark"):
                    page = new_page(chromium, width, height)
                    page.emulate_media(color_scheme=theme)
                    page.goto(deck.as_uri())
                    out, smallest = what_sticks_out(page)
                    told.append(f"{width} {theme}: {out or 'fits'}, letters x {smallest:.2f}")
                    page.close()
            print(deck.stem, *told, sep="\n    ", flush=True)


if __name__ == "__main__":
    main()
