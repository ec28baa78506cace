"""Settings and their values, within a sentence."""

from __future__ import annotations

from rnnviz.gui.wording.numbers import in_full
from rnnviz.training.configuration import SETTINGS, Value


def setting_name(name: str) -> str:
    """Return what people call a setting, in the middle of a sentence."""
    label = SETTINGS[name].label
    return label[:1].lower() + label[1:]


def setting_value(name: str, value: Value) -> str:
    """Return a setting's value as people read it: a choice's title, or a number in full."""
    setting = SETTINGS[name]
    if setting.choices:
        return setting.choices[str(value)]
    return value if isinstance(value, str) else in_full(value)
