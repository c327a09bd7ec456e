"""How well the network of lesson 14 reads the test digits, from ten seeds: python -m tests.benchmarks.digits

Network and training are not written down here a second time: they are the lesson's own cells. Beside them
stand two controls that must not win by much: a dense network of about as many parameters, trained in the same
way, and the nearest training digit, pixel by pixel.
"""

import time

import numpy as np

from cnnlab.data import digits
from cnnlab.nn import accuracy
from cnnlab.nn.experiments.readers import dense_reader, nearest
from tests.helpers.lesson_digits import recipe

SEEDS = range(10)
GOAL = 0.98


def main():
    names = recipe()
    x_train, y_train, x_test, y_test = digits.split()
    x_train, x_test = x_train.astype(float), x_test.astype(float)
    makers = {
        "the lesson's network": names["new_network"],
        "dense": dense_reader,
    }
    for name, make in makers.items():
        shares, seconds = [], []
        for seed in SEEDS:
            network, start = make(seed), time.perf_counter()
            names["train"](network, x_train, y_train, seed)
            seconds.append(time.perf_counter() - start)
            shares.append(accuracy(network, x_test, y_test))
            print(f"{name}, seed {seed}: {shares[-1]:.3f} in {seconds[-1]:.1f} s", flush=True)
        reached = sum(share >= GOAL for share in shares)
        print(
            f"{name}, {network.parameters.size} parameters: {min(shares):.3f} to {max(shares):.3f}, "
            f"{reached} of {len(SEEDS)} reach {GOAL:.0%}, {np.median(seconds):.1f} s each\n"
        )
    share = (nearest(x_train, y_train, x_test) == y_test).mean()
    print(f"nearest training digit: {share:.3f}")


if __name__ == "__main__":
    main()
