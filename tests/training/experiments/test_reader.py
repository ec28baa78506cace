"""Experiments as files: what they may hold, and what a person reads where they may not."""

from __future__ import annotations

import dataclasses
import os
import re
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rnnviz.core.cells import CELLS
from rnnviz.core.errors import RnnvizError
from rnnviz.gui.wording.claims import claim_sentence
from rnnviz.training.claims.quantities import QUANTITIES
from rnnviz.training.configuration import SETTINGS, Configuration
from rnnviz.training.experiments import (
    SEEDS,
    Experiment,
    ExperimentError,
    load_experiments,
    read_experiment,
)

from ..toml_files import REMOVED, Raw, changed_from, sentence_of, toml, toml_value, written

PANELS = (
    *("loss", "hidden", "text", "task", "gradient", "gradient_history", "clipping"),
    *("credit", "spectrum", "saturation", "updates", "units", "wall"),
)

GOOD: dict[str, Any] = {
    "title": "It holds",
    "order": 3,
    "do": "Press Train.",
    "see": "The gradient reaches far.",
    "why": "The matrix is orthogonal.",
    "panels": ["loss", "gradient"],
    "seeds_of_five": 4,
    "settings": {"corpus": "temporal-order", "sequence_length": 20, "hidden_size": 8},
    "claims": [{"quantity": "gradient_ratio", "lag": 10, "step": 5, "above": 0.01}],
    "variants": [
        {"name": "slow", "settings": {"learning_rate": 0.001}},
        {
            "name": "quick",
            "settings": {"learning_rate": 0.1, "hidden_size": 9},
            "claims": [{"quantity": "loss", "step": 7, "above": 0, "below": 2.5}],
        },
    ],
}


changed = partial(changed_from, GOOD)


def complaint(path: Path) -> str:
    with pytest.raises(ExperimentError) as caught:
        read_experiment(path, PANELS)
    return sentence_of(caught.value, path)


# --- What a good file says --------------------------------------------------------------------


def test_a_good_file_is_read(tmp_path):
    experiment = read_experiment(written(tmp_path, GOOD, "holds.toml"), PANELS)
    assert (experiment.name, experiment.order, experiment.title) == ("holds", 3, "It holds")
    assert (experiment.do, experiment.see, experiment.why) == (
        *("Press Train.", "The gradient reaches far.", "The matrix is orthogonal."),
    )
    assert experiment.panels == ("loss", "gradient")
    assert experiment.seeds_of_five == 4
    slow, quick = experiment.variants
    assert (slow.name, quick.name) == ("slow", "quick")
    assert slow.configuration() == Configuration(
        corpus="temporal-order", sequence_length=20, hidden_size=8, learning_rate=0.001
    )
    assert quick.configuration(seed=4) == Configuration(
        corpus="temporal-order", sequence_length=20, hidden_size=9, learning_rate=0.1, seed=4
    )
    assert [claim.quantity for claim in slow.claims] == ["gradient_ratio"]
    ratio, loss = quick.claims
    assert ratio == slow.claims[0]
    assert (ratio.lag, ratio.step, ratio.above, ratio.below) == (10, 5, 0.01, None)
    assert (loss.lag, loss.step, loss.above, loss.below) == (0, 7, 0.0, 2.5)


def test_the_stage_is_the_panel_that_the_file_names_or_the_first(tmp_path):
    assert read_experiment(written(tmp_path, GOOD), PANELS).stage == "loss"
    table = changed("stage", "gradient")
    assert read_experiment(written(tmp_path, table), PANELS).stage == "gradient"


def test_without_variants_there_is_one_run_without_a_name(tmp_path):
    experiment = read_experiment(written(tmp_path, changed("variants", REMOVED)), PANELS)
    (variant,) = experiment.variants
    assert variant.name == ""
    assert variant.configuration().hidden_size == 8
    assert len(variant.claims) == 1


