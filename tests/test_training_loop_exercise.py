"""The loop that learners write in lesson 12: it is ``fit``, step by step, and it is watched at work."""

from copy import deepcopy

import numpy as np
import pytest

from cnnlab.exercises import lesson12
from cnnlab.nn import CrossEntropyLoss, fit
from tests.attack import lesson12 as attack

loop = lesson12.train_by_hand


@pytest.mark.parametrize("number", range(len(loop.cases)))
def test_the_solution_moves_the_parameters_as_fit_does(number):
    by_hand, by_fit = (deepcopy(loop.cases[number]) for _ in range(2))
    losses = loop.solve(*by_hand)
    network, optimizer, x, y, held, epochs, size, rng = by_fit
    options = {"epochs": epochs, "batch_size": size, "rng": rng, "validation": held}
    history = fit(network, x, y, loss=CrossEntropyLoss(), optimizer=optimizer, **options)
    np.testing.assert_allclose(losses, history.validation_loss, rtol=1e-10)
    np.testing.assert_allclose(by_hand[0].parameters, network.parameters, rtol=1e-8, atol=1e-12)


def test_cases_have_a_short_last_batch_and_more_than_one_epoch():
    counts = [(len(x), epochs, size) for _, _, x, _, _, epochs, size, _ in loop.cases]
    assert sum(count % size > 0 and epochs > 1 for count, epochs, size in counts) >= 4
    assert any(size > count for count, _, size in counts)
    assert any(size == 1 for _, _, size in counts)


RIGHT = [function for name, function in vars(attack).items() if name.startswith("train_by_hand_right")]


@pytest.mark.parametrize("function", [loop.solve, *RIGHT])
def test_nothing_is_said_of_a_loop_that_is_right(function):
    assert lesson12._watch(function) is None


def other(one_batch=None, order=None, after=None):
    """Return a loop with a part of its own, which no twin has."""

    def run(network, optimizer, x, y, held, epochs, size, rng):
        loss, losses = CrossEntropyLoss(), []

        def usual(chosen):
            loss.forward(network.forward(x[chosen]), y[chosen])
            network.backward(loss.backward())
            optimizer.step(network.parameters, network.gradients)

        for epoch in range(epochs):
            places = (order or (lambda epoch, count: rng.permutation(count)))(epoch, len(x))
            for start in range(0, len(places), size):
                chosen = places[start : start + size]
                if one_batch:
                    one_batch(network, optimizer, loss, x, y, chosen, usual)
                else:
                    usual(chosen)
            if after:
                after(network, optimizer, loss, held)
            losses.append(loss.forward(network.forward(held[0][:1]), held[1][:1]))
        return losses

    return run


def only_forward(network, optimizer, loss, x, y, chosen, usual):
    loss.forward(network.forward(x[chosen]), y[chosen])


def no_step(network, optimizer, loss, x, y, chosen, usual):
    only_forward(network, optimizer, loss, x, y, chosen, usual)
    network.backward(loss.backward())


def step_first(network, optimizer, loss, x, y, chosen, usual):
    optimizer.step(network.parameters, network.gradients)
    no_step(network, optimizer, loss, x, y, chosen, usual)


def three_times(network, optimizer, loss, x, y, chosen, usual):
    for _ in range(3):
        usual(chosen)


def back_twice(network, optimizer, loss, x, y, chosen, usual):
    no_step(network, optimizer, loss, x, y, chosen, usual)
    usual(chosen)


def learn_from_held(network, optimizer, loss, held):
    loss.forward(network.forward(held[0]), held[1])
    network.backward(loss.backward())
    optimizer.step(network.parameters, network.gradients)


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        (lambda *_: [0.0], "network.forward is never called."),
        (other(only_forward), "network.backward is never called, so there is no gradient to follow."),
        (other(no_step), "optimizer.step is never called, so the network stays as it is."),
        (other(step_first), "the first step comes before the first backward: there is no gradient yet."),
        (other(three_times), "the optimizer takes 27 steps, it should take 9: one after each batch."),
        (other(back_twice), "backward is called 18 times, it should be called 9 times."),
        (other(after=learn_from_held), "held-back images are learned from."),
        (other(order=lambda epoch, count: np.arange(count)), "the images come as they lie"),
        (other(order=lambda epoch, count: np.arange(count)[::-1]), "the order is the same in each epoch"),
        (
            other(order=lambda epoch, count: np.append(np.arange(count - 1), 0)),
            "image 0 comes twice in epoch 1",
        ),
        (
            other(order=lambda epoch, count: np.roll(np.append(np.arange(1, count), 1), epoch)),
            "image 0 never comes in epoch 1",
        ),
        (other(), "some held-back images are never looked at."),
    ],
)
def test_what_a_loop_does_is_read_off_its_diary(wrong, words):
    found = loop.judge(wrong)
    assert found.state == "not yet"
    assert words in found.message
    assert lesson12._watch(wrong).startswith("Watched on 8 images in batches of 3, for 3 epochs: ")
