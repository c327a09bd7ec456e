"""How fast the engine trains, beside PyTorch on the same machine: python -m tests.benchmarks.engine

Needs `pip install torch scikit-learn` (neither is needed by the course). Both train the same network on the
same float32 batches with Adam; steps of the two take turns, and the medians are compared. Every table is a
process of its own, since the number of threads and OpenBLAS's choice of kernels are fixed when NumPy loads.
"""

import argparse
import functools
import os
import statistics
import subprocess
import sys
import time

# name: (shape of a batch, classes, bar: our time ÷ PyTorch's with its default Adam, one thread)
NETS = {
    "9×9×1, batch 16": ((16, 1, 9, 9), 2, 0.20),
    "8×8×1, batch 32": ((32, 1, 8, 8), 10, 0.65),
    "8×8×1, batch 64": ((64, 1, 8, 8), 10, 0.85),
    "28×28×1, batch 64": ((64, 1, 28, 28), 10, 0.75),
    "32×32×3, batch 32": ((32, 3, 32, 32), 10, 1.6),
}
PICTURE_BAR, DIGITS_BAR = 0.12, 0.75


def ours(name, seed=0):
    """Return a network of cnnlab."""
    import numpy as np

    from cnnlab.nn import AdaptiveAvgPool2d, Conv2d, Dense, Flatten, MaxPool2d, ReLU, Residual, Sequential

    rng = np.random.default_rng(seed)

    def conv(channels, filters, padding=1):
        return Conv2d(channels, filters, 3, padding=padding, rng=rng)

    if name.startswith("9×9"):
        return Sequential(conv(1, 8, 0), ReLU(), MaxPool2d(2), Flatten(), Dense(72, 2, rng=rng))
    if name.startswith("8×8"):
        layers = conv(1, 16), ReLU(), conv(16, 32), ReLU(), MaxPool2d(2), Flatten(), Dense(512, 10, rng=rng)
        return Sequential(*layers)
    if name.startswith("28×28"):
        layers = conv(1, 16), ReLU(), MaxPool2d(2), conv(16, 32), ReLU(), MaxPool2d(2), Flatten()
        return Sequential(*layers, Dense(1568, 10, rng=rng))
    block = Residual(conv(16, 16), ReLU(), conv(16, 16))
    return Sequential(
        conv(3, 16), ReLU(), block, ReLU(), AdaptiveAvgPool2d(1), Flatten(), Dense(16, 10, rng=rng)
    )


def theirs(network):
    """Return PyTorch's network with the layers and the parameters of ours."""
    import torch

    from cnnlab.nn import Residual

    class Around(torch.nn.Sequential):
        def forward(self, x):
            return x + super().forward(x)

    def translated(layer):
        kind = type(layer).__name__
        if kind in ("Sequential", "Residual"):
            around = Around if isinstance(layer, Residual) else torch.nn.Sequential
            return around(*map(translated, layer.layers))
        if kind == "Conv2d":
            new = torch.nn.Conv2d(layer.in_channels, layer.out_channels, 3, padding=layer.options["padding"])
        elif kind == "Dense":
            new = torch.nn.Linear(layer.in_features, layer.out_features)
        elif kind == "AdaptiveAvgPool2d":
            return torch.nn.AdaptiveAvgPool2d(1)
        else:
            return {"ReLU": torch.nn.ReLU, "Flatten": torch.nn.Flatten}.get(
                kind, lambda: torch.nn.MaxPool2d(2)
            )()
        with torch.no_grad():
            new.weight.copy_(torch.tensor(layer.weight))
            new.bias.copy_(torch.tensor(layer.bias))
        return new

    return translated(network)


def our_step(name, rate=1e-3):
    from cnnlab.nn import Adam, CrossEntropyLoss, train_step

    network, loss, optimizer = ours(name), CrossEntropyLoss(), Adam(rate)
    return network, lambda x, y: train_step(network, loss, optimizer, x, y)


def their_step(network, rate=1e-3, channels_last=False, fused=None):
    import torch

    network = theirs(network)
    form = torch.channels_last if channels_last else torch.contiguous_format
    network = network.to(memory_format=form)
    optimizer, loss = torch.optim.Adam(network.parameters(), rate, fused=fused), torch.nn.CrossEntropyLoss()

    def step(x, y):
        optimizer.zero_grad()
        value = loss(network(torch.from_numpy(x).contiguous(memory_format=form)), torch.from_numpy(y))
        value.backward()
        optimizer.step()
        return value.item()

    return network, step


def medians(steps, rounds=15, each=0.04):
    """Return the median time of each step in µs; they take turns, in slices of about ``each`` seconds."""
    times = [[] for _ in steps]
    for step in steps:
        for _ in range(5):
            step()
    for _ in range(rounds):
        for step, taken in zip(steps, times, strict=True):
            stop = time.perf_counter() + each
            while time.perf_counter() < stop:
                start = time.perf_counter()
                step()
                taken.append(time.perf_counter() - start)
    return [1e6 * statistics.median(taken) for taken in times]