def test_what_claims_nothing_was_tried_on_no_seeds(tmp_path):
    table = {key: GOOD[key] for key in ("title", "order", "do", "see", "why", "panels")}
    experiment = read_experiment(written(tmp_path, table), PANELS)
    assert experiment.seeds_of_five is None
    assert experiment.variants[0].configuration() == Configuration()


def test_where_nobody_knows_the_panels_any_name_will_do(tmp_path):
    path = written(tmp_path, changed("panels", ["wonder"]))
    assert read_experiment(path, None).panels == ("wonder",)
    expected = r"panels\[1\] must be the name of a panel, not 3\.$"
    with pytest.raises(ExperimentError, match=expected):
        read_experiment(written(tmp_path, changed("panels", [3])), None)


def test_lines_are_joined_and_a_byte_order_mark_is_passed_over(tmp_path):
    content = toml(changed("see", "One\n  line,\r\n another. ")).encode("utf-8-sig")
    assert read_experiment(written(tmp_path, content), PANELS).see == "One line, another."


def test_a_text_of_ones_own_stands_beside_the_file_wherever_it_is_asked_for(tmp_path):
    written(tmp_path, "some text", "text.txt")
    table = changed("settings", {"sequence_length": 20, "text_file": "text.txt"})
    table["variants"][1]["settings"]["corpus"] = "file"
    tales, own = read_experiment(written(tmp_path, table), PANELS).variants
    assert tales.configuration().corpus == "tales"
    assert Path(own.configuration().text_file) == tmp_path / "text.txt"


# --- What a bad file is told ------------------------------------------------------------------

HUGE = Raw("9" * 5000)
WHOLE = "must be a whole number from"

