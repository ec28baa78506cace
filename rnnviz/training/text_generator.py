"""The texts that a run writes: samples at set steps, and the one that is being written now."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from rnnviz.core.errors import RnnvizError
from rnnviz.core.network import Network
from rnnviz.core.sampling import Sampler
from rnnviz.data import TokenVocabulary
from rnnviz.training.configuration import Configuration
from rnnviz.training.configuration.setting import is_whole_number
from rnnviz.training.state.checkpoint import Sample

SAMPLE_LENGTH = 240
STREAM_LENGTH = 2000
LONGEST_PROMPT = 1000
_SAMPLES, _STREAM = 1, 2
_STREAM_PER_LOOK = 2
_FIRST_STREAM = 160


def is_sample_step(step: int) -> bool:
    """Whether a sample is kept after this step: 0, 10, 100, 200, 500, 1,000, 2,000, 5,000 ..."""
    if step < 100:
        return step in (0, 10)
    while step % 10 == 0:
        step //= 10
    return step in (1, 2, 5)


def first_token(vocabulary: TokenVocabulary) -> int:
    """Return what is read where there is no prompt: a line's end, else a space, else any."""
    for token in ("\n", " "):
        if token in vocabulary.tokens:
            return vocabulary.tokens.index(token)
    return min(1, vocabulary.size - 1) if vocabulary.unknown == 0 else 0


@dataclass(frozen=True, slots=True)
class LiveText:
    """The text that the network is writing now, as far as it has come.

    Attributes
    ----------
    number
        Changes when the writing begins anew.
    length
        How many tokens were written in all; `pieces` are the last of them.
    prompt, pieces, probabilities
        As in `Sample`.
    """

    number: int
    length: int
    prompt: str
    pieces: tuple[str, ...]
    probabilities: tuple[float, ...]

    @property
    def text(self) -> str:
        """The end of what was written."""
        return "".join(self.pieces)


class TextGenerator:
    """Writes with a network that is being trained, without disturbing its training.

    It has random generators of its own, so that who watches does not change what is trained,
    and what it writes at a step does not depend on what it wrote before.

    Parameters
    ----------
    network, vocabulary
        Of the run.
    seed
        The run's.
    """

    def __init__(self, network: Network, vocabulary: TokenVocabulary, seed: int) -> None:
        self._network = network
        self._vocabulary = vocabulary
        self._seed = seed
        self._number = 0
        self._pieces: tuple[str, ...] = ()
        self._probabilities: tuple[float, ...] = ()
        self._begin("")

    def sample(self, step: int, configuration: Configuration) -> Sample:
        """Write a step's sample; the same weights give the same one."""
        rng = np.random.default_rng([self._seed, _SAMPLES, step])
        prompt, writer, decode = self._begun(configuration.prompt)
        ids, probabilities = writer.write(SAMPLE_LENGTH, configuration.temperature, rng)
        return Sample(
            step=step,
            prompt=prompt,
            pieces=tuple(map(decode, ids)),
            probabilities=tuple(probabilities),
            temperature=configuration.temperature,
        )

    def restart_stream(self, configuration: Configuration, length: int = 0) -> None:
        """Begin the stream anew from the prompt and write `length` tokens at once."""
        self._begin(configuration.prompt)
        self.continue_stream(configuration, length)

    def continue_stream(self, configuration: Configuration, length: int) -> None:
        """Write on with the weights as they are now."""
        ids, probabilities = self._writer.write(length, configuration.temperature, self._rng)
        self._pieces = (*self._pieces, *map(self._decode, ids))[-STREAM_LENGTH:]
        self._probabilities = (*self._probabilities, *probabilities)[-STREAM_LENGTH:]
        self._length += length

    def stream(self) -> LiveText:
        """Return what was written so far, its last 2,000 tokens."""
        return LiveText(
            number=self._number,
            length=self._length,
            prompt=self._prompt,
            pieces=self._pieces,
            probabilities=self._probabilities,
        )

    def _begin(self, prompt: str) -> None:
        self._number += 1
        self._length = 0
        self._prompt, self._writer, self._decode = self._begun(prompt)
        self._rng = np.random.default_rng([self._seed, _STREAM, self._number])
        self._pieces = ()
        self._probabilities = ()

    def _begun(self, prompt: str) -> tuple[str, Sampler, Callable[[int], str]]:
        """Return the end of the prompt as far as it is known, and who goes on from it.

        These are a writer that has read it, and a decoder that knows what stands before.
        """
        vocabulary = self._vocabulary
        ids = vocabulary.encode_typed(prompt, unknown="skip")[-LONGEST_PROMPT:].tolist()
        writer = Sampler(self._network, ids or [first_token(vocabulary)], vocabulary.unknown)
        decode = vocabulary.decoder()
        return "".join(map(decode, ids)), writer, decode


class NoText:
    """Stands where a `TextGenerator` would, in a run whose network answers and does not write."""

    def sample(self, step: int, configuration: Configuration) -> None:
        """Write nothing."""

    def restart_stream(self, configuration: Configuration, length: int = 0) -> None:
        """Write nothing."""

    def continue_stream(self, configuration: Configuration, length: int) -> None:
        """Write nothing."""

    def stream(self) -> None:
        """Return nothing."""


class WritingRun(Protocol):
    """A run, as far as what it writes is concerned."""

    text_generator: TextGenerator | NoText

    @property
    def step_count(self) -> int:
        """How many steps were done."""

    @property
    def configuration(self) -> Configuration:
        """The settings in force."""


class LiveStream:
    """What a run writes while somebody looks on: a little more each time, anew when it is old."""

    def __init__(self) -> None:
        self._began = 1

    def write(self, run: WritingRun, length: int) -> None:
        """Write a fresh text of this length.

        Raises
        ------
        RnnvizError
            Where the length, which may come from anywhere, is none.
        """
        if not is_whole_number(length) or not 0 <= length <= STREAM_LENGTH:
            raise RnnvizError(f"A text is from 0 to {STREAM_LENGTH:,} tokens long.")
        self.restart(run, length)

    def restart(self, run: WritingRun, length: int | None = None) -> None:
        """Write anew with the weights as they are, a few lines unless another length is given."""
        self._began = max(1, run.step_count)
        length = _FIRST_STREAM if length is None else length
        run.text_generator.restart_stream(run.configuration, length)

    def write_on(self, run: WritingRun) -> None:
        """Write a little more; begin anew where half of the steps are newer than the text."""
        if run.step_count >= 2 * self._began:
            self.restart(run)
        else:
            run.text_generator.continue_stream(run.configuration, _STREAM_PER_LOOK)
