"""Networks that were trained elsewhere: files of parameters that come with the course."""

from pathlib import Path

# The layers of lesson 22, trained by PyTorch on the training digits; `python -m tests.from_pytorch` makes it.
PYTORCH_DIGITS = Path(__file__).with_name("pytorch_digits.safetensors")
