"""One sequence of a task and the network's answer, as rich text for a stock text widget."""

from __future__ import annotations

import math
from bisect import bisect
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from html import escape
from itertools import groupby
from operator import itemgetter

from PySide6.QtGui import QFontMetricsF

from rnnviz.core.loss import LossName
from rnnviz.data import Task
from rnnviz.gui.style.palette import ColorRole
from rnnviz.gui.style.theme import Theme
from rnnviz.gui.widgets.text_frame import Span
from rnnviz.gui.wording.numbers import in_places, in_whole_percent
from rnnviz.training.snapshot import Answer

_GROUP = 10
"""After so many steps there is a gap, so that they can be counted."""
_SHORTEST_GAP = 6
_GAP_WIDTH = 16
"""How many letters wide the words about a stretch are that is left out."""
_FEW = 12
"""So many steps that matter are shown in any case, the first and the last among them."""
_FIXED_SPACE, _THIN_SPACE = "\N{NO-BREAK SPACE}", "\N{THIN SPACE}"
_NARROW = 200
_HEAD, _CELL = 145, 26
"""The room, in designed pixels, of the words before a row, and of a letter in it."""
_BAR, _BETWEEN, _MARGINS = 84, 16, 12
"""How long a probability's bar is at most, what stands between two, and around all of them."""
_BLOCKS = "▁▂▃▄▅▆▇█"
_LARGEST_SUM = 2.0
_RIGHT, _WRONG, _DASH = "✓", "✗", "\N{EN DASH}"


@dataclass(frozen=True, slots=True)
class Stretch:
    """Steps of a sequence that stand side by side.

    Attributes
    ----------
    start, stop
        The first one, and the one after the last.
    shown
        Whether they are written, or only counted.
    """

    start: int
    stop: int
    shown: bool


def stretches(matters: Sequence[bool], room: int, gap: int = 0) -> list[Stretch]:
    """Choose what is written of a sequence that may be too long.

    Parameters
    ----------
    matters
        Of each step, whether it has to do with the answer.
    room
        How many steps there is room for.
    gap
        As much room as so many steps is taken by the words about each stretch left out.

    Returns
    -------
    list of Stretch
        In order and without gaps. Every step that matters is shown, with as many of its neighbours
        as there is room for, and so are the first and the last. Where many matter, and there is no
        room for all, it is as many as there is room for at the beginning and at the end.
    """
    length = len(matters)
    if length <= room:
        return [Stretch(0, length, True)] if length else []
    places = sorted({0, *(place for place, does in enumerate(matters) if does), length - 1})
    context = room // 2
    kept = _around(places, context, length)
    while context and _room_for(kept, gap) > room:
        context = 4 * context // 5
        kept = _around(places, context, length)
    if _room_for(kept, gap) > room and len(places) > _FEW:
        # What is said of steps left out that matter takes as much room once more.
        kept = _at_both_ends(places, length, lambda some: _room_for(some, gap) + gap <= room)
    chosen: list[Stretch] = []
    end = 0
    for start, stop in kept:
        if start > end:
            chosen.append(Stretch(end, start, False))
        chosen.append(Stretch(start, stop, True))
        end = stop
    return chosen


def _around(places: Sequence[int], context: int, length: int) -> list[tuple[int, int]]:
    """Return the stretches around these places; what is told in fewer words is not left out."""
    kept: list[tuple[int, int]] = []
    for place in places:
        start, stop = max(0, place - context), min(length, place + context + 1)
        if kept and start - kept[-1][1] < _SHORTEST_GAP:
            kept[-1] = (kept[-1][0], max(stop, kept[-1][1]))
        else:
            kept.append((start, stop))
    return kept


def _room_for(kept: Sequence[tuple[int, int]], gap: int) -> int:
    return sum(stop - start for start, stop in kept) + gap * (len(kept) - 1)


