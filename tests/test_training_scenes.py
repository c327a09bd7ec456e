"""The film of a training, the learned network and dropout's masks, held to plain loops and to the network."""

import numpy as np
import pytest
from matplotlib.axes import Axes

from cnnlab import figures, ops
from cnnlab.data import letters
from cnnlab.nn import (
    Adam,
    Conv2d,
    CrossEntropyLoss,
    Dense,
    Flatten,
    History,
    MaxPool2d,
    ReLU,
    Sequential,
    accuracy,
    fit,
)
from cnnlab.scenes import DropoutMasks, LearnedNetwork, TrainingFilm
from cnnlab.stage import Axes as Lists
from cnnlab.stage import Cells, Panel, Picture
from cnnlab.stage.words import formula
from tests.helpers import reference
from tests.helpers.acts import edit, press
from tests.helpers.scenes import film, letter_network

EMPTY = -np.ones((9, 9))


def scores_by_loops(network, image):
    """Return the scores of one letter, each layer by plain loops."""
    convolution, dense = network[0], network[5]
    numbers = []
    for kernel, bias in zip(convolution.weight[:, 0], convolution.bias, strict=True):
        found = np.maximum(reference.correlate2d(image, kernel.astype(float)) + bias, 0)
        for _ in range(2):
            found = reference.max_pool2d(found, 2, ceil_mode=True)
        numbers += found.ravel().tolist()
    return np.array(
        [
            sum(w * x for w, x in zip(row, numbers, strict=True)) + b
            for row, b in zip(dense.weight.tolist(), dense.bias.tolist(), strict=True)
        ]
    )


# --- The learned network ------------------------------------------------------------------------------------


@pytest.mark.parametrize("image", [letters.X, letters.O, EMPTY], ids=["X", "O", "empty"])
@pytest.mark.parametrize("seed", range(4))
def test_learned_network_gives_the_scores_of_the_network(seed, image):
    network = letter_network(seed)
    scene = LearnedNetwork(network, image)
    expected = scores_by_loops(network, image)
    np.testing.assert_allclose(list(scene.votes.values()), expected, atol=1e-5)
    np.testing.assert_allclose(network.forward(image[None, None])[0], expected, atol=1e-5)
    winner = "XO"[int(expected.argmax())]
    assert f"it takes this for an {winner}." in repr(scene)
    assert ("An empty sheet" in repr(scene)) == (image is EMPTY)


def test_learned_network_is_a_copy():
    network = letter_network(0)
    scene = LearnedNetwork(network)
    before = scene.votes
    network.parameters[:] = 0
    edit(scene, 0, 0, "1", panel="image")
    press(scene, "undo")
    assert scene.votes == before


def test_no_share_is_called_certain():
    network = letter_network(0)
    network[5].bias = [50, -50]
    assert "Softmax gives over 0.999 for X, under 0.001 for O" in repr(LearnedNetwork(network))
    network[5].weight, network[5].bias = np.zeros((2, 12)), [np.log(3), 0]
    assert "Softmax gives 0.750 for X, 0.250 for O" in repr(LearnedNetwork(network))


POOLS = (MaxPool2d(2, ceil_mode=True), MaxPool2d(2, ceil_mode=True))


@pytest.mark.parametrize(
    "network",
    [
        "network",
        Sequential(Dense(12, 2, rng=np.random.default_rng(0))),
        Sequential(
            Conv2d(1, 3, 3, rng=np.random.default_rng(0), padding=1),
            ReLU(),
            *POOLS,
            Flatten(),
            Dense(12, 2, rng=np.random.default_rng(0)),
        ),
        Sequential(
            Conv2d(1, 3, 3, rng=np.random.default_rng(0), bias=False),
            ReLU(),
            *POOLS,
            Flatten(),
            Dense(12, 2, rng=np.random.default_rng(0)),
        ),
    ],
)
def test_networks_of_another_shape_are_refused(network):
    with pytest.raises(ValueError, match=r"LearnedNetwork: network must consist of Conv2d\(1, 3, 3\)"):
        LearnedNetwork(network)
    with pytest.raises(ValueError, match="Recorder: network must consist of"):
        TrainingFilm(network, 3)


# --- The film -----------------------------------------------------------------------------------------------


def test_film_grows_with_each_epoch_and_shows_the_network_of_each():
    network, chance = letter_network(0), np.random.default_rng(0)
    scene = TrainingFilm(network, 4, letters.O)
    lengths, kept = [], [scores_by_loops(network, letters.O)]
    held_back = letters.renditions(30, chance)

    def note(network, history):
        lengths.append((scene.picture.steps, scene.step))
        kept.append(scores_by_loops(network, letters.O))

    history = fit(
        network,
        *letters.renditions(40, chance),
        loss=CrossEntropyLoss(),
        optimizer=Adam(0.01),
        epochs=4,
        batch_size=8,
        rng=chance,
        validation=held_back,
        callbacks=[scene.record, note],
    )
    assert lengths == [(2, 1), (3, 2), (4, 3), (5, 4)]
    np.testing.assert_allclose(scene.picture.panel("scores").values[..., 0], kept, atol=1e-4)
    for epoch, words in enumerate(map(scene.picture.sentence, range(scene.picture.steps))):
        shares = ops.softmax(kept[epoch])
        assert f"{shares[0]:.3f} for X" in words or not 0.001 < shares[0] < 0.999
        if epoch:
            assert f"Epoch {epoch}: loss {history.loss[epoch - 1]:.3f}," in words
            assert f"held back {history.validation_loss[epoch - 1]:.3f}," in words
    right = accuracy(network, *held_back)
    assert f"{100 * right:.1f} % of those right" in scene.picture.text[-1]


