"""What someone does to a scene, as the messages that ``stage.js`` sends."""

import json


def edit(scene, row, column, value, *, panel="image", stroke="a"):
    scene.answer(
        {"type": "edit", "panel": panel, "row": row, "column": column, "value": value, "stroke": stroke}
    )


def press(scene, id, value=True):
    scene.answer({"type": "control", "id": id, "value": value})


def control(scene, id):
    return next(control for control in scene.picture.controls if control.id == id)


def everything(scene):
    """Return all that a refused change must leave as it was; states and pictures are compared as objects."""
    numbers = json.dumps(
        [vars(scene.state), scene.picture.to_json(), scene._picture.to_json()],
        default=lambda numbers: numbers.hex() if isinstance(numbers, bytes) else numbers.tolist(),
    )
    return scene.state, scene.picture, numbers, scene.step, scene.can_undo
