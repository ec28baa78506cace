"""The window's text, coloured by how probable each token was to the network."""

import csv
import io

import numpy as np
from PySide6.QtWidgets import QLineEdit

from rnnviz.training.commands import Restart
from rnnviz.training.observation.diagnostics.predictions import PREDICTIONS


def test_it_shows_what_is_read_and_holds_still_with_a_watched_text(driver):
    panel = driver.controller.panels["predictions_panel"]
    driver.window.arrange(["predictions_panel", "hidden_panel"])
    snapshot = driver.until(lambda s: PREDICTIONS in s.window.measured)
    window = snapshot.window
    assert panel.text.startswith("".join((*window.tokens, window.targets[-1])))
    line = driver.child(QLineEdit, "watched_text")
    line.setText("the old king")
    line.editingFinished.emit()
    snapshot = driver.until(lambda s: s.window.is_watched_text)
    loss = -np.log(snapshot.get(PREDICTIONS).probabilities).mean()
    expected = f"the old king\n\n{loss:.2f} nats per character"
    assert panel.text == expected
    assert panel.subtitle == "your watched text, blue: how probable"
    rows = list(csv.reader(io.StringIO(panel.csv())))
    assert [row[0] for row in rows] == ["token", *"he old king"]
    driver.trigger("action_train")
    driver.until(lambda s: s.step > 300)
    assert panel.text.startswith("the old king\n")
    assert panel.text != expected


def test_of_a_task_it_says_where_the_answers_are(driver):
    panel = driver.controller.panels["predictions_panel"]
    driver.window.arrange(["predictions_panel"])
    post = driver.controller.thread_of_training.post
    driver.until_new_run(lambda: post(Restart((("corpus", "temporal-order"),))))
    driver.until(lambda s: PREDICTIONS in s.window.measured)
    assert panel.text == (
        "Probabilities are shown of a text, and this run learns a task. “The task” shows what the "
        "network answers."
    )
    assert panel.csv() == "token,probability\n"
