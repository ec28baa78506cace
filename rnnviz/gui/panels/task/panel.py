"""One sequence of a long-memory task, and what the network answers to it."""

from __future__ import annotations

import csv
import io

from PySide6.QtGui import QFontMetricsF, QResizeEvent
from PySide6.QtWidgets import QWidget

from rnnviz.data import Task
from rnnviz.gui.panels.base.read_text import ReadText, ReadToken
from rnnviz.gui.panels.base.small_multiples import SmallMultiples
from rnnviz.gui.panels.task.picture import TaskPicture
from rnnviz.gui.panels.task.sequence_text import SequenceText
from rnnviz.gui.plotting.axes.training_axis import POSITIONS
from rnnviz.gui.style.theme import Theme
from rnnviz.gui.wording.numbers import in_percent, in_whole_percent
from rnnviz.training.observation.diagnostics.answers import ANSWERS
from rnnviz.training.score import SOLVED
from rnnviz.training.snapshot import Answer, Snapshot

# What stands below the sequence, in lines, and the least that the sequence itself has.
_LINES_BELOW, _LEAST_LINES = 9, 1
# Lines are broken between groups: so much of them is written on.
_FILLED = 0.85
_NO_TASK = (
    "This run learns a text. Choose a task as the corpus, such as “Task: temporal order”, to see "
    "here what the network is asked and what it answers."
)
_EXPLANATION = """
At the end of a sequence, a task asks for something that came long before. {description}

The panel shows the first sequence of a window, from left to right, with a gap after every tenth \
step. {{window}} What matters is bold and underlined; everything else is there to distract. If a \
sequence is too long to be written out, the panel says how much is left out.

Below the sequence are the right answer and the network's. The longer or higher the blue bar, the \
more probable the network thinks that answer. A tick means right and a cross means wrong.

One sequence proves nothing. So the network is regularly tested ("Test every") on new sequences, \
which it never trains on. A sequence counts as wrong for {criterion}.
""".strip()


