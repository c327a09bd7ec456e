"""A project: leaks that are planted are found, the record notes what was done, and each item can fail."""

import itertools

import numpy as np
import pytest

from cnnlab.nn import Dense, Flatten, Sequential
from cnnlab.project import Leak, find_leaks, logistic_layer, nearest_neighbor, only, split
from cnnlab.project.leaks import ALIKE, KINDS
from cnnlab.project.pictures import some_of
from tests.helpers.projects import GOOD, PLAIN, data, finished, known, project, right_in

# --- Leaks --------------------------------------------------------------------------------------------------


def pictures(count, channels=1, size=16, seed=0):
    return np.random.default_rng(seed).random((count, channels, size, size))


def hows(first, second):
    return [leak.how for leak in find_leaks(first, second)]


@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize("size", [5, 8, 16, 24])
def test_different_pictures_are_no_leak(channels, size):
    assert find_leaks(pictures(40, channels, size), pictures(30, channels, size, seed=1)) == []


@pytest.mark.parametrize("turns", range(4))
@pytest.mark.parametrize("is_mirrored", [False, True])
def test_turned_and_mirrored_copies_are_found(turns, is_mirrored):
    train, test = pictures(20, 3), pictures(10, 3, seed=1)
    copy = np.rot90(train[17], turns, axes=(1, 2))
    test[4] = copy[:, :, ::-1] if is_mirrored else copy
    assert find_leaks(train, test) == [Leak("identical", 17, 4)]


def test_a_picture_that_is_not_square_is_found_upside_down():
    train, test = np.random.default_rng(0).random((2, 6, 1, 4, 9))
    test[2] = train[5, :, ::-1]
    assert find_leaks(train, test) == [Leak("identical", 5, 2)]


@pytest.mark.parametrize(("down", "right"), list(itertools.product([-7, -3, 0, 7], repeat=2)))
def test_patches_of_one_place_are_found_wherever_more_than_half_overlaps(down, right):
    place = np.random.default_rng(0).random((3, 40, 40))
    train, test = pictures(20, 3), pictures(10, 3, seed=1)
    train[8] = place[:, 12:28, 12:28]
    test[6] = place[:, 12 + down : 28 + down, 12 + right : 28 + right]
    wanted = "identical" if (down, right) == (0, 0) else "overlapping"
    assert find_leaks(train, test) == [Leak(wanted, 8, 6)]


def test_patches_that_overlap_by_less_than_half_are_not_told():
    """What it does not look for, it does not find: the docstring says so."""
    place = np.random.default_rng(0).random((1, 40, 40))
    assert find_leaks(place[None, :, :16, :16], place[None, :, 8:24, 8:24]) == []


def smooth(count, seed=0):
    """Pictures as a camera makes them: neighbors are alike."""
    rough = np.random.default_rng(seed).random((count, 1, 6, 6))
    return rough.repeat(4, axis=2).repeat(4, axis=3)


@pytest.mark.parametrize(
    "change",
    [
        lambda x: 0.7 * x,
        lambda x: 0.5 * x + 0.3,
        lambda x: x + np.random.default_rng(3).normal(0, 0.01, x.shape),
    ],
    ids=["darker", "less contrast", "noise"],
)
def test_copies_with_another_light_are_found(change):
    train, test = smooth(30), smooth(10, seed=1)
    test[3] = change(train[12])
    (leak,) = find_leaks(train, test)
    assert leak == Leak("nearly identical", 12, 3)


def test_nearly_identical_is_a_correlation_of_thumbnails():
    """Against numpy.corrcoef, just above and just below the bar."""
    rng = np.random.default_rng(0)
    one, other = rng.random((2, 1, 8, 8))
    for share in np.linspace(0, 0.3, 60):
        mixed = (1 - share) * one + share * other
        alike = np.corrcoef(one.ravel(), mixed.ravel())[0, 1]
        found = "nearly identical" in hows(one[None], mixed[None])
        assert found == (alike >= ALIKE) or share == 0, (share, alike)


def test_a_picture_and_its_negative_are_not_alike():
    assert hows(smooth(4), 1 - smooth(4)) == []


def test_blank_paper_is_no_overlap_and_two_blank_pictures_are_identical():
    train, test = np.zeros((3, 1, 16, 16)), np.zeros((4, 1, 16, 16))
    train[:, :, 0, :3], test[:3, :, 9, 9:12] = 1, 1
    test[3] = train[0]
    assert hows(train, test) == ["identical"]
    assert hows(np.zeros((2, 1, 8, 8)), np.full((1, 1, 8, 8), 0)) == ["identical"]


