import math

import pytest

from rnnviz.gui.wording.numbers import in_percent, in_whole_percent


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
