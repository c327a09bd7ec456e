"""Where the course teaches what its two source texts (a blog post, A1, and a slide deck, A2) contain.

Each item names the lesson and the heading under which it is taught; a heading that is renamed or dropped
fails here.
"""

import re

import nbformat
import pytest

from tests.canonical import NOTEBOOKS

START, IMAGES, SLIDE = "00_start_here", "01_images_are_numbers", "02_slide_a_filter"
SIZES = "03_stride_pad_and_stack_channels"
SOBEL, BEND, POOL = "04_find_edges_with_sobel", "05_bend_the_line_with_relu", "06_shrink_with_pooling"
STACK, VOTE = "07_stack_the_layers", "08_vote_with_a_dense_layer"
LOSS, BACK = "09_measure_the_error", "10_push_the_error_back"
ASSUME = "15_test_what_a_cnn_takes_for_granted"
WALK, RESIST = "11_walk_downhill", "13_resist_overfitting"
ALIVE, DEEPER = "16_keep_deep_networks_alive", "17_go_deeper_with_skips"
REUSE, FIND, LOOK = "18_reuse_what_was_learned", "19_find_digits_on_a_sheet", "20_look_inside"
IS_IT_TRUE = "Is it true?"

TAUGHT = {
    "A1.1 grids sliding over an image; claim: better than physicians": (START, "What they are used for"),
    "A1.2 the three kinds of layers": (START, "What you saw: four kinds of layers"),
    "A1.2 claim: like the brain": (START, "What they are used for"),
    "A1.3 layer output = W x": (IMAGES, "A layer is a matrix: W x"),
    "A1.3 many inputs at once": (IMAGES, "Several pictures at once: matrix times matrix"),
    "A1.3 convolution is a form of matrix multiplication": (SIZES, "One matrix, nearly all zeros"),
    "A1.3 as a product of two matrices": (SIZES, "The other matrix: every patch a column"),
    "A1.4 gradient descent, one step": (LOSS, "A unit that is stuck"),
    "A1.4 calculus: derivatives and their rules": (LOSS, "How steep is it? The derivative"),
    "A1.4 calculus: partial derivatives": (LOSS, "Several classes"),
    "A1.4 calculus: gradients": (BACK, "Slopes multiply"),
    "A1.5 convolution: slide, multiply, add": (SLIDE, "One place: line up, multiply, add, divide"),
    "A1.5 two functions give a third": (SLIDE, "Two functions give a third"),
    "A1.5 erratum: it reduces the dimensions": (SIZES, "Stride, padding, dilation"),
    "A1.6 the formula, sign by sign": (SLIDE, "Every place: the feature map"),
    "A1.6 erratum: the formula is cross-correlation": (
        SLIDE,
        "Turn the filter: cross-correlation or convolution?",
    ),
    "A1.7 worked example; erratum: 6, not 10, and no edge": (SLIDE, "Without dividing: is there an edge?"),
    "A1.8 terms: kernel, feature map": (SLIDE, "Every place: the feature map"),
    "A1.8 terms: channel, layer": (SIZES, "Channels: three grids, one filter"),
    "A1.8 erratum: a reference signal mixed in": (
        SLIDE,
        "Turn the filter: cross-correlation or convolution?",
    ),
    "A1.8 the glossary": (START, "Words"),
    "A1.9 pooling: largest and mean": (POOL, "Keep one number of each window"),
    "A1.9 claim: keeps what matters, robust": (POOL, 'Is it true? "Max-pooling is robust"'),
    "A1.9 pooling is downsampling; it makes less of a moved letter": (
        POOL,
        'Is it true? "Pooling makes it independent of position"',
    ),
    "A1.9 claim: robust, with trained networks": (
        ASSUME,
        'Is it true? "Max-pooling protects against noise"',
    ),
    "A1.10 activations, formulas, slopes": (BEND, "Other bends, and how steep they are"),
    "A1.10 claim: ReLU is cheap, timed": (BEND, "What a bend costs"),
    "A1.10 ReLUs that die": (BEND, "A ReLU that is dead"),
    "A1.10 claims: critical data, probability, vanishing gradient": (BEND, IS_IT_TRUE),
    "A1.10 claim: ReLU avoids vanishing gradients, measured": (
        BACK,
        'Is it true? "ReLU avoids vanishing gradients"',
    ),
    "A1.10 claim: ReLU avoids vanishing gradients, in thirty layers": (
        ALIVE,
        'Is it true? "ReLU avoids vanishing gradients"',
    ),
    "A1.11 updates of weights and biases by slopes": (BACK, "One neuron, forward and back"),
    "A1.11 the chain rule, derived": (BACK, "Slopes multiply"),
    "A1.11 back through a convolution": (BACK, "Back through a convolution"),
    "A1.12 gradient descent, learning rate": (WALK, "Too large a step"),
    "A1.12 momentum": (WALK, "Momentum: remember where you were going"),
    "A1.12 Adam: adaptive updates": (WALK, "Adam: measure each gradient by its own size"),
    "A1.12 SGD": (WALK, "Noise: SGD"),
    "A1.13 dropout": (RESIST, "Dropout: silence by chance"),
    "A1.13 L2": (RESIST, "Weight decay: pull at the weights"),
    "A1.13 claim: it helps, and where it does not": (
        RESIST,
        'Is it true? "Regularization makes a network better"',
    ),
    "A1.14 squared error and cross-entropy": (LOSS, "Two ways to measure"),
    "A1.15 transfer: features kept, and fine-tuning": (REUSE, "What exactly is kept"),
    "A1.15 claims: scarcity, convergence": (
        REUSE,
        'Is it true? "Transfer learning mitigates data scarcity and accelerates convergence"',
    ),
    "A1.15 erratum: transfer that hurts": (REUSE, "From 0–4 to 5–9"),
    "A1.15 skip connections, residual blocks": (DEEPER, "A way around: the skip connection"),
    "A1.15 claim: they mitigate vanishing gradients": (
        DEEPER,
        'Is it true? "Skips work because they mitigate vanishing gradients"',
    ),
    "A1.16 uses, and their limits": (LOOK, "Where they are used, and what to ask"),
    "A1.16 object detection": (FIND, "One network, a larger sheet"),
    "A1.16 segmentation": (FIND, "A class for every pixel"),
    "A1.16 language, faces, driving, medicine": (LOOK, "Where they are used, and what to ask"),
    "A1.17 the step-by-step process": (LOOK, "Optional: the whole course in one table"),
    "A1.17 erratum: unlabelled data": (LOOK, 'Optional: is it true? "A network finds the cat by itself"'),
    "A2.1 what they are used for": (START, "What they are used for"),
    "A2.2 red, green and blue": (IMAGES, "Color: three numbers for each pixel"),
    "A2.3 erratum: 2352 weights for each neuron": (IMAGES, "Count the weights"),
    "A2.4 errata: 200 × 200 × 3, 120,000": (IMAGES, "Count the weights"),
    "A2.5 the neuron": (IMAGES, "A neuron is a weighted sum"),
    "A2.6 labels, and more of them": (VOTE, "Who taught it what a cat is?"),
    "A2.7 the cat neuron of 2012": (VOTE, "Who taught it what a cat is?"),
    "A2.7 the cat neuron, with its control": (
        LOOK,
        'Optional: is it true? "A network finds the cat by itself"',
    ),
    "A2.8 four layers": (START, "What you saw: four kinds of layers"),
    "A2.9 renditions of X and O": (IMAGES, 'Is it true? "Comparing pixel by pixel fails"'),
    "A2.9 renditions, in pictures": (POOL, "One letter, many hands"),
    "A2.10 missing pixels": (IMAGES, 'Is it true? "Comparing pixel by pixel fails"'),
    "A2.11 small patches; erratum: not better against noise": (
        IMAGES,
        'Is it true? "Comparing pixel by pixel fails"',
    ),
    "A2.12 the four steps": (SLIDE, "One place: line up, multiply, add, divide"),
    "A2.12 erratum: equivariant, not invariant": (
        SIZES,
        'Is it true? "Convolution is translation invariant"',
    ),
    "A2.13 the products in a buffer": (SLIDE, "Every place: the feature map"),
    "A2.14 the 9×9 X": (SLIDE, "One place: line up, multiply, add, divide"),
    "A2.15 the match of 5/9, by hand": (SLIDE, "One place: line up, multiply, add, divide"),
    "A2.15 perfect matches": (SLIDE, "Every place: the feature map"),
    "A2.15 only one filter is printed": (SLIDE, "Find the filters that nobody printed"),
    "A2.16 the first map; erratum: truncation": (SLIDE, "Check the printed map"),
    "A2.16 the other maps; erratum: −0.11": (SLIDE, "Find the filters that nobody printed"),
    "A2.17 repeat for every filter": (SIZES, "Channels: three grids, one filter"),
    "A2.17 a moved letter": (
        SIZES,
        'Is it true? "Convolution is translation invariant"',
    ),
    "A2.17 claim: a moved thing is recognized, with trained networks": (
        ASSUME,
        'Is it true? "A CNN forgives shifts"',
    ),
    "A2.18 Sobel, rotated by 90°": (SOBEL, "Sobel: a difference across, a mean along"),
    "A2.18 gradient magnitude": (SOBEL, "How strong is an edge, and where does it point?"),
    "A2.18 erratum: high spatial frequency": (SOBEL, 'Is it true? "Sobel finds high spatial frequency"'),
    "A2.19 ReLU maps": (BEND, "Keep what is positive"),
    "A2.19 erratum: 1.77": (SLIDE, "Find the filters that nobody printed"),
    "A2.20 pooling in four steps, ragged edges": (POOL, "How large is the result?"),
    "A2.20 the printed 4×4 maps; erratum: window 2 or 3": (POOL, "Check the printed example"),
    "A2.21 all possible pathways": (STACK, "All possible pathways"),
    "A2.3 weights saved by sharing them": (STACK, "Count what a stack learns"),
    "A2.21 erratum: the 2×2 maps": (STACK, 'Is it true? "Repeat the three operations"'),
    "A2.22 one list; erratum: eleven numbers": (VOTE, "One list"),
    "A2.22 which are high": (VOTE, "The votes"),
    "A2.23 the two votes; erratum: .51": (VOTE, "The votes"),
    "A2.23 erratum: no probability": (VOTE, 'Is it true? "Probability match"'),
    "A2.23 erratum: no probability, measured": (VOTE, 'Is it true? "A share is a probability"'),
    "A2.23 erratum: R cannot be": (VOTE, "Optional: A list that no image can give"),
}


def test_no_item_is_forgotten():
    items = {item.split()[0] for item in TAUGHT}
    assert items == {f"A1.{n}" for n in range(1, 18)} | {f"A2.{n}" for n in range(1, 24)}


@pytest.mark.parametrize("item", TAUGHT)
def test_item_is_taught_where_the_table_says(item):
    lesson, heading = TAUGHT[item]
    notebook = nbformat.read(NOTEBOOKS / f"{lesson}.ipynb", as_version=4)
    text = "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")
    assert heading in re.findall(r"^## (.*)$", text, re.MULTILINE)
