"""One number's arithmetic on a page: all of it, in the width that there is."""

from __future__ import annotations

from itertools import pairwise

import pytest

from rnnviz.diagnostics.one_step.arithmetic import arithmetic
from rnnviz.diagnostics.one_step.phases import Place, line_at
from rnnviz.diagnostics.one_step.written import as_text
from rnnviz.gui.inside.arithmetic.layout import _ONE_NUMBER, ArithmeticLayout
from rnnviz.gui.inside.arithmetic.names import Span, as_entry, as_index, role_of, spans_of, whose

from ..conftest import is_by_stream, record_of

WIDTH = 300.0


def number_of_each_line(record, phases):
    """Return the arithmetic of one number of each line of a phase of each kind."""
    kinds = dict.fromkeys(phase.kind for phase in phases)
    for kind in kinds:
        these = [phase for phase in phases if phase.kind == kind]
        for place in these[len(these) // 2].places:
            value = line_at(record, place).value
            shape = value.shape[1:] if is_by_stream(place) else value.shape
            yield arithmetic(record, place, (0,) * len(shape))


def test_all_of_it_stands_on_the_page(record, phases, light):
    for one in number_of_each_line(record, phases):
        page = ArithmeticLayout(light, WIDTH)
        page.write(one)
        text = "".join(ink.span.text for ink in page.inks)
        assert one.chains[0].result.text in text
        for chain in one.chains:
            for term in chain.terms:
                assert term.value.text in text
        assert max(ink.rect.bottom() for ink in page.inks) <= page.height + 8


def test_nothing_is_written_over_anything_else(record, phases, light):
    for one in number_of_each_line(record, phases):
        page = ArithmeticLayout(light, WIDTH)
        page.write(one)
        by_line: dict[float, list] = {}
        for ink in page.inks:
            if not ink.span.is_below:
                by_line.setdefault(ink.rect.y(), []).append(ink.rect)
        for rects in by_line.values():
            rects.sort(key=lambda rect: rect.left())
            for before, after in pairwise(rects):
                assert after.left() >= before.right() - 0.5, as_text(one.chains[0].lines[0])


def test_it_keeps_to_the_width_but_for_single_words(by_hand, light):
    page = ArithmeticLayout(light, WIDTH)
    page.write(arithmetic(by_hand, Place("forward", "h", 2, 1), (0,)))
    assert max(ink.rect.right() for ink in page.inks) <= WIDTH + 1
    page = ArithmeticLayout(light, 0.8 * WIDTH)
    page.write(arithmetic(by_hand, Place("update", "update", parameter="U1"), (0, 0)), " of U")
    assert max(ink.rect.right() for ink in page.inks) <= 0.8 * WIDTH + 1
    page.write(arithmetic(by_hand, Place("update", "new", parameter="W1"), (0, 0)), ", layer 12")
    assert max(ink.rect.right() for ink in page.inks) <= 0.8 * WIDTH + 1


@pytest.mark.parametrize(
    ("text", "spans"),
    [
        ("h_2[1]", (Span("h"), Span("2", True), Span("[1]"))),
        ("a_{f,12}[3]", (Span("a"), Span("f,12", True), Span("[3]"))),
        ("dL/dh_2[1]", (Span("∂L/∂h"), Span("2", True), Span("[1]"))),
        ("norm", (Span("norm"),)),
        ("U[1,'_']", (Span("U[1,'_']"),)),
    ],
)
def test_what_stands_below_is_found(text, spans):
    assert spans_of(text) == spans


@pytest.mark.parametrize(
    ("place", "text", "of_one_layer", "of_several"),
    [
        (Place("forward", "h", 2, 1), "h_2[1]", "", ""),
        (Place("clip", "norm"), "norm", "", ""),
        (Place("gradients", "W1"), "dL/dW[1,1]", "", ", layer 1"),
        (Place("gradients", "c"), "dL/dc['e']", "", ""),
        (Place("update", "g", parameter="W1"), "g[1,1]", " of W", " of W, layer 1"),
        (Place("update", "update", parameter="b1"), "δ[1]", " of b", " of b, layer 1"),
        (Place("update", "eta", parameter="b1"), "η", "", ""),
        (Place("update", "new", parameter="W1"), "W_new[1,1]", "", ", layer 1"),
        (Place("update", "velocity", parameter="V"), "v_new['e',1]", " of V", " of V"),
    ],
)
def test_it_is_said_of_which_parameter_a_number_is(place, text, of_one_layer, of_several):
    assert whose(place, text, record_of("by hand")) == of_one_layer
    assert whose(place, text, record_of("two layers")) == of_several


def test_a_name_has_the_colour_of_what_it_stands_for():
    assert role_of(None, "dL/dh_2[1]") == "backward"
    assert role_of(None, "W[1,2]") == "ink"


def test_rows_and_columns_change_places_between_code_and_paper():
    assert as_index((1, 2)) == (2, 1)
    assert as_entry((2, 1)) == (1, 2)
    assert as_index((3,)) == (3,)
    assert as_index(()) == ()


@pytest.mark.parametrize(
    ("numbers", "is_one"),
    [
        ("0.375", True),
        ("−0.0700", True),
        ("3.12·10⁻⁵", True),
        ("−0.143 · 0.517", False),
        ("0.0659 · (−0.166)", False),
    ],
)
def test_a_single_number_needs_no_second_column(numbers, is_one):
    assert (_ONE_NUMBER.fullmatch(numbers) is not None) == is_one
