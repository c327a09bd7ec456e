"""Worksheets and keys as documents that can be edited (.docx)."""

import io
import zipfile
from datetime import datetime

from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor

PAPERS = {"a4": (210, 297), "letter": (215.9, 279.4)}
WHEN = datetime(2026, 1, 1)  # of every document, so that the same sheets are the same bytes
INK = RGBColor(0x1F, 0x4A, 0x86)  # of answers, which are bold, too


def docx(document, paper="a4"):
    """Return a document of ``make`` as the bytes of a .docx; the same document makes the same bytes."""
    made = Document()
    properties = made.core_properties
    properties.title, properties.author, properties.language = document["title"], "cnnlab", "en"
    properties.created = properties.modified = WHEN
    properties.comments = ""
    language = OxmlElement("w:lang")
    language.set(qn("w:val"), "en-US")
    made.styles["Normal"].element.get_or_add_rPr().append(language)
    made.styles["Normal"].font.size = Pt(9 if document["key"] else 11)
    made.styles["Normal"].paragraph_format.space_after = Pt(4)
    for at, sheet in enumerate(document["sheets"]):
        section = made.sections[0] if at == 0 or document["key"] else made.add_section()
        if at == 0 or not document["key"]:
            section.page_width, section.page_height = (Mm(one) for one in PAPERS[paper])
            section.left_margin = section.right_margin = Mm(18)
            section.top_margin = section.bottom_margin = Mm(15)
            section.footer.is_linked_to_previous = False
            section.footer.paragraphs[0].text = sheet.get("footer") or document["footer"]
        if document["key"] and at == 0:
            made.add_heading(document["title"], 1)
        made.add_heading(sheet["heading"], 2 if document["key"] else 1)
        if not document["key"]:
            made.add_paragraph(f"Name {'_' * 32}   Class {'_' * 10}   Date {'_' * 12}")
        for question in sheet["questions"]:
            made.add_heading(question["heading"], 3 if document["key"] else 2)
            for block in question["blocks"]:
                _add(made, block, document["key"])
            if question.get("working"):
                made.add_paragraph(question["working"])
            if question.get("space"):
                made.add_paragraph().paragraph_format.space_after = Mm(question["space"])
    return _packed(made)


def _add(made, block, is_key):
    if "text" in block:
        made.add_paragraph(block["text"])
    for one in block.get("grids", ()):
        caption = made.add_paragraph(one["caption"])
        caption.paragraph_format.keep_with_next = True
        _grid(made, one["rows"], is_key)
        made.add_paragraph().paragraph_format.space_after = Pt(0)
    if "boxes" in block:
        _boxes(made, block["boxes"], is_key)


def _grid(made, rows, is_key):
    table = made.add_table(len(rows), len(rows[0]), "Table Grid")
    table.autofit = False
    is_box = [[cell is None or isinstance(cell, dict) for cell in row] for row in rows]
    for row, cells, boxes in zip(table.rows, rows, is_box, strict=True):
        row.height = Mm(5 if is_key else 10 if any(boxes) else 7)
        for at, (cell, content) in enumerate(zip(row.cells, cells, strict=True)):
            longest = max((len(one[at]) for one in rows if isinstance(one[at], str)), default=0)
            cell.width = Mm(max(7 if is_key else 10, 3 + 2.1 * longest))
            _fill(cell.paragraphs[0], content)
            cell.paragraphs[0].alignment = WD_ALIGN_PARAGRAPH.CENTER
            cell.paragraphs[0].paragraph_format.space_after = Pt(0)


def _boxes(made, boxes, is_key):
    """Add a table: a label in each first column, a box beside it."""
    table = made.add_table(len(boxes), 2, "Table Grid")
    table.autofit = False
    for row, one in zip(table.rows, boxes, strict=True):
        label, content = (one, None) if isinstance(one, str) else (one["label"], {"answer": one["answer"]})
        row.height = Mm(5 if is_key else 10)
        row.cells[0].width, row.cells[1].width = Mm(70), Mm(25)
        _fill(row.cells[0].paragraphs[0], label)
        _fill(row.cells[1].paragraphs[0], content)
    made.add_paragraph().paragraph_format.space_after = Pt(0)


def _fill(paragraph, content):
    if isinstance(content, dict):
        run = paragraph.add_run(content["answer"])
        run.bold, run.font.color.rgb = True, INK
    elif content is not None:
        paragraph.add_run(content)


def _packed(made):
    """Return a document as bytes, all of whose parts are as old."""
    first, out = io.BytesIO(), io.BytesIO()
    made.save(first)
    with zipfile.ZipFile(first) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            part = zipfile.ZipInfo(name, WHEN.timetuple()[:6])
            part.compress_type = zipfile.ZIP_DEFLATED
            new.writestr(part, old.read(name))
    return out.getvalue()
