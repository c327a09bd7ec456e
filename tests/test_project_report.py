"""The report of a project: there at any time, escaped, in one file that asks for nothing; and the command."""

import base64
import io
import json
import re
from html.parser import HTMLParser

import numpy as np
import pytest
from PIL import Image

from cnnlab.course import command
from cnnlab.project.report import page
from tests.helpers.projects import data, finished, known, project

HOSTILE = '<script>alert("1")</script><img src=https://example.org/x onerror=alert(2)>\'"&{{ 7 * 7 }}'
HAS_ADDRESS = {"src", "href", "action", "data", "poster", "srcset", "formaction", "background"}


class Page(HTMLParser):
    """What tags a page has, with their attributes, and its text."""

    def __init__(self, source):
        super().__init__()
        self.tags, self.words = [], []
        self.feed(source)

    def handle_starttag(self, tag, attributes):
        self.tags.append((tag, dict(attributes)))

    def handle_data(self, data):
        self.words.append(data)

    @property
    def text(self):
        return " ".join(" ".join(self.words).split())


def stages():
    """Yield a project at each of its stages, by what was done last."""
    one = project()
    yield "plan", one
    one.use(*data(400))
    yield "data", one
    one.tune("plain", lambda x, y, seed, k: known, {"k": [1, 2]})
    yield "tune", one
    one.test(seeds=2)
    yield "test", one
    yield "claim", finished()


def test_it_can_be_written_at_any_stage():
    for stage, one in stages():
        found = Page(page(one))
        assert [tag for tag, _ in found.tags].count("h1") == 1, stage
        headings = [tag for tag, _ in found.tags].count("h2")
        assert headings == 8, stage
        assert ("There is no claim yet." in found.text) == (stage != "claim")
        assert ("There is no data yet." in found.text) == (stage == "plan")
        for item in one.checklist().items:
            assert f"{item.what} ({item.state})" in found.text


def test_it_says_what_the_record_says():
    one = finished()
    text = Page(page(one)).text
    assert "CNN is neither clearly ahead of nor behind plain: by −1 to 5 percentage points" in text
    assert "+2 points on average (−1 to +5, 6 seeds)" in text
    assert "That does not reach the 2 points" in text  # the mean is 11 / 6
    assert "plain 4 k=0 0.880 0.890 0.870 to 0.910" in text
    assert "10 of 100 test pictures are wrong" in text
    assert "my word on limits" in text
    assert "does not cover" not in text
    assert "does not begin at 0" in text
    assert "does not begin at 0" not in Page(page(finished(plain=(0.01, 0.02)))).text
    assert "One of 100 test pictures is 1 point." in text
    # Of 600 answers of the CNN over six seeds, 545 are right.
    rows = re.findall(r"(dark|bright) (\d+) (\d+) (?=bright|What)", text)
    (_, a, b), (_, c, d) = rows[-2:]
    assert int(a) + int(d) == sum(round(100 * share) for share in (0.90, 0.91, 0.89, 0.92, 0.90, 0.93))
    assert int(a) + int(b) + int(c) + int(d) == 600


def test_a_claim_that_says_too_much_and_a_lead_that_not_all_seeds_have_are_told():
    text = Page(page(finished(good=(0.99, 0.98, 0.97, 0.99, 0.99, 0.90), claimed=(5, 9)))).text
    assert "This claim does not cover what was measured." in text
    # The last seed is behind.
    assert "On average that reaches the 2 points" in text
    assert "but it was ahead with only 5 of 6 seeds." in text
    text = Page(page(finished(good=(0.99,), claimed=(8, 12)))).text
    assert "to count as success. One of" in text
    assert "does not cover" not in text


def test_nothing_that_somebody_writes_becomes_part_of_the_page():
    one = project(classes=(HOSTILE, "bright"), budget=HOSTILE)
    one.use(*data(400))
    one.tune(
        HOSTILE,
        lambda x, y, seed, k: lambda images: 1 - known(images),
        {"k": [HOSTILE]},
    )
    one.tune("plain", lambda x, y, seed: known, {})
    one.test(seeds=1)
    one.claim(HOSTILE, "plain", -100, 0)
    one.say(**dict.fromkeys(("rights", "labels", "errors", "limits", "alike"), HOSTILE))
    found = Page(page(one))
    plain = Page(page(finished()))
    assert {tag for tag, _ in found.tags} <= {tag for tag, _ in plain.tags}
    assert all(not name.startswith("on") for _, attributes in found.tags for name in attributes)
    assert found.text.count('<script>alert("1")</script>') >= 10
    assert "{{ 7 * 7 }}" in found.text
    assert "49" not in found.text.replace("0.49", "")


