"""One run's end of sharing texts: it asks who has read one, reads it where nobody has, says so."""

from __future__ import annotations

import contextlib
import queue
import weakref
from collections.abc import Callable
from typing import Any
from uuid import uuid4

from numpy.typing import NDArray

from rnnviz.data import Progress, TextDataset, TextKey
from rnnviz.runs.messages import LetTextGo, TextAnswer, TextEvent, TextRead, WantText
from rnnviz.runs.shared_text import shared

_SECONDS_BETWEEN_LOOKS = 0.05


class TextBorrower:
    """Shares the texts that a loop reads with other runs, through a `TextRegistry`.

    Parameters
    ----------
    tell
        Takes what the registry is to hear.

    Attributes
    ----------
    has_borrowed
        Whether another run had the last text already, so that it takes no memory of this one.
    """

    def __init__(self, tell: Callable[[TextEvent], None]) -> None:
        self._tell = tell
        self._answers: queue.SimpleQueue[TextAnswer] = queue.SimpleQueue()
        self._used: dict[str, weakref.ref[NDArray[Any]]] = {}
        self.has_borrowed = False

    def hear(self, answer: TextAnswer) -> None:
        """Take an answer of the registry; safe from any thread."""
        self._answers.put(answer)

    def share(
        self, key: TextKey, read: Callable[[], TextDataset], progress: Progress | None
    ) -> TextDataset:
        """Return a text from whoever has read it, else read it: a ``Share`` of ``rnnviz.data``."""
        ask = uuid4().hex
        is_shared = self.has_borrowed = False
        self._tell(WantText(ask, key))
        try:
            answer = self._wait_for(ask, progress)
            dataset, is_shared = self._obtained(answer, key, read)
        finally:
            if not is_shared:
                self._tell(LetTextGo(ask))
        if is_shared:
            self._used[ask] = weakref.ref(dataset.training_ids)
        return dataset

    def let_go(self) -> None:
        """Tell of texts that this run uses no more."""
        for ask in [ask for ask, ids in self._used.items() if ids() is None]:
            del self._used[ask]
            self._tell(LetTextGo(ask))

    def _wait_for(self, ask: str, progress: Progress | None) -> TextAnswer:
        """Wait for an answer; one to what was given up meanwhile says nothing any more."""
        while True:
            with contextlib.suppress(queue.Empty):
                answer = self._answers.get(timeout=_SECONDS_BETWEEN_LOOKS)
                if answer.ask == ask:
                    return answer
            if progress is not None:
                progress(0.0, "Another run is reading the text")

    def _obtained(
        self, answer: TextAnswer, key: TextKey, read: Callable[[], TextDataset]
    ) -> tuple[TextDataset, bool]:
        """Return the dataset, and whether it is one that others have too, or can have."""
        if answer.text is not None:
            # What is on the disk by now counts, whatever others train on.
            with contextlib.suppress(FileNotFoundError):
                if key.is_current:
                    dataset = answer.text.open()
                    self.has_borrowed = True
                    return dataset, True
            return read(), False
        dataset = read()
        if not key.is_current:
            return dataset, False
        try:
            text, dataset = shared(dataset, answer.memory)
        except OSError:
            # There is no room for it: this run has it alone.
            return dataset, False
        self._tell(TextRead(answer.ask, text, key.answered_by(dataset)))
        return dataset, True
