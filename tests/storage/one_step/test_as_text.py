"""A record to read: every phase with its heading, and of a large network the beginning."""

from __future__ import annotations

from hypothesis import given, settings

from rnnviz.diagnostics.one_step.record import record_step
from rnnviz.storage.one_step.as_text import MOST_SHOWN, as_text

from ...diagnostics.one_step.subjects import Kind, all_kinds, draw_subject


def test_each_phase_has_its_heading_and_each_equation_its_numbers() -> None:
    record = record_step(draw_subject(Kind(length=2, asked=2, clip_mode="norm")))
    lines = as_text(record).splitlines()
    headings = [line.partition(":")[0] for line in lines if line and not line.startswith(" ")]
    assert headings[0].startswith("Step 8 of A text")
    assert headings[2:] == [
        *("Before the step", "Forward, t = 1", "Forward, t = 2", "Loss, t = 1", "Loss, t = 2"),
        *("Backward, t = 2", "Backward, t = 1", "Gradients", "Clipping", "Update"),
        "What it brought",
    ]
    h = [float(number) for number in lines[lines.index("    h_t = tanh(a_t)") + 1].split()]
    assert h == [float(f"{number:.6g}") for number in record.forward[0].layers[0]["h"][0]]
    assert f"    L = sum of L_t over t = 1 to 2  {record.loss:.6g}" in lines


@settings(max_examples=30, deadline=None)
@given(kind=all_kinds())
def test_it_is_as_wide_as_a_terminal_however_large_the_network(kind: Kind) -> None:
    for line in as_text(record_step(draw_subject(kind))).splitlines():
        assert len(line) <= 6 + 13 * MOST_SHOWN + len("  and 1,000 more")


def test_of_many_units_the_rest_is_counted() -> None:
    text = as_text(record_step(draw_subject(Kind(hidden=20, layers=2, batch=3))))
    assert "2 layers of 20 units" in text
    assert "and 12 more rows" in text
    assert "  and 12 more\n" in text
    assert "3 streams, a column each" in text
    assert "Backward, t = 1, layer 2" in text
