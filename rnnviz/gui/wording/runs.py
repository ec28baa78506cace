"""What runs are called: alone by cell and size, beside rivals by what tells them apart."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from rnnviz.data import Trait
from rnnviz.data.files import readable_name
from rnnviz.gui.wording.numbers import in_full
from rnnviz.training.configuration import SETTINGS, Configuration, Value
from rnnviz.training.state.origin import Origin

_MOST_PARTS = 3
_UNSAID = frozenset({"parameter_budget", "text_file"}) | frozenset(
    name for name, setting in SETTINGS.items() if setting.only_looks
)
"""What only looks tells no networks apart, what a budget buys is said by the size, and a text that
is a person's own by its file's name."""


def run_name(configuration: Configuration) -> str:
    """Return a network's cell and size: ``LSTM, 2 layers of 128 units``."""
    cell = SETTINGS["cell"].choices[configuration.cell]
    layers = configuration.num_layers
    units = _phrase("hidden_size", configuration)
    return f"{cell}, {units}" if layers == 1 else f"{cell}, {layers} layers of {units}"


def run_names(
    configurations: Sequence[Configuration], titles: Sequence[str] | None = None
) -> list[str]:
    """Name each run by the settings in which not all agree: ``LSTM, 128 units``, ``threshold 5``.

    Of many such settings the first few are told, and further ones where two runs would have the
    same name. Those that differ in nothing are numbered.

    Parameters
    ----------
    configurations
        Of the runs.
    titles
        What each is called before anything else; empty for nothing.
    """
    told_apart = [
        name
        for name in SETTINGS
        if name not in _UNSAID and len({_value(name, c) for c in configurations}) > 1
    ]
    titles = titles or [""] * len(configurations)
    names = [
        ", ".join(filter(None, (title, _phrases(told_apart[:_MOST_PARTS], c)))) or run_name(c)
        for title, c in zip(titles, configurations, strict=True)
    ]
    for name in told_apart[_MOST_PARTS:]:
        called = list(zip(names, configurations, strict=True))
        names = [
            f"{so_far}, {_phrase(name, one)}"
            if len({_value(name, c) for other, c in called if other == so_far}) > 1
            else so_far
            for so_far, one in called
        ]
    counted = Counter(names)
    return [
        name if counted[name] == 1 else f"{name} ({names[: place + 1].count(name)})"
        for place, name in enumerate(names)
    ]


def branch_name(step: int) -> str:
    """Name a branch after its fork."""
    return f"Branch at step {step:,}"


def origin_words(origins: Sequence[Origin]) -> str:
    """Say where a branch has left which run: ``branched at step 1,200 from LSTM, 128 units``."""
    return f"branched at step {origins[0].step:,} from {origins[0].name}" if origins else ""


def _value(name: str, configuration: Configuration) -> Value:
    """Return what a setting is; of a text of one's own the file."""
    value: Value = getattr(configuration, "text_file" if _is_own(name, configuration) else name)
    return value


def _is_own(name: str, configuration: Configuration) -> bool:
    return name == "corpus" and Trait.OWN_FILE in configuration.source.traits


def _phrases(names: Sequence[str], configuration: Configuration) -> str:
    """Say these settings; one layer, and what another makes idle, goes without saying."""
    is_usual = "num_layers" in names and configuration.num_layers == 1
    said = [
        name
        for name in names
        if _acts(name, configuration) and not (is_usual and name == "num_layers")
    ] or names
    return ", ".join(_phrase(name, configuration) for name in said)


def _acts(name: str, configuration: Configuration) -> bool:
    """Tell whether a setting matters beside the others: a threshold where nothing is clipped."""
    other, values = SETTINGS[name].relevant_when or ("", ())
    # What a budget has made of the hidden size is said as any other.
    return not other or name == "hidden_size" or getattr(configuration, other) in values


def _phrase(name: str, configuration: Configuration) -> str:
    """Say one setting: ``128 units``, ``clip gradients none``, ``Tales``, ``own.txt``."""
    setting, value = SETTINGS[name], _value(name, configuration)
    if _is_own(name, configuration):
        return readable_name(configuration.text_name)
    if name in ("cell", "corpus"):
        return setting.choices[str(value)]
    if name == "hidden_size":
        return "1 unit" if value == 1 else f"{value:,} units"
    if name == "num_layers":
        return "1 layer" if value == 1 else f"{value} layers"
    if setting.choices:
        value = setting.choices[str(value)]
    elif not isinstance(value, str):
        value = in_full(value)
    return f"{setting.label[:1].lower()}{setting.label[1:]} {value}"
