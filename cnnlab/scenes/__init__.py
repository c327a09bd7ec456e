"""What lessons show: each scene turns results of ``cnnlab.ops`` into a picture on the stage."""

from cnnlab.scenes.pooling_walk import PoolingWalk
from cnnlab.scenes.relu_map import ReluMap
from cnnlab.scenes.sliding_filter import SlidingFilter

__all__ = ["PoolingWalk", "ReluMap", "SlidingFilter"]
