"""What can be named about each token, by hand on small texts."""

# Look-alikes are meant here.
# ruff: noqa: RUF001

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rnnviz.data import WordVocabulary, is_yes_or_no, text_features
from rnnviz.data.text.features import bracket_depth, inside_quotes


def marks(values: np.ndarray) -> str:
    return "".join(f"{value:g}" for value in values.astype(float))


@pytest.mark.parametrize(
    ("text", "inside"),
    [
        ('say "hi" now', "000011100000"),
        ("I don't 'do' it", "000000001110000"),
        ("the dogs' bowl isn't", "00000000000000000000"),
        ("'twas late", "0000000000"),
        ("“a ‘b’ c” d", "11111111000"),
        ("it’s ‘so’", "000001110"),
        ("„ja“ nein", "111000000"),
        ("«oui» et »ja«", "1111000001110"),
        ('he said." And', "0000000000000"),
        ('a 5" pipe', "000000000"),
        ('x = f"a"', "00000110"),
        ("x = ''", "000010"),
        ("x = ' '", "0000000"),
        ('x = " "', "0000110"),
        ('"open\n\nnew', "11111" + "10" + "000"),
        ('"""a "b" \n\nc""" d', "1" * 12 + "000" + "00"),
        ("", ""),
    ],
)
def test_a_quotation_is_open_from_its_first_mark_to_the_one_before_its_last(text, inside):
    assert marks(inside_quotes(text)) == inside


@pytest.mark.parametrize(
    ("text", "depth"),
    [
        ("a(b)c", "01100"),
        ("([{}])", "123210"),
        ("a) b", "0000"),
        ("(a] b)", "111110"),
        ("([a) b", "122000"),
        ("(a\n\nb", "11100"),
        ("(\n)", "110"),
    ],
)
def test_brackets_are_counted_while_they_are_open(text, depth):
    assert marks(bracket_depth(text)) == depth


def test_the_features_of_characters():
    found = text_features(list("Ah é1\n(b ((c)))"), "character")
    assert {name: marks(values) for name, values in found.items()} == {
        "inside brackets": "000000111111110",
        "bracket depth": "000000111233210",
        "position in the line": "123450123456789",
        "after a space": "100100100100000",
        "position in the word": "120120010001000",
        "vowel": "100100000000000",
        "capital letter": "100000000000000",
        "digit": "000010000000000",
    }


def test_the_features_of_words_hold_after_the_whole_word():
    text = 'She said "go (now), Tom" 7 times.\nYes'
    vocabulary = WordVocabulary.from_text(text)
    pieces = vocabulary.pieces(vocabulary.encode(text))
    assert "".join(pieces) == text
    found = text_features(pieces, "word")
    #                  She said " go ( now ) , Tom " 7 times . \n Yes
    assert {name: marks(values) for name, values in found.items()} == {
        "inside quotes": "001111111000000",
        "inside brackets": "000011000000000",
        "position in the line": "".join(map(str, [*range(1, 14), 0, 1])),
        "punctuation": "001010110100100",
        "capitalised": "100000001000001",
        "number": "000000000010000",
    }


def test_what_never_varies_is_not_offered():
    assert text_features(list("    "), "character") == {}
    assert text_features([], "character") == {}
    assert set(text_features(list("ab"), "character")) == {
        "after a space",
        "position in the word",
        "vowel",
    }


def test_only_what_is_so_or_not_so_can_be_underlined():
    found = text_features(list("one (two)\nthree"), "character")
    assert is_yes_or_no(found["vowel"])
    assert not is_yes_or_no(found["position in the line"])


@given(st.text(max_size=80) | st.text("a'\"“”‘’„«»()[]{}1 \n", max_size=80))
def test_no_text_is_too_strange(text):
    for level in ("character", "word"):
        pieces = list(text) if level == "character" else text.split()
        for values in text_features(pieces, level).values():
            assert values.shape == (len(pieces),)
            assert np.isfinite(values).all()
            assert np.ptp(values) > 0


@given(st.text("ab'\"()[] \n", max_size=60))
def test_what_is_read_of_brackets_does_not_depend_on_what_follows(text):
    whole = bracket_depth(text)
    for end in range(len(text)):
        assert np.array_equal(bracket_depth(text[:end]), whole[:end])
