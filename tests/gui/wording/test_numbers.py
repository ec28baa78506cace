import math

import pytest

from rnnviz.gui.wording.numbers import in_full, in_percent, in_places, in_whole_percent


@pytest.mark.parametrize(
    ("wrong", "words"),
    [(0, "0 %"), (1, "0.01 %"), (99, "0.99 %"), (100, "1.00 %"), (434, "4.3 %"), (9999, "99 %"),
     (2500, "25 %"), (10_000, "100 %"), (999, "10.0 %"), (1001, "10 %")],
)  # fmt: skip
def test_a_share_is_never_rounded_to_none_or_all(wrong, words):
    assert in_percent(wrong / 10_000) == words.replace(" ", "\N{NO-BREAK SPACE}")


def test_a_rounded_share_that_is_no_number_is_a_dash():
    assert in_whole_percent(0.431) == "43\N{NO-BREAK SPACE}%"
    assert in_whole_percent(math.nan) == "\N{EN DASH}"


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (1.2345, "1.234"), (-0.5, "-0.500"), (0.0, "0.000"), (0.0004, "< 0.001"),
        (1891663.221, "1,891,663"), (1234.5, "1,234"), (999.0, "999.000"),
        (2.0384e34, "2.0 × 10³⁴"),
        (math.inf, "∞"),
    ],
)  # fmt: skip
def test_a_loss_has_three_places_unless_it_is_huge(value, words):
    assert in_places(value) == words


def test_other_numbers_have_as_many_places_as_are_asked_for():
    assert [in_places(value, 1) for value in (7.34, 0.04, 123456.7)] == ["7.3", "< 0.1", "123,457"]


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (0.1, "0.1"), (100.0, "100"), (1e6, "1,000,000"), (1e-5, "0.00001"), (0.00025, "0.00025"),
        (1e-6, "0.000001"), (5, "5"), (123_456, "123,456"), (0.0, "0"),
    ],
)  # fmt: skip
def test_what_was_set_is_written_without_an_exponent(value, words):
    assert in_full(value) == words
