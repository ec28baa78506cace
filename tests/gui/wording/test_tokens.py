"""Panels, settings and remarks call what one step reads by its name."""

import pytest
from PySide6.QtWidgets import QLabel

from rnnviz.data.sources import SOURCES
from rnnviz.gui.panels.registry import PANELS
from rnnviz.gui.style.theme import ColorScheme, Theme
from rnnviz.gui.wording.remarks import remark_sentence
from rnnviz.training.configuration import SETTINGS
from rnnviz.training.remarks.remark import (
    AnswersTested,
    BesideGuess,
    ClippingActs,
    GradientLeft,
    LossAmongReferences,
    LossBesideGuess,
    LossFarAbove,
    LossStandsStill,
    NormUnclipped,
    Place,
    Remark,
    UnitsDead,
)

TOKENS = ("character", "word", "time step")
REFERENCES = {"uniform": 3.4, "unigram": 2.8, "bigram": 2.0, "true_entropy": 0.8}
REMARKS: list[Remark] = [
    LossFarAbove(9.0, 3.4, has_been_lower=True),
    *[LossAmongReferences(place, 1.9, REFERENCES) for place in Place],
    *[LossBesideGuess(beside, 1.9, 1.39, "guessing") for beside in BesideGuess],
    AnswersTested(10, 1_000, is_solved=False),
    LossStandsStill(1.0, 1.001, 1_000),
    GradientLeft(10, 0.2, 50, state="cell state", radius=1.5, saturated=0.4),
    UnitsDead(20, 100, 2),
    ClippingActs(3, 1_000),
    NormUnclipped(2_000.0),
]


def assert_speaks_of(token: str, text: str) -> None:
    assert not set("{}") & set(text), "a field is left over"
    if token != "character":
        assert "character" not in text
    if token == "word":
        assert "letter" not in text


@pytest.mark.parametrize("token", TOKENS)
@pytest.mark.parametrize("kind", PANELS, ids=lambda kind: kind.make.__name__)
def test_every_panel_calls_what_is_read_by_its_name(qtbot, kind, token):
    panel = kind.make(Theme(ColorScheme.LIGHT))
    qtbot.addWidget(panel)
    for label in panel.findChildren(QLabel):
        assert_speaks_of("character", label.text())
    panel.speak_of(token)
    for text in (panel.explanation, panel.accessibleDescription()):
        assert_speaks_of(token, text)


@pytest.mark.parametrize("level", ["character", "word"])
@pytest.mark.parametrize("source", SOURCES.values(), ids=SOURCES)
def test_every_setting_calls_what_is_read_by_its_name(source, level):
    helps = {name: setting.help_for(source, level) for name, setting in SETTINGS.items()}
    # The choice of tokens speaks of both.
    assert helps.pop("level") == SETTINGS["level"].help
    for help in helps.values():
        assert_speaks_of(source.token(level), help)


def test_without_a_source_a_setting_speaks_of_characters():
    assert SETTINGS["sequence_length"].help_for().startswith("How many characters the gradient")
    for setting in SETTINGS.values():
        assert_speaks_of("character", setting.help_for())


@pytest.mark.parametrize("token", TOKENS)
@pytest.mark.parametrize("remark", REMARKS, ids=str)
def test_every_remark_calls_what_is_read_by_its_name(remark, token):
    assert_speaks_of(token, remark_sentence(remark, token))