def train_nets(chosen):
    import numpy as np

    print(
        f"{'training step':24}{'ours µs':>9}{'PyTorch':>9}{'ratio':>7}{'bar':>6}{'its best':>10}{'ratio':>7}"
    )
    for name, (shape, classes, bar) in NETS.items():
        if chosen and chosen not in name:
            continue
        rng = np.random.default_rng(0)
        x, y = rng.normal(size=shape).astype(np.float32), rng.integers(0, classes, shape[0])
        network, step = our_step(name)
        others = [their_step(network)[1]] + [
            their_step(network, channels_last=last, fused=fused)[1]
            for last, fused in ((False, True), (True, None), (True, True))
        ]
        mine, eager, *tuned = medians([functools.partial(each, x, y) for each in (step, *others)])
        best = min(eager, *tuned)
        row = f"{name:24}{mine:9.0f}{eager:9.0f}{mine / eager:7.2f}{bar:6.2f}"
        print(f"{row}{best:10.0f}{mine / best:7.2f}", flush=True)


def correlate_a_picture():
    import numpy as np
    import scipy.signal

    from cnnlab import ops

    rng = np.random.default_rng(0)
    image, kernel = (
        rng.normal(size=(2048, 2048)).astype(np.float32),
        rng.normal(size=(3, 3)).astype(np.float32),
    )
    mine, scipys = medians(
        [
            lambda: ops.correlate2d(image, kernel),
            lambda: scipy.signal.correlate2d(image, kernel, mode="valid"),
        ]
    )
    row = f"{'2048×2048, one kernel':24}{mine:9.0f}{scipys:9.0f}{mine / scipys:7.2f}{PICTURE_BAR:6.2f}"
    print(f"{row}   (beside SciPy)")


def learn_digits(goal=0.98, rate=2e-3, runs=7):
    """Time until the goal on held-out digits: the same initial weights, the same batches, epoch by epoch."""
    import numpy as np
    import torch
    from sklearn.datasets import load_digits

    from cnnlab.nn import predict

    x, y = load_digits(return_X_y=True)
    order = np.random.default_rng(0).permutation(len(x))
    x, y = (x.reshape(-1, 1, 8, 8) / 16).astype(np.float32)[order], y[order]
    held_out, x, training_y = x[:500], x[500:], y[500:]

    def one_epoch(step, rng):
        order, start = rng.permutation(len(x)), time.perf_counter()
        for first in range(0, len(order), 32):
            batch = order[first : first + 32]
            step(x[batch], training_y[batch])
        return time.perf_counter() - start

    def good(scores):  # the clock stands still meanwhile
        return (scores.argmax(axis=1) == y[:500]).mean() >= goal

    times, epochs = [], set()
    for _ in range(runs):
        network, step = our_step("8×8×1", rate)
        other, other_step = their_step(network, rate)
        taken, needed, rngs = [0.0, 0.0], [0, 0], [np.random.default_rng(1) for _ in range(2)]
        for epoch in range(1, 61):
            if not needed[0]:
                taken[0] += one_epoch(step, rngs[0])
                needed[0] = epoch * good(predict(network, held_out))
            if not needed[1]:
                taken[1] += one_epoch(other_step, rngs[1])
                with torch.no_grad():
                    needed[1] = epoch * good(other(torch.from_numpy(held_out)).numpy())
        times.append(taken)
        epochs.add(tuple(map(int, needed)))
    mine, eager = (statistics.median(pair[i] for pair in times) for i in (0, 1))
    row = f"{'digits to 98 %':24}{1e6 * mine:9.0f}{1e6 * eager:9.0f}{mine / eager:7.2f}{DIGITS_BAR:6.2f}"
    print(f"{row}   (epochs ours, theirs: {sorted(epochs)})")


def measure(threads, chosen):
    import torch

    torch.set_num_threads(threads)
    train_nets(chosen)
    if not chosen:
        correlate_a_picture()
        learn_digits()


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--threads", type=int, help="only this many (1 or 2)")
    parser.add_argument("--only", default="", help="only networks whose name contains this")
    parser.add_argument(
        "--kernels", choices=["chosen", "pinned"], help="OpenBLAS's own choice, or as it is set"
    )
    parser.add_argument("--here", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.here:
        measure(options.threads, options.only)
        return
    pinned = os.environ.get("OPENBLAS_CORETYPE")
    for threads in [options.threads] if options.threads else [1, 2]:
        for kernels in (
            [options.kernels] if options.kernels else ["pinned", "chosen"] if pinned else ["chosen"]
        ):
            environment = os.environ | {
                name: str(threads) for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
            }
            if kernels == "chosen":
                for name in ("OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE"):  # one without the other misleads it
                    environment.pop(name, None)
            named = (
                f"OPENBLAS_CORETYPE={pinned}" if kernels == "pinned" else "OpenBLAS's own choice of kernels"
            )
            print(f"\n{threads} thread{'s' * (threads > 1)}, {named}", flush=True)
            command = [sys.executable, "-m", "tests.benchmarks.engine", "--here", "--threads", str(threads)]
            subprocess.run([*command, "--only", options.only], env=environment, check=True)


if __name__ == "__main__":
    main()
