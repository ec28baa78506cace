"""An option for every setting, made from the settings' own declarations."""

from __future__ import annotations

import argparse
from collections.abc import Callable

from rnnviz.cli.console import UsageError
from rnnviz.cli.own_text import whole_path
from rnnviz.data import OWN_TEXT
from rnnviz.data.sources import SOURCES, is_own_file, own_file
from rnnviz.training.configuration import (
    NETWORK_SETTINGS,
    SETTINGS,
    Configuration,
    ConfigurationError,
    Setting,
    Value,
)
from rnnviz.training.configuration.line import read_settings_line
from rnnviz.training.configuration.presets import PRESETS

GROUPS = {
    "data": "data",
    "network": "network",
    "training": "training",
    "text": "samples",
    "watching": "watching",
}
_PREFIX = "setting_"


def flag(name: str) -> str:
    """Return the option of a setting: ``--hidden-size``."""
    return "--text" if name == "text_file" else f"--{name.replace('_', '-')}"


def add_setting_options(parser: argparse.ArgumentParser) -> None:
    """Give the parser an option for each setting; those not given are absent from the result."""
    parser.add_argument(
        "--preset",
        choices=PRESETS,
        metavar="{" + ",".join(PRESETS) + "}",
        help="begin from a well-known set of settings; an option that is given as well wins",
    )
    parser.add_argument(
        "--settings",
        metavar="LINE",
        default="",
        help='several settings in one line, such as "cell=lstm hidden_size=128", as the window '
        "copies them; an option that is given as well wins",
    )
    groups = {name: parser.add_argument_group(title) for name, title in GROUPS.items()}
    for setting in SETTINGS.values():
        groups[setting.group].add_argument(
            flag(setting.name),
            dest=_PREFIX + setting.name,
            type=_converter(setting),
            metavar=_metavar(setting),
            default=argparse.SUPPRESS,
            help=_help(setting),
        )


def given_settings(
    options: argparse.Namespace, configuration: Configuration | None = None
) -> dict[str, Value]:
    """Return the settings that the command line names, ``--text`` as its own kind of corpus.

    Those of a line are among them where no option says otherwise. A preset's settings are where
    neither does: those in which it differs
    from `configuration`, which is the default one unless given. A new run has its corpus as well.

    Raises
    ------
    RnnvizError
        If it names two texts, its own text without the file, or a line that is none of settings; or
        if the text comes from standard input, and cannot be kept.
    """
    try:
        line = read_settings_line(options.settings)
    except ConfigurationError as error:
        raise UsageError(f"--settings: {error}") from error
    given = line | {
        name: getattr(options, _PREFIX + name)
        for name in SETTINGS
        if hasattr(options, _PREFIX + name)
    }
    own = own_file(given.get("corpus"), configuration and configuration.corpus)
    if "text_file" in given:
        if given.get("corpus", own) != own:
            raise UsageError("Only one of --text and --corpus can be trained on.")
        # The model may be trained on from another folder.
        given |= {"corpus": own, "text_file": whole_path(str(given["text_file"]))}
    elif given.get("corpus") == own:
        raise UsageError(f"A {SOURCES[own].noun} of your own is named with --text FILE.")
    if options.preset is not None:
        preset = PRESETS[options.preset]
        changes = preset.changes(configuration or Configuration())
        if configuration is not None:
            changes.pop("corpus", None)  # a model goes on with its own text
        elif preset.corpus is not None:
            changes["corpus"] = preset.corpus
        given = changes | given
    return given


def take_setting(options: argparse.Namespace, name: str, text: str) -> None:
    """Have the options say of a setting what `text` says, as if it had been given so at first.

    Raises
    ------
    argparse.ArgumentTypeError
        With what is allowed, if that is not.
    """
    setattr(options, _PREFIX + name, setting_option(name)(text))
    # What was said of all texts no longer holds for one that has its own.
    excluded = {"corpus": "text_file", "text_file": "corpus"}.get(name, "")
    is_own = is_own_file(getattr(options, _PREFIX + "corpus", None))
    if hasattr(options, _PREFIX + excluded) and not is_own:
        delattr(options, _PREFIX + excluded)


def whole_number(minimum: int) -> Callable[[str], int]:
    """Return a converter for an option that is no setting: a whole number from `minimum` on."""

    def convert(text: str) -> int:
        try:
            value = int(text)
        except ValueError:
            value = minimum - 1
        if value < minimum:
            raise argparse.ArgumentTypeError(f"{text!r} is not a whole number from {minimum} on")
        return value

    return convert


def setting_option(name: str) -> Callable[[str], Value]:
    """Return a converter for an option that takes what a setting takes."""
    return _converter(SETTINGS[name])


def changed_configuration(
    saved: Configuration, given: dict[str, Value], model: str
) -> Configuration:
    """Return a model's settings with those of the command line in their place.

    Raises
    ------
    UsageError
        If one would make another network of it.
    """
    for name, value in given.items():
        before = getattr(saved, name)
        if value == before or name not in NETWORK_SETTINGS:
            continue
        if name == "hidden_size" and saved.parameter_budget:
            before = f"a budget of {saved.parameter_budget:,} parameters"
        elif not saved.matters(name):
            continue
        raise UsageError(
            f"{flag(name)} {value} would make another network: {model} was begun with {before}, "
            "and goes on only with that."
        )
    network = {name: getattr(saved, name) for name in NETWORK_SETTINGS}
    return Configuration.from_mapping(saved.to_mapping() | given | network)


def _converter(setting: Setting) -> Callable[[str], Value]:
    def convert(text: str) -> Value:
        try:
            return setting.read(text)
        except ConfigurationError as error:
            raise argparse.ArgumentTypeError(f"{text!r} is not {setting.allowed()}") from error

    return convert


def _metavar(setting: Setting) -> str:
    if setting.choices:
        # As which --text is read by itself.
        names = [name for name in setting.choices if name != OWN_TEXT]
        return "{" + ",".join(names) + "}"
    if setting.name == "text_file":
        return "PATH"
    return {int: "N", float: "X", str: "TEXT"}[setting.kind]


def _help(setting: Setting) -> str:
    parts = [setting.help_for()]
    facts = []
    if not setting.choices and setting.kind is not str:
        facts.append(setting.allowed())
    if setting.default != "" and setting.name != "corpus":
        facts.append(f"default {setting.default}")
    if facts:
        parts.append(f"({'; '.join(facts)})")
    # To argparse a percent sign begins a placeholder.
    return " ".join(parts).replace("%", "%%")
