"""The card of an experiment: whose each finding is, and that nothing on it is ever cut."""

from __future__ import annotations

import pytest
from PySide6.QtGui import QFontMetricsF
from PySide6.QtWidgets import QApplication, QLabel, QMenu, QPushButton

from rnnviz.gui.experiments.card import ExperimentCard
from rnnviz.gui.experiments.findings import RunFindings
from rnnviz.gui.experiments.run_choice import ALL_AT_ONCE, RunChoice
from rnnviz.gui.style.sign import SIGNS
from rnnviz.gui.style.theme import Theme
from rnnviz.gui.wording.claims import claim_lines
from rnnviz.training.claims.watch import ClaimsView
from rnnviz.training.experiments import Experiment, load_experiments

EXPERIMENTS, _ = load_experiments(None)
RACES = [one for one in EXPERIMENTS if len(one.variants) > 1]
# Beside the settings in windows of 1280 and 1152 pixels, without them in one of 800; and in a
# presentation, beside their tab, on screens of 1920, 1280 and 1024.
WIDTHS = (932, 804, 740)
SCREENS = ((1920, 1080), (1280, 720), (1024, 768))
TAB = 48


@pytest.fixture
def card(qtbot, application: QApplication) -> ExperimentCard:
    theme = Theme(parent=application)
    theme.apply(application)
    card = ExperimentCard(theme)
    qtbot.addWidget(card)
    return card


def show(card: ExperimentCard, one: Experiment) -> None:
    names = [variant.name for variant in one.variants]
    card.show_experiment(one.title, (one.do, one.see, one.why), names, "seen with 5 of 5 seeds")
    card.show_run(ALL_AT_ONCE)
    views = [ClaimsView.of_none_measured(variant.claims) for variant in one.variants]
    card.show_findings(
        [
            RunFindings(claim_lines(view), "", name, sign)
            for view, name, sign in zip(views, names, SIGNS, strict=False)
            if view is not None
        ]
    )
    card.show_next_stop(25_000)


def cut(card: ExperimentCard) -> list[str]:
    """Return the words of labels and buttons that are not seen whole."""
    widgets = [*card.findChildren(QLabel), *card.findChildren(QPushButton)]
    found = []
    for widget in widgets:
        if not widget.isVisibleTo(card) or not widget.text():
            continue
        needed = QFontMetricsF(widget.font()).horizontalAdvance(widget.text())
        wraps = isinstance(widget, QLabel) and widget.wordWrap()
        place = widget.rect().translated(widget.mapTo(card, widget.rect().topLeft()))
        least = widget.heightForWidth(widget.width()) if wraps else widget.fontMetrics().height()
        is_whole = (wraps or widget.width() >= needed - 1) and widget.height() >= least - 1
        if not is_whole or not card.rect().contains(place):
            found.append(widget.text())
    return found


def give_room(card: ExperimentCard, width: int) -> None:
    card.setGeometry(0, 0, width, 100)
    for _ in range(3):
        QApplication.processEvents()
        card.resize(width, card.layout().totalHeightForWidth(width))


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("one", RACES, ids=lambda one: one.name)
def test_nothing_on_the_card_is_cut(card, one, width):
    show(card, one)
    give_room(card, width)
    assert not cut(card)


@pytest.mark.parametrize("screen", SCREENS)
@pytest.mark.parametrize("one", RACES, ids=lambda one: one.name)
def test_nothing_in_the_headline_is_cut(card, one, screen):
    theme = card._theme
    theme.set_presentation(True, screen=screen)
    card.set_headline(True)
    show(card, one)
    give_room(card, screen[0] - theme.px(TAB))
    assert not cut(card)


def test_each_run_has_a_row_with_its_name_and_its_sign(card):
    show(card, next(one for one in RACES if one.name == "gates-remember"))
    rows = card._findings._rows
    assert [name.text() for _, name, _ in rows] == ["LSTM", "GRU", "vanilla"]
    pictures = [sign.pixmap().toImage() for sign, _, _ in rows]
    assert pictures[0] != pictures[1] != pictures[2]
    assert all(claims.text().startswith("○") for _, _, claims in rows)


def test_one_run_has_neither_a_button_nor_a_name(card):
    show(card, next(one for one in EXPERIMENTS if one.name == "saturated"))
    assert card.findChild(RunChoice).isHidden()
    ((sign, name, claims),) = card._findings._rows
    del sign, name
    assert claims.text().count("○") == 3


def test_where_buttons_have_no_room_one_with_a_menu_stands_for_them(card, qtbot):
    card.show()
    choice = card.findChild(RunChoice)
    choice.offer(["40 characters", "5 characters"])
    choice.mark(ALL_AT_ONCE)
    one = card.findChild(QPushButton, "experiment_runs")
    choice.resize(choice.sizeHint())
    assert one.isHidden()
    choice.resize(choice.minimumSizeHint())
    assert not one.isHidden()
    assert one.text() == "all at once"
    actions = choice.findChild(QMenu).actions()
    assert [action.text() for action in actions] == ["all at once", "40 characters", "5 characters"]
    with qtbot.waitSignal(choice.chosen) as chosen:
        actions[2].trigger()
    assert chosen.args == [1]
    assert one.text() == "5 characters"
