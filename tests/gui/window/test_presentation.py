"""A presentation is a form of the window of its own, and leaves the window as it was."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QAction, QCursor, QKeyEvent
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QPushButton, QWidget

from rnnviz.gui.plotting import PlotView
from rnnviz.training.observation.diagnostics.credit import CREDIT
from rnnviz.training.observation.diagnostics.gradient_flow import GRADIENT_FLOW
from rnnviz.training.observation.diagnostics.spectrum import SPECTRUM

# The platform without a screen has neither size hints nor a keyboard to grab, and says so.
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")

SIZES = [(1280, 720), (1920, 1080)]


class Room:
    """A presentation in a test's hands, on a screen of any size."""

    def __init__(self, driver, monkeypatch, size: tuple[int, int]) -> None:
        self.driver = driver
        self.window = driver.window
        self.presentation = driver.controller.shown.presentation
        window, before = driver.window, driver.window.size()
        screen = window.screen()
        monkeypatch.setattr(screen, "size", lambda: type(before)(*size), raising=False)
        monkeypatch.setattr(window, "screen", lambda: screen)
        monkeypatch.setattr(window, "showFullScreen", lambda: window.resize(*size))
        monkeypatch.setattr(window, "showNormal", lambda: window.resize(before))
        # Keys act in the window that is in front.
        window.activateWindow()
        driver.qtbot.waitUntil(window.isActiveWindow)

    def toggle(self) -> None:
        self.driver.trigger("action_present")
        self.settle()

    def settle(self) -> None:
        self.driver.settle()

    def press(self, key: Qt.Key) -> None:
        self.driver.qtbot.keyClick(self.window, key)
        self.settle()

    @property
    def seen(self) -> set[str]:
        return {name for name, dock in self.window.docks.items() if self.window.is_seen(dock)}

    @property
    def largest(self) -> str:
        docks = self.window.docks
        return max(self.seen, key=lambda name: docks[name].width() * docks[name].height())

    def plots(self) -> list[PlotView]:
        panels = [self.driver.controller.panels[name] for name in self.seen]
        views = [view for panel in panels for view in panel.findChildren(PlotView)]
        return [view for view in views if view.isVisible()]


@pytest.fixture
def new_room(driver, monkeypatch):
    return lambda size=(1280, 720): Room(driver, monkeypatch, size)


@pytest.fixture
def room(new_room) -> Room:
    return new_room()


def layout_of(window) -> bytes:
    """Return Qt's own record of the docks, without the size of the middle, where nothing is.

    It stands before the four corners and the tool bars, of which there are none, and is whatever
    it was when a message last took room from the panels.
    """
    layout = bytes(window.save_layout())
    corners_and_bars = 21
    return layout[: -corners_and_bars - 8] + layout[-corners_and_bars:]


def everything(window) -> dict[str, object]:
    """Return all that a presentation has to leave as it was."""
    docks = {
        name: (dock.geometry().getRect(), dock.isFloating()) if window.is_seen(dock) else None
        for name, dock in window.docks.items()
    }
    hidden = {name: dock.isHidden() for name, dock in window.docks.items()}
    return {
        "docks": docks,
        "hidden": hidden,
        "layout": layout_of(window),
        "size": window.size().toTuple(),
        "form": window.findChild(QWidget, "controls").geometry().getRect(),
    }


def uneven(driver) -> None:
    docks, area = driver.window.docks, driver.window.panel_area
    pair = [docks["loss_panel"], docks["gradient_panel"]]
    area.resizeDocks(pair, [300, 640], Qt.Orientation.Horizontal)
    area.resizeDocks(pair, [310, 170], Qt.Orientation.Vertical)


def with_tabs(driver) -> None:
    docks = driver.window.docks
    driver.window.panel_area.tabifyDockWidget(docks["loss_panel"], docks["hidden_panel"])
    docks["clipping_panel"].hide()


def with_one_that_floats(driver) -> None:
    dock = driver.window.docks["clipping_panel"]
    dock.setFloating(True)
    # Qt fetches what floats beyond the screen, and that of the tests is small.
    dock.setGeometry(120, 90, 420, 300)


def filled(driver) -> None:
    driver.controller.panels["gradient_panel"].expand_requested.emit()


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("arrange", [uneven, with_tabs, with_one_that_floats, filled])
def test_leaving_puts_everything_back_exactly(driver, new_room, arrange, size):
    room = new_room(size)
    arrange(driver)
    room.settle()
    before = everything(driver.window)
    kept = driver.controller.shown.layout_to_keep
    room.toggle()
    assert everything(driver.window) != before
    assert driver.controller.shown.layout_to_keep == kept, "closing now keeps what was before"
    room.press(Qt.Key.Key_3)
    room.toggle()
    after = everything(driver.window)
    assert {key: after[key] for key in before if after[key] != before[key]} == {}
    assert driver.controller.theme.scale == 1.0


