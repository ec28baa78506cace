"""Settings: each with its range, checked wherever it comes from."""

from __future__ import annotations

import dataclasses
import json
import math
from typing import ClassVar

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rnnviz.core.architecture import Architecture
from rnnviz.core.optimizers import OPTIMIZERS
from rnnviz.data import Trait
from rnnviz.data.sources import is_own_file
from rnnviz.data.text.source import TextSource
from rnnviz.training.configuration import (
    LARGEST_SEED,
    SETTINGS,
    Configuration,
    ConfigurationError,
    Setting,
    Value,
)
from rnnviz.training.configuration.settings import suits

NUMBERS = [name for name, setting in SETTINGS.items() if setting.kind is not str]
WHOLE = [name for name in NUMBERS if SETTINGS[name].kind is int]
TEXTS = [name for name, setting in SETTINGS.items() if setting.kind is str]
CHOICES = [name for name in TEXTS if SETTINGS[name].choices]


def refusal(name: str, value: object) -> str:
    """Return the sentence with which every way in refuses a value."""
    with pytest.raises(ConfigurationError) as caught:
        Configuration().with_value(name, value)
    sentence = str(caught.value)
    with pytest.raises(ConfigurationError) as caught:
        Configuration.from_mapping({name: value})
    assert str(caught.value) == sentence
    with pytest.raises(ConfigurationError) as caught:
        Configuration(**{name: value})  # type: ignore[arg-type]
    assert str(caught.value) == sentence
    assert "\n" not in sentence
    assert sentence.endswith(".")
    assert len(sentence) < 400
    return sentence


def test_every_field_is_a_setting_and_every_default_is_allowed() -> None:
    assert list(SETTINGS) == [field.name for field in dataclasses.fields(Configuration)]
    for name, setting in SETTINGS.items():
        checked = setting.checked(setting.default)
        assert checked == setting.default == getattr(Configuration(), name)
        assert type(checked) is setting.kind
        assert setting.label
        assert setting.help.endswith(".")


def test_numbers_have_both_limits_and_choices_allow_their_default() -> None:
    for name in NUMBERS:
        setting = SETTINGS[name]
        assert setting.minimum is not None
        assert setting.maximum is not None
        assert setting.minimum <= setting.default <= setting.maximum  # type: ignore[operator]
        # A logarithmic slider may begin at 0, which stands for "none", and then goes on from 1.
        assert not setting.logarithmic or setting.minimum > 0 or setting.kind is int
    for name in CHOICES:
        assert SETTINGS[name].default in SETTINGS[name].choices


def test_a_setting_means_nothing_where_the_one_that_decides_over_it_does_not() -> None:
    assert Configuration(level="word").matters("vocabulary_size")
    assert not Configuration(level="character").matters("vocabulary_size")
    assert not Configuration(corpus="adding", level="word").matters("vocabulary_size")


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_a_number_of_the_update_matters_where_another_one_makes_another_update(name: str) -> None:
    def updated(**settings: float) -> bytes:
        parameters = np.zeros(3)
        optimizer = OPTIMIZERS[name](parameters, **settings)
        for _ in range(2):
            optimizer.update(np.ones(3), 0.1)
        return parameters.tobytes()

    configuration = Configuration(optimizer=name)
    assert configuration.matters("momentum") == (updated(momentum=0.5) != updated(momentum=0.6))
    assert configuration.matters("initial_accumulator_value") == (
        updated(initial_sum=1.0) != updated(initial_sum=2.0)
    )


def test_what_a_setting_is_relevant_for_names_real_values() -> None:
    related = [setting for setting in SETTINGS.values() if setting.relevant_when]
    assert related
    for setting in related:
        assert setting.relevant_when is not None
        other, values = setting.relevant_when
        for value in values:
            assert SETTINGS[other].checked(value) == value


@pytest.mark.parametrize("name", NUMBERS)
def test_the_limits_themselves_are_allowed_and_what_lies_beyond_is_not(name: str) -> None:
    setting = SETTINGS[name]
    for limit, beyond in ((setting.minimum, -1), (setting.maximum, 1)):
        assert limit is not None
        assert getattr(Configuration().with_value(name, limit), name) == limit
        outside = limit + beyond if setting.kind is int else limit + beyond * max(1e-9, abs(limit))
        assert setting.label in refusal(name, outside)


@pytest.mark.parametrize("name", NUMBERS)
@pytest.mark.parametrize(
    "value", [True, False, "3", None, math.nan, math.inf, -math.inf, [1], 1 + 0j, 10**400, -(10**9)]
)
def test_what_is_no_number_in_range_is_refused_with_label_and_range(
    name: str, value: object
) -> None:
    setting = SETTINGS[name]
    sentence = refusal(name, value)
    assert sentence.startswith(f"{setting.label}: ")
    assert setting.allowed() in sentence


def test_a_number_of_more_digits_than_python_writes_is_refused_as_well() -> None:
    assert "more digits than can be shown" in refusal("seed", 10**10_000)


def test_a_long_wrong_text_is_cut_short_in_the_sentence() -> None:
    assert len(refusal("optimizer", "x" * 100_000)) < 200


@pytest.mark.parametrize("name", WHOLE)
def test_a_broken_number_is_refused_for_a_whole_one_and_a_whole_float_is_taken(name: str) -> None:
    setting = SETTINGS[name]
    middle = (setting.minimum or 0) + 2
    assert setting.allowed() in refusal(name, middle + 0.5)
    taken = getattr(Configuration().with_value(name, float(middle)), name)
    assert (taken, type(taken)) == (middle, int)


