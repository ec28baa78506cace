"""The optimisers, by the name that configurations and files use."""

from rnnviz.core.optimizers.adagrad import Adagrad
from rnnviz.core.optimizers.adam import Adam
from rnnviz.core.optimizers.base import (
    DEFAULT_SUM,
    SAFE_GRADIENT,
    SMALLEST_SUM,
    Optimizer,
    Slots,
    UpdateSettings,
)
from rnnviz.core.optimizers.momentum import Momentum
from rnnviz.core.optimizers.rmsprop import RMSProp
from rnnviz.core.optimizers.sgd import SGD

OPTIMIZERS: dict[str, type[Optimizer]] = {
    kind.name: kind for kind in (Adagrad, SGD, Momentum, RMSProp, Adam)
}

__all__ = [
    "DEFAULT_SUM",
    "OPTIMIZERS",
    "SAFE_GRADIENT",
    "SGD",
    "SMALLEST_SUM",
    "Adagrad",
    "Adam",
    "Momentum",
    "Optimizer",
    "RMSProp",
    "Slots",
    "UpdateSettings",
]
