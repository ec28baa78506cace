import pytest

from rnnviz.gui.panels.registry import PANELS
from rnnviz.gui.style.theme import ColorScheme, Theme
from rnnviz.gui.wording.tokens import in_bytes, in_percent, in_tokens


@pytest.mark.parametrize(
    ("written", "of_words"),
    [
        ("nats per character", "nats per word"),
        ("letter pairs", "word pairs"),
        ("so many characters back", "so many words back"),
        ("char/s", "words/s"),
        ("training step", "training step"),
    ],
)
def test_what_is_said_of_characters_is_said_of_words(written, of_words):
    assert in_tokens("character", written) == written
    assert in_tokens("word", written) == of_words


@pytest.mark.parametrize("kind", PANELS, ids=lambda kind: kind.make.__name__)
def test_no_explanation_speaks_of_characters_where_tokens_are_words(qtbot, kind):
    panel = kind.make(Theme(ColorScheme.LIGHT))
    qtbot.addWidget(panel)
    panel.speak_of("word")
    for word in ("character", "letter"):
        assert word not in panel.explanation
        assert word not in panel.accessibleDescription()


@pytest.mark.parametrize("kind", PANELS, ids=lambda kind: kind.make.__name__)
def test_of_a_task_no_explanation_speaks_of_characters(qtbot, kind):
    panel = kind.make(Theme(ColorScheme.LIGHT))
    qtbot.addWidget(panel)
    panel.speak_of("time step")
    assert "character" not in panel.explanation
    assert in_tokens("time step", "so many characters a second, char/s") == (
        "so many time steps a second, time steps/s"
    )


@pytest.mark.parametrize(
    ("wrong", "words"),
    [(0, "0 %"), (1, "0.01 %"), (99, "0.99 %"), (100, "1.00 %"), (434, "4.3 %"), (9999, "99 %"),
     (2500, "25 %"), (10_000, "100 %"), (999, "10.0 %"), (1001, "10 %")],
)  # fmt: skip
def test_a_share_is_never_rounded_to_none_or_all(wrong, words):
    assert in_percent(wrong / 10_000) == words.replace(" ", "\N{NO-BREAK SPACE}")


@pytest.mark.parametrize(
    ("count", "words"),
    [
        (0, "0.0 kB"), (640, "0.6 kB"), (12_345, "12 kB"), (1_234_567, "1.2 MB"),
        (34_000_000, "34 MB"), (2_500_000_000, "2.5 GB"),
    ],
)  # fmt: skip
def test_memory_is_told_in_few_digits(count, words):
    assert in_bytes(count) == words