COMPLAINTS: dict[str, tuple[str, object, str]] = {
    # Keys
    "unknown key": ("colour", 3, "colour is not known; the keys of an experiment are title, do,"),
    "unknown key of a claim": ("claims.0.colour", 3, "claims[1].colour is not known; the keys of"),
    "unknown key of a variant": ("variants.1.order", 3, "variants[2].order is not known; the keys"),
    "unknown key of its claim": (
        "variants.1.claims.0.x",
        3,
        "variants[2].claims[1].x is not known",
    ),
    "unknown setting": (
        "settings.size",
        3,
        "settings.size is no setting; the settings are corpus,",
    ),
    "unknown setting of a variant": (
        *("variants.1.settings.size", 3),
        "variants[2].settings.size is no setting; the settings are corpus, text_file,",
    ),
    "a key of two lines": ("a\nb", 3, r'"a\nb" is not known; the keys of an experiment'),
    "a key without letters": ("", 3, '"" is not known; the keys of an experiment are'),
    "a very long key": ("k" * 5000, 3, f"some.toml: {'k' * 59}… is not known; "),
    **{
        f"no {key}": (key, REMOVED, f"{key} is missing.")
        for key in ("title", "do", "see", "why", "order", "panels")
    },
    "no quantity": ("claims.0.quantity", REMOVED, "claims[1].quantity is missing."),
    "no step": ("claims.0.step", REMOVED, "claims[1].step is missing."),
    "no lag": ("claims.0.lag", REMOVED, f"claims[1].lag {WHOLE} 1 to 1,000, and is missing."),
    "no name": ("variants.0.name", REMOVED, "variants[1].name is missing."),
    # Texts
    "no text": ("title", 3, "title must be a text of 1 to 40 characters, not 3."),
    "true for a text": ("do", True, "do must be a text of 1 to 160 characters, not true."),
    "a list for a text": ("see", ["a"], "see must be a text of 1 to 330 characters, not a list."),
    "an empty text": ("why", " \n ", r'why must be a text of 1 to 330 characters, not " \n ".'),
    "too long a text": (
        "do",
        "x" * 161,
        "do must be a text of 1 to 160 characters, not one of 161.",
    ),
    "no text for a name": (
        *("variants.0.name", {}),
        "variants[1].name must be a text of 1 to 30 characters, not an empty table.",
    ),
    "the same name twice": (
        *("variants.1.name", "slow"),
        'variants[2].name must be another than those before, not "slow".',
    ),
    # Whole numbers
    "order 0": ("order", 0, f"order {WHOLE} 1 to 1,000, not 0."),
    "order 1001": ("order", 1001, f"order {WHOLE} 1 to 1,000, not 1001."),
    "order true": ("order", True, f"order {WHOLE} 1 to 1,000, not true."),
    "order 1.0": ("order", 1.0, f"order {WHOLE} 1 to 1,000, not 1.0."),
    "order as text": ("order", "one", f'order {WHOLE} 1 to 1,000, not "one".'),
    "order as date": ("order", Raw("2026-01-02"), f"order {WHOLE} 1 to 1,000, not 2026-01-02."),
    "order of 4,000 hexadecimal digits": (
        *("order", Raw("0x" + "f" * 4000)),
        f"order {WHOLE} 1 to 1,000, not a number of thousands of digits.",
    ),
    "step 0": ("claims.0.step", 0, f"claims[1].step {WHOLE} 1 to 10,000,000, not 0."),
    "step 10,000,001": ("claims.0.step", 10_000_001, f"claims[1].step {WHOLE} 1 to 10,000,000,"),
    "step nan": ("claims.0.step", Raw("nan"), f"claims[1].step {WHOLE} 1 to 10,000,000, not nan."),
    "lag 0": ("claims.0.lag", 0, f"claims[1].lag {WHOLE} 1 to 1,000, not 0."),
    "lag as text": ("claims.0.lag", "2", f'claims[1].lag {WHOLE} 1 to 1,000, not "2".'),
    "lag as long as the sequence": (
        *("claims.0.lag", 20),
        "variants[1].claims have a lag of 20, which must be less than the sequence length, 20.",
    ),
    "lag where there is none": (
        *("variants.1.claims.0.lag", 2),
        "variants[2].claims[1].lag means nothing to loss.",
    ),
    # What a quantity is of
    "a feature of the loss": (
        *("variants.1.claims.0.of", "vowel"),
        "variants[2].claims[1].of means nothing to loss.",
    ),
    "a probability of nothing": (
        *("claims.0", {"quantity": "probability", "step": 5, "above": 0.5}),
        "claims[1].of must be what is read and what may follow, with a bar between them, such as "
        '"th|e", and is missing.',
    ),
    "a probability after nothing": (
        *("claims.0", {"quantity": "probability", "step": 5, "above": 0.5, "of": "|e"}),
        'such as "th|e", not "|e".',
    ),
    "a number for a feature": (
        *("claims.0", {"quantity": "unit_correlation", "step": 5, "above": 0.5, "of": 3}),
        "claims[1].of must be a feature that the panel of units can name, not 3.",
    ),
    "too long a feature": (
        *("claims.0", {"quantity": "unit_correlation", "step": 5, "above": 0.5, "of": "x" * 61}),
        "claims[1].of must be a feature that the panel of units can name, not ",
    ),
    "seeds -1": ("seeds_of_five", -1, f"seeds_of_five {WHOLE} 0 to 5, not -1."),
    "seeds 6": ("seeds_of_five", 6, f"seeds_of_five {WHOLE} 0 to 5, not 6."),
    "seeds 4.5": ("seeds_of_five", 4.5, f"seeds_of_five {WHOLE} 0 to 5, not 4.5."),
    "claims without seeds": (
        *("seeds_of_five", REMOVED),
        f"seeds_of_five {WHOLE} 0 to 5, and is missing.",
    ),
    # Bounds
    "no bound": ("claims.0.above", REMOVED, "claims[1].below or above is missing: a claim has"),
    **{
        f"bound {value}": (
            *("claims.0.above", Raw(value)),
            "claims[1].above must be a number from -1,000,000,000,000 to 1,000,000,000,000, "
            f"not {shown}.",
        )
        for value, shown in {
            **{"nan": "nan", "-nan": "nan", "inf": "inf", "-inf": "-inf", "true": "true"},
            **{'"1"': '"1"', "1e13": "10000000000000.0", "[]": "an empty list"},
        }.items()
    },
    "a huge bound": ("claims.0.above", Raw("0x" + "f" * 4000), "claims[1].above must be a number"),
    "bounds the wrong way": (
        *("variants.1.claims.0.above", 2.5),
        "variants[2].claims[1].above must be less than below, not 2.5.",
    ),
    # Choices
    "unknown quantity": (
        *("claims.0.quantity", "beauty"),
        f'claims[1].quantity must be one of {", ".join(QUANTITIES)}, not "beauty".',
    ),
    "quantity as list": ("claims.0.quantity", ["loss"], "spectral_radius, not a list."),
    "quantity as table": ("claims.0.quantity", {"a": 1}, "spectral_radius, not a table."),
    "unknown panel": (
        *("panels", ["loss", "wonder"]),
        f'panels[2] must be one of {", ".join(PANELS)}, not "wonder".',
    ),
    "panel as list": ("panels", [["loss"]], "units, wall, not a list."),
    "panel as table": ("panels", [{"a": 1}], "units, wall, not a table."),
    "panel as huge number": ("panels", [Raw("0x" + "f" * 4000)], "not a number of thousands"),
    "the same panel twice": (
        *("panels", ["loss", "loss"]),
        'panels[2] must be another than those before, not "loss".',
    ),
    "no panels": ("panels", [], "panels must be a list of panels, not an empty list."),
    "panels as text": ("panels", "loss", 'panels must be a list of panels, not "loss".'),
    "a stage for no panel": ("stage", "text", 'stage must be one of loss, gradient, not "text".'),
    "stage as list": ("stage", ["loss"], "stage must be one of loss, gradient, not a list."),
    "stage as number": ("stage", 1, "stage must be one of loss, gradient, not 1."),
    # Tables
    "settings as list": (
        "settings",
        [],
        "settings must be a table of settings, not an empty list.",
    ),
    "a variant's settings as text": (
        *("variants.0.settings", "x"),
        'variants[1].settings must be a table of settings, not "x".',
    ),
    "claims as table": ("claims", {}, "claims must be a list of tables, not an empty table."),
    "claims as list of numbers": ("claims", [1], "claims[1] must be a table, not 1."),
    "a variant's claims as text": (
        *("variants.0.claims", "x"),
        'variants[1].claims must be a list of tables, not "x".',
    ),
    "variants as text": ("variants", "x", 'variants must be a list of tables, not "x".'),
    "variants as list of lists": ("variants", [[1]], "variants[1] must be a table, not a list."),
    # Settings
    "hidden_size 0": (
        "settings.hidden_size",
        0,
        f"settings.hidden_size {WHOLE} 1 to 4,096, not 0.",
    ),
    "hidden_size true": (
        "settings.hidden_size",
        True,
        "settings.hidden_size must be a whole number",
    ),
    "hidden_size 1.5": ("settings.hidden_size", 1.5, "1 to 4,096, not 1.5."),
    "hidden_size as text": ("settings.hidden_size", "8", '1 to 4,096, not "8".'),
    "hidden_size as table": ("settings.hidden_size", {"a": 1}, "1 to 4,096, not a table."),
    "learning_rate nan": ("settings.learning_rate", Raw("nan"), "0.000001 to 10,000, not nan."),
    "learning_rate inf": ("settings.learning_rate", Raw("inf"), "0.000001 to 10,000, not inf."),
    "a variant's learning_rate": (
        *("variants.0.settings.learning_rate", -1),
        "variants[1].settings.learning_rate must be a number from 0.000001 to 10,000, not -1.",
    ),
    "unknown corpus": ("settings.corpus", "mars", "settings.corpus must be one of tales, "),
    "corpus as number": ("settings.corpus", 3, "settings.corpus must be one of tales, "),
    "unknown cell": (
        *("settings.cell", "brain"),
        f'settings.cell must be one of {", ".join(CELLS)}, not "brain".',
    ),
    "prompt as number": ("settings.prompt", 3, "settings.prompt must be a text, not 3."),
    # Together
    "a task too short": (
        *("variants.1.settings.sequence_length", 3),
        "variants[2].settings.sequence_length must be at least 5 for the task temporal-order, "
        "not 3.",
    ),
    "no text file": (
        *("settings.corpus", "file"),
        "variants[1].settings.text_file must be the name of a file or folder beside this one, "
        "and is missing.",
    ),
}


