"""Training: it learns, repeats itself bit by bit, survives interruptions, and says where it broke."""

import numpy as np
import pytest
from threadpoolctl import threadpool_info, threadpool_limits

from cnnlab.nn import (
    SGD,
    Adam,
    Conv2d,
    CrossEntropyLoss,
    Dense,
    Dropout,
    Flatten,
    History,
    MaxPool2d,
    MSELoss,
    ReLU,
    Sequential,
    accuracy,
    fit,
    predict,
    train_step,
)

rng = np.random.default_rng


def bars(count=60, seed=0):
    """Upright (0) and lying (1) bars with noise."""
    random = rng(seed)
    y = random.integers(0, 2, count)
    x = random.normal(0, 0.3, (count, 1, 6, 6))
    for image, label, place in zip(x, y, random.integers(0, 6, count), strict=True):
        image[0][(slice(None), place) if label == 0 else place] += 1
    return x, y


def small(seed=0, dtype=np.float32, dropout=None):
    random = rng(seed)
    return Sequential(
        Conv2d(1, 4, 3, rng=random, dtype=dtype),
        ReLU(),
        MaxPool2d(2),
        Flatten(),
        *([Dropout(dropout, random)] if dropout else []),
        Dense(16, 2, rng=random, dtype=dtype),
    )


X, Y = bars()


def train(network=None, **changes):
    settings = {
        "loss": CrossEntropyLoss(),
        "optimizer": Adam(0.01),
        "epochs": 3,
        "batch_size": 16,
        "rng": rng(1),
    }
    return fit(network or small(), X, Y, **settings | changes)


# --- Learning -----------------------------------------------------------------------------------------------


def test_upright_and_lying_bars_are_told_apart():
    network = small()
    history = train(network, epochs=40, validation=bars(40, seed=7))
    assert history.loss[-1] < 0.1 < history.loss[0]
    assert history.validation_accuracy[-1] >= 0.95
    assert accuracy(network, *bars(40, seed=7)) == history.validation_accuracy[-1]


def test_a_line_is_found_again():
    x = rng(0).normal(size=(50, 2)).astype(np.float32)
    y = x @ [[2.0], [-3.0]] + 0.5
    network = Sequential(Dense(2, 1, rng=rng(0)))
    history = fit(network, x, y, loss=MSELoss(), optimizer=SGD(0.2), epochs=60, batch_size=10, rng=rng(0))
    np.testing.assert_allclose(network[0].weight, [[2, -3]], atol=1e-4)
    np.testing.assert_allclose(network[0].bias, [0.5], atol=1e-4)
    assert history.validation_accuracy == []


# --- The history --------------------------------------------------------------------------------------------


def test_the_history_counts_steps_and_epochs_and_weighs_the_last_batch_by_its_size():
    history = train(epochs=2, validation=(X[:10], Y[:10]))
    assert len(history.step_loss) == 8  # 60 images: 16 + 16 + 16 + 12, twice
    assert len(history.loss) == len(history.validation_loss) == len(history.validation_accuracy) == 2
    assert history.loss[0] == pytest.approx(np.average(history.step_loss[:4], weights=[16, 16, 16, 12]))
    assert not history.interrupted
    assert repr(history).startswith("History(2 epochs, 8 steps, loss 0.")


def test_each_epoch_sees_every_image_once_in_another_order():
    seen = []

    class Watching(CrossEntropyLoss):
        def forward(self, prediction, target):
            seen.append(target)
            return super().forward(prediction, target % 2)

    fit(small(), X, np.arange(60), loss=Watching(), optimizer=SGD(0.01), epochs=2, batch_size=16, rng=rng(3))
    first, second = np.concatenate(seen[:4]), np.concatenate(seen[4:])
    assert sorted(first) == sorted(second) == list(range(60))
    assert (first != second).any()
    assert (first != np.arange(60)).any()


# --- The same again -----------------------------------------------------------------------------------------


def test_the_same_seed_gives_the_same_bits():
    runs = [small(dropout=0.3) for _ in range(2)]
    histories = [train(network) for network in runs]
    assert histories[0] == histories[1]
    assert runs[0].parameters.tobytes() == runs[1].parameters.tobytes()
    other = small(dropout=0.3)
    assert train(other, rng=rng(2)) != histories[0]


def test_nothing_given_is_changed_and_the_global_random_state_stays():
    x, y = X.copy(), Y.copy()
    np.random.seed(5)  # noqa: NPY002
    expected = np.random.RandomState(5).get_state()[1]
    train(validation=(X, Y))
    np.testing.assert_array_equal(X, x)
    np.testing.assert_array_equal(Y, y)
    np.testing.assert_array_equal(np.random.get_state()[1], expected)  # noqa: NPY002  # noqa: NPY002


def test_what_one_holds_stays_as_it_was():
    network = small()
    held = [network.forward(X[:16]), network[0].weight, predict(network, X)]
    before = [array.copy() for array in held]
    train(network, validation=(X, Y))
    train(network)
    for array, kept in zip(held, before, strict=True):
        np.testing.assert_array_equal(array, kept)


# --- Interrupted, ended early -------------------------------------------------------------------------------


def test_an_interruption_returns_the_history_and_a_usable_network():
    def interrupt(network, history):
        if len(history.loss) == 2:
            raise KeyboardInterrupt

    network = small()
    history = train(network, epochs=50, callbacks=[interrupt])
    assert history.interrupted
    assert len(history.loss) == 2
    assert repr(history).endswith("interrupted)")
    assert np.isfinite(predict(network, X)).all()
    again = train(network, epochs=1)
    assert again.loss[0] < history.loss[0]


