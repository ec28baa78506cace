"""Who has read which text: each is read by one run, and the others on it get its ids."""

from __future__ import annotations

import contextlib
import os
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from uuid import uuid4

from rnnviz.data import TextKey
from rnnviz.runs.messages import LetTextGo, TextAnswer, TextEvent, TextRead, WantText
from rnnviz.runs.shared_memory import give_back, give_back_named
from rnnviz.runs.shared_text import TextToShare

if TYPE_CHECKING:
    from multiprocessing.shared_memory import SharedMemory

Answer = Callable[[TextAnswer], None]
"""Takes an answer to the run that asked; safe from any thread. By it a run is known."""


@dataclass(slots=True, eq=False)
class _Entry:
    """A text: those that asked for it in order, of whom the first reads it until it is read."""

    keys: frozenset[TextKey]
    memory: str = ""
    asks: dict[str, Answer] = field(default_factory=dict)
    text: TextToShare | None = None
    kept: SharedMemory | None = None


class TextRegistry:
    """Hears what runs want to read, and has one of them read it for all; safe from any thread.

    ::

        WantText --nobody has it--> "read it", and TextRead follows: all who wait get it
                 --somebody reads it--> wait; should that one fail or die, the next one reads it
                 --somebody has it--> the text

    What is read stays until nobody uses it any more. A run whose text is given back while it
    trains on it keeps what it sees.

    Parameters
    ----------
    between_processes
        Whether the runs are in processes of their own, so that the ids must lie in shared memory.
    """

    def __init__(self, *, between_processes: bool) -> None:
        self._between_processes = between_processes
        self._lock = threading.Lock()
        self._by_key: dict[TextKey, _Entry] = {}
        self._by_ask: dict[str, _Entry] = {}

    def hear(self, event: TextEvent, answer: Answer) -> None:
        """Take what a run says; it is answered where it wants a text."""
        with self._lock:
            match event:
                case WantText(ask, key):
                    self._want(ask, key, answer)
                case TextRead(ask, text, keys) if ask in self._by_ask:
                    self._was_read(self._by_ask[ask], ask, text, keys)
                case LetTextGo(ask):
                    self._let_go(ask)

    def leave(self, answer: Answer) -> None:
        """Let all go that a run has, which has ended, and read nothing for it."""
        with self._lock:
            for entry in set(self._by_ask.values()):
                for ask in [ask for ask, to in entry.asks.items() if to == answer]:
                    self._let_go(ask, has_ended=True)

    def _want(self, ask: str, key: TextKey, answer: Answer) -> None:
        entry = self._by_key.setdefault(key, _Entry(frozenset([key])))
        self._by_ask[ask] = entry
        entry.asks[ask] = answer
        if entry.text is not None:
            answer(TextAnswer(ask, entry.text))
        elif len(entry.asks) == 1:
            self._have_read(entry)

    def _have_read(self, entry: _Entry) -> None:
        """Have the first of those that wait read the text."""
        ask, answer = next(iter(entry.asks.items()))
        if self._between_processes:
            # Named here, so that it is known what to give back should the reader die.
            entry.memory = f"rnnviz_{os.getpid()}_{uuid4().hex[:8]}"
        answer(TextAnswer(ask, memory=entry.memory))

    def _was_read(
        self, entry: _Entry, reader: str, text: TextToShare, keys: frozenset[TextKey]
    ) -> None:
        with contextlib.suppress(FileNotFoundError):
            entry.kept = text.keep()
        entry.text = text
        entry.keys |= {key for key in keys if self._by_key.setdefault(key, entry) is entry}
        for ask, answer in entry.asks.items():
            if ask != reader:
                answer(TextAnswer(ask, text))

    def _let_go(self, ask: str, *, has_ended: bool = False) -> None:
        entry = self._by_ask.pop(ask, None)
        if entry is None:
            return
        was_reader = entry.text is None and ask == next(iter(entry.asks))
        del entry.asks[ask]
        if was_reader and has_ended and entry.memory:
            give_back_named(entry.memory)
        if not entry.asks:
            for key in entry.keys:
                del self._by_key[key]
            if entry.kept is not None:
                give_back(entry.kept)
        elif was_reader:
            self._have_read(entry)
