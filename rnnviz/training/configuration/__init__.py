"""One run's settings: what there is to choose, and what was chosen."""

from rnnviz.training.configuration.configuration import Configuration
from rnnviz.training.configuration.setting import ConfigurationError, Setting, Value
from rnnviz.training.configuration.settings import (
    LARGEST_SEED,
    NETWORK_SETTINGS,
    OLD_NAMES,
    OWN_TEXT,
    SETTINGS,
    TEXT_SETTINGS,
)

__all__ = [
    "LARGEST_SEED",
    "NETWORK_SETTINGS",
    "OLD_NAMES",
    "OWN_TEXT",
    "SETTINGS",
    "TEXT_SETTINGS",
    "Configuration",
    "ConfigurationError",
    "Setting",
    "Value",
]
