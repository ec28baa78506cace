"""A network that is to travel: its weights, and what its numbers mean."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

from rnnviz.core.architecture import Architecture
from rnnviz.core.parameters import Array
from rnnviz.storage.errors import StorageError
from rnnviz.training.configuration import Configuration
from rnnviz.training.state.checkpoint import Checkpoint


@dataclass(frozen=True, slots=True, eq=False)
class PortableModel:
    """What an export takes along of a run: nothing to train on with, and no folder.

    Attributes
    ----------
    configuration
        The settings; of a text of the person's own they have only the name.
    tokens
        The vocabulary, in the order of ids.
    parameters
        Arrays by the core's names.
    title
        What it was trained on.
    step
        After how many steps.
    history
        How it went, in the arrays of a checkpoint, for who wants that alone.
    """

    configuration: Configuration
    tokens: tuple[str, ...]
    parameters: Mapping[str, Array]
    title: str
    step: int
    history: Mapping[str, Array]

    @classmethod
    def of(cls, checkpoint: Checkpoint, *, best: bool = False) -> PortableModel:
        """Take it from a checkpoint: the last weights, or those that did best.

        Raises
        ------
        StorageError
            If the best ones are wanted, and there are none.
        """
        step, parameters = checkpoint.step, checkpoint.parameters
        if best:
            if checkpoint.best is None:
                raise StorageError("The model was never tested on what is held out.")
            step, parameters = checkpoint.best.step, checkpoint.best.parameters
        configuration = checkpoint.without_folder().configuration
        return cls(
            configuration,
            checkpoint.tokens,
            parameters,
            checkpoint.title,
            step,
            checkpoint.history,
        )

    @property
    def architecture(self) -> Architecture:
        """The network's sizes and kinds."""
        return self.configuration.architecture(len(self.tokens))

    @property
    def metadata(self) -> dict[str, str]:
        """What the numbers mean, as JSON texts: by these our own import knows the rest."""
        return {
            "title": json.dumps(self.title),
            "vocabulary": json.dumps(self.tokens),
            "configuration": json.dumps(self.configuration.to_mapping()),
        }

    def heading(self, program: str) -> str:
        """Say in a line of plain words what is exported, and to whom."""
        title = in_docstring(self.title)
        architecture, layers = self.architecture, self.architecture.num_layers
        units = f"{architecture.hidden_size:,} units"
        size = units if layers == 1 else f"{layers} layers of {units}"
        what = f"{architecture.kind.title}, {size}, after step {self.step:,}"
        return f"Written by rnnviz for {program}: {title or 'a network'}, {what}."


def in_docstring(words: str) -> str:
    """Leave out what a docstring in double quotes cannot have: both may come from a stranger."""
    return "".join(sign for sign in words if sign.isprintable() and sign not in '"\\')
