"""Charts for scenes and lessons: curves lie where their numbers say."""

import numpy as np
import pytest

from cnnlab.scenes.charts import curves_chart
from cnnlab.stage import Picture, Stage

STEPS = np.arange(0, 31, 10)
CURVES = {"up": [0.0, 0.25, 0.5, 1.0], "down": [0.9, 0.5, 0.4, 0.1]}


def test_curves_lie_where_their_numbers_say():
    chart = curves_chart("Two ways", STEPS, CURVES, ylim=(0, 2), column=1)
    assert [track.name for track in chart.tracks] == ["up", "down"]
    for track, curve in zip(chart.tracks, CURVES.values(), strict=True):
        np.testing.assert_allclose(track.points[:, 0], STEPS / 30)
        np.testing.assert_allclose(track.points[:, 1], np.array(curve) / 2)
    assert (chart.id, chart.column) == ("Two ways", 1)
    assert "up, down" in chart.says


def test_a_stage_shows_them_step_by_step():
    charts = tuple(curves_chart(name, STEPS, CURVES, ylim=(0, 1), column=k) for k, name in enumerate("AB"))
    stage = Stage(Picture("Curves", charts, text=("0", "10", "20", "30")), step=3)
    assert len(stage.picture.text) == 4
    assert "A: One line each for up, down" in repr(stage)


@pytest.mark.parametrize("count", [0, 5])
def test_there_are_colors_for_four(count):
    with pytest.raises(ValueError, match="curves_chart: curves must be 1 to 4 curves"):
        curves_chart("Many", STEPS, {f"{k}": [0.0] * 4 for k in range(count)}, ylim=(0, 1))