def test_no_request_leaves_it_and_there_is_no_script():
    source = page(finished())
    found = Page(source)
    assert "script" not in {tag for tag, _ in found.tags}
    for tag, attributes in found.tags:
        for name in HAS_ADDRESS & set(attributes):
            assert attributes[name].startswith("data:image/png;base64,"), (tag, attributes)
    (policy,) = [a["content"] for tag, a in found.tags if a.get("http-equiv") == "Content-Security-Policy"]
    assert policy == "default-src 'none'; img-src data:; style-src 'unsafe-inline'"
    style = re.search(r"<style>(.*)</style>", source, re.DOTALL)[1]
    assert not re.search(r"url\(|@import", style)


def test_every_picture_has_words_and_shows_the_pixels():
    one = finished()
    images = [attributes for tag, attributes in Page(page(one)).tags if tag == "img"]
    assert len(images) > 12
    assert all(attributes["alt"].strip() for attributes in images)
    first = Image.open(io.BytesIO(base64.b64decode(images[0]["src"].partition(",")[2])))
    x, y = one.parts["train"].x, one.parts["train"].y
    wanted = (x[y == 0][0, 0] - x.min()) / (x.max() - x.min())
    times = first.width // 8
    assert np.abs(np.asarray(first)[::times, ::times] / 255 - wanted).max() < 1 / 255


def test_two_reports_of_one_project_are_equal_and_an_older_file_is_written_over(tmp_path):
    one = finished()
    path = tmp_path / "a report ü.html"
    path.write_text("old", encoding="utf-8")
    told = one.report(path)
    assert repr(told) == "a report ü.html is written: 12 done, 0 not done, 4 cannot be known"
    assert path.read_text(encoding="utf-8") == page(one)
    assert [each.name for each in tmp_path.iterdir()] == [path.name]
    with pytest.raises(OSError, match=r"nowhere"):
        one.report(tmp_path / "nowhere" / "report.html")


# --- cnnlab report ------------------------------------------------------------------------------------------

CELLS = [
    "import numpy as np\nfrom cnnlab.project import Project, nearest_neighbor, split",
    "rng = np.random.default_rng(0)\nx, y = rng.random((40, 1, 5, 5)), np.arange(40) % 2",
    "project = Project('Noise', 'Is there anything?', classes=('a', 'b'), success=1, budget='a second')",
    "project.use(*split(x, y, rng=rng))\nproject.tune('nearest', nearest_neighbor, {'k': [1, 3]})",
]


def notebook(folder, cells):
    path = folder / "my project.ipynb"
    found = [{"cell_type": "code", "source": source.splitlines(keepends=True)} for source in cells]
    path.write_text(
        json.dumps({"cells": [{"cell_type": "markdown", "source": "# Text"}, *found]}), encoding="utf-8"
    )
    return path


def test_the_command_runs_a_notebook_and_writes_its_report(tmp_path, capsys):
    path = notebook(tmp_path, CELLS)
    before = path.read_bytes()
    assert command.main(["report", str(path)]) == 0
    told = capsys.readouterr()
    assert told.out.splitlines() == [
        "Running my project.ipynb …",
        "report.html is written: 5 done, 7 not done, 4 cannot be known",
    ]
    assert "<title>Noise</title>" in (tmp_path / "report.html").read_text(encoding="utf-8")
    assert path.read_bytes() == before


@pytest.mark.parametrize(
    ("cells", "words"),
    [
        (CELLS[:2], "the report failed: AssertionError: there is no Project in this notebook"),
        ([*CELLS[:2], "1 / 0", *CELLS[2:]], "cell 3 of my project.ipynb failed: ZeroDivisionError"),
        (None, "cannot be read as a notebook"),
    ],
)
def test_the_command_says_what_went_wrong(tmp_path, capsys, cells, words):
    path = notebook(tmp_path, cells) if cells else tmp_path / "none.ipynb"
    assert command.main(["report", str(path), "--to", str(tmp_path / "x.html")]) == 1
    assert words in capsys.readouterr().err
    assert not (tmp_path / "x.html").exists()