@pytest.mark.parametrize("case", list(COMPLAINTS))
def test_a_bad_file_is_told_what_is_wrong_and_what_is_allowed(tmp_path, case):
    place, value, expected = COMPLAINTS[case]
    sentence = complaint(written(tmp_path, changed(place, value)))
    assert sentence.startswith("some.toml: ")
    assert expected in sentence
    if expected.endswith("."):
        assert sentence.endswith(expected)


@pytest.mark.parametrize("name", list(SETTINGS))
def test_every_setting_is_named_with_what_it_allows(tmp_path, name):
    for value in ([], {}, Raw("1979-05-27"), Raw("1e999"), 3 if SETTINGS[name].kind is str else ""):
        sentence = complaint(written(tmp_path, changed(f"settings.{name}", value)))
        assert f"settings.{name} must be {SETTINGS[name].allowed()}, not " in sentence


@pytest.mark.parametrize(
    ("quantity", "settings", "where"),
    [
        ("wrong_share", {}, "a run on a task"),
        ("held_out_loss", {"validation_fraction": 0}, "of which a part is held out"),
        ("saturated_share", {"activation": "relu"}, "a network whose activation is bounded"),
        ("spectral_radius", {"cell": "lstm"}, "a vanilla network, whose W is square"),
        ("spectral_radius", {"cell": "gru"}, "a vanilla network, whose W is square"),
    ],
)
def test_a_claim_about_what_there_is_not_is_refused(tmp_path, quantity, settings, where):
    claims = [{"quantity": quantity, "step": 1, "above": 0}]
    table = {**changed("variants", REMOVED), "settings": settings, "claims": claims}
    sentence = complaint(written(tmp_path, table))
    assert f"claims have {quantity}, which is measured of " in sentence
    assert sentence.endswith(f"{where}.")


