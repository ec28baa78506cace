"""What the commands say beside their results: complaints, notes and progress, on standard error."""

from __future__ import annotations

import argparse
import sys
import time
from types import TracebackType
from typing import Any, NoReturn, Self

from rnnviz.core.errors import RnnvizError

_REPAINT_SECONDS = 0.1
_QUIET_SECONDS = 10.0
_PATIENCE_SECONDS = 0.5
_HUGE = 1e6
# Without steps a second: tokens a second say it, and the loss must fit into a narrow terminal.
_BAR = "{percentage:3.0f}%|{bar}| {n:,}/{total:,} steps [{elapsed}<{remaining}{postfix}]"


class UsageError(RnnvizError):
    """A command line that cannot be obeyed; the message is one sentence."""


class Parser(argparse.ArgumentParser):
    """An argument parser that takes no abbreviations and complains in one sentence."""

    def __init__(self, **more: Any) -> None:
        super().__init__(allow_abbrev=False, **more)

    def error(self, message: str) -> NoReturn:
        """Complain of a word that cannot be understood."""
        sentence = message[:1].upper() + message[1:].rstrip(".")
        raise UsageError(f"{sentence} (see {self.prog} --help).")


def plain(text: str) -> str:
    """Return `text` with nothing in it that could move a terminal's cursor or break a line."""
    return "".join(c if c.isprintable() else "?" for c in text)


def in_places(number: float, places: int = 4) -> str:
    """Return a number with so many places; of a huge one no more than its first digits."""
    return f"{number:,.{places}f}" if abs(number) < _HUGE else f"{number:.{places}e}"


def say(sentence: str) -> None:
    """Write a line to standard error."""
    if sys.stderr is not None:
        print(sentence, file=sys.stderr, flush=True)


def complain(sentence: str) -> None:
    """Write what went wrong to standard error."""
    say(f"rnnviz: {plain(sentence)}")


def reason_of(error: OSError) -> str:
    """Return a sentence for an error of the operating system that nobody foresaw."""
    reason = error.strerror or "unknown reason"
    where = f"{error.filename}: " if error.filename else ""
    return f"{where}{reason}."


def is_terminal() -> bool:
    """Tell whether standard error is watched by a person."""
    return sys.stderr is not None and sys.stderr.isatty()


class ReadingProgress:
    """Shows how reading a text comes along, once it takes long enough to be worth it.

    On a terminal one line that is painted over and gone at the end; elsewhere a line now and then.
    """

    def __init__(self) -> None:
        self._terminal = is_terminal()
        self._pause = _REPAINT_SECONDS if self._terminal else _QUIET_SECONDS
        self._next = time.monotonic() + (_PATIENCE_SECONDS if self._terminal else _QUIET_SECONDS)
        self._painted = False

    def __call__(self, fraction: float, doing: str) -> None:
        """Take what `rnnviz.data.Progress` is told."""
        now = time.monotonic()
        if now < self._next:
            return
        self._next = now + self._pause
        line = f"{plain(doing)}: {fraction:4.0%}"
        if self._terminal:
            print(f"\r{line}\x1b[K", end="", file=sys.stderr, flush=True)
            self._painted = True
        else:
            say(line)

    def close(self) -> None:
        """Leave no half line behind."""
        if self._painted:
            print("\r\x1b[K", end="", file=sys.stderr, flush=True)
            self._painted = False


class TrainingProgress:
    """Shows steps, tokens a second and the loss.

    On a terminal it is a bar, elsewhere a line now and then.

    Parameters
    ----------
    first_step, steps
        Where training begins, and how many steps there will be.
    tokens
        How many tokens were seen before.
    name
        Whose they are, where there are several; what is shown of these is gone in the end.
    line
        Which line of a terminal is this one's, from 0.
    """

    def __init__(
        self, first_step: int, steps: int, tokens: int, name: str = "", line: int | None = None
    ) -> None:
        self._first, self._steps = first_step, steps
        self._step, self._tokens = first_step, tokens
        self._name = name
        self._bar: Any = None
        if is_terminal():
            from tqdm import tqdm

            self._bar = tqdm(
                total=steps,
                desc=name,
                bar_format=f"{{desc}} {_BAR}" if name else _BAR,
                position=line,
                leave=not name,
                file=sys.stderr,
                dynamic_ncols=True,
            )
        self._pause = _REPAINT_SECONDS if self._bar is not None else _QUIET_SECONDS
        self._last = time.monotonic()
        self._rate = 0.0

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Leave the bar as it stands."""
        if self._bar is not None:
            self._bar.close()

    def finish(self, step: int, tokens: int, loss: float) -> None:
        """Fill the bar; where there is none, the summary that follows says it all."""
        if self._bar is not None:
            self.show(step, tokens, loss)

    def is_due(self) -> bool:
        """Tell whether it is time to show something."""
        return time.monotonic() - self._last >= self._pause

    def show(self, step: int, tokens: int, loss: float) -> None:
        """Show how far training has come, and the loss in its source's unit."""
        now = time.monotonic()
        rate = (tokens - self._tokens) / max(now - self._last, 1e-9)
        # The bar is painted often, and a number that jumps cannot be read.
        self._rate = rate if not self._rate or self._bar is None else 0.9 * self._rate + 0.1 * rate
        words = f"loss {in_places(loss, 3)}, {self._rate:,.0f} tokens/s"
        if self._bar is not None:
            self._bar.set_postfix_str(words, refresh=False)
            self._bar.update(step - self._step)
        else:
            sentence = f"Step {step:,} of {self._first + self._steps:,}: {words}."
            say(f"{self._name.strip()}: {sentence}" if self._name else sentence)
        self._last, self._step, self._tokens = now, step, tokens