@pytest.mark.parametrize("size", [*SIZES, (1440, 900)])
def test_no_plot_is_low_and_one_panel_is_much_larger(driver, new_room, size):
    room = new_room(size)
    driver.until_new_run(driver.child(QAction, "experiment_vanishes").trigger)
    room.toggle()
    for key in (Qt.Key.Key_1, Qt.Key.Key_2, Qt.Key.Key_4, Qt.Key.Key_5, Qt.Key.Key_6):
        room.press(key)
        assert 2 <= len(room.seen) <= 3
        assert room.largest == room.presentation.on_stage[0]
        for view in room.plots():
            assert view.mapping.rect.height() >= 240, view.objectName()


def test_at_1920_by_1080_two_panels_stand_beside_the_stage_and_all_type_is_large(driver, new_room):
    room = new_room((1920, 1080))
    room.toggle()
    assert len(room.seen) == 3
    for label in driver.window.findChildren(QLabel):
        if label.isVisible() and label.text():
            assert label.fontInfo().pixelSize() >= 18, label.text()
    for view in room.plots():
        assert view._theme.font("small").pixelSize() >= 18


def test_type_grows_with_the_panel_and_no_axis_has_more_than_seven_ticks(driver, room):
    driver.until_new_run(driver.child(QAction, "experiment_vanishes").trigger)
    room.toggle()
    stage = driver.controller.panels[room.largest]
    beside = next(driver.controller.panels[n] for n in room.seen if n != room.largest)
    assert stage.theme.scale > beside.theme.scale >= 1.25
    for key in (Qt.Key.Key_1, Qt.Key.Key_2, Qt.Key.Key_4, Qt.Key.Key_6):
        room.press(key)
        for view in room.plots():
            frame = view._frame
            for words in (frame._x_words, frame._y_words):
                assert len([w for w in words._words if w.item.isVisible()]) <= 7


def test_a_filled_panel_has_larger_type_and_escape_empties_it(driver, room):
    panel = driver.controller.panels["loss_panel"]
    room.settle()
    before = everything(driver.window)
    panel.expand_requested.emit()
    room.settle()
    assert panel.theme.font("small").pixelSize() >= 16
    assert driver.controller.panels["text_panel"].theme.scale == 1.0
    button = panel._header.help.parentWidget().findChild(QWidget, "loss_panel_help")
    assert button.font().pixelSize() == panel.theme.font("body").pixelSize()
    room.press(Qt.Key.Key_Escape)
    assert panel.theme.scale == 1.0
    assert everything(driver.window) == before


def test_escape_leaves_what_was_entered_last(driver, room):
    room.toggle()
    seen = room.seen
    driver.controller.panels[room.largest].expand_requested.emit()
    room.settle()
    driver.child(QWidget, "settings_tab").click()
    assert driver.child(QWidget, "settings_drawer").isVisible()
    room.press(Qt.Key.Key_Escape)
    assert not driver.child(QWidget, "settings_drawer").isVisible()
    assert len(room.seen) == 1
    room.press(Qt.Key.Key_Escape)
    assert room.seen == seen
    room.press(Qt.Key.Key_Escape)
    assert not room.presentation.is_on
    assert not driver.window.actions_by_name["action_present"].isChecked()
    room.press(Qt.Key.Key_Escape)
    assert not room.presentation.is_on


def test_digits_put_panels_on_the_stage_and_titles_and_menu_say_which(driver, room):
    room.toggle()
    assert room.largest == "loss_panel"
    former = room.seen - {"loss_panel"}
    room.press(Qt.Key.Key_4)
    assert room.largest == "gradient_panel"
    assert room.seen == {"gradient_panel"} | former, "the others stay where they are"
    assert driver.controller.panels["gradient_panel"]._header._key_label.text() == "4"
    action = driver.window.docks["gradient_panel"].toggleViewAction()
    assert action.shortcut().toString() == "4"
    room.press(Qt.Key.Key_4)
    assert room.largest == "gradient_panel"
    room.toggle()
    assert action.shortcut().isEmpty()
    assert not driver.controller.panels["gradient_panel"]._header._key_label.isVisible()


def test_a_digit_typed_into_an_editor_stays_there(driver, room):
    room.toggle()
    room.press(Qt.Key.Key_3)
    prompt = driver.child(QLineEdit, "prompt")
    prompt.setFocus()
    driver.qtbot.keyClicks(prompt, "4s")
    assert prompt.text().endswith("4s")
    assert room.largest == "text_panel"


