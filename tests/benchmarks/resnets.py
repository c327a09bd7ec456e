"""Residual networks and their plain twins on the digits, at three depths: python -m tests.benchmarks.resnets

Each network gets the rate, of the same five, with which two of its trainings read the most held-back digits;
with that one ten trainings are judged by the test digits. One kind scatters, and its three best rates get
more trainings to be judged by (``SCATTERED``). Prints the lines of ``RUNS`` in
``cnnlab/nn/experiments/resnet_runs.py``, which lesson 17 shows. About a quarter of an hour.
"""

import time
from functools import partial
from itertools import product

from cnnlab.nn.experiments.rates import three_parts, tuned
from cnnlab.nn.experiments.residual import digit_resnet
from cnnlab.nn.experiments.resnet_runs import MORE_TRIES, RATES, SCATTERED, THREE_BEST, TRIES, Run
from cnnlab.nn.experiments.seeds import spread

SEEDS = 10
KINDS = (*product((6, 12), (8, 20, 32)), (24, 32))  # epochs and layers


def main():
    known, _, test = (len(labels) for _, labels in three_parts())
    for (epochs, depth), skips in product(KINDS, (False, True)):
        start = time.process_time()
        make = partial(digit_resnet, depth, skips=skips)
        scattered = (depth, skips, epochs) == SCATTERED
        rates, tries = (THREE_BEST, MORE_TRIES) if scattered else (RATES, TRIES)
        found = tuned(make, rates, epochs=epochs, tries=tries, seeds=SEEDS, flat=False)
        seconds = (time.process_time() - start) / (len(rates) * tries + SEEDS - tries)
        right = tuple(int(share * test + 0.5) for share in found.shares)
        learned = tuple(int(share * known + 0.5) for share in found.learned)
        run = Run(depth, skips, epochs, found.rate, right, learned, round(seconds, 2))
        print(f"    {run},  # {spread(found.shares, 3)}", flush=True)


if __name__ == "__main__":
    main()
