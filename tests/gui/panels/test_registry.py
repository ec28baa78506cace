"""Adding a panel is one file and one line: what its line has to say, for all of them at once."""

import pytest
from PySide6.QtWidgets import QAbstractButton

from rnnviz.data.sources import SOURCES
from rnnviz.gui.panels.base.panel import Panel
from rnnviz.gui.panels.registry import PANELS
from rnnviz.gui.style.theme import Theme
from rnnviz.training.configuration import Configuration
from rnnviz.training.observation.registry import EVERYTHING


@pytest.fixture
def panels(qtbot) -> list[Panel]:
    theme = Theme()
    made = [kind.make(theme) for kind in PANELS]
    for panel in made:
        qtbot.addWidget(panel)
    return made


def test_whatever_can_be_watched_is_watched_by_a_panel(panels):
    for panel in panels:
        for button in panel.findChildren(QAbstractButton):
            if button.isCheckable() and not button.isChecked():
                button.click()
    assert frozenset().union(*(panel.watches for panel in panels)) == EVERYTHING


def test_what_a_panel_watches_besides_is_asked_for_first(panels):
    for panel in panels:
        assert panel.watches == frozenset(panel.shows)


def test_a_panel_is_called_what_no_other_is_called(panels):
    names = [panel.objectName() for panel in panels]
    assert len(set(names)) == len({panel.title for panel in panels}) == len(names)
    assert all(name.endswith("_panel") for name in names)


def test_each_kind_of_source_has_one_panel_of_its_own_at_the_most():
    own = [kind.of_source for kind in PANELS if kind.of_source]
    assert len(set(own)) == len(own)
    assert set(own) <= {source.kind for source in SOURCES.values()}


def test_a_further_panel_waits_until_somebody_asks_for_it():
    assert sum(kind.shown_at_first for kind in PANELS) == 6
    own = [kind.of_source for kind in PANELS if kind.shown_at_first and kind.of_source]
    assert own == [Configuration().source.kind]