def test_real_digits_are_no_leaks_and_their_copies_are():
    from cnnlab.data import digits

    (x, _), (x_held, _), (x_test, _) = digits.split_three()
    assert find_leaks(x, x_test) == find_leaks(x, x_held) == []
    assert set(hows(x_test, digits.moved(x_test[:100], 1, 0))) == {"overlapping"}
    assert len(find_leaks(x_test, digits.moved(x_test[:100], 1, 0))) == 100


def test_the_patches_from_disjoint_regions_have_no_pixel_in_common_and_leaky_ones_do():
    from cnnlab.data import patches

    for leak in (False, True):
        (x, _), _, (x_test, _) = patches.split(16, leak=leak)
        found = hows(x, x_test)
        surely = [how for how in found if how != KINDS[-1]]
        assert (len(surely) > len(x_test) / 2) == leak
        assert bool(surely) == leak


@pytest.mark.parametrize(
    ("second", "error", "words"),
    [
        (np.zeros((2, 1, 4, 5)), ValueError, r"second must hold .* \(1, 4, 4\), got \(1, 4, 5\)"),
        (np.zeros((2, 4, 4)), ValueError, r"second must have shape \(N, C, H, W\), got shape \(2, 4, 4\)"),
        (np.full((2, 1, 4, 4), np.nan), ValueError, "second must be finite, got nan"),
        (np.zeros((0, 1, 4, 4)), ValueError, "second must not be empty"),
        (np.full((2, 1, 4, 4), "a"), TypeError, "second must be an array of real numbers"),
    ],
)
def test_what_is_no_picture_is_refused(second, error, words):
    with pytest.raises(error, match=words):
        find_leaks(np.zeros((2, 1, 4, 4)), second)


# --- Parts --------------------------------------------------------------------------------------------------


def test_each_class_has_its_share_in_each_part():
    x, y = pictures(200), np.repeat([0, 1, 2], [100, 60, 40])
    parts = split(x, y, rng=np.random.default_rng(0))
    assert [np.bincount(labels).tolist() for _, labels in parts] == [[60, 36, 24], [20, 12, 8], [20, 12, 8]]
    together = np.concatenate([images for images, _ in parts])
    assert np.array_equal(np.sort(together[:, 0, 0, 0]), np.sort(x[:, 0, 0, 0]))
    for images, labels in parts:  # labels stay with their pictures
        places = [np.flatnonzero(x[:, 0, 0, 0] == image[0, 0, 0])[0] for image in images]
        assert np.array_equal(y[places], labels)


@pytest.mark.parametrize("seed", range(5))
def test_a_group_is_in_one_part_alone(seed):
    rng = np.random.default_rng(seed)
    groups = rng.integers(0, 25, 300)
    parts = split(pictures(300), groups % 2, groups, rng=rng)
    sides = [set(each.tolist()) for _, _, each in parts]
    assert not any(a & b for a, b in itertools.combinations(sides, 2))
    assert [len(each) for _, each, _ in parts] == pytest.approx([180, 60, 60], abs=15)


def test_only_some_classes_with_new_labels():
    x, y = pictures(6), np.array([5, 2, 9, 2, 5, 5])
    kept, labels = only((x, y), [5, 2], most=2)
    assert np.array_equal(kept, x[[0, 1, 3, 4]])
    assert labels.tolist() == [0, 1, 1, 0]


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: split(pictures(3), [0, 1], rng=np.random.default_rng(0)), "one label for each picture"),
        (lambda: split(pictures(2), [0, 1], rng=np.random.default_rng(0)), "too few, as .* would be empty"),
        (lambda: split(pictures(4), [0] * 4, [1, 1, 2, 2], rng=np.random.default_rng(0)), "three or more"),
        (
            lambda: split(pictures(4), [0] * 4, [1], rng=np.random.default_rng(0)),
            "one for each of 4 pictures",
        ),
        (lambda: split(pictures(4), [0] * 4, shares=(1, 1), rng=np.random.default_rng(0)), "three numbers"),
        (lambda: only((pictures(2), [0, 1]), [2]), "no picture is labeled 2"),
        (lambda: only((pictures(2), [0, 1]), [1, 1]), "different classes"),
        (lambda: nearest_neighbor(pictures(2), [0, 1], k=3), "at most 2, the number of pictures, got 3"),
    ],
)
def test_parts_and_baselines_name_what_is_wrong(call, words):
    with pytest.raises(ValueError, match=words):
        call()


