"""The pages of the book: what stands on each, and where they are written."""

import base64
import html
import io
import json
import re
import shutil
from dataclasses import replace
from functools import cached_property
from importlib.metadata import version
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from PIL import Image

from book import misconceptions, record, text
from book.lesson import BookError, Page
from book.record import NOTEBOOKS, lessons
from book.teaching import PLANS, Teaching
from book.worksheets import page as worksheets
from book.worksheets.model import lessons as lessons_with_tasks
from cnnlab.look import LINES, PALETTES
from cnnlab.stage.stage import HERE as STAGE

HERE = Path(__file__).parent
SITE = HERE / "site"
PARTS = {
    "See": range(9),
    "Learn": range(9, 14),
    "Real pictures": range(14, 21),
    "Out into the world": range(21, 99),
}
NUMERALS = ("I", "II", "III", "IV")
MARK = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9">'
    '<path fill="#1f5a9e" d="M0 0h3v3H0zM3 3h3v3H3zM6 6h3v3H6z"/>'
    '<path fill="#c8591f" d="M6 0h3v3H6zM0 6h3v3H0z"/></svg>'
)


def asset(name):
    """Return one of the files that are put into pages."""
    return (HERE / "assets" / name).read_text(encoding="utf-8")


class Site:
    """The book.

    Parameters
    ----------
    url : str
        Where it will be published, with a slash at its end; without, pages name no address of their own.
    repository : str
        Where the course lies, such as "https://github.com/NAME/cnnlab".
    lite : bool
        Whether JupyterLite lies beside the pages (``lite.py``), for them to lead there.
    """

    name = "cnnlab"
    description = "The mathematics of convolutional neural networks, number by number."
    license = "BSD-3-Clause"
    mark = MARK

    def __init__(self, url="", repository="", lite=False):
        self.url = url and url.rstrip("/") + "/"
        self.repository = repository.removesuffix("/").removesuffix(".git")
        self.lite = lite
        self.version = version("cnnlab")
        self.environment = Environment(
            loader=FileSystemLoader(HERE / "templates"),
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self.written = {}  # by file name, the text or the bytes

    @property
    def binder(self):
        """Where Binder starts the course, or an empty string."""
        found = re.fullmatch(r"https://github\.com/([\w.-]+/[\w.-]+)", self.repository)
        return f"https://mybinder.org/v2/gh/{found[1]}/HEAD" if found else ""

    @cached_property
    def icon(self):
        """The picture in a browser's tab, as an address that is asked of nobody."""
        return "data:image/svg+xml," + MARK.replace("#", "%23").replace('"', "'").replace("<", "%3C").replace(
            ">", "%3E"
        )

    @cached_property
    def pages(self):
        """All lessons, in order."""
        return [Page(path) for path in lessons()]

    @cached_property
    def solutions(self):
        """The solutions, in order."""
        return [Page(path) for path in sorted((NOTEBOOKS / "solutions").glob("*.ipynb"))]

    @cached_property
    def with_sheets(self):
        """The numbers of the lessons that have worksheets."""
        return {f"{number:02}" for number in lessons_with_tasks()}

    # --- writing

    def build(self, folder=SITE):
        """Write every page into ``folder``, in place of what is there; return their names."""
        every = [*self.pages, *self.solutions]
        for page in every:
            page.build()
        for page in every:
            self._lesson(page)
        self._index()
        self._words()
        self._scenes()
        self._worksheets()
        self._teachers()
        for page in self.pages:
            self._teach(page)
        self._search()
        self._others()
        folder = Path(folder)
        if folder.exists() and any(folder.iterdir()) and not (folder / "index.html").exists():
            raise BookError(f"{folder} holds other things than a book; give an empty folder")
        shutil.rmtree(folder, ignore_errors=True)
        for name, content in self.written.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return [*self.written]

    def _write(self, file, template, *, title, description, kind, stages=None, data=(), beside="", **more):
        style = asset("book.css")
        scripts = [{"text": script, "data": True, "id": id, "module": False} for id, script in data]
        if stages is not None:
            style += (STAGE / "stage.css").read_text(encoding="utf-8")
            look = json.dumps({"_palettes": PALETTES, "_lines": LINES})
            scripts.append({"text": _in_page(stages), "data": True, "id": "scenes", "module": False})
            scripts.append({"text": f"window.cnnlabLook = {look};", "data": False, "module": False})
        if kind == "slides":
            style += asset("slides.css")
            own = [asset("vendor/uqr.js"), asset("slides.js")]
        else:
            own = [f"window.cnnlabCourse = {self._course};", asset("book.js")]
        scripts += [{"text": script, "data": False, "module": False} for script in own]
        if stages is not None:
            source = (STAGE / "stage.js").read_text(encoding="utf-8") + asset("scenes.js")
            scripts.append({"text": source, "data": False, "module": True})
        if beside:  # a page with a style and a script of its own
            style += asset(f"{beside}.css")
            scripts.append({"text": asset(f"{beside}.js"), "data": False, "module": False})
        self.written[file] = self.environment.get_template(template).render(
            site=self, file=file, root="../" * file.count("/"), title=title, description=description,
            kind=kind, style=style, first_script=asset("first.js"), scripts=scripts, **more,
        )  # fmt: skip

    @cached_property
    def _course(self):
        """What the pages know of the course: its questions, and the form in which answers are kept."""
        from cnnlab.exercises import progress, progress_file

        keys = {lesson.number: [*lesson.predictions, *lesson.exercises] for lesson in progress.course()}
        asked = [(one.more["asks"], part) for _, part, one in self._shown() if one.more["asks"]]
        places = {asks["key"]: part.more["id"] for asks, part in asked if asks["key"]}
        exercises = [part for page in self.pages for part in page.parts if part.kind == "exercise"]
        places |= {part.more["key"]: part.more["id"] for part in exercises}
        return _in_page(
            {
                "format": {
                    "format": progress_file.FORMAT, "version": progress_file.VERSION,
                    "longest": progress_file.LONGEST, "most": progress_file.MOST_TRIES,
                },
                "keys": {**keys, "places": places},
                "titles": {page.number: {"file": page.file, "title": page.title} for page in self.pages},
            }
        )  # fmt: skip

    # --- pages

    def _lesson(self, page):
        row = self.solutions if page.is_solution else self.pages
        at = row.index(page)
        beside = {"previous": row[at - 1] if at else None, "next": row[at + 1] if at + 1 < len(row) else None}
        solution = next((one for one in self.solutions if one.number == page.number), None)
        up = "../" if page.is_solution else ""
        part = next(
            (k, name) for k, (name, numbers) in enumerate(PARTS.items()) if int(page.number) in numbers
        )
        where = f"Part {NUMERALS[part[0]]}: {part[1]} · Lesson {page.number}"
        turned = {
            name: other and {"file": up + other.file, "title": other.title} for name, other in beside.items()
        }
        self._write(
            page.file,
            "lesson.html",
            title=page.title,
            description=text.plain(page.summary)[:200] or page.title,
            kind="lesson",
            stages=page.stages or None,
            page={
                **turned,
                "parts": page.parts,
                "where": f"Solutions · Lesson {page.number}" if page.is_solution else where,
                "minutes": None if page.is_solution else page.minutes,
                "headings": [
                    {"anchor": anchor, "text": words}
                    for level, anchor, words in page.text.headings
                    if level == 2
                ],
                "is_solution": page.is_solution,
                "notebook_path": page.path.relative_to(NOTEBOOKS.parent).as_posix(),
                "solution": solution.file if solution and not page.is_solution else None,
            },
        )

    def _index(self):
        front, stages = self._alone("LetterNetwork")
        parts = [
            {
                "name": f"Part {numeral}: {name}",
                "lessons": [page for page in self.pages if int(page.number) in numbers],
            }
            for numeral, (name, numbers) in zip(NUMERALS, PARTS.items(), strict=True)
        ]
        minutes = sum(page.minutes or 0 for page in self.pages)
        self._write(
            "index.html",
            "index.html",
            title=self.name,
            description=self.description,
            kind="index",
            stages=stages,
            front=front,
            lessons=self.pages,
            hours=round(minutes / 60),
            parts=[part for part in parts if part["lessons"]],
        )

    def _shown(self):
        """Yield every scene of the lessons: its page, its part of the page, and itself."""
        for page in self.pages:
            for part in page.parts:
                for one in part.more.get("outputs", ()):
                    if one.kind == "scene":
                        yield page, part, one

    def _alone(self, kind):
        """Return the first scene of a kind as the only one of a page: its part, and the list of its state."""
        if kind not in self.kinds:
            raise BookError(f"no lesson shows a {kind}")
        page, _, one = self.kinds[kind]
        return replace(one, more={**one.more, "stage": 0}), [page.stages[one.more["stage"]]]

    def _words(self):
        """The index of the field's words, which lesson 00 keeps."""
        cell = next(
            (cell for cell in self.pages[0].notebook.cells if cell.source.startswith("## Words")), None
        )
        if cell is None:
            raise BookError(f"{self.pages[0].path.name}: there is no cell that begins with '## Words'")
        content = text.Text().html(cell.source.replace("## Words", "# Words", 1))
        self._plain("words.html", "Words", content, "Where each word of the field is explained.")

    def _plain(self, file, title, content, description, beside=""):
        self._write(
            file,
            "plain.html",
            title=title,
            description=description,
            kind="plain",
            content=content,
            beside=beside,
        )

    def _scenes(self):
        """A page for each kind of scene, to be embedded."""
        for kind, (page, part, _) in self.kinds.items():
            scene, stages = self._alone(kind)
            self._write(
                f"scenes/{_file(kind)}.html",
                "scene.html",
                title=stages[0]["title"],
                description=scene.more["alt"],
                kind="embed",
                stages=stages,
                part=scene,
                lesson=page,
                cell=part.more["id"],
            )

    @cached_property
    def kinds(self):
        """The first scene of each kind that is drawn: its page, its cell and itself, by kind."""
        found = {}
        for page, part, one in self._shown():
            if "source" in one.more and one.more["name"] not in ("Stage", "PredictCells"):
                found.setdefault(one.more["name"], (page, part, one))
        return found

    def _worksheets(self):
        """The page that deals worksheets."""
        pools = worksheets.pools()
        self._write(
            "worksheets.html",
            "worksheets.html",
            title="Worksheets",
            description="Tasks to do by hand, with numbers of their own for everybody, and a key.",
            kind="plain",
            data=[("pools", _in_page(pools))],
            beside="worksheets",
            lessons=pools,
        )

    def _teachers(self):
        rows = [
            {
                "title": page.stages[one.more["stage"]]["title"],
                "file": f"scenes/{_file(kind)}.html",
                "lesson": page,
            }
            for kind, (page, _, one) in self.kinds.items()
        ]
        content = self.environment.get_template("teachers.html").render(
            site=self, pages=self.pages, scenes=rows
        )
        self._plain(
            "teachers.html",
            "For teachers",
            content,
            "Plans, slides, worksheets, links for a class, what goes wrong, scenes for a site of your own.",
            beside="links",
        )

    def _teach(self, page):
        """The plan of a lesson, for its teacher, and its slides."""
        teaching = Teaching(page)
        names = {kind: f"{kind}/{page.path.stem}.html" for kind in ("teach", "slides")}
        self._write(
            names["teach"],
            "teach.html",
            title=f"Teach: {page.title}",
            description=f"Plans, questions, notes and what goes wrong: lesson {page.number}.",
            kind="teach",
            lesson=page,
            teaching=teaching,
            slides=names["slides"],
            misconceptions=misconceptions.of_lesson(page.number),
            states={cell.id: state for cell in page.notebook.cells if (state := record.state_of(cell))},
            plans=PLANS,
        )
        stages = []

        def on_a_slide(one):
            """Give a scene its place among those of the deck; what a question held back is open there."""
            if one.kind != "scene":
                return one
            stage = page.stages[one.more["stage"]]
            stages.append({**stage, "begin": stage.get("start"), "reveals": None, "open": "lines" in stage})
            return replace(one, more={**one.more, "stage": len(stages) - 1})

        for slide in teaching.slides:
            content = slide.content
            if "scene" in content:
                content["scene"] = on_a_slide(content["scene"])
            if "outputs" in content:
                content["outputs"] = [on_a_slide(one) for one in content["outputs"]]
        self._write(
            names["slides"],
            "slides.html",
            title=page.title,
            description=f"Slides with living scenes: lesson {page.number}.",
            kind="slides",
            stages=stages,
            data=[("deck-data", _in_page({"plans": teaching.plan_of_sections, "site": self.url}))],
            lesson=page,
            slides=teaching.slides,
            plans=PLANS,
            file_of_teacher=names["teach"],
        )

    def _search(self):
        index = []
        for page in self.pages:
            index += self._sections(page)
        data = [("index", _in_page(index))]
        self._write(
            "search.html",
            "search.html",
            title="Search",
            description="Search all lessons.",
            kind="plain",
            data=data,
        )

    def _sections(self, page):
        """Return the sections of a lesson, with what can be searched in them."""
        section = {"page": page.file, "lesson": page.title, "title": page.title, "text": ""}
        found = [section]
        for part in page.parts:
            if part.kind != "text":
                continue
            for piece in re.split(r'(?=<h[23] id=")', part.html):
                heading = re.match(r'<h[23] id="([^"]*)">(.*?)</h[23]>', piece)
                if heading:
                    link = f"{page.file}#{html.unescape(heading[1])}"
                    section = {**section, "page": link, "title": text.plain(heading[2]), "text": ""}
                    found.append(section)
                section["text"] += f" {text.plain(piece[heading.end() :] if heading else piece)}"
        return [{**one, "text": one["text"].strip()} for one in found]

    def _others(self):
        content = (
            "<h1>There is no such page</h1>"
            '<p>Perhaps it has been renamed. Start from the <a href="index.html">contents</a>.</p>'
        )
        self._plain("404.html", "No such page", content, "There is no such page.")
        self.written["preview.png"] = self._preview()
        self.written[".nojekyll"] = ""
        if self.url:
            names = sorted(
                name
                for name in self.written
                if name.endswith(".html") and name not in ("404.html", "search.html")
            )
            places = "".join(
                f"<url><loc>{self.url}{'' if name == 'index.html' else name}</loc></url>\n" for name in names
            )
            self.written["sitemap.xml"] = (
                '<?xml version="1.0" encoding="UTF-8"?>\n'
                f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n{places}</urlset>\n'
            )
            self.written["robots.txt"] = f"User-agent: *\nAllow: /\nSitemap: {self.url}sitemap.xml\n"

    def _preview(self):
        """Return the picture that other sites show beside a link: the front page's scene."""
        front, _ = self._alone("LetterNetwork")
        still = Image.open(io.BytesIO(base64.b64decode(front.more["source"].partition(",")[2])))
        still.thumbnail((1120, 570), Image.Resampling.LANCZOS)
        card = Image.new("RGB", (1200, 630), "white")
        card.paste(still, ((1200 - still.width) // 2, (630 - still.height) // 2))
        out = io.BytesIO()
        card.quantize(128, dither=Image.Dither.NONE).save(out, "PNG", optimize=True)
        return out.getvalue()


def _file(kind):
    return re.sub(r"(?<!^)(?=[A-Z])", "_", kind).lower()


def _in_page(value):
    """Return plain data as JSON that can stand in a page."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False).replace("</", "<\\/")
