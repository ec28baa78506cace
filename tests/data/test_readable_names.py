"""A file's name is shown so that it can be read, and hides nothing."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rnnviz.data.files import readable_name

FAMILY = "👩\N{ZERO WIDTH JOINER}👩\N{ZERO WIDTH JOINER}👧.txt"


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("notes.txt", "notes.txt"),
        ("/home/me/naïve café.rnnviz", "naïve café.rnnviz"),
        (FAMILY, FAMILY),
        ("क\N{DEVANAGARI SIGN VIRAMA}\N{ZERO WIDTH JOINER}ष.txt",) * 2,
        ("שלום.txt", "שלום.txt"),
        ("model\N{RIGHT-TO-LEFT OVERRIDE}vizr.exe", "model?vizr.exe"),
        ("two\nlines\t.txt", "two?lines?.txt"),
        ("a\N{ZERO WIDTH JOINER}b\N{ZERO WIDTH SPACE}.txt", "a?b?.txt"),
        ("broken\udcff.txt", "broken?.txt"),
        ("\N{BYTE ORDER MARK}a.txt", "?a.txt"),
        ("a\N{COMBINING ACUTE ACCENT}" + "\N{COMBINING DIAERESIS}" * 80 + "b.txt",
         "a\N{COMBINING ACUTE ACCENT}" + "\N{COMBINING DIAERESIS}" * 3 + "b.txt"),
        ("", "The file"),
    ],
)  # fmt: skip
def test_what_is_not_seen_is_marked_and_what_belongs_together_stays(name: str, shown: str) -> None:
    assert readable_name(name) == shown


def test_of_a_long_name_beginning_and_end_are_shown() -> None:
    shown = readable_name("a" * 120 + "b" * 130 + ".rnnviz")
    assert len(shown) == 80
    assert shown.startswith("aaaa")
    assert shown.endswith("bbb.rnnviz")
    assert "…" in shown


@given(st.text(max_size=300))
def test_any_name_fits_into_a_line(name: str) -> None:
    shown = readable_name(name)
    assert 1 <= len(shown) <= 80
    assert all(c.isprintable() or unicodedata.category(c) == "Cf" for c in shown)
    assert not any(unicodedata.bidirectional(c) in _TURNS for c in shown)


_TURNS = {"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"}