def test_seeds_mean_nothing_without_claims(tmp_path):
    table = changed("variants.1.claims", REMOVED)
    del table["claims"]
    expected = "seeds_of_five means nothing in a file without claims."
    assert complaint(written(tmp_path, table)).endswith(expected)


@pytest.mark.parametrize(
    "name", ["gone.txt", "../text.txt", "folder/inner.txt", "/", ".", "..", "x" * 5000]
)
def test_a_text_file_that_is_not_beside_the_experiment_is_refused(tmp_path, name):
    place = tmp_path / "experiments"
    (place / "folder").mkdir(parents=True)
    for text in (tmp_path / "text.txt", place / "folder" / "inner.txt"):
        text.write_text("a text")
    table = changed("settings", {"corpus": "file", "text_file": name, "sequence_length": 20})
    sentence = complaint(written(place, table))
    assert (
        "settings.text_file must be the name of a file or folder beside this one, not " in sentence
    )


def test_a_text_file_of_zeros_is_refused(tmp_path):
    table = changed("settings", {"corpus": "file", "text_file": "a\x00b", "sequence_length": 20})
    assert r'not "a\u0000b".' in complaint(written(tmp_path, table))


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"title = \xff", "some.toml is not text in UTF-8."),
        ("title = 'x'".encode("utf-16"), "some.toml is not text in UTF-8."),
        (b"\x00\x01\x02", "some.toml is not TOML: "),
        (b"title = ", "some.toml is not TOML: "),
        (b"title = 'a'\ntitle = 'b'", "some.toml is not TOML: "),
        (b"order = " + b"9" * 5000, "some.toml is not TOML: "),
        (b"order = 2026-13-45", "some.toml is not TOML: "),
        (b"", "some.toml: title is missing."),
        (b"#" * 100_001, "some.toml is too long: an experiment has at most 100,000 bytes."),
        (b"x = " + b"[" * 50_000, "some.toml is nested too deeply to be an experiment."),
        (b"x = " + b"{a=" * 20_000, "some.toml is nested too deeply to be an experiment."),
        (b"[" + b"a." * 40_000 + b"a]", "some.toml: a is not known; "),
    ],
)
def test_a_file_that_is_no_table_at_all_is_told_so(tmp_path, content, expected):
    assert complaint(written(tmp_path, content)).startswith(expected)


