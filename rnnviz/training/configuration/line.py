"""Settings as one line, to be copied, sent and written: ``cell=lstm hidden_size=128``."""

from __future__ import annotations

import difflib
import re
import shlex
from collections.abc import Sequence

from rnnviz.data import Trait
from rnnviz.training.configuration.configuration import Configuration
from rnnviz.training.configuration.setting import ConfigurationError, Setting, Value
from rnnviz.training.configuration.settings import OLD_NAMES, SETTINGS

_ESCAPES = {"\n": "\\n", "\r": "\\r", "\\": "\\\\"}
_MEANT = {escaped: sign for sign, escaped in _ESCAPES.items()}
_LONGEST = 100_000
"""Characters: what is longer was copied by mistake."""
_LONGEST_WORD = 60


def settings_line(configuration: Configuration) -> str:
    """Return the settings that mean something and are not as they are by default.

    A text of the person's own is left out: its name says nothing elsewhere.
    """
    own = ("corpus", "text_file") if Trait.OWN_FILE in configuration.source.traits else ()
    parts = []
    for name, setting in SETTINGS.items():
        value = getattr(configuration, name)
        if value != setting.default and configuration.matters(name) and name not in own:
            parts.append(f"{name}={_written(setting, value)}")
    return " ".join(parts)


def read_settings_line(line: str) -> dict[str, Value]:
    """Return the settings that a line names.

    Raises
    ------
    ConfigurationError
        Naming the first word that is no setting with a value that it can have.
    """
    return {name: read_value(name, text) for name, text in words_of_line(line).items()}


def words_of_line(line: str, others: Sequence[str] = ()) -> dict[str, str]:
    """Return what a line says of each setting, as it is written.

    Parameters
    ----------
    line
        Words such as ``cell=lstm``, or as an option is written, ``--hidden-size=128``.
    others
        What may have a value beside the settings.

    Raises
    ------
    ConfigurationError
        Where a word is nothing of that.
    """
    if len(line) > _LONGEST:
        raise ConfigurationError("That is too long for a line of settings.")
    try:
        separate = shlex.split(line)
    except ValueError as error:
        raise ConfigurationError("A quotation mark is missing.") from error
    words = {}
    for word in separate:
        name, is_one, text = word.partition("=")
        if not is_one:
            raise ConfigurationError(
                f"{_quoted(word)} is no setting with its value, such as cell=lstm."
            )
        words[_known(name, others)] = text
    return words


def read_value(name: str, text: str) -> Value:
    """Return the value of a setting that a line has.

    Raises
    ------
    ConfigurationError
        With what is allowed, if that is not.
    """
    setting = SETTINGS[name]
    if _is_prose(setting):
        text = re.sub(r"\\[nr\\]", lambda found: _MEANT[found[0]], text)
    return setting.read(text)


def _written(setting: Setting, value: Value) -> str:
    text = str(value)
    if _is_prose(setting):
        text = "".join(_ESCAPES.get(sign, sign) for sign in text)
    return shlex.quote(text)


def _is_prose(setting: Setting) -> bool:
    """Tell whether it may have several lines; a path has backslashes of its own."""
    return setting.is_own_words and setting.name != "text_file"


def _known(name: str, others: Sequence[str]) -> str:
    """Return the setting of this name, which may be an old one or written as its option is."""
    written = name.removeprefix("--").replace("-", "_")
    known = "text_file" if written == "text" else OLD_NAMES.get(written, written)
    names = [*SETTINGS, *others]
    if known in names:
        return known
    near = difflib.get_close_matches(known, names, n=1)
    hint = f"did you mean {near[0]}?" if near else "rnnviz train --help names them all."
    raise ConfigurationError(f"There is no setting {_quoted(name)}: {hint}")


def _quoted(word: str) -> str:
    """Return a word as a sentence can have it: it may be anything that was copied."""
    plain = "".join(sign if sign.isprintable() else "?" for sign in word)
    return f'"{plain}"' if len(plain) <= _LONGEST_WORD else f'"{plain[:_LONGEST_WORD]}..."'
