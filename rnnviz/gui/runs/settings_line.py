"""The settings as one line: copied from the run in front, and pasted into it."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from rnnviz.data.sources import own_file
from rnnviz.gui.runs.live_control import LiveControl
from rnnviz.gui.runs.run_control import RunControl
from rnnviz.gui.runs.run_list import RunList
from rnnviz.gui.runs.view import View
from rnnviz.training.configuration import SETTINGS, Configuration, ConfigurationError, Value
from rnnviz.training.configuration.line import read_settings_line, settings_line

_DEFAULTS = "All settings are as they are by default: there is nothing to copy."
_NONE = "Copy a line of settings first, such as cell=lstm hidden_size=128."


class SettingsLine:
    """Copies and pastes settings; knows no widget.

    Parameters
    ----------
    runs
        Those of the window.
    view
        The window.
    run_control
        Begins a run with other settings, and asks before one is lost.
    live
        Changes what can be changed under way.
    """

    def __init__(
        self, runs: RunList, view: View, run_control: RunControl, live: LiveControl
    ) -> None:
        self._runs = runs
        self._view = view
        self._run_control = run_control
        self._live = live

    def copy(self) -> None:
        """Put the settings of the run in front on the clipboard."""
        snapshot = self._runs.front.snapshot
        line = "" if snapshot is None else settings_line(snapshot.configuration)
        if line:
            self._view.copy(line)
        self._view.messages.confirm(f"Copied: {_shortened(line)}" if line else _DEFAULTS)

    def paste(self) -> None:
        """Take the settings that a line on the clipboard names; those it does not name stay."""
        snapshot = self._runs.front.snapshot
        if snapshot is None:
            return
        try:
            named = read_settings_line(self._view.copied())
            changes = _changes(named, snapshot.configuration)
            Configuration.from_mapping(snapshot.configuration.to_mapping() | changes)
        except ConfigurationError as error:
            self._view.messages.tell(f"Nothing was pasted. {error}", "problem")
            return
        if not named:
            self._view.messages.tell(_NONE, "problem")
        elif not changes:
            self._view.messages.confirm("These settings are in force already.")
        elif all(SETTINGS[name].live for name in changes):
            for name, value in changes.items():
                self._live.change(name, value)
            self._view.messages.confirm(f"Pasted: {_labels(changes)}.")
        else:
            restart = partial(self._run_control.restart, **changes)
            self._run_control.ask_first("What was pasted", restart)


def _changes(named: Mapping[str, Value], now: Configuration) -> dict[str, Value]:
    """Return what differs from the settings of now."""
    if named.get("text_file"):
        named = {**named, "corpus": own_file(named.get("corpus"), now.corpus)}
    return {name: value for name, value in named.items() if value != getattr(now, name)}


def _labels(changes: Mapping[str, Value]) -> str:
    return ", ".join(SETTINGS[name].label for name in changes)


def _shortened(line: str) -> str:
    return line if len(line) <= 80 else f"{line[:77]}…"
