"""Every setting of a run, declared once: its type, range, unit, default and help.

The form in the window, the options of the command line, the configuration in model files and
their validation all follow from the fields of `Settings`. A new setting is one field in its group.
"""

from __future__ import annotations

from dataclasses import dataclass

from rnnviz.data import Source
from rnnviz.training.configuration.groups.data import DataSettings
from rnnviz.training.configuration.groups.network import NetworkSettings
from rnnviz.training.configuration.groups.text import TextSettings
from rnnviz.training.configuration.groups.training import TrainingSettings
from rnnviz.training.configuration.groups.watching import WatchingSettings
from rnnviz.training.configuration.setting import Setting, settings_of

OLD_NAMES = {"adagrad_start": "initial_accumulator_value"}
"""What settings were called in files of earlier versions, which are still read."""


@dataclass(frozen=True, slots=True)
class Settings(WatchingSettings, TextSettings, TrainingSettings, NetworkSettings, DataSettings):
    """The table, which takes the groups from the last one on.

    Its values are `Configuration`, which knows what goes together.
    """


SETTINGS: dict[str, Setting] = settings_of(Settings)
"""Every setting by name, in the order in which the form shows them."""

DATA_SETTINGS = frozenset(name for name, setting in SETTINGS.items() if setting.group == "data")
"""The settings that decide what is read, in what tokens, and how it is split."""

NETWORK_SETTINGS = frozenset(
    {name for name, setting in SETTINGS.items() if setting.group == "network"}
    | {"level", "vocabulary_size"}
)
"""The settings that make a network what it is: another value of one is another network."""


def suits(name: str, source: Source) -> bool:
    """Tell whether a source has what a setting, and the one that decides over it, needs."""
    setting = SETTINGS[name]
    if setting.needs is not None and setting.needs not in source.traits:
        return False
    return setting.relevant_when is None or suits(setting.relevant_when[0], source)