def test_film_before_the_training_says_so_and_moves_nothing():
    scene = TrainingFilm(letter_network(0), 60)
    assert scene.picture.steps == 1
    assert "Before training" in repr(scene)
    (track, _) = scene.picture.panel("loss").tracks
    assert np.isnan(track.points[0, 1])


def test_points_of_the_loss_lie_where_the_axes_say():
    scene = film(epochs=3)
    for track, name in zip(scene.picture.panel("loss").tracks, ("loss", "validation_loss"), strict=True):
        known = [getattr(each, name) for each in scene.snapshots[1:]]
        np.testing.assert_allclose(track.points[1:, 0], [1 / 3, 2 / 3, 1])
        np.testing.assert_allclose(track.points[1:, 1], np.array(known) / 0.8)


def test_film_without_validation_speaks_of_the_loss_alone():
    scene = TrainingFilm(letter_network(0), 3)
    scene.record(letter_network(0), History(loss=[0.5]))
    assert scene.picture.text[1].startswith("Epoch 1: loss 0.500. Softmax")


def test_another_letter_is_shown_at_every_epoch():
    scene = film(epochs=2)
    press(scene, "image", "O")
    maps = scene.picture.panel("map 1").values
    for snapshot, shown in zip(scene.snapshots, maps, strict=True):
        numbers = snapshot.numbers
        expected = reference.correlate2d(letters.O, numbers.filters[1]) + numbers.bias[1]
        np.testing.assert_allclose(shown, np.maximum(expected, 0), atol=1e-5)


# --- Dropout ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("p", ["0", "0.2", "0.5", "0.8"])
def test_masks_silence_as_often_as_they_should_and_the_mean_comes_near(p):
    scene = DropoutMasks(np.full((4, 5), 2.0), p, seed=1)
    mask, out = (scene.picture.panel(id).values for id in ("mask", "out"))
    assert set(np.unique(mask)) <= {0, 1}
    assert abs(mask.mean() - (1 - float(p))) < 0.05
    np.testing.assert_allclose(out, 2 * mask / (1 - float(p)))
    means = scene.picture.panel("means").values
    for step in (0, 7, 59):
        np.testing.assert_allclose(means[step], out[: step + 1].mean(axis=0))
    assert abs(means[-1].mean() - 2) < 0.25


def test_masks_are_told_and_drawn_anew():
    scene = DropoutMasks(seed=0)
    mask = scene.picture.panel("mask").values
    for step, words in enumerate(scene.picture.text):
        assert f"Step {step + 1}: {int((mask[step] == 0).sum())} of 12 silenced." in words
    press(scene, "draw")
    assert (scene.picture.panel("mask").values != mask).any()
    press(scene, "undo")
    np.testing.assert_array_equal(scene.picture.panel("mask").values, mask)


# --- Sums with a bias, and histograms -----------------------------------------------------------------------

ONE = Panel("one", "One", [[2.0]])
BIAS = Panel("bias", "Bias", [[-0.5]])
SUM = Panel("sum", "Sum", [[1.5]])


@pytest.mark.parametrize(
    "link",
    [
        Lists("sum", ("one",), ((0,),), ((0,),), bias="bias"),
        Cells("sum", (((("one", 0, 0)),),), bias=(("bias", 0, 0),), reduce="sum"),
    ],
)
def test_a_bias_is_written_into_the_formula(link):
    picture = Picture("Sum", (ONE, BIAS, SUM), links=(link,), focus=("sum", 0, 0))
    assert picture.added(link, 0, 0) == ("bias", 0, 0)
    assert "".join(text for text, _ in formula(picture, 0)) == "2 + (−0.50) = 1.50"


@pytest.mark.parametrize(
    ("link", "message"),
    [
        (
            Lists("sum", ("one",), ((0,),), ((0,),), bias="bias", bias_rows=(1,)),
            "needs 2 × 1 numbers of 'bias'",
        ),
        (Cells("sum", ((("one", 0, 0),),), bias=(("bias", 0, 3),)), "names a cell that is not there"),
        (Cells("sum", ((("one", 0, 0),),), bias=(("bias", 0, 0),) * 2), "bias must name a cell for each"),
    ],
)
def test_a_bias_must_be_there(link, message):
    with pytest.raises(ValueError, match=message):
        Picture("Sum", (ONE, BIAS, SUM), links=(link,))


def test_histograms_count_what_lies_between_the_limits():
    drawing = figures.histograms(
        {"a": [-0.3, 0.01, 0.02, 5], "b": [0.3]}, limit=0.4, bins=4, words="Two panels."
    )
    assert repr(drawing) == "Two panels."
    first, second = (each for each in drawing.axes if isinstance(each, Axes))
    assert [bar.get_height() for bar in first.patches] == [1, 0, 2, 0]
    assert [bar.get_height() for bar in second.patches] == [0, 0, 0, 1]
    assert [each.get_title() for each in drawing.axes] == ["a", "b"]
    assert drawing._repr_mimebundle_()[0]["image/png"].startswith("iVBOR")
