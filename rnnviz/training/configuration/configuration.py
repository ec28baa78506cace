"""One run's settings, and what follows from them together."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PureWindowsPath
from typing import Any, Self

from rnnviz.core.architecture import Architecture
from rnnviz.core.schedules import exponential_decay, warmed_up_cosine
from rnnviz.data import Source, TokenVocabulary, Trait
from rnnviz.data.sources import SOURCES
from rnnviz.training.configuration.groups.network import LARGEST_HIDDEN_SIZE
from rnnviz.training.configuration.setting import ConfigurationError, Value, shown
from rnnviz.training.configuration.settings import (
    OLD_NAMES,
    SETTINGS,
    Settings,
    suits,
)


@dataclass(frozen=True, slots=True)
class Configuration(Settings):
    """Everything that a person chooses about one run.

    Raises
    ------
    ConfigurationError
        Where a value is out of range or of the wrong type.
    """

    def __post_init__(self) -> None:
        for name, setting in SETTINGS.items():
            object.__setattr__(self, name, setting.checked(getattr(self, name)))
        if Trait.OWN_FILE in self.source.traits and not self.text_file:
            raise ConfigurationError(f"{self.source.title} needs a file to read.")

    @property
    def source(self) -> Source:
        """What is learned from."""
        return SOURCES[self.corpus]

    @property
    def text_name(self) -> str:
        """What the person's own text is called, without its folder; empty where there is none."""
        # Of whichever system the path is: this one knows both signs between folders.
        return PureWindowsPath(self.text_file).name

    @property
    def token(self) -> str:
        """What one step reads: ``character`` or ``word``, or ``time step`` of a task."""
        return self.source.token(self.level)

    def vocabulary(self, tokens: tuple[str, ...]) -> TokenVocabulary:
        """Return the vocabulary of these tokens, which may come from a file.

        Raises
        ------
        DataError
            If they are none of this source and level.
        """
        return self.source.vocabulary(self.level, tokens)

    def architecture(self, vocab_size: int) -> Architecture:
        """Return the network's sizes and kinds for a vocabulary of `vocab_size` tokens.

        Raises
        ------
        ConfigurationError
            Where the budget of parameters buys no network, or one that is too large.
        """
        architecture = Architecture(
            vocab_size=vocab_size,
            hidden_size=self.hidden_size,
            num_layers=self.num_layers,
            cell=self.cell,
            activation=self.activation,
            residual=self.residual == "on",
            num_outputs=self.source.num_outputs,
            reads_numbers=self.source.reads_numbers,
        )
        if not self.parameter_budget:
            return architecture
        affordable = architecture.within(self.parameter_budget)
        if affordable is None or affordable.hidden_size > LARGEST_HIDDEN_SIZE:
            smallest = dataclasses.replace(architecture, hidden_size=1).parameter_count()
            raise ConfigurationError(
                f"Parameters: a network over {vocab_size:,} tokens has at least {smallest:,}."
                if affordable is None
                else f"Parameters: {self.parameter_budget:,} would need more than "
                f"{LARGEST_HIDDEN_SIZE:,} hidden units."
            )
        return affordable

    def learning_rate_at(self, step: int, epoch: int) -> float:
        """Return the learning rate of one step, as the schedule has it.

        Parameters
        ----------
        step
            The step, counted from 1.
        epoch
            How many whole epochs were read before it.
        """
        highest = self.learning_rate
        match self.schedule:
            case "exponential":
                return exponential_decay(highest, epoch, self.decay_rate, self.decay_start)
            case "cosine":
                return warmed_up_cosine(highest, step, self.warmup_steps, self.schedule_steps)
            case _:
                return highest

    def matters(self, name: str) -> bool:
        """Tell whether a setting means anything beside the others.

        It does not where the source, or the setting that decides over it, makes it meaningless.
        """
        if not suits(name, self.source):
            return False
        relevant_when = SETTINGS[name].relevant_when
        if relevant_when is None:
            return True
        other, values = relevant_when
        return getattr(self, other) in values and self.matters(other)

    def to_mapping(self) -> dict[str, Value]:
        """Return the settings by name, ready for JSON."""
        return {name: getattr(self, name) for name in SETTINGS}

    @classmethod
    def from_mapping(cls, values: Mapping[str, object]) -> Self:
        """Build a configuration from settings by name; those not named keep their defaults.

        A setting may have the name that an earlier version gave it.

        Raises
        ------
        ConfigurationError
            Where a name is unknown or a value is not allowed.
        """
        named: dict[str, Any] = {OLD_NAMES.get(name, name): values[name] for name in values}
        unknown = [name for name in named if name not in SETTINGS]
        if unknown:
            raise ConfigurationError(f"There is no setting called {shown(unknown[0])}.")
        return cls(**named)

    def with_value(self, name: str, value: object) -> Self:
        """Return a copy with one setting changed; raises as `from_mapping` does."""
        if name not in SETTINGS:
            raise ConfigurationError(f"There is no setting called {shown(name)}.")
        return dataclasses.replace(self, **{name: value})  # type: ignore[arg-type]
