"""Train the network of lesson 22 in PyTorch, and write its parameters to the file that the course ships.

    python -m tests.from_pytorch

It needs PyTorch. The file is not the same to the last bit on another machine; `tests/test_trained.py` asks
what the lesson says of it: that it is whole, fits, and reads digits that it has not seen.
"""

import os
import sys

EPOCHS, BATCH, RATE = 12, 32, 0.01


def twin():
    """Return the network of the lesson, with PyTorch's own weights to start from."""
    from torch import nn

    return nn.Sequential(
        nn.Conv2d(1, 8, 3, padding=1),
        nn.ReLU(),
        nn.Conv2d(8, 16, 3, padding=1),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Flatten(),
        nn.Linear(256, 10),
    )


def trained(seed):
    """Return the network of the lesson, trained by PyTorch alone."""
    import torch

    from cnnlab.data import digits

    x, y, _, _ = (torch.tensor(part) for part in digits.split())
    torch.manual_seed(seed)
    network = twin()
    optimizer, loss = torch.optim.Adam(network.parameters(), lr=RATE), torch.nn.CrossEntropyLoss()
    for _ in range(EPOCHS):
        for batch in torch.randperm(len(x)).split(BATCH):
            optimizer.zero_grad()
            loss(network(x[batch]), y[batch]).backward()
            optimizer.step()
    return network.eval()


def main():
    """Write the file."""
    from safetensors.torch import save_file

    from cnnlab.data.trained import PYTORCH_DIGITS

    beside = PYTORCH_DIGITS.with_suffix(".part")
    save_file(trained(0).state_dict(), beside)
    os.replace(beside, PYTORCH_DIGITS)
    print(PYTORCH_DIGITS.name, PYTORCH_DIGITS.stat().st_size, "bytes")


if __name__ == "__main__":
    sys.exit(main())
