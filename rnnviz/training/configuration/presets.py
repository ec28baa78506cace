"""Well-known sets of settings, in one click or one option."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from rnnviz.data import CORPORA
from rnnviz.training.configuration import SETTINGS, Configuration, Value

# A preset says all that makes a network and its training; the text, the seed and what a person
# wrote stay as they are.
_KEPT = {"corpus", "validation_fraction", "seed"} | {
    name for name, setting in SETTINGS.items() if setting.is_own_words
}


@dataclass(frozen=True, slots=True)
class Preset:
    """A set of settings with a name.

    Attributes
    ----------
    name, title
        What the command line calls it, and what people read.
    help
        Where it comes from, and what it shows.
    settings
        What differs from the defaults.
    corpus
        The text that it is meant for, where the default one would be too small. It takes the place
        of the program's other texts, not of a person's own or of a task.
    """

    name: str
    title: str
    help: str
    settings: Mapping[str, Value]
    corpus: str | None = None

    def changes(self, configuration: Configuration) -> dict[str, Value]:
        """Return the settings that `configuration` needs changed to follow this preset."""
        wanted = {
            name: setting.default for name, setting in SETTINGS.items() if name not in _KEPT
        } | dict(self.settings)
        if self.corpus is not None and configuration.corpus in CORPORA:
            wanted["corpus"] = self.corpus
        # A task cannot be asked at every length.
        wanted["sequence_length"] = max(
            int(wanted["sequence_length"]), configuration.source.shortest
        )
        return {
            name: value for name, value in wanted.items() if value != getattr(configuration, name)
        }


PRESETS: dict[str, Preset] = {
    preset.name: preset
    for preset in (
        Preset(
            "default",
            "default",
            "The program's own start: a vanilla RNN that learns the tales within seconds.",
            {},
            corpus="tales",
        ),
        Preset(
            "by-hand",
            "by hand",
            "So small that every number can be checked with a pencil: three units, four "
            "characters, plain gradient descent and no clipping, on four letters.",
            {
                "hidden_size": 3,
                "sequence_length": 4,
                "batch_size": 1,
                "optimizer": "sgd",
                "learning_rate": 0.1,
                "clip_mode": "none",
            },
            corpus="hello",
        ),
        Preset(
            "textbook",
            "textbook",
            "The textbook's own example: words, a vocabulary of 8,000, 100 hidden units, "
            "uniform weights, plain gradient descent and no clipping.",
            {
                "level": "word",
                "vocabulary_size": 8000,
                "hidden_size": 100,
                "initialization": "uniform",
                "optimizer": "sgd",
                "learning_rate": 0.005,
                "clip_mode": "none",
                "temperature": 1.0,
            },
            corpus="python-reference",
        ),
        Preset(
            "min-char-rnn",
            "min-char-rnn",
            "The settings of Karpathy's hundred lines: 100 hidden units, 25 characters, "
            "Adagrad with a sum that begins at zero, and every entry of the gradient clipped "
            "at 5. Its first steps saturate the units.",
            {
                "initialization": "gaussian",
                "hidden_size": 100,
                "sequence_length": 25,
                "batch_size": 1,
                "optimizer": "adagrad",
                "initial_accumulator_value": 1e-8,
                "learning_rate": 0.1,
                "clip_mode": "value",
                "clip_threshold": 5.0,
                "temperature": 1.0,
            },
        ),
        Preset(
            "char-rnn",
            "char-rnn",
            "The settings of Karpathy's char-rnn: two LSTM layers of 128 units, 50 streams of "
            "50 characters, RMSProp with a decaying learning rate. The first weights are "
            "larger than in the original, so that one epoch gets further.",
            {
                "initialization": "lecun",
                "cell": "lstm",
                "num_layers": 2,
                "hidden_size": 128,
                "sequence_length": 50,
                "batch_size": 50,
                "optimizer": "rmsprop",
                "learning_rate": 0.002,
                "schedule": "exponential",
                "decay_rate": 0.97,
                "decay_start": 10,
                "clip_mode": "value",
                "clip_threshold": 5.0,
                "validation_interval": 200,
            },
            corpus="python-reference",
        ),
        Preset(
            "modern",
            "modern",
            "A good start today: an LSTM with orthogonal recurrent weights, Adam with a "
            "warm-up, and the gradient's norm clipped at 1.",
            {
                "cell": "lstm",
                "hidden_size": 128,
                "initialization": "orthogonal",
                "initialization_gain": 1.0,
                "sequence_length": 64,
                "batch_size": 16,
                "optimizer": "adam",
                "learning_rate": 0.003,
                "schedule": "cosine",
                "warmup_steps": 100,
                "schedule_steps": 10_000,
                "clip_mode": "norm",
                "clip_threshold": 1.0,
                "validation_interval": 200,
            },
        ),
    )
}
"""The presets by name, in the order of the menu."""