# --- Baselines ----------------------------------------------------------------------------------------------


def test_groups_are_dealt_out_so_that_each_part_has_its_share_of_each_class():
    y = np.repeat([0, 1, 2], 40)
    groups = np.arange(120) // 5  # eight groups in each class
    for seed in range(10):
        parts = split(np.zeros((120, 1, 2, 2)), y, groups, rng=np.random.default_rng(seed))
        counts = [np.bincount(labels, minlength=3).tolist() for _, labels, _ in parts]
        assert counts == [[20] * 3, [10] * 3, [10] * 3]  # whole groups: 4, 2 and 2 of each class


@pytest.mark.parametrize("k", [1, 3, 5, 8])
def test_the_nearest_neighbors_are_those_of_plain_loops(k):
    rng = np.random.default_rng(k)
    x, y, new = rng.random((40, 1, 3, 3)), rng.integers(0, 4, 40), rng.random((30, 1, 3, 3))
    wanted = []
    for image in new:
        order = sorted(range(len(x)), key=lambda i: ((x[i] - image) ** 2).sum())[:k]
        labels = [int(y[i]) for i in order]
        most = max(labels.count(label) for label in labels)
        wanted.append(next(label for label in labels if labels.count(label) == most))
    assert nearest_neighbor(x, y, k=k)(new).tolist() == wanted


def test_a_logistic_layer_is_one_dense_layer_and_the_seed_draws_it():
    x, y = pictures(30, size=4), np.arange(30) % 3
    one, same, other = (logistic_layer(x, y, seed, epochs=2) for seed in (0, 0, 1))
    assert [type(layer) for layer in one] == [Flatten, Dense]
    assert np.array_equal(one.parameters, same.parameters)
    assert not np.array_equal(one.parameters, other.parameters)


# --- The record ---------------------------------------------------------------------------------------------


def states(one):
    return {item.what: item.state for item in one.checklist().items}


def not_done(one):
    return [what for what, state in states(one).items() if state == "not done"]


def test_a_project_that_is_done_has_no_open_item():
    one = finished()
    assert not_done(one) == []
    unknown = {what for what, state in states(one).items() if state == "cannot be known"}
    assert unknown == {
        "You may use the pictures",
        "The labels were looked at",
        "No group on two sides",
        "Nothing was chosen elsewhere by test pictures",
    }
    assert len(one.parts["test"].y) == 100
    assert one.differences("CNN", "plain").tolist() == [2, 1, -1, 5, 2, 2]


def test_a_new_project_has_its_plan_alone():
    items = project().checklist().items
    assert [item.what for item in items if item.state == "done"] == ["The plan comes first"]


@pytest.mark.parametrize(
    ("options", "item"),
    [
        ({"claimed": (2, 5)}, "The claim covers what was measured"),
        ({"claimed": (-1, 4.9)}, "The claim covers what was measured"),
        ({"seeds": 5}, "Six seeds or more"),
        ({"grids": (4, 1, 4)}, "The control had as many tries"),
        ({"grids": (4, 3, 4)}, "The control had as many tries"),
        ({"grids": (1, 1, 1)}, "The control had as many tries"),
        ({"control": "weak", "claimed": (0, 50)}, "The control is the strongest baseline"),
    ],
)
def test_each_item_can_fail(options, item):
    assert not_done(finished(**options)) == [item]


def test_a_claim_of_2_to_5_where_minus_1_to_4_was_measured_does_not_hold():
    one = finished(good=(0.9, 0.9, 0.9, 0.9, 0.9, 0.9), plain=(0.91, 0.9, 0.86, 0.87, 0.88, 0.89))
    assert sorted(one.differences("CNN", "plain")) == [-1, 0, 1, 2, 3, 4]
    for low, high, holds in (
        (2, 5, False),
        (-1, 4, True),
        (-1, 3.9, False),
        (-0.9, 4, False),
        (-50, 50, True),
    ):
        told = one.claim("CNN", "plain", low, high)
        assert ("The claim covers what was measured" not in not_done(one)) == holds, told
    assert "does not say which of the two" in one.checklist()["The claim covers what was measured"].why