@pytest.mark.parametrize(
    "place", ["settings.seed", "settings.corpus", "panels", "claims", "title", "seeds_of_five"]
)
def test_dotted_keys_of_any_depth_are_only_a_table(tmp_path, place):
    table = changed(place, 0)
    # A table that stands in one line cannot be added to: this one is written in several.
    entries = {key: value for key, value in table.items() if key not in (place, "settings")}
    lines = [
        f"settings.{name} = {toml_value(value)}\n"
        for name, value in table["settings"].items()
        if f"settings.{name}" != place
    ]
    deep = f"{place}{'.a' * 10_000} = 1\n"
    sentence = complaint(written(tmp_path, toml(entries) + "".join(lines) + deep))
    assert f"{place} must be " in sentence
    assert sentence.endswith("not a table.")


def test_a_folder_is_no_file(tmp_path):
    (tmp_path / "some.toml").mkdir()
    assert complaint(tmp_path / "some.toml").startswith("some.toml cannot be read: ")


def test_a_file_that_is_gone_cannot_be_read(tmp_path):
    sentence = complaint(tmp_path / "gone.toml")
    assert sentence == "gone.toml cannot be read: No such file or directory."


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root reads all")
def test_a_file_that_may_not_be_read(tmp_path):
    path = written(tmp_path, GOOD)
    path.chmod(0)
    assert complaint(path) == "some.toml cannot be read: Permission denied."


def test_an_operating_systems_refusal_is_told(tmp_path, monkeypatch):
    def refuse(*args: object, **more: object) -> None:
        raise PermissionError(13, "Permission denied")

    path = written(tmp_path, GOOD)
    monkeypatch.setattr(Path, "open", refuse)
    assert complaint(path) == "some.toml cannot be read: Permission denied."


def test_the_others_still_load_and_stand_in_their_order(tmp_path):
    written(tmp_path, {**GOOD, "order": 7}, "first.toml")
    written(tmp_path, {**GOOD, "order": 2}, "second.toml")
    written(tmp_path, {**GOOD, "order": 2}, "another.toml")
    written(tmp_path, {**GOOD, "order": 0}, "zero.toml")
    written(tmp_path, b"\xff", "latin.toml")
    written(tmp_path, b"\xff", "ignored.txt")
    experiments, problems = load_experiments(PANELS, tmp_path)
    assert [one.name for one in experiments] == ["another", "second", "first"]
    assert problems == (
        "latin.toml is not text in UTF-8.",
        "zero.toml: order must be a whole number from 1 to 1,000, not 0.",
    )


def test_a_folder_without_experiments_has_none(tmp_path):
    assert load_experiments(PANELS, tmp_path) == ((), ())
    assert load_experiments(PANELS, tmp_path / "gone") == ((), ())


VALUES = st.one_of(
    st.none().map(lambda _: REMOVED),
    st.integers(-(2**70), 2**70),
    st.floats(),
    st.booleans(),
    st.text(max_size=12),
    st.sampled_from(["file", "loss", "wrong_share", "temporal-order", "tales", "lstm", "relu"]),
    st.sampled_from([[], {}, [[]], [{}], [1], {"a": 1}, Raw("07:32:00"), Raw("0xfff"), 1e-300]),
)


