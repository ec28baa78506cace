from rnnviz.gui.widgets.eliding_combo_box import ElidingComboBox


def test_words_that_do_not_fit_end_in_an_ellipsis_and_others_stay(qtbot):
    box = ElidingComboBox()
    qtbot.addWidget(box)
    box.addItem("a title that is longer than the room that there is")
    box.addItem("short")
    box.setFixedWidth(140)
    box.show()
    qtbot.waitExposed(box)
    assert box.shown_text.endswith("…")
    assert box.currentText().startswith(box.shown_text[:-1])
    box.setCurrentIndex(1)
    assert box.shown_text == "short"
    assert not box.grab().isNull()