def test_an_interruption_in_the_middle_of_an_epoch_keeps_its_steps():
    class Impatient(CrossEntropyLoss):
        calls = 0

        def forward(self, prediction, target):
            self.calls += 1
            if self.calls == 7:
                raise KeyboardInterrupt
            return super().forward(prediction, target)

    history = train(loss=Impatient(), epochs=50)
    assert history.interrupted
    assert (len(history.step_loss), len(history.loss)) == (6, 1)


def test_a_callback_ends_the_training_and_all_are_called():
    called = []
    stop = [lambda network, history: True, lambda network, history: called.append(len(history.loss))]
    history = train(callbacks=stop)
    assert called == [1]
    assert len(history.loss) == 1
    assert not history.interrupted


def test_other_errors_are_not_swallowed():
    def broken(network, history):
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        train(callbacks=[broken])


# --- Not finite ---------------------------------------------------------------------------------------------


def test_a_loss_that_blows_up_names_the_layer_and_the_step():
    with pytest.raises(
        FloatingPointError, match=r"layer \d, \w+\(.*\), is not finite at step \d+, "
    ) as raised:
        train(optimizer=SGD(1e30), epochs=30)
    history = raised.value.history
    assert isinstance(history, History)
    step = int(str(raised.value).split("at step ")[1].split(",")[0])
    assert len(history.step_loss) == step
    assert np.isfinite(history.step_loss).all()


def test_the_layer_whose_weight_is_not_a_number_is_named():
    network = small()
    weight = network[4].weight.copy()
    weight[0, 0] = np.nan
    network[4].weight = weight
    with pytest.raises(
        FloatingPointError, match=r"layer 4, Dense\(16, 2\), is not finite at step 0, its weight no"
    ):
        train(network)


def test_numbers_too_large_name_the_layer_though_its_parameters_are_finite():
    network = Sequential(Dense(1, 1, weight=[[1e38]]), Dense(1, 1, weight=[[1e38]]))
    with pytest.raises(
        FloatingPointError, match=r"layer 1, Dense\(1, 1\), is not finite at step 0, its parameters are"
    ):
        train_step(network, MSELoss(), SGD(0.1), [[1.0]], [[0.0]])
    network = Sequential(Dense(1, 1, weight=[[1e30]]))
    with pytest.raises(FloatingPointError, match="the loss is inf at step 0, predictions reach 1e"):
        train_step(network, MSELoss(), SGD(0.1), [[1.0]], [[0.0]])


def test_a_picture_that_is_not_finite_is_named():
    x = X.copy()
    x[3, 0, 2, 2] = np.nan
    with pytest.raises(FloatingPointError, match="x is not finite at step 0"):
        train_step(small(), CrossEntropyLoss(), SGD(0.1), x, Y)


# --- Progress, and refused ----------------------------------------------------------------------------------


def test_matrix_products_get_as_many_threads_as_asked_for_and_then_their_own_again():
    def blas():
        return {pool["num_threads"] for pool in threadpool_info() if pool["user_api"] == "blas"}

    seen = []

    def look(network, history):
        seen.append(blas())

    with threadpool_limits(3, "blas"):
        for threads in ({}, {"threads": 2}):
            train(epochs=1, callbacks=[look], **threads)
            assert blas() == {3}
    assert seen == [{1}, {2}]


def test_it_is_silent_unless_asked(capsys):
    train()
    assert capsys.readouterr() == ("", "")
    train(progress=True)
    printed = capsys.readouterr()
    assert printed.out == ""
    assert "12/12" in printed.err


@pytest.mark.parametrize(
    ("changes", "error", "message"),
    [
        ({"epochs": 0}, ValueError, "fit: epochs must be at least 1, got 0"),
        ({"epochs": 1.5}, TypeError, "fit: epochs must be an integer, got 1.5"),
        ({"batch_size": 0}, ValueError, "fit: batch_size must be at least 1"),
        ({"threads": 0}, ValueError, "fit: threads must be at least 1, got 0"),
        ({"rng": 0}, TypeError, "fit: rng must be a numpy.random.Generator.* got int"),
        ({"validation": X}, TypeError, r"fit: validation must be a pair \(x, y\), got ndarray"),
        ({"validation": (X, Y[:5])}, ValueError, r"validation's x and its y must have one row .*\(5,\)"),
    ],
)
def test_bad_arguments(changes, error, message):
    with pytest.raises(error, match=message):
        train(**changes)


def test_images_and_labels_must_pair_up():
    with pytest.raises(
        ValueError, match=r"fit: x and y must have one row for each image, got shapes .*\(59,\)"
    ):
        fit(
            small(),
            X,
            Y[:-1],
            loss=CrossEntropyLoss(),
            optimizer=SGD(),
            epochs=1,
            batch_size=8,
            rng=rng(0),
        )
    with pytest.raises(ValueError, match="from 0 to 1, got 2"):
        fit(
            small(),
            X,
            Y + 1,
            loss=CrossEntropyLoss(),
            optimizer=SGD(),
            epochs=1,
            batch_size=60,
            rng=rng(0),
        )


def test_predictions_do_not_depend_on_the_batches():
    network = small(dtype=np.float64)
    np.testing.assert_allclose(predict(network, X, batch_size=7), network.forward(X), rtol=1e-12, atol=1e-14)
