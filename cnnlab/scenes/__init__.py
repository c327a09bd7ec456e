"""What lessons show: each scene turns results of ``cnnlab.ops`` into a picture on the stage."""

from cnnlab.scenes.activation_browser import ActivationBrowser
from cnnlab.scenes.computation_graph import ComputationGraph
from cnnlab.scenes.conv_backward import ConvBackward
from cnnlab.scenes.detection import Detection
from cnnlab.scenes.digit_pad import DigitPad
from cnnlab.scenes.dropout_masks import DropoutMasks
from cnnlab.scenes.edge_strength import EdgeStrength
from cnnlab.scenes.filter_hunt import FilterHunt
from cnnlab.scenes.gradient_check import GradientDashboard
from cnnlab.scenes.gradient_routing import GradientRouting
from cnnlab.scenes.im2col import Im2col
from cnnlab.scenes.learned_network import LearnedNetwork
from cnnlab.scenes.letter_network import LetterNetwork
from cnnlab.scenes.loss_curve import LossCurve
from cnnlab.scenes.loss_doctor import LossDoctor
from cnnlab.scenes.one_by_one import OneByOne
from cnnlab.scenes.optimizer_race import OptimizerRace
from cnnlab.scenes.photo_filter import PhotoFilter
from cnnlab.scenes.pipeline import Pipeline
from cnnlab.scenes.pixel_inspector import PixelInspector
from cnnlab.scenes.pooling_walk import PoolingWalk
from cnnlab.scenes.relu_map import ReluMap
from cnnlab.scenes.skip_film import SkipFilm
from cnnlab.scenes.sliding_filter import SlidingFilter
from cnnlab.scenes.training_film import TrainingFilm
from cnnlab.scenes.transposed_conv import TransposedConv
from cnnlab.scenes.vote import Vote

__all__ = [
    "ActivationBrowser",
    "ComputationGraph",
    "ConvBackward",
    "Detection",
    "DigitPad",
    "DropoutMasks",
    "EdgeStrength",
    "FilterHunt",
    "GradientDashboard",
    "GradientRouting",
    "Im2col",
    "LearnedNetwork",
    "LetterNetwork",
    "LossCurve",
    "LossDoctor",
    "OneByOne",
    "OptimizerRace",
    "PhotoFilter",
    "Pipeline",
    "PixelInspector",
    "PoolingWalk",
    "ReluMap",
    "SkipFilm",
    "SlidingFilter",
    "TrainingFilm",
    "TransposedConv",
    "Vote",
]
