"""A lesson exported as HTML shows still pictures, and words for those who do not see them."""

import json
import re
from pathlib import Path

import nbformat
from nbconvert import HTMLExporter
from traitlets.config import Config

import cnnlab
from cnnlab.scenes import SlidingFilter

CONFIG = Path(cnnlab.__file__).parent / "lab" / "export.json"


def exported(config):
    """Return the page that JupyterLab makes of a cell that shows a scene, saved while the scene was alive."""
    scene = SlidingFilter()
    data, metadata = scene._repr_mimebundle_()
    state = {"state": {scene.model_id: {"model_name": "AnyModel"}}, "version_major": 2, "version_minor": 0}
    output = nbformat.v4.new_output("display_data", data, metadata=metadata)
    cell = nbformat.v4.new_code_cell("SlidingFilter()", outputs=[output])
    widgets = {"widgets": {"application/vnd.jupyter.widget-state+json": state}}
    notebook = nbformat.v4.new_notebook(cells=[cell], metadata=widgets)
    return HTMLExporter(config=Config(config)).from_notebook_node(notebook)[0]


def pictures(page):
    """Return what stands in for each picture."""
    return re.findall(r'<img alt="([^"]*)" src="data:image/png', page)


def test_export_shows_the_still_picture_and_says_what_it_shows():
    page = exported(json.loads(CONFIG.read_text(encoding="utf-8")))
    (words,) = pictures(page)
    assert words.startswith("A filter slides over an image: Row 4, column 4:")
    assert len(words) <= 250


def test_without_the_settings_there_would_be_nothing_to_see():
    assert pictures(exported({})) == []


def test_the_command_has_the_same_settings():
    assert (CONFIG.parent / "nbconvert.json").read_text() == CONFIG.read_text()
