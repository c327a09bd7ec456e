"""Worksheets and keys as PDF, by Typst: tagged, with a title and a language, after PDF/UA-1."""

import json
from pathlib import Path

import typst

TEMPLATE = Path(__file__).with_name("sheet.typ")
PAPERS = {"a4": "a4", "letter": "us-letter"}


def pdf(document, paper="a4"):
    """Return a document of ``make`` as the bytes of a PDF; the same document makes the same bytes."""
    told = json.dumps({**document, "paper": PAPERS[paper]}, ensure_ascii=False)
    compiler = typst.Compiler(TEMPLATE.read_bytes(), ignore_system_fonts=True, sys_inputs={"data": told})
    return compiler.compile(format="pdf", pdf_standards=["ua-1"], timestamp=0)
