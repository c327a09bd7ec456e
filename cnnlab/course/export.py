"""What a lesson's HTML export shows in place of scenes: their still pictures, with words.

JupyterLab's export (and ``jupyter nbconvert``) would leave a live scene to a script from the network, and
says of every other picture that it has no description. ``lab/export.json`` puts this preprocessor before it.
"""

import html

from nbconvert.preprocessors import Preprocessor


class Stills(Preprocessor):
    """Replace each output that has a picture with words (``alt``) by that picture and its words."""

    def preprocess_cell(self, cell, resources, index):
        """Return a copy of the cell with pictures that need neither scripts nor the network."""
        for output in cell.get("outputs", ()):
            data, words = output.get("data", {}), output.get("metadata", {}).get("image/png", {}).get("alt")
            if words and "image/png" in data:
                source = f"data:image/png;base64,{data['image/png']}"
                output["data"] = {"text/html": f'<img alt="{html.escape(words)}" src="{source}">'}
        return cell, resources