class TaskPanel(SmallMultiples):
    """The first sequence of the window, the right answers and the network's.

    Parameters
    ----------
    theme
        Colours and type.
    parent
        The widget that holds it.
    """

    shows = (ANSWERS,)
    least_cell = (140, 120)
    quantities = frozenset({"wrong_share"})

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(
            theme,
            object_name="task_panel",
            title="The task",
            explanation=_EXPLANATION.format(
                description="Whether a network can answer shows how far back it can learn.",
                criterion="a wrong answer",
            ),
            parent=parent,
        )
        self._snapshot: Snapshot | None = None
        self._shown: tuple[object, ...] = ()
        self._run = ""
        self._picture = TaskPicture(theme)
        self._read: ReadText | None = None
        self._text = SequenceText()
        self._text.say(_NO_TASK)
        self._text.pointed.connect(self.token_pointed)
        self.set_body(self._text)
        if self._emphasis is not None:
            self._emphasis.keep_foot_free = self._keep_foot_free
        theme.changed.connect(self._recolor)
        self._recolor()

    @property
    def text(self) -> str:
        """What is shown at present, without its looks."""
        return self._text.toPlainText()

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Write the snapshot's sequence and its answers."""
        self._snapshot = snapshot
        if snapshot.run_id != self._run:
            self._run = snapshot.run_id
            self.speak_of(snapshot.configuration.token)
            if (task := _task(snapshot)) is not None:
                self.set_explanation(
                    _EXPLANATION.format(description=task.description, criterion=task.criterion)
                )
        self._write()

    @property
    def pointed_token(self) -> ReadToken | None:
        """The time step that the pointer is over; see `Panel.pointed_token`."""
        step = self._text.pointed_step
        own = None if step is None or self._read is None else self._read.at(step)
        return own or super().pointed_token

    def mark_token(self, token: ReadToken | None) -> None:
        """Frame a time step in the sequence; see `Panel.mark_token`."""
        super().mark_token(token)
        step = None if token is None else token.place_in(self._read)
        self._text.frame_step(step)

    def csv(self) -> str:
        """Return what each step showed, and at those that are answered right and given answers."""
        output = io.StringIO()
        writer = csv.writer(output, lineterminator="\n")
        window = self._snapshot.window if self._snapshot is not None else None
        answers = {answer.step: answer for answer in self._answers}
        choices = next((answer.probabilities for answer in answers.values()), ())
        names = [f"probability of {name}" for name, _ in choices]
        writer.writerow(["time step", "shown", "right answer", "network's answer", "right", *names])
        if window is not None and answers:
            for step, shown in enumerate(window.tokens):
                writer.writerow(
                    [step + POSITIONS.first, shown, *_fields(answers.get(step), len(names))]
                )
        return output.getvalue()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Write as much of the sequence as there is room for now."""
        super().resizeEvent(event)
        # The text below takes its own new size now, and not after this.
        self._layout.activate()
        self._write()

    @property
    def _answers(self) -> tuple[Answer, ...]:
        """What the network answered in the newest window; nothing where it learns a text."""
        return () if self._snapshot is None else self._snapshot.get(ANSWERS) or ()

    def _write(self) -> None:
        snapshot = self._snapshot
        if snapshot is None or snapshot.window is None:
            return
        task, window = _task(snapshot), snapshot.window
        if task is None or not self._answers:
            self.set_subtitle("")
            if self._shown:
                self._text.say(_NO_TASK)
            self._shown, self._read = (), None
            return
        room = self._room(task, len(self._answers))
        # As with a scroll bar, so that one does not come and go with the picture.
        bar = self._text.verticalScrollBar()
        present = bar.width() if bar.isVisible() else 0
        self._picture.width = self._text.viewport().width() + present - bar.sizeHint().width()
        score = score_sentence(snapshot, is_brief=self._picture.is_narrow)
        shown = (snapshot.run_id, window, room, score, self._picture.width)
        if shown == self._shown:
            return
        self._shown = shown
        self.set_subtitle(f"{task.title.lower()} over {len(window.tokens):,} time steps")
        self._text.setHtml(self._picture.write(task, window.tokens, self._answers, room, score))
        self._text.set_spans(self._picture.spans(self._text.raw_text))
        self._read = ReadText.of(window)

    def _room(self, task: Task, answers: int) -> int:
        """Return for how many steps there is room."""
        metrics = QFontMetricsF(self.theme.font("mono"))
        viewport = self._text.viewport()
        per_line = max(1.0, viewport.width() / max(metrics.horizontalAdvance("0"), 1.0))
        # Several answers stand in a table of one row more.
        body = QFontMetricsF(self.theme.font("body"))
        below = (_LINES_BELOW + (answers > 1)) * max(body.lineSpacing(), metrics.lineSpacing())
        lines = max(_LEAST_LINES, int((viewport.height() - below) / metrics.lineSpacing()))
        # A symbol and its share of the gaps, or two digits with their point and spaces.
        width = 5.3 if task.reads_numbers else 1.1
        return int(_FILLED * lines * per_line / width)

    def _keep_foot_free(self, height: int) -> None:
        self._text.keep_foot_free(height)
        self._write()

    def _recolor(self) -> None:
        self._text.setFont(self.theme.font("body"))
        self._text.document().setDefaultStyleSheet(self._picture.style)
        self._text.document().setDocumentMargin(self.theme.px(4))
        self._shown = ()
        self._write()


def _task(snapshot: Snapshot) -> Task | None:
    source = snapshot.configuration.source
    return source if isinstance(source, Task) else None


def score_sentence(snapshot: Snapshot, *, is_brief: bool = False) -> str:
    """Say how a run on a task did on new sequences when it was last tested, or in few words."""
    score, interval = snapshot.score, snapshot.configuration.validation_interval
    solved = f"below {in_whole_percent(SOLVED)} counts as solved"
    often = "step" if interval == 1 else f"{interval:,} steps"
    if score is not None:
        wrong, asked = in_percent(score.wrong_share), f"{score.sequences:,}"
        # What a step of the past would have answered, nobody has asked.
        of_now = snapshot.is_of_past
        if is_brief:
            return f"Last test{', of now' if of_now else ''}: {wrong} of {asked} wrong."
        when = "Now, when last tested" if of_now else "When last tested"
        return f"{when}, {wrong} of {asked} new sequences were answered wrongly; {solved}."
    if not interval:
        if is_brief:
            return "It is not tested."
        return f"It is not tested on new sequences: “Test every” is 0 ({solved})."
    if is_brief:
        return f"A test follows after every {often}."
    return f"It is tested on new sequences after every {often}; {solved}."


def _fields(answer: Answer | None, count: int) -> list[object]:
    if answer is None:
        return [""] * (3 + count)
    shares = [probability for _, probability in answer.probabilities]
    return [answer.expected, answer.given, "yes" if answer.is_right else "no", *shares]
