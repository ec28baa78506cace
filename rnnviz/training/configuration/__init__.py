"""One run's settings: what there is to choose, and what was chosen."""

from rnnviz.training.configuration.configuration import Configuration
from rnnviz.training.configuration.groups.network import LARGEST_SEED
from rnnviz.training.configuration.setting import (
    ConfigurationError,
    Effect,
    Setting,
    Value,
)
from rnnviz.training.configuration.settings import (
    DATA_SETTINGS,
    NETWORK_SETTINGS,
    OLD_NAMES,
    SETTINGS,
    suits,
)

__all__ = [
    "DATA_SETTINGS",
    "LARGEST_SEED",
    "NETWORK_SETTINGS",
    "OLD_NAMES",
    "SETTINGS",
    "Configuration",
    "ConfigurationError",
    "Effect",
    "Setting",
    "Value",
    "suits",
]