def test_a_click_on_a_title_row_puts_its_panel_on_the_stage(driver, room):
    room.toggle()
    (beside,) = room.seen - {room.largest}
    header = driver.controller.panels[beside]._header
    driver.qtbot.mouseClick(header, Qt.MouseButton.LeftButton, pos=QPoint(60, 12))
    driver.qtbot.waitUntil(lambda: room.largest == beside)
    assert header.toolTip().startswith("Click, or press")


def test_a_panel_from_the_menu_takes_the_stage(driver, room):
    room.toggle()
    driver.child(QAction, "show_spectrum_panel").trigger()
    room.settle()
    assert room.largest == "spectrum_panel"
    assert driver.controller.panels["spectrum_panel"]._header._key_label.text() == "7"


def test_the_settings_withdraw_to_a_tab_and_come_over_the_panels(driver, room):
    form, drawer = driver.child(QWidget, "controls"), driver.child(QWidget, "settings_drawer")
    tab = driver.child(QWidget, "settings_tab")
    assert not tab.isVisible()
    room.toggle()
    assert tab.isVisible()
    assert not form.isVisible()
    width = driver.window.panel_area.width()
    assert width > 0.9 * driver.window.width()
    tab.click()
    assert form.isVisible()
    assert drawer.height() == driver.window.settings_edge.height()
    ground = driver.window.grab(drawer.geometry().translated(0, 0)).toImage()
    assert ground.pixelColor(3, 3).name() == driver.controller.theme.palette.background
    room.settle()
    assert driver.window.panel_area.width() == width, "the pictures stand still"
    tab.click()
    assert not form.isVisible()
    room.toggle()
    assert form.isVisible()
    assert not tab.isVisible()


def test_pointing_at_the_tab_shows_the_settings_until_the_pointer_has_left(driver, room):
    room.toggle()
    drawer, tab = driver.child(QWidget, "settings_drawer"), driver.child(QWidget, "settings_tab")
    QCursor.setPos(tab.mapToGlobal(tab.rect().center()))
    tab.entered.emit()
    assert drawer.isVisible()
    QCursor.setPos(drawer.mapToGlobal(drawer.rect().center()))
    driver.qtbot.wait(800)
    assert drawer.isVisible()
    QCursor.setPos(driver.window.mapToGlobal(QPoint(900, 500)))
    driver.qtbot.waitUntil(lambda: not drawer.isVisible())


def test_left_and_right_walk_through_the_headline_and_move_nothing(driver, room):
    driver.until_new_run(driver.child(QAction, "experiment_vanishes").trigger)
    experiment = next(e for e in driver.controller.guide.experiments if e.name == "vanishes")
    room.toggle()
    card, sentence = driver.window.experiment_card, driver.child(QLabel, "experiment_sentence")
    assert card.height() <= 110
    heights = {card.height()}
    shown = [sentence.text()]
    for key in (Qt.Key.Key_Right, Qt.Key.Key_Right, Qt.Key.Key_Right, Qt.Key.Key_Left):
        room.press(key)
        shown.append(sentence.text())
        heights.add(card.height())
        assert sentence.heightForWidth(sentence.width()) <= sentence.height()
    do, see, why = experiment.do, experiment.see, experiment.why
    assert shown == [do, see, why, why, see]
    assert len(heights) == 1
    marks = driver.child(QLabel, "experiment_marks")
    assert len(marks.text().split("\N{THIN SPACE}")) == len(experiment.variants[0].claims)
    room.toggle()
    assert not sentence.isVisible()
    assert driver.child(QLabel, "experiment_why").isVisible()


def test_the_next_stop_is_offered_in_the_headline_as_in_the_card(driver, room):
    driver.until_new_run(driver.child(QAction, "experiment_vanishes").trigger)
    go, card = driver.child(QPushButton, "experiment_lead"), driver.window.experiment_card
    for _ in range(3):
        driver.qtbot.waitUntil(go.isVisible)
        assert card.rect().contains(go.mapTo(card, go.rect().bottomRight()))
        room.toggle()


def test_the_cards_sentences_are_as_small_as_they_are_meant_to_be(driver):
    driver.until_new_run(driver.child(QAction, "experiment_vanishes").trigger)
    small = driver.controller.theme.font("small").pixelSize()
    for part in ("do", "see", "why", "findings"):
        assert driver.child(QLabel, f"experiment_{part}").fontInfo().pixelSize() == small