@pytest.mark.parametrize(
    ("low", "high", "words"),
    [
        (2, 5, "CNN is ahead of plain by 2 to 5 percentage points."),
        (-5, -2.5, "CNN is behind plain by 2.5 to 5 percentage points."),
        (-1, 4, "CNN is neither clearly ahead of nor behind plain: by −1 to 4 percentage points."),
        (0, 4, "CNN is neither clearly ahead of nor behind plain: by 0 to 4 percentage points."),
    ],
)
def test_a_claim_is_a_sentence(low, high, words):
    told = finished().claim("CNN", "plain", low, high)
    assert told.splitlines()[0] == f"On pictures like these, {words}"
    assert told.splitlines()[1:] == [
        "Measured: +2 points on average (−1 to +5, 6 seeds).",
        "One of 100 test pictures is 1 point.",
    ]


def test_planted_leaks_fail_their_items():
    for plant, item in (
        (lambda train: train[3], "No picture on two sides"),
        (lambda train: train[3, :, ::-1], "No picture on two sides"),
        (lambda train: np.roll(train[3], 2, axis=2), "No picture on two sides"),
        (lambda train: 0.6 * train[3], "No look-alikes on two sides"),
    ):
        for side in (1, 2):
            parts = [list(part) for part in data(100)]
            parts[side][0] = parts[side][0].copy()
            parts[side][0][5] = plant(parts[0][0])
            one = project()
            assert "LEAK" in one.use(*parts)
            assert states(one)[item] == "not done"
            one.say(alike="no")
            assert states(one)[item] == ("not done" if "look" not in item else "cannot be known")


def test_a_group_on_two_sides_fails_and_no_groups_cannot_be_known():
    one = project()
    one.use(*data(groups=True))
    assert states(one)["No group on two sides"] == "done"
    parts = [list(part) for part in data(groups=True)]
    parts[2][2] = parts[2][2].copy()
    parts[2][2][0] = parts[0][2][0]
    assert "train and test share 1 of their groups, such as 0" in one.use(*parts)
    assert states(one)["No group on two sides"] == "not done"
    one.say(groups="it is fine")
    assert states(one)["No group on two sides"] == "not done"  # what can be checked, words do not change
    one.use(*data())
    assert states(one)["No group on two sides"] == "cannot be known"


def test_groups_of_one_picture_each_keep_nothing_together():
    one = project()
    numbers = iter(range(1000))
    one.use(*[(x, y, [next(numbers) for _ in y]) for x, y in data()])
    assert states(one)["No group on two sides"] == "cannot be known"
    assert "a group of its own" in one.checklist()["No group on two sides"].why


def test_classes_in_another_order_than_in_the_plan_are_refused():
    one = project()
    assert "dark 15, bright 15" in one.use(*data(), classes=list(one.classes))
    for classes in (one.classes[::-1], one.classes[:1], (*one.classes, "gray")):
        with pytest.raises(ValueError, match="classes must be those of the plan, in the same order"):
            one.use(*data(80), classes=classes)
    assert len(one.parts["train"].y) == 30
    assert len(one.log) == 1


def test_a_class_that_is_missing_in_a_part_is_named():
    (x, y), held, test = data()
    one = project()
    one.use((x[y == 0], y[y == 0]), held, test)
    assert one.checklist()["Every class in every part"].why == "train lacks bright."


def test_the_test_opened_twice_is_noted_and_looking_again_is_not():
    one = finished()
    told = one.test(seeds=6)
    assert not_done(one) == []
    assert "share of 100 test pictures right, 6 seeds" in told
    one.tune("CNN", right_in((0.99,)), {"k": [9]})
    one.test(seeds=6)
    open_ = not_done(one)
    assert {"Validation before test", "The test was opened once"} <= {*open_}
    assert "The claim covers what was measured" in open_  # the old claim is about other results
    assert "2 times" in one.checklist()["The test was opened once"].why


def test_tuning_after_the_test_is_noted_even_if_the_test_stays_closed():
    one = finished()
    one.tune("CNN", right_in(GOOD), {"k": [7]})
    assert "Validation before test" in not_done(one)


def test_other_data_after_the_test_is_noted():
    one = finished()
    one.use(*data(400))  # the same: nothing happens
    assert not_done(one) == []
    one.use(*[(x[:40], y[:40]) for x, y in data(400)])
    assert one.methods == one.results == {}
    assert {"Validation before test"} <= {*not_done(one)}
    assert "data was changed" in one.checklist()["Validation before test"].why


