"""How probable the network thought what it read."""

from __future__ import annotations

import csv
import io
import math

import numpy as np
from PySide6.QtWidgets import QWidget

from rnnviz.gui.panels.base.read_text import ReadText, ReadToken
from rnnviz.gui.panels.base.small_multiples import SmallMultiples
from rnnviz.gui.style.theme import Theme
from rnnviz.gui.widgets.written_text import WrittenText
from rnnviz.training.observation.diagnostics.answers import ANSWERS
from rnnviz.training.observation.diagnostics.predictions import PREDICTIONS
from rnnviz.training.snapshot import PredictedText, Snapshot

_NO_TEXT = "Probabilities are shown of a text, and this run learns a {noun}."
_ANSWERED = " “The task” shows what the network answers."
_UNIT = "nats per {token}"
_SUBTITLE = "blue: how probable"
_EXPLANATION = """
The text that the network reads, and how well it predicted each {token}. The stronger the blue \
behind a {token}, the more probable the network thought it; a pale one came as a surprise. The \
first {token}, underlined, is read but not predicted. {window}

The number below is the loss: the mean of −ln p over these {tokens}. For a single window it says \
as much about the text as about the network. For a watched text, it falls as the network learns.
""".strip()


class PredictionsPanel(SmallMultiples):
    """The window's first stream, each token coloured by the probability that it was given.

    Parameters
    ----------
    theme
        Colours and type.
    parent
        The widget that holds it.
    """

    shows = (PREDICTIONS,)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(
            theme,
            object_name="predictions_panel",
            title="Predictions",
            subtitle=_SUBTITLE,
            explanation=_EXPLANATION,
            parent=parent,
        )
        self._text = WrittenText("predicted_text", "What was read, by how probable it was", theme)
        self._text.is_growing = False
        self._shown: PredictedText | None = None
        self._read: ReadText | None = None
        self._text.viewport().setMouseTracking(True)
        self._text.piece_hovered.connect(self.token_pointed)
        self._run = self._why_none = ""
        self.set_body(self._text)
        theme.changed.connect(self._recolor)

    @property
    def text(self) -> str:
        """What is shown at present."""
        return self._text.toPlainText()

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Write what was read."""
        if snapshot.window is None or PREDICTIONS not in snapshot.window.measured:
            return
        predicted = snapshot.get(PREDICTIONS)
        if snapshot.run_id != self._run:
            self._run = snapshot.run_id
            self.speak_of(snapshot.configuration.token)
            self._why_none = _NO_TEXT.format(noun=snapshot.configuration.source.noun)
            if snapshot.get(ANSWERS):
                self._why_none += _ANSWERED
        elif predicted is self._shown:
            return
        self._shown = predicted
        self._read = None if predicted is None else ReadText.of(snapshot.window)
        self._write()

    @property
    def pointed_token(self) -> ReadToken | None:
        """The token that the pointer is over; see `Panel.pointed_token`."""
        own = None if self._read is None else self._read.at(self._text.pointed_piece)
        return own or super().pointed_token

    def mark_token(self, token: ReadToken | None) -> None:
        """Frame a token in the text; see `Panel.mark_token`."""
        super().mark_token(token)
        place = None if token is None else token.place_in(self._read)
        self._text.frame_piece(place)

    def csv(self) -> str:
        """Return the tokens that were predicted, each with its probability."""
        output = io.StringIO()
        writer = csv.writer(output, lineterminator="\n")
        writer.writerow(["token", "probability"])
        if self._shown is not None:
            writer.writerows(zip(self._shown.pieces, self._shown.probabilities, strict=True))
        return output.getvalue()

    def _write(self) -> None:
        predicted, bar = self._shown, self._text.verticalScrollBar()
        if predicted is None:
            self._text.say(self._why_none)
            return
        with np.errstate(divide="ignore"):
            loss = -float(np.log(predicted.probabilities).mean())
        words = f"{loss:.2f}" if math.isfinite(loss) else "infinitely many"
        place = bar.value()
        self._text.rewrite(predicted.prompt, predicted.pieces, predicted.probabilities)
        self._text.note(f"\n\n{words} {self.of_tokens(_UNIT)}")
        bar.setValue(place)

    def _recolor(self) -> None:
        self._text.restyle()
        if self._run:
            self._write()
