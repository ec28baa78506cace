import subprocess
import sys

import pytest

from rnnviz.wording import in_bytes, of_tokens


@pytest.mark.parametrize(
    ("text", "of_characters", "of_words", "of_steps"),
    [
        ("nats per {token}", "nats per character", "nats per word", "nats per time step"),
        ("{tokens} back", "characters back", "words back", "time steps back"),
        ("{letter} pairs", "letter pairs", "word pairs", "time step pairs"),
        ("{rate}", "char/s", "words/s", "time steps/s"),
        ("training step", "training step", "training step", "training step"),
    ],
)
def test_a_text_is_true_of_whatever_is_read(text, of_characters, of_words, of_steps):
    assert of_tokens(text, "character") == of_characters
    assert of_tokens(text, "word") == of_words
    assert of_tokens(text, "time step") == of_steps


def test_further_fields_are_filled_in_too():
    assert of_tokens("a {noun} of {tokens}", "word", noun="text") == "a text of words"


@pytest.mark.parametrize(
    ("count", "words"),
    [
        (0, "0.0 kB"), (640, "0.6 kB"), (12_345, "12 kB"), (1_234_567, "1.2 MB"),
        (34_000_000, "34 MB"), (2_500_000_000, "2.5 GB"),
    ],
)  # fmt: skip
def test_memory_is_told_in_few_digits(count, words):
    assert in_bytes(count) == words


def test_it_loads_before_anything_else():
    code = "import sys, rnnviz.wording; print({'numpy', 'PySide6'} & set(sys.modules))"
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert said.stdout.strip() == "set()"