def places_of(value: Any, place: str = "") -> list[str]:
    """Return every place in the table, such as ``claims.0.step``."""
    items = value.items() if isinstance(value, dict) else enumerate(value)
    found = []
    for key, entry in items:
        found.append(f"{place}{key}")
        if isinstance(entry, dict | list):
            found += places_of(entry, f"{place}{key}.")
    return found


@given(place=st.sampled_from(places_of(GOOD)), value=VALUES)
@settings(max_examples=150)
def test_whatever_stands_in_one_place_it_is_an_experiment_or_a_sentence(
    tmp_path_factory, place, value
):
    path = written(tmp_path_factory.getbasetemp(), changed(place, value), "mutated.toml")
    read_or_refuse(path)


@given(data=st.data())
@settings(max_examples=150)
def test_whatever_bytes_are_changed_it_is_an_experiment_or_a_sentence(tmp_path_factory, data):
    content = bytearray(toml(GOOD).encode())
    for _ in range(data.draw(st.integers(1, 4))):
        start = data.draw(st.integers(0, len(content)))
        stop = min(len(content), start + data.draw(st.integers(0, 6)))
        content[start:stop] = data.draw(st.one_of(st.binary(max_size=4), TOKENS))
    read_or_refuse(written(tmp_path_factory.getbasetemp(), bytes(content), "mutated.toml"))


TOKENS = st.sampled_from([b"[", b"]", b"{", b"}", b'"', b"=", b".", b"\n", b"1e400", b"nan", b"-"])


def read_or_refuse(path: Path) -> None:
    refusal = None
    try:
        experiment = read_experiment(path, PANELS)
    except ExperimentError as error:
        refusal = str(error)
    if refusal is not None:
        assert re.fullmatch(r"mutated\.toml(:| ).+\.", refusal)
        return
    for variant in experiment.variants:
        assert variant.configuration()
        assert all(claim_sentence(claim) for claim in variant.claims)


# --- Those that come with the program ---------------------------------------------------------


@pytest.fixture(scope="module")
def shipped() -> tuple[Experiment, ...]:
    experiments, problems = load_experiments(PANELS)
    assert problems == ()
    return experiments


def test_those_of_the_program_stand_one_after_the_other(shipped):
    assert [experiment.order for experiment in shipped] == list(range(1, 11))
    assert shipped[0].name == "writes"
    assert len({experiment.title for experiment in shipped}) == len(shipped)


def test_those_of_the_program_begin_with_the_default_and_say_what_was_tried(shipped):
    assert shipped[0].variants[0].configuration() == Configuration()
    assert {one.name for one in shipped if one.seeds_of_five is None} == {"wall"}
    for experiment in shipped:
        assert experiment.seeds_of_five is None or 0 < experiment.seeds_of_five <= SEEDS
        named = [variant.name for variant in experiment.variants]
        assert all(named) or named == [""]


def test_every_sentence_of_the_programs_own_ends(shipped):
    for experiment in shipped:
        assert not experiment.title.endswith(".")
        for sentence in (experiment.do, experiment.see, experiment.why):
            assert sentence.endswith(".")


def test_those_of_the_program_need_nothing_that_must_be_fetched(shipped):
    for experiment in shipped:
        for variant in experiment.variants:
            assert variant.configuration().corpus in (
                "tales",
                "counting",
                "temporal-order",
                "adding",
            )


def test_an_experiment_is_a_value(shipped):
    with pytest.raises(dataclasses.FrozenInstanceError):
        shipped[0].order = 3  # type: ignore[misc]
    assert issubclass(ExperimentError, RnnvizError)
    assert set(QUANTITIES) >= {
        claim.quantity for one in shipped for variant in one.variants for claim in variant.claims
    }
