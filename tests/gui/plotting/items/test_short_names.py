"""Names that are too long are cut, and still told apart."""

import pytest
from PySide6.QtGui import QFont, QFontMetricsF

from rnnviz.gui.plotting.items.short_names import short_names


@pytest.fixture
def metrics(qapp) -> QFontMetricsF:
    return QFontMetricsF(QFont("monospace", 10))


def width(metrics: QFontMetricsF, letters: int) -> float:
    return metrics.horizontalAdvance("n" * letters) + 0.5


def test_names_that_fit_stay_whole(metrics):
    names = ["learning rate 0.1", "learning rate 0.2"]
    assert short_names(names, width(metrics, 17), metrics) == names


def test_words_that_all_begin_with_go_first(metrics):
    names = ["learning rate 0.1, clip none", "learning rate 0.37", "learning rate 0.2, clip value"]
    assert short_names(names, width(metrics, 18), metrics) == [
        "…0.1, clip none", "learning rate 0.37", "…0.2, clip value"
    ]  # fmt: skip


def test_a_name_alone_is_known_by_its_beginning_and_its_end(metrics):
    (said,) = short_names(["Branch at step 201, with all the rest"], width(metrics, 16), metrics)
    assert said.startswith("Branch")
    assert said.endswith("rest")
    assert "…" in said


def test_those_that_would_be_cut_to_the_same_are_cut_among_themselves(metrics):
    rates = "learning rate 0.1, clip gradients none", "learning rate 0.37, clip gradients none"
    said = short_names([*rates, "norm, threshold 100"], width(metrics, 20), metrics)
    assert len(set(said)) == 3
    assert said[0].startswith("…0.1, ")
    assert said[1].startswith("…0.37, ")
    assert said[2] == "norm, threshold 100"
    most = width(metrics, 20)
    assert all(metrics.horizontalAdvance(one) <= most for one in said)


def test_equal_names_stay_equal(metrics):
    said = short_names(["a name that is long"] * 2, width(metrics, 8), metrics)
    assert said[0] == said[1]
