"""What is known about one setting, and how a value for it is checked."""

from __future__ import annotations

import contextlib
import dataclasses
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import Any, Literal, get_type_hints

from rnnviz.core.errors import RnnvizError
from rnnviz.data import Source, Trait
from rnnviz.data.text.source import OWN
from rnnviz.wording import of_tokens

Value = int | float | str
Group = Literal["data", "network", "training", "text", "watching"]


class ConfigurationError(RnnvizError):
    """A setting that is out of its range, of the wrong type or unknown."""


class Effect(Enum):
    """What a change of a live setting entails beside the new value."""

    OTHER_WINDOWS = auto()
    """The next windows have another shape, and are read on from the same place."""
    EMPTY_STATE = auto()
    """The next window begins with a state of zeros."""
    OTHER_OPTIMIZER = auto()
    """Another optimiser takes over, which remembers nothing."""
    OTHER_MOMENTUM = auto()
    """The optimiser of now goes on with this momentum."""
    REWRITES = auto()
    """What is written while training rests is written anew."""
    OTHER_PROMPT = auto()
    """What is written begins anew in any case, and it is said what of the prompt is not known."""
    OTHER_WATCHED = auto()
    """Another text is looked at, and it is said what of it is not known."""

    @property
    def lasts(self) -> bool:
        """Whether it stays when the setting is changed back."""
        return self in (Effect.OTHER_WINDOWS, Effect.EMPTY_STATE, Effect.OTHER_OPTIMIZER)


@dataclass(frozen=True, slots=True)
class Setting:
    """What is known about one field of `Configuration` beside its value.

    Attributes
    ----------
    name, kind, default
        The field's name, its type (int, float or str) and its default.
    label, help
        For people: a short noun, and a sentence or two; `help_for` fills in its fields.
    group
        The form's section.
    live
        Whether a change acts at the next step; otherwise it needs a new run.
    effects
        What a change under way entails.
    minimum, maximum
        Inclusive bounds of numbers.
    slider
        The ends of its slider, where the whole range would make it too coarse for the values that
        people use.
    choices
        For each allowed value its title; empty where any value in range is allowed.
    logarithmic
        Whether a slider moves by factors.
    unit
        What the number counts.
    advanced
        Whether the form keeps it out of sight until asked.
    relevant_when
        Another field and the values of it for which this one matters.
    needs
        What must be so of the source that is learned from for this one to mean anything.
    only_looks
        Whether it only decides what is looked at, and when: what is trained does not depend on it.
    help_without
        What is said instead of `help` of a source without this trait; in both, ``{noun}`` and
        ``{held_out}`` stand for the source's.
    """

    name: str
    kind: type
    default: Value
    label: str
    help: str
    group: Group
    live: bool = False
    effects: frozenset[Effect] = frozenset()
    minimum: float | None = None
    maximum: float | None = None
    slider: tuple[float, float] | None = None
    choices: Mapping[str, str] = field(default_factory=dict)
    logarithmic: bool = False
    unit: str = ""
    advanced: bool = False
    relevant_when: tuple[str, tuple[Value, ...]] | None = None
    needs: Trait | None = None
    only_looks: bool = False
    help_without: tuple[Trait, str] | None = None

    def help_for(self, source: Source | None = None, level: str = "character") -> str:
        """Return the help that is true where this source is learned from at this level.

        Without a source, it is a text.
        """
        source = source or OWN
        trait, without = self.help_without or (None, "")
        help = self.help if trait is None or trait in source.traits else without
        return of_tokens(help, source.token(level), noun=source.noun, held_out=source.held_out)

    @property
    def is_own_words(self) -> bool:
        """Whether its value is what a person wrote, and no choice or number."""
        return self.kind is str and not self.choices

    @property
    def slider_range(self) -> tuple[float, float]:
        """The ends of its slider: those that are declared, or all of its range."""
        return self.slider or (float(self.minimum or 0), float(self.maximum or 1))

    def checked(self, value: object) -> Value:
        """Return `value` as this setting's type.

        Raises
        ------
        ConfigurationError
            Naming the setting, what was given and what is allowed.
        """
        if not self._allows(value):
            raise ConfigurationError(f"{self.label}: {shown(value)} is not {self.allowed()}.")
        return self.kind(value)  # type: ignore[no-any-return]

    def read(self, text: str) -> Value:
        """Return the value that is written so; raises as `checked` does."""
        value: object = text
        if self.kind is not str:
            with contextlib.suppress(ValueError):
                value = self.kind(text)
        return self.checked(value)

    def _allows(self, value: object) -> bool:
        if self.kind is str:
            return isinstance(value, str) and (not self.choices or value in self.choices)
        if isinstance(value, bool) or not isinstance(value, int | float):
            return False
        low = -math.inf if self.minimum is None else self.minimum
        high = math.inf if self.maximum is None else self.maximum
        # Compared first: a whole number may be too large even to become a float.
        if not low <= value <= high:
            return False
        return math.isfinite(value) and (self.kind is float or value == int(value))

    def allowed(self) -> str:
        """Say in words which values are allowed, such as 'a whole number from 1 to 4,096'."""
        if self.choices:
            return "one of " + ", ".join(self.choices)
        if self.kind is str:
            return "a text"
        noun = "a whole number" if self.kind is int else "a number"
        limits = ((" from ", self.minimum), (" to ", self.maximum))
        return noun + "".join(f"{word}{_plain(at)}" for word, at in limits if at is not None)


def _plain(number: float) -> str:
    """Write a number without an exponent: 1,000,000 and 0.000001."""
    return f"{number:,.10f}".rstrip("0").rstrip(".")


def shown(value: object) -> str:
    """Write what was given, cut short: it may come from a file and be of any length."""
    try:
        text = f"{value:,}" if type(value) is int else repr(value)
    except ValueError:
        return "a number of more digits than can be shown"
    return text if len(text) <= 60 else f"{text[:57]}..."


def declared(default: Value, label: str, help: str, group: Group, **more: Any) -> Any:
    """Declare a field of a dataclass as a setting; `more` are attributes of a `Setting`."""
    setting = {"default": default, "label": label, "help": help, "group": group, **more}
    return field(default=default, metadata={"setting": setting})


def titles(registry: Mapping[str, Any]) -> dict[str, str]:
    """Return the choices that a registry offers, each with its entry's title or else its name."""
    return {name: getattr(entry, "title", name) for name, entry in registry.items()}


def settings_of(table: type[Any]) -> dict[str, Setting]:
    """Return what a dataclass of `declared` fields says about each, in its order."""
    kinds = get_type_hints(table)
    return {
        entry.name: Setting(entry.name, kinds[entry.name], **entry.metadata["setting"])
        for entry in dataclasses.fields(table)
    }


def is_whole_number(value: object) -> bool:
    """Tell whether a value, which may come from anywhere, is one; True and False are none."""
    return isinstance(value, int) and not isinstance(value, bool)
