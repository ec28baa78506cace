"""The optimisers, by the name that configurations and files use."""

from rnnviz.core.optimizers.base import (
    DEFAULT_SUM,
    OPTIMIZERS,
    SAFE_GRADIENT,
    SGD,
    SMALLEST_SUM,
    Adagrad,
    Adam,
    Momentum,
    Optimizer,
    RMSProp,
    Slots,
    UpdateSettings,
)

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