def test_s_held_is_a_spotlight_that_follows_the_pointer(driver, room):
    light = driver.child(QWidget, "spotlight")
    driver.qtbot.keyPress(driver.window, Qt.Key.Key_S)
    assert not light.isVisible(), "outside of a presentation S means nothing"
    driver.qtbot.keyRelease(driver.window, Qt.Key.Key_S)
    room.toggle()
    QCursor.setPos(driver.window.mapToGlobal(QPoint(400, 300)))
    driver.qtbot.keyPress(driver.window, Qt.Key.Key_S)
    assert light.isVisible()
    assert light.size() == driver.window.size()
    repeated = QKeyEvent(
        QEvent.Type.KeyRelease, Qt.Key.Key_S, Qt.KeyboardModifier.NoModifier, "s", True
    )
    QApplication.sendEvent(driver.window, repeated)
    assert light.isVisible(), "a key that is held repeats"
    QCursor.setPos(driver.window.mapToGlobal(QPoint(700, 400)))
    driver.qtbot.waitUntil(lambda: light.centre.toPoint() == QPoint(700, 400))
    picture = driver.window.grab().toImage()
    assert picture.pixelColor(700, 400).lightness() > 200
    assert picture.pixelColor(1250, 700).lightness() < 100
    driver.qtbot.keyRelease(driver.window, Qt.Key.Key_S)
    assert not light.isVisible()


def test_only_what_is_on_the_stage_is_measured(driver, room):
    driver.window.arrange(["gradient_panel", "spectrum_panel", "credit_panel", "units_panel"])
    room.toggle()
    shown = driver.controller.shown
    assert room.seen == {"gradient_panel", "credit_panel"}
    assert shown.needs == {GRADIENT_FLOW, CREDIT}
    driver.trigger("action_step")
    driver.until(
        lambda s: s.step == 1 and s.window is not None and SPECTRUM not in s.window.measured, 5000
    )
    room.toggle()
    assert SPECTRUM in shown.needs


def test_an_experiment_opened_in_a_presentation_takes_the_stage_and_stays_after_it(driver, room):
    own = driver.controller.shown.layout_to_keep
    room.toggle()
    driver.until_new_run(driver.child(QAction, "experiment_vanishes").trigger)
    room.settle()
    experiment = next(e for e in driver.controller.guide.experiments if e.name == "vanishes")
    assert room.largest == f"{experiment.stage}_panel"
    assert "text_panel" not in room.seen
    room.toggle()
    assert room.seen == {f"{name}_panel" for name in experiment.panels}
    assert driver.controller.shown.layout_to_keep == own


@pytest.mark.parametrize("opens_before", [True, False])
def test_every_word_of_a_lesson_is_large(driver, new_room, opens_before):
    room = new_room((1920, 1080))

    def open_lesson() -> None:
        driver.until_new_run(lambda: driver.controller.lessons.open("recurrent-network"))
        # To be inside, the page moves to another place in the window.
        driver.qtbot.waitUntil(lambda: driver.controller.inside.view is not None)

    if opens_before:
        open_lesson()
    room.toggle()
    if not opens_before:
        open_lesson()
    room.settle()
    theme = driver.controller.theme
    assert theme.scale >= 1.5
    for name, role in (("heading", "heading"), ("text", "body"), ("say", "body")):
        label = driver.child(QLabel, f"lesson_{name}")
        assert label.fontInfo().pixelSize() == theme.font(role).pixelSize(), name


def test_on_a_small_screen_a_lessons_sentences_leave_the_room_to_what_they_are_about(
    driver, new_room
):
    room = new_room((1280, 720))
    driver.until_new_run(lambda: driver.controller.lessons.open("learning-to-write"))
    text, heading = driver.child(QLabel, "lesson_text"), driver.child(QLabel, "lesson_heading")
    assert text.isVisible()
    room.toggle()
    assert not text.isVisible()
    assert driver.child(QLabel, "lesson_say").isVisible()
    assert "It has learned nothing yet" in heading.toolTip()
    room.toggle()
    assert text.isVisible()


@pytest.mark.parametrize("opens_before", [True, False])
def test_every_word_of_an_experiment_is_large(driver, new_room, opens_before):
    room = new_room((1920, 1080))

    def open_experiment() -> None:
        driver.until_new_run(driver.child(QAction, "experiment_explodes").trigger)

    if opens_before:
        open_experiment()
    room.toggle()
    if not opens_before:
        open_experiment()
    room.settle()
    theme = driver.controller.theme
    for name, role in (("title", "title"), ("sentence", "small"), ("marks", "title")):
        label = driver.child(QLabel, f"experiment_{name}")
        assert label.fontInfo().pixelSize() == theme.font(role).pixelSize() >= 18, name
