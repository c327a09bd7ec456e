"""What nbgrader calls in place of running a notebook, as the ``nbgrader_config.py`` of a course says."""

from nbformat.v4 import new_output
from nbgrader.preprocessors import NbGraderPreprocessor
from nbgrader.utils import is_grade
from traitlets import List, Unicode

from cnnlab.grading.judge import judge


class Judge(NbGraderPreprocessor):
    """Give each graded cell the verdict on its exercise, as text, and points: all of them if it is correct.

    No cell of a submission runs in nbgrader's own kernel: see ``judge``.
    """

    hidden = List(Unicode(), help="Folders that learners' code must not see.").tag(config=True)

    def preprocess(self, nb, resources):
        """Return the notebook with a verdict below each graded cell."""
        sources = []
        for cell in nb.cells:
            if cell.cell_type != "code":
                continue
            cell.outputs, cell.execution_count = [], None
            if is_grade(cell):
                # The id was compared with the gradebook before; other metadata are the learner's to change.
                name = cell.metadata.nbgrader.grade_id.replace("-", ".", 1)
                try:
                    verdict = judge(name, sources, [*self.hidden, *self._others(resources)])
                except ValueError:  # a cell of the learner's that calls itself graded
                    continue
                points = cell.metadata.nbgrader.points if verdict.state == "correct" else 0
                cell.outputs = [
                    new_output("stream", name="stdout", text=f"{verdict!r}\n"),
                    new_output("execute_result", {"text/plain": repr(points)}, execution_count=None),
                ]
            else:
                sources.append(cell.source)
        return nb, resources

    @staticmethod
    def _others(resources):
        """Return the folder of the course, with the gradebook and what others handed in."""
        address = resources.get("nbgrader", {}).get("db_url", "")
        return (
            [address.removeprefix("sqlite:///").rpartition("/")[0]]
            if address.startswith("sqlite:///")
            else []
        )
