import math

import numpy as np
import pytest

from rnnviz.gui.plotting.axes.axis import Axis, nice_step
from rnnviz.gui.wording.numbers import format_number, format_power, tidy_step


@pytest.mark.parametrize(
    ("value", "step", "text"),
    [
        (12000, 4000, "12,000"),
        (0.0, 0.5, "0.0"),
        (-0.0, 1, "0"),
        (-1, 1, "\N{MINUS SIGN}1"),
        (2.5, 2.5, "2.5"),
        (0.25, 0.25, "0.25"),
        (1.92345, None, "1.92"),
        (182400, None, "182,400"),
        (0.0000028, None, "2.8 \N{MULTIPLICATION SIGN} 10⁻⁶"),
        (9.99e-9, None, "1.0 \N{MULTIPLICATION SIGN} 10⁻⁸"),
        (5e-324, None, "4.9 \N{MULTIPLICATION SIGN} 10⁻³²⁴"),
        (-9.99e8, None, "\N{MINUS SIGN}1.0 \N{MULTIPLICATION SIGN} 10⁹"),
        (math.nan, None, "not a number"),
        (math.inf, None, "∞"),
    ],
)
def test_numbers_are_written_for_people(value: float, step: float | None, text: str) -> None:
    assert format_number(value, step) == text


def test_an_axis_of_enormous_numbers_leaves_room_for_the_plot() -> None:
    texts = [tick.text for tick in Axis().ticks(0, 2.6e22, 5)]
    assert texts == ["0", "1 × 10²²", "2 × 10²²"]
    assert format_number(1.5e22, 5e21) == "1.5 × 10²²"
    assert format_number(-2e9, 1e9) == "−2 × 10⁹"
    assert format_number(123_000_000, 1e6) == "123,000,000"


def test_powers_of_ten_are_plain_near_one_and_superscript_far_from_it() -> None:
    assert [format_power(k) for k in (-6, -1, 0, 1, 3, 4)] == [
        "10⁻⁶",
        "0.1",
        "1",
        "10",
        "1,000",
        "10⁴",
    ]


def test_a_tidy_step_writes_no_needless_zero() -> None:
    assert [format_number(v, tidy_step(v, 2.0)) for v in (1.0, 0.5, 0.0)] == ["1", "0.5", "0"]


def test_the_floor_of_a_log_axis_is_labelled_as_less_than_it() -> None:
    ticks = Axis("log", floor=1e-12).ticks(-12, 0, 4)
    assert [tick.text for tick in ticks] == ["<10⁻¹²", "10⁻⁹", "10⁻⁶", "10⁻³", "1"]


def test_a_log_axis_of_one_decade_is_labelled_between_its_powers() -> None:
    texts = [tick.text for tick in Axis("log").ticks(0, 1, 6)]
    assert texts == ["1", "2", "5", "10"]


def test_log_values_below_the_floor_lie_on_it_and_none_is_lost() -> None:
    coordinates = Axis("log", floor=1e-12).forward(np.array([0.0, 1e-300, 1e-12, 1.0]))
    np.testing.assert_allclose(coordinates, [-12, -12, -12, 0])


def test_rows_are_labelled_at_both_ends() -> None:
    texts = [t.text for t in Axis("inverted", whole=True, ends=True).ticks(0.5, 100.5, 3)]
    assert texts[0] == "1"
    assert texts[-1] == "100"
    assert "50" in texts


def test_whole_axes_never_label_a_fraction() -> None:
    for high in (1, 2, 3, 7, 25):
        ticks = Axis(whole=True).ticks(0, high, 8)
        assert all(float(tick.position).is_integer() for tick in ticks)


@pytest.mark.parametrize("size", [1e-9, 0.013, 0.2, 1.0, 3.0, 7777.0])
def test_a_nice_step_is_round_and_at_most_two_and_a_half_times_as_large(size: float) -> None:
    step = nice_step(size)
    assert size * (1 - 1e-9) <= step <= 2.5 * size
    assert float(f"{step:.3g}") == pytest.approx(step)


def test_no_range_no_ticks() -> None:
    assert Axis().ticks(1, 1, 5) == []
    assert Axis().ticks(math.nan, 1, 5) == []


@pytest.mark.parametrize("most", range(2, 12))
@pytest.mark.parametrize(("low", "high"), [(1.0, 3.0), (1.2, 3.0), (0.3, 1.4), (-2.0, -1.0)])
def test_a_log_axis_has_no_more_ticks_than_were_asked_for_or_than_its_powers(low, high, most):
    ticks = Axis(kind="log", floor=1e-12).ticks(low, high, most)
    powers = math.floor(high) - math.ceil(low) + 1
    assert len(ticks) <= max(most + 2, powers)


def test_an_axis_that_is_counted_back_has_its_nought_at_the_end() -> None:
    ticks = Axis(whole=True, counted_from=49).ticks(-0.5, 49.5, 5)
    assert [(tick.position, tick.text) for tick in ticks] == [
        *[(9.0, "40"), (19.0, "30"), (29.0, "20"), (39.0, "10"), (49.0, "0")],
    ]


def test_places_are_counted_from_one_wherever_people_read_them() -> None:
    axis = Axis(name="position", whole=True, first=1)
    assert axis.format(0) == "1"
    assert [(tick.position, tick.text) for tick in axis.ticks(-0.5, 24.5, 3)] == [
        *[(9.0, "10"), (19.0, "20")],
    ]
    back = Axis(whole=True, first=1, counted_from=24).ticks(-0.5, 24.5, 3)
    assert [(tick.position, tick.text) for tick in back][-1] == (24.0, "0")


@pytest.mark.parametrize(
    ("low", "high", "texts"),
    [
        (math.log10(2.1), math.log10(4.4), ["2.5", "3.0", "3.5", "4.0"]),
        (
            math.log10(3.3e-9),
            math.log10(3.72e-9),
            ["3.3 × 10⁻⁹", "3.4 × 10⁻⁹", "3.5 × 10⁻⁹", "3.6 × 10⁻⁹", "3.7 × 10⁻⁹"],
        ),
        (math.log10(940), math.log10(1210), ["1,000", "1,100", "1,200"]),
    ],
)
def test_a_log_axis_that_shows_less_than_a_decade_labels_round_values(
    low: float, high: float, texts: list[str]
) -> None:
    ticks = Axis("log").ticks(low, high, 5)
    assert [tick.text for tick in ticks] == texts
    assert all(low - 1e-9 <= tick.position <= high + 1e-9 for tick in ticks)
