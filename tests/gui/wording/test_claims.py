import pytest
from hypothesis import given
from hypothesis import strategies as st

from rnnviz.gui.wording.claims import claim_lines, claim_sentence, explained
from rnnviz.training.claims.claim import Claim, Finding
from rnnviz.training.claims.quantities import QUANTITIES
from rnnviz.training.claims.watch import ClaimsView

NBSP = "\N{NO-BREAK SPACE}"


def line(claim: Claim, measured: float | None = None, invalidated: bool = False) -> str:
    finding = None if measured is None else Finding(claim, measured)
    return claim_lines(ClaimsView((claim,), (finding,), invalidated))[0].replace(NBSP, " ")


@pytest.mark.parametrize(
    ("claim", "measured", "words"),
    [
        (Claim("loss", 50, above=5), None, "○ step 50: loss > 5"),
        (Claim("loss", 50, above=5), 10.61, "✓ step 50: loss 10.6 (> 5)"),
        (Claim("wrong_share", 2500, below=0.01), 0.031,
         "✗ step 2,500: wrong answers 3.1 % (not < 1 %)"),
        (Claim("wrong_share", 2500, above=0.7, below=0.8), 0.7512,
         "✓ step 2,500: wrong answers 75.1 % (within 70 % to 80 %)"),
        (Claim("gradient_ratio", 1, above=100, lag=40), 312.4,
         "✓ step 1: relative gradient 40 steps back 312 (> 100)"),
        (Claim("gradient_ratio", 100, below=1e-6, lag=20), 6.2e-17,
         "✓ step 100: relative gradient 20 steps back 6.2 × 10⁻¹⁷ (< 1 × 10⁻⁶)"),
        (Claim("gradient_ratio", 100, below=1e-6, lag=20), 1.0400001e-6,
         "✗ step 100: relative gradient 20 steps back 1.04 × 10⁻⁶ (not < 1 × 10⁻⁶)"),
        (Claim("loss", 1, below=-1e-5), -1.25e-5, "✓ step 1: loss −1.25 × 10⁻⁵ (< −1 × 10⁻⁵)"),
        (Claim("largest_norm", 1, above=1000), 1e9,
         "✓ step 1: largest norm 1 × 10⁹ (> 1,000)"),
        (Claim("saturated_share", 5, above=0.8), float("nan"),
         "✗ step 5: saturated not a number (not > 80 %)"),
    ],
)  # fmt: skip
def test_a_claim_in_a_line(claim, measured, words):
    assert line(claim, measured) == words


def test_what_will_not_be_measured_says_so():
    claim = Claim("loss", 1000, below=2.7)
    assert line(claim, invalidated=True) == "\N{EN DASH} step 1,000: loss < 2.7"
    assert "no longer those that the claim" in explained(ClaimsView((claim,), (None,), True))
    assert "no longer" not in explained(ClaimsView((claim,), (None,), False))


@given(st.sampled_from(["loss", "wrong_share"]), st.floats(0.01, 1), st.floats(-1e-3, 1e-3))
def test_no_rounding_carries_a_number_over_its_bound(quantity, bound, distance):
    claim = Claim(quantity, 1, below=round(bound, 3))
    value = claim.below + distance
    if abs(distance) > 1e-7:
        shown = float(line(claim, value).split(" (")[0].removesuffix(" %").split()[-1])
        number = round(shown / 100, 12) if quantity == "wrong_share" else shown
        assert claim.holds(number) == claim.holds(value)


@given(st.sampled_from(list(QUANTITIES)), st.floats(), st.floats(-1e12, 1e12))
def test_any_number_can_be_written(quantity, measured, bound):
    assert line(Claim(quantity, 1, above=bound, lag=3), measured)


@pytest.mark.parametrize("quantity", list(QUANTITIES))
def test_every_quantity_has_a_line_of_few_words(quantity):
    claim = Claim(quantity, 25_000, above=0.01, lag=20)
    assert len(line(claim, 12345.678)) < 70
    assert "{" not in line(claim)


@pytest.mark.parametrize(
    ("claim", "words"),
    [
        (
            Claim("gradient_ratio", 100, below=1e-5, lag=20),
            "after 100 steps the gradient of the last step's loss, 20 steps back, as a share of "
            "its first length is below 0.00001",
        ),
        (
            Claim("loss", 25_000, above=1.0, below=2.25),
            "after 25,000 steps the loss, smoothed over about 50 steps, is above 1 and below 2.25",
        ),
        (
            Claim("largest_norm", 1, above=1234.5),
            "after the first step the largest norm of the gradient so far is above 1,234.5",
        ),
        (
            Claim("wrong_share", 2, above=0),
            "after 2 steps the share of new sequences answered wrongly is above 0",
        ),
    ],
)
def test_a_claim_is_told_in_a_sentence(claim, words):
    assert claim_sentence(claim) == words


@given(
    st.sampled_from(list(QUANTITIES)),
    st.integers(1, 10**7),
    st.floats(-1e12, 1e12),
    st.integers(0, 1000),
)
def test_every_claim_has_a_sentence(quantity, step, bound, lag):
    words = claim_sentence(Claim(quantity, step, above=bound, lag=lag))
    assert not set("{}") & set(words)
    number = float(words.rsplit("above ", 1)[1].replace(",", ""))
    assert number == pytest.approx(bound, rel=1e-3, abs=1e-300)