def _at_both_ends(
    places: Sequence[int], length: int, fit: Callable[[Sequence[tuple[int, int]]], bool]
) -> list[tuple[int, int]]:
    """Return the stretches around as many of the first and the last places as fit, or a few."""

    def kept(count: int) -> list[tuple[int, int]]:
        return _around([*places[:count], *places[-count:]], 0, length)

    fewest = _FEW // 2
    more = bisect(range(fewest + 1, len(places) // 2), False, key=lambda n: not fit(kept(n)))
    return kept(fewest + more)


class TaskPicture:
    """Writes the rich text in a theme's colours.

    Parameters
    ----------
    theme
        Colours and type, as they are when something is written.
    """

    def __init__(self, theme: Theme) -> None:
        self._theme = theme
        self.width = math.inf
        """The picture's, in pixels: bars side by side are no longer than it allows."""
        self._written: list[tuple[str, int | None]] = []

    @property
    def _gap(self) -> int:
        return self._theme.px(6)

    @property
    def is_narrow(self) -> bool:
        """Whether there is no room for what is the same of all sequences."""
        return self.width < self._theme.px(_NARROW)

    @property
    def style(self) -> str:
        """The style sheet that the rich text needs."""
        palette, px = self._theme.palette, self._theme.px
        mono = self._theme.font("mono").families()[0]
        return f"""
            body {{ color: {palette.ink}; }}
            .mono {{ font-family: '{mono}'; font-size: {px(14)}px; }}
            .soft {{ color: {palette.soft}; }}
            .key {{ color: {palette.ink}; background-color: {palette.forward_band};
                    font-weight: 700; text-decoration: underline; }}
            .said {{ color: {palette.forward}; font-weight: 700; }}
            .wrong {{ color: {palette.ink}; font-weight: 700; text-decoration: underline; }}
            .words {{ color: {palette.soft}; font-size: {px(12)}px; }}
            .bar {{ font-size: {px(4)}px; }}
        """

    def write(
        self, task: Task, labels: Sequence[str], answers: Sequence[Answer], room: int, score: str
    ) -> str:
        """Return a picture of one sequence.

        Parameters
        ----------
        task
            What is asked.
        labels
            What its T steps show.
        answers
            To its last steps.
        room
            For how many steps there is room.
        score
            How the network did on other sequences, a sentence.
        """
        moment = "the last step" if len(answers) <= 1 else "the signal"
        asked = f'<p><span class="words">After {moment}:</span> {escape(task.question)}</p>'
        parts = [
            self._sequence(task, labels, room),
            "" if self.is_narrow else asked,
            self._answers(task, answers),
            f'<p><span class="words">{escape(score)}</span></p>',
        ]
        body = "".join(parts).replace("<p>", f'<p style="margin: 0 0 {self._gap}px 0">')
        return f"<body>{body}</body>"

    def spans(self, text: str) -> dict[int, Span]:
        """Return where the time steps that were written last stand in the picture's text."""
        spans, end = {}, 0
        for words, step in self._written:
            start = text.find(words, end)
            if start < 0:
                break
            end = start + len(words)
            if step is not None:
                spans[step] = start, end
        return spans

    def _sequence(self, task: Task, labels: Sequence[str], room: int) -> str:
        matters = [task.matters(label) for label in labels]
        between = " " if task.reads_numbers else ""
        # Neighbours of a kind become one element.
        runs: list[tuple[str, str]] = []
        self._written = []
        is_narrow = self.is_narrow
        gap = (_GAP_WIDTH // 2 if is_narrow else _GAP_WIDTH) // (
            max(map(len, labels), default=1) + len(between)
        )
        for stretch in stretches(matters, room, gap):
            if not stretch.shown:
                left_out = _left_out(matters[stretch.start : stretch.stop], is_brief=is_narrow)
                runs.append(("words", f" {left_out} "))
                self._written.append((left_out, None))
                continue
            for step in range(stretch.start, stretch.stop):
                if step > stretch.start:
                    runs.append(("soft", " " + between if step % _GROUP == 0 else between))
                runs.append(("key" if matters[step] else "soft", labels[step]))
                self._written.append((labels[step], step))
        text = "".join(
            f'<span class="{kind}">{escape("".join(words for _, words in run))}</span>'
            for kind, run in groupby(runs, key=itemgetter(0))
        )
        return f'<p><span class="mono">{text}</span></p>'

    def _answers(self, task: Task, answers: Sequence[Answer]) -> str:
        if not answers:
            return ""
        kinds: dict[LossName, Callable[[Sequence[Answer]], str]] = {
            "squared_error": self._number,
            "cross_entropy": self._choice if len(answers) == 1 else self._choices,
        }
        return kinds[task.loss](answers)

    def _choice(self, answers: Sequence[Answer]) -> str:
        """Write one answer out of a few, with the probability of each, below or beside it."""
        (answer,) = answers
        spare = self._theme.px(_BETWEEN)
        column = (self.width - self._theme.px(_MARGINS)) / len(answer.probabilities) - spare
        width = int(min(self._theme.px(_BAR), column))
        if width + spare < self._widest_choice(answer):
            return _verdict(answer) + self._choice_in_rows(answer)
        names, bars = [], []
        for name, probability in answer.probabilities:
            mark = f"{_RIGHT}&nbsp;" if name == answer.expected else ""
            names.append(
                f'<td width="{width + spare}"><span class="mono {_kind(answer, name)}">{mark}'
                f"{escape(name)}</span>&nbsp; {in_whole_percent(probability)}</td>"
            )
            bars.append(f"<td>{self._bar(probability, width)}</td>")
        return _verdict(answer) + _table([names, bars], self._gap)

    def _choice_in_rows(self, answer: Answer) -> str:
        """Write a row for each answer that could be given: narrow, and as high as they are many."""
        around = self._theme.px(_MARGINS) + self._widest_choice(answer) + self._theme.px(_BETWEEN)
        width = max(int(min(self._theme.px(_BAR), self.width - around)), 1)
        rows = [
            [
                f'<td><span class="mono {_kind(answer, name)}">{escape(name)}</span></td>',
                f"<td>&nbsp;{_RIGHT if name == answer.expected else ''}&nbsp;</td>",
                f'<td align="right">{in_whole_percent(probability)}&nbsp; </td>',
                f'<td valign="middle">{self._bar(probability, width)}</td>',
            ]
            for name, probability in answer.probabilities
        ]
        return _table(rows, self._gap)

    def _widest_choice(self, answer: Answer) -> float:
        """Return how many pixels an answer takes with its mark and its probability."""
        names = (f"{_RIGHT} {name}" for name, _ in answer.probabilities)
        mono, body = (QFontMetricsF(self._theme.font(role)) for role in ("mono", "body"))
        widest = max(map(mono.horizontalAdvance, names))
        return widest + body.horizontalAdvance(f"{_FIXED_SPACE * 4}{in_whole_percent(1.0)}")

    def _choices(self, answers: Sequence[Answer]) -> str:
        """Write a row of answers below the row of what is right."""
        right = ["right"] + [escape(answer.expected) for answer in answers]
        given, marks, sure = ["answered"], [""], ["sure of the right one"]
        for answer in answers:
            kind = "said" if answer.is_right or answer.given == answer.expected else "wrong"
            given.append(f'<span class="{kind}">{escape(answer.given)}</span>')
            marks.append(_RIGHT if answer.given == answer.expected else _WRONG)
            share = dict(answer.probabilities).get(answer.expected, math.nan)
            sure.append(f'<span class="said">{_block(share)}</span>')
        count = sum(answer.given == answer.expected for answer in answers)
        words = f"<p>{count} of {len(answers)} are right.</p>"
        is_narrow = self.width < self._theme.px(_HEAD + _CELL * len(answers))
        if is_narrow:
            sure[0] = "sure"
        space = _THIN_SPACE if is_narrow else _FIXED_SPACE
        rows = [
            # Without heads the ticks tell that the row above them is the answer.
            [*([] if self.is_narrow else [_head(head)]), *(_cell(cell, space) for cell in row)]
            for head, *row in (right, given, marks, sure)
        ]
        return words + _table(rows, self._gap)

    def _number(self, answers: Sequence[Answer]) -> str:
        """Write a number beside the one that is right, on one scale."""
        (answer,) = answers
        right, given = float(answer.expected), float(answer.given)
        off = "not a number"
        if math.isfinite(given):
            off = f"off by {in_places(abs(given - right), 2)}"
            answer = replace(answer, given=in_places(given, 2))
        rows = [
            self._number_row("right sum", answer.expected, right, "faint"),
            self._number_row("its answer", answer.given, given, "forward"),
        ]
        return _verdict(answer, off) + _table(rows, self._gap)

    def _number_row(self, head: str, text: str, value: float, role: ColorRole) -> list[str]:
        kind = "said" if role == "forward" else ""
        room = max(self.width - self._theme.px(_HEAD), self._theme.px(40))
        bar = self._bar(value / _LARGEST_SUM, int(min(room, self._theme.px(240))), role)
        words = f'<span class="mono {kind}">{escape(text)}</span>&nbsp;&nbsp;'
        return [_head(head), f'<td align="right">{words}</td>', f'<td valign="middle">{bar}</td>']

    def _bar(self, share: float, width: int, role: ColorRole = "forward") -> str:
        """Return a bar so many pixels wide, filled to a share that may be anything."""
        palette = self._theme.palette
        filled = round(width * min(1.0, max(0.0, share))) if math.isfinite(share) else 0
        cells = [
            f'<td width="{pixels}" bgcolor="{color}"><span class="bar">&nbsp;</span></td>'
            for pixels, color in (
                (filled, palette.color(role).name()),
                (width - filled, palette.line),
            )
            if pixels
        ]
        return _table([cells])


def _left_out(matters: Sequence[bool], *, is_brief: bool) -> str:
    """Say how many steps are left out, and how many of them matter, if any do."""
    steps, count = f"{len(matters):,}", sum(matters)
    matter = "matters" if count == 1 else "matter"
    if is_brief:
        words = f"…{steps}, {count:,} {matter}…" if count else f"…{steps}…"
    else:
        words = f"… {steps} steps, {count:,} that {matter} …" if count else f"… {steps} steps …"
    return words.replace(" ", _FIXED_SPACE)


def _kind(answer: Answer, name: str) -> str:
    return "said" if name == answer.given else "soft"


def _block(share: float) -> str:
    if not math.isfinite(share):
        return _DASH
    return _BLOCKS[min(len(_BLOCKS) - 1, max(0, int(share * len(_BLOCKS))))]


def _verdict(answer: Answer, how_far: str = "") -> str:
    mark = f"{_RIGHT} right" if answer.is_right else f"{_WRONG} wrong"
    how_far = f", {how_far}" if how_far else ""
    return (
        f'<p>Right is <b>{escape(answer.expected)}</b>; it answers <span class="said">'
        f"{escape(answer.given)}</span>{how_far}: <b>{mark}</b></p>"
    )


def _head(words: str) -> str:
    return f'<td><span class="words">{words}</span>&nbsp;&nbsp;</td>'


def _cell(text: str, space: str) -> str:
    return f'<td align="center"><span class="mono">{space}{text}{space}</span></td>'


def _table(rows: Sequence[Sequence[str]], below: int = 0) -> str:
    style = f'style="margin-bottom: {below}px"'

    def lines() -> Iterator[str]:
        for row in rows:
            yield f"<tr>{''.join(row)}</tr>"

    return f'<table cellspacing="0" cellpadding="0" {style}>{"".join(lines())}</table>'
