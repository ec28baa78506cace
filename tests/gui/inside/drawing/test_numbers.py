"""Numbers in narrow cells: they fit, and say what they are worth."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from rnnviz.diagnostics.one_step.by_hand import _half_in_cells
from rnnviz.gui.inside.drawing.numbers import in_cell

_PLAIN = str.maketrans("−⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "--0123456789")


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0, "0"),
        (0.375, "0.375"),
        (-12.5, "−12.50"),
        (123.45, "123.5"),
        (-9999.9, "−10000"),
        (3e-5, "3·10⁻⁵"),
        (2.5e7, "2·10⁷"),
        (float("nan"), "nan"),
        (float("-inf"), "−∞"),
    ],
)
def test_a_number_in_a_cell(value, text):
    assert in_cell(value) == text


@given(st.floats(-1e12, 1e12, allow_subnormal=False))
@example(99999.7)
@example(9.9996)
@example(4.9999e-4)
def test_it_fits_and_is_off_by_half_of_its_last_digit_at_most(value):
    text = in_cell(value)
    assert len(text) <= 6 + text.startswith("−") or "·10" in text
    shown = float(text.translate(_PLAIN).replace("·10", "e"))
    assert abs(shown - value) <= _half_in_cells(value) * (1 + 1e-9)