def test_the_same_try_counts_once_and_other_code_counts_anew():
    one = project()
    one.use(*data(400))
    calls = []

    def method(x, y, seed, k):
        calls.append(k)
        return known

    one.tune("a", method, {"k": [1, 2]})
    one.tune("a", method, {"k": [2, 3]})
    assert calls == [1, 2, 3]
    one.tune("a", right_in((0.5,)), {"k": [1]})
    assert len(one.methods["a"].tries) == 4
    one.tune("a", right_in((0.6,)), {"k": [1]})  # the same lines, with another number around them
    assert len(one.methods["a"].tries) == 5


def test_the_best_mean_on_validation_is_chosen_and_tested():
    one = project()
    one.use(*data(400))

    def method(x, y, seed, k):
        share = {1: 0.5, 2: (1.0, 0.0)[seed], 3: 0.7}[k]
        return right_in((share,))(x, y, 0)

    told = one.tune("a", method, {"k": [1, 2, 3]}, seeds=2)
    assert one.methods["a"].best.settings == {"k": 3}
    assert "k=3  0.70  <- chosen" in told
    one.test(seeds=2)
    assert one.results["a"].mean(axis=1).tolist() == [0.7, 0.7]


def test_one_lucky_seed_does_not_beat_the_mean_of_more_and_is_no_other_setting():
    one = project()
    one.use(*data(400))
    shares = {"a": (1.0, 0.2), "b": (0.8, 0.7)}

    def method(x, y, seed, k):
        return right_in((shares[k][seed],))(x, y, 0)

    one.tune("a", method, {"k": ["a", "b"]})
    assert one.methods["a"].best.settings == {"k": "a"}
    told = one.tune("a", method, {"k": ["a", "b"]}, seeds=2)
    assert one.methods["a"].best.settings == {"k": "b"}
    assert one.methods["a"].count == 2
    assert "k=a  1.00  (1 seed: not compared)" in told
    assert "k=b  0.75  <- chosen" in told


def test_the_control_gains_no_tries_by_the_same_setting_with_other_seeds():
    one = finished(grids=(4, 2, 4))
    for seeds in (2, 3):
        one.tune("plain", right_in(PLAIN), {"k": [0, 1]}, seeds=seeds)
    one.claim("CNN", "plain", -1, 5)
    assert "The control had as many tries" in not_done(one)


def test_the_test_trains_the_code_that_was_chosen_not_the_last_one():
    one = project()
    one.use(*data(400))
    one.tune("a", right_in((0.9,)), {"k": [1]})
    told = one.tune("a", right_in((0.6,)), {"k": [1]})
    assert "k=1  0.90  <- chosen  (with other code)\n  k=1  0.60" in told
    one.test(seeds=1)
    assert one.results["a"].mean() == 0.9


def test_a_rival_that_turns_out_strongest_on_test_pictures_needs_a_claim_too():
    one = project()
    one.use(*data(400))

    def late(x, y, seed, k):
        # Good on the test part alone, which it knows by its pictures.
        test = {image.tobytes() for image in one.parts["test"].x}
        return lambda images: right_in((0.95 if images[0].tobytes() in test else 0.5,))(x, y, 0)(images)

    for name, method in (("plain", right_in((0.8,))), ("late", late), ("CNN", right_in((0.9,)))):
        one.tune(name, method, {"k": [1, 2]})
    one.test()
    one.claim("CNN", "plain", 5, 15)
    item = one.checklist()["The control is the strongest baseline"]
    assert item.state == "not done"
    assert "on test pictures late was the best of the others" in item.why
    one.claim("CNN", "late", -10, 0)
    assert one.checklist()["The control is the strongest baseline"].state == "done"


def test_some_of_the_errors_are_spread_over_all_classes():
    places = np.arange(10, 110)
    assert some_of(places, 4).tolist() == [10, 43, 76, 109]
    assert some_of(places[:3], 4).tolist() == [10, 11, 12]
    assert some_of(places[:0], 4).tolist() == []


def test_a_training_that_bursts_counts_as_the_worst_try():
    one = project()
    one.use(*data(400))

    def method(x, y, seed, rate):
        if rate > 1:
            raise FloatingPointError
        return known

    one.tune("a", method, {"rate": [0.1, 10]})
    assert [each.score for each in one.methods["a"].tries.values()] == [1, 0]