def test_a_whole_number_is_taken_for_a_broken_one() -> None:
    rate = Configuration(learning_rate=1).learning_rate
    assert (rate, type(rate)) == (1.0, float)


@pytest.mark.parametrize("name", CHOICES)
@pytest.mark.parametrize("value", ["", "no such thing", 1, None, True, b"tanh"])
def test_what_is_no_choice_is_refused_with_all_choices(name: str, value: object) -> None:
    sentence = refusal(name, value)
    for choice in SETTINGS[name].choices:
        assert choice in sentence


@pytest.mark.parametrize("name", ["prompt", "text_file"])
@pytest.mark.parametrize("value", [1, None, b"text", ["t"]])
def test_what_is_no_text_is_refused(name: str, value: object) -> None:
    assert "is not a text" in refusal(name, value)


def test_ranges_are_written_out_in_full() -> None:
    assert SETTINGS["seed"].allowed() == f"a whole number from 0 to {LARGEST_SEED:,}"
    assert SETTINGS["learning_rate"].allowed() == "a number from 0.000001 to 10,000"
    assert SETTINGS["validation_interval"].allowed() == "a whole number from 0 to 1,000,000"
    open_ended = Setting("n", float, 1.0, "N", "N.", "text", minimum=0.5)
    assert open_ended.allowed() == "a number from 0.5"
    assert open_ended.checked(1e300) == 1e300


def test_an_own_text_needs_a_file() -> None:
    with pytest.raises(ConfigurationError, match="needs a file"):
        Configuration(corpus="file")
    with pytest.raises(ConfigurationError, match="needs a file"):
        Configuration().with_value("corpus", "file")
    assert Configuration(corpus="file", text_file="a.txt").text_file == "a.txt"


def values_of(setting: Setting) -> st.SearchStrategy[Value]:
    if setting.choices:
        return st.sampled_from(list(setting.choices))
    if setting.kind is str:
        return st.text(max_size=20)
    if setting.kind is int:
        return st.integers(int(setting.minimum or 0), int(setting.maximum or 0))
    return st.floats(setting.minimum, setting.maximum)


@given(st.fixed_dictionaries({}, optional={n: values_of(s) for n, s in SETTINGS.items()}))
def test_settings_go_through_json_and_come_back_the_same(values: dict[str, Value]) -> None:
    if is_own_file(values.get("corpus")) and not values.get("text_file"):
        values["text_file"] = "text.txt"
    configuration = Configuration.from_mapping(values)
    mapping = configuration.to_mapping()
    assert mapping == {name: getattr(configuration, name) for name in SETTINGS}
    assert all(mapping[name] == value for name, value in values.items())
    again = Configuration.from_mapping(json.loads(json.dumps(mapping)))
    assert again == configuration
    assert hash(again) == hash(configuration)


@pytest.mark.parametrize("name", ["hidden_sizes", "", "__class__", 3, "x" * 10_000])
def test_an_unknown_name_is_refused(name: str) -> None:
    with pytest.raises(ConfigurationError, match="no setting called") as caught:
        Configuration.from_mapping({name: 1, "seed": 1})
    assert len(str(caught.value)) < 100
    with pytest.raises(ConfigurationError, match="no setting called"):
        Configuration().with_value(name, 1)


def test_a_configuration_cannot_be_changed_in_place() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        Configuration().seed = 2  # type: ignore[misc]


def test_the_architecture_is_that_of_the_settings() -> None:
    configuration = Configuration(hidden_size=7, activation="relu")
    assert configuration.architecture(31) == Architecture(31, 7, activation="relu")


@pytest.mark.parametrize(
    ("settings", "token"),
    [({}, "character"), ({"level": "word"}, "word"),
     ({"level": "word", "corpus": "adding"}, "time step")],
)  # fmt: skip
def test_what_a_step_reads_is_called_what_it_is(settings, token):
    assert Configuration(**settings).token == token


def test_what_is_said_of_settings_in_a_task_speaks_of_no_text():
    adding = Configuration(corpus="adding")
    texts = {name for name in SETTINGS if not adding.matters(name)}
    for name in set(SETTINGS) - texts - {"corpus", "vocabulary_size"}:
        help = SETTINGS[name].help_for(adding.source)
        assert not any(word in help for word in (" text", "writes", "held-out", "every epoch"))


def test_what_is_said_of_settings_to_learners_of_something_else_speaks_of_no_text() -> None:
    class Signal(TextSource):
        noun: ClassVar[str] = "signal"
        held_out: ClassVar[str] = "other stretches"
        traits: ClassVar[frozenset[Trait]] = frozenset({Trait.CONTINUOUS, Trait.SPLIT})

    signal = Signal("sine", "Sine", "A sine.")
    helps = {name: SETTINGS[name].help_for(signal) for name in SETTINGS if suits(name, signal)}
    del helps["corpus"]
    assert "places in the signal" in helps["batch_size"]
    assert "zeros" in helps["window_start"]
    assert "other stretches" in helps["validation_interval"]
    for help in helps.values():
        assert not any(word in help for word in (" text", "writes", "every epoch")), help


def test_a_setting_is_known_by_the_name_that_an_earlier_version_gave_it() -> None:
    configuration = Configuration.from_mapping({"adagrad_start": 0.5})
    assert configuration.initial_accumulator_value == 0.5
    assert "adagrad_start" not in configuration.to_mapping()


def test_a_change_entails_something_only_where_it_acts_at_once() -> None:
    for setting in SETTINGS.values():
        assert setting.live or not setting.effects, setting.name
    assert any(effect.lasts for effect in SETTINGS["batch_size"].effects)
    assert not any(effect.lasts for effect in SETTINGS["momentum"].effects)
