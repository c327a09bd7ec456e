"""Markdown as HTML: tables, formulas as MathML, headings with the anchors that JupyterLab gives them."""

import html
import re
from urllib.parse import quote, unquote

from latex2mathml.converter import convert
from markdown_it import MarkdownIt
from mdit_py_plugins.dollarmath import dollarmath_plugin
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import BashLexer, PythonLexer, TextLexer

# A minus or plus after one of these is a sign: no space stands around it.
SIGN = re.compile(
    r"(<mo[^>]*>(?:&#x00028;|&#x0005B;|\(|\[|=|&#x0003D;|,|&#x0002C;)</mo>)<mo>(?=&#x02212;|−|&#x0002B;)"
)
LONG = 24  # characters of a formula in a sentence: on a narrow screen a longer one may scroll
LEXERS = {"python": PythonLexer, "bash": BashLexer, "sh": BashLexer}
FORMATTER = HtmlFormatter(nowrap=True, classprefix="t-")


def anchor(heading):
    """Return the anchor of a heading, as JupyterLab makes it of the heading's text."""
    return heading.replace(" ", "-")


def formula(tex, display):
    """Return a formula as MathML, with its TeX for those who copy it."""
    made = convert(tex, display="block" if display else "inline")
    made = SIGN.sub(r"\1<mo form='prefix'>", made)
    long = 'class="long" ' if len(tex) > LONG else ""
    made = made.replace("<math ", f'<math {long}alttext="{html.escape(tex, quote=True)}" ', 1)
    return (
        f'<div class="formula-block" tabindex="0" role="group" aria-label="Formula">{made}</div>'
        if display
        else made
    )


def code(source, language="python"):
    """Return code as HTML with its parts told apart, in a box that scrolls by itself."""
    lexer = LEXERS.get(language, TextLexer)(stripnl=False)
    return f'<pre class="code" tabindex="0"><code>{highlight(source, lexer, FORMATTER).rstrip()}</code></pre>'


def page_of(link):
    """Return a link between notebooks as one between pages; others stay as they are."""
    found = re.fullmatch(r"((?:\.\./|solutions/)?)(\d\d_[a-z0-9_]+)\.ipynb(#.*)?", link)
    if not found:
        return link
    fragment = found[3] or ""
    return f"{found[1]}{found[2]}.html" + (f"#{quote(unquote(fragment[1:]))}" if fragment else "")


class Text:
    """Turns the Markdown of one page into HTML, and notes its headings on the way."""

    def __init__(self):
        self.headings = []  # (level, anchor, text)
        self.parser = MarkdownIt("commonmark", {"html": True}).enable("table")
        dollarmath_plugin(self.parser, allow_labels=False, double_inline=True, renderer=self._formula)
        rules = self.parser.renderer.rules
        rules["table_open"] = lambda *_: (
            '<div class="table" tabindex="0" role="group" aria-label="Table"><table>\n'
        )
        rules["table_close"] = lambda *_: "</table></div>\n"
        rules["fence"] = lambda tokens, at, *_: code(tokens[at].content, tokens[at].info.strip() or "text")
        rules["code_block"] = lambda tokens, at, *_: code(tokens[at].content, "text")

    @staticmethod
    def _formula(tex, options):
        return formula(tex, options["display_mode"])

    def html(self, source):
        """Return a piece of Markdown as HTML."""
        tokens = self.parser.parse(source)
        for at, token in enumerate(tokens):
            if token.type == "heading_open":
                self._note_heading(token, tokens[at + 1], int(token.tag[1]))
            for child in token.children or ():
                if child.type == "link_open":
                    child.attrs["href"] = page_of(child.attrs["href"])
        return self.parser.renderer.render(tokens, self.parser.options, {})

    def _note_heading(self, opening, inline, level):
        text = "".join(child.content for child in inline.children)
        opening.attrs["id"] = anchor(text)
        self.headings.append((level, anchor(text), text))


def plain(source):
    """Return the words of a piece of HTML, for a search."""
    text = re.sub(r"<(script|style|math)\b.*?</\1>", " ", source, flags=re.S)
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", text))).strip()