def test_networks_are_methods_too():
    one = project()
    one.use(*data())
    one.tune("logistic layer", logistic_layer, {"rate": [0.01], "epochs": [2]})
    one.tune("one", lambda x, y, seed: Sequential(Flatten(), Dense(64, 2, weight=np.ones((2, 64)))), {})
    assert one.methods["one"].best.score == np.mean(one.parts["validation"].y == 0)


def test_the_plan_stays_and_dots_in_it_are_not_done():
    one = project()
    for name in ("name", "question", "classes", "success", "budget", "log"):
        with pytest.raises(AttributeError):
            setattr(one, name, 3)
    assert not_done(project(budget="…"))[0] == "The plan comes first"


def test_what_is_changed_outside_does_not_change_the_record():
    parts = data()
    one = project()
    one.use(*parts)
    parts[0][0][:] = 0
    assert one.parts["train"].x.any()
    with pytest.raises(ValueError, match="read-only"):
        one.parts["train"].x[0] = 0


@pytest.mark.parametrize(
    ("call", "error", "words"),
    [
        (lambda p: project(success="much"), TypeError, "success must be an array of real numbers"),
        (lambda p: project(success=-1), ValueError, "success must be at least 0"),
        (lambda p: project(success=101), ValueError, "at most 100 percentage points, got 101"),
        (lambda p: project(budget=" "), ValueError, "budget must not be empty"),
        (lambda p: project(classes="ab"), TypeError, "classes must be a sequence of texts, got 'ab'"),
        (lambda p: project(classes=("a", "a")), ValueError, "two or more different names"),
        (lambda p: project().test(), ValueError, "there is no data yet"),
        (lambda p: project().tune("a", known, {}), ValueError, "there is no data yet"),
        (lambda p: p.test(), ValueError, "tune a baseline and a network first"),
        (lambda p: p.use(*data()[:2], data()[2][0]), TypeError, r"test must be \(x, y\)"),
        (
            lambda p: p.use(*data()[:2], (pictures(3), [0, 1, 2])),
            ValueError,
            "from 0 to 1, a place in classes",
        ),
        (
            lambda p: p.use(*data()[:2], (pictures(3), [0, 1])),
            ValueError,
            "y of test must be 3 whole numbers",
        ),
        (lambda p: p.use(*data()[:2], (pictures(2), [0, 1])), ValueError, "one shape"),
        (lambda p: p.use(*data()[:2], data(groups=True)[2]), ValueError, "for all three parts, or for none"),
        (lambda p: p.tune("a", 3, {}), TypeError, "method must be a function"),
        (lambda p: p.tune("a", nearest_neighbor, {"k": 3}), TypeError, "grid must be a dict of lists"),
        (lambda p: p.tune("a", lambda x, y, seed: 3, {}), TypeError, "must return a network, or a function"),
        (lambda p: p.tune("a", lambda x, y, seed: len, {}), ValueError, "must give 15 labels"),
        (lambda p: p.errors("a"), ValueError, r"name must be one of \(\), got 'a'"),
        (lambda p: p.claim("a", "b", 0, 1), ValueError, "favorite must be one of those that were tested"),
        (lambda p: p.say(weather="fine"), ValueError, "got 'weather'"),
        (lambda p: p.say(limits=" "), ValueError, "limits must not be empty"),
    ],
)
def test_one_clear_error_and_nothing_half_changed(call, error, words):
    one = project()
    one.use(*data())
    before = one.log
    with pytest.raises(error, match=words):
        call(one)
    assert one.log == before
    assert (one.methods, one.said) == ({}, {})
    assert len(one.parts["test"].y) == 15


def test_a_range_turned_round_and_a_rival_that_is_oneself_are_refused():
    one = finished()
    with pytest.raises(ValueError, match="low must be at most high, got 5 and 2"):
        one.claim("CNN", "plain", 5, 2)
    with pytest.raises(ValueError, match="two methods, got 'CNN' twice"):
        one.claim("CNN", "CNN", 0, 0)


def test_errors_of_the_test_are_shown_once_it_is_open():
    one = project()
    one.use(*data(400))
    one.tune("CNN", right_in(GOOD), {})
    with pytest.raises(ValueError, match="'test' once the test is open"):
        one.errors("CNN", "test")
    assert one.events("errors") == []
    one.test()
    assert "test part that CNN gets wrong" in repr(one.errors("CNN", "test"))
