"""Settings as one line say what they say, in one line, and come back from it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rnnviz.data.sources import is_own_file
from rnnviz.training.configuration import SETTINGS, Configuration, ConfigurationError, Setting
from rnnviz.training.configuration.line import read_settings_line, settings_line


def values(setting: Setting) -> st.SearchStrategy[object]:
    if setting.choices:
        return st.sampled_from([name for name in setting.choices if not is_own_file(name)])
    if setting.kind is str:
        return st.just("") if setting.name == "text_file" else st.text(max_size=12)
    numbers = st.integers if setting.kind is int else st.floats
    low, high = setting.minimum or 0, 1e6 if setting.maximum is None else setting.maximum
    if setting.kind is int:
        return numbers(int(low), int(high))
    return numbers(low, high)


configurations = st.builds(
    Configuration, **{name: values(setting) for name, setting in SETTINGS.items()}
)


@given(configurations)
def test_what_matters_comes_back_from_one_line(configuration: Configuration) -> None:
    line = settings_line(configuration)
    assert "\n" not in line
    assert "\r" not in line
    back = Configuration.from_mapping(read_settings_line(line))
    for name in SETTINGS:
        if configuration.matters(name):
            assert getattr(back, name) == getattr(configuration, name), name


def test_a_line_says_what_is_not_as_by_default_and_nothing_of_ones_own_text() -> None:
    configuration = Configuration(
        corpus="file", text_file="/home/me/diary.txt", cell="lstm", hidden_size=128, prompt="a\n b"
    )
    assert settings_line(configuration) == r"cell=lstm hidden_size=128 prompt='a\n b'"
    assert settings_line(Configuration()) == ""


def test_a_line_may_be_written_as_options_are() -> None:
    expected = {"hidden_size": 64, "text_file": r"C:\new.txt", "cell": "gru"}
    line = r"--hidden-size=64 text='C:\new.txt'   cell=gru"
    assert read_settings_line(line) == expected


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ("cel=lstm", 'There is no setting "cel": did you mean cell?'),
        ("qqq=1", 'There is no setting "qqq": rnnviz train --help names them all.'),
        ("gru", '"gru" is no setting with its value, such as cell=lstm.'),
        ("prompt='a", "A quotation mark is missing."),
        ("hidden_size=many", "Hidden units: 'many' is not a whole number from 1 to 4,096."),
        ("cell=elman", "Cell: 'elman' is not one of vanilla, lstm, gru."),
        ("x" * 100_001, "That is too long for a line of settings."),
        ("Once\x1b[2J upon", '"Once?[2J" is no setting with its value, such as cell=lstm.'),
    ],
)
def test_what_is_no_line_of_settings_is_told_by_its_first_word(line: str, sentence: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        read_settings_line(line)
    assert str(caught.value) == sentence
