"""What those who decide about a run need of the window: a few words each way, and no widget."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Literal, Protocol

from rnnviz.storage.fault_reports import Fault
from rnnviz.training.claims.watch import Reached, Way
from rnnviz.training.configuration import Value


class Messages(Protocol):
    """One sentence for the person, that waits for no answer."""

    def tell(self, text: str, kind: Literal["notice", "problem", "question"] = "notice") -> None:
        """Show a message; a problem stands out."""

    def confirm(self, text: str) -> None:
        """Say for a few seconds that something was done."""

    def offer(
        self,
        text: str,
        accept: str,
        on_accept: Callable[[], None],
        kind: Literal["notice", "problem", "question"] = "notice",
        other: tuple[str, Callable[[], None]] | None = None,
    ) -> None:
        """Show a message with one thing that can be done about it, or with another one as well."""

    def tell_fault(self, fault: Fault) -> None:
        """Say what went wrong, and offer to copy the report of it."""

    def ask(
        self,
        text: str,
        accept: str,
        on_accept: Callable[[], None],
        refuse: str,
        on_refuse: Callable[[], None] | None = None,
        on_save: Callable[[], None] | None = None,
    ) -> None:
        """Ask something."""

    def clear(self) -> None:
        """Take the message away, unless it is a question."""

    def withdraw(self, beginning: str) -> None:
        """Take a message away that begins so, unless it is a question: it is no longer true."""


class Plays(Protocol):
    """What Train, Step and Reset act on instead of the run, where nothing of it is seen."""

    @property
    def runs(self) -> bool:
        """Whether it plays now."""

    def toggle(self) -> None:
        """Play, or hold."""

    def take_step(self) -> None:
        """Do one step."""

    def put_back(self) -> None:
        """Go back to the start."""


class View(Protocol):
    """The window, to those who decide."""

    @property
    def messages(self) -> Messages:
        """What is said."""

    @property
    def draft(self) -> Mapping[str, Value]:
        """The structural settings that were edited and are not in force."""

    @property
    def player(self) -> Plays | None:
        """What plays beside the run and is seen instead of it; None while the run is seen."""

    def forget_draft(self) -> None:
        """Show the settings in force."""

    def show_at_once(self, name: str, value: Value) -> None:
        """Show the value of a setting, whatever the person chose last."""

    def ask_about_draft(self) -> None:
        """Ask whether the run is to be given up for what was edited."""

    def show_running(self, running: bool) -> None:
        """Show what Train would do, and the controls of what it would do it to."""

    def way_on(self, runs: Iterable[Reached]) -> Way | None:
        """Return the way of all runs to an experiment's next claim; None where none leads."""

    def ask_where_to_save(self, suggestion: Path) -> Path | None:
        """Return where the person wants the model; None for nowhere."""

    def ask_where_to_export(self, suggestion: Path) -> tuple[str, Path] | None:
        """Return as what the person wants the network for others, and where; None for nowhere."""

    def ask_what_to_open(self) -> list[Path]:
        """Return what the person wants to open."""

    def ask_for_vocabulary(self, folder: Path) -> Path | None:
        """Return the file that says which tokens a network reads; None for none."""

    def copy(self, text: str) -> None:
        """Put a text on the clipboard."""

    def copied(self) -> str:
        """Return the text on the clipboard; empty where there is none."""

    def ask_for_folder(self) -> Path | None:
        """Return the folder in which several are to be saved; None for nowhere."""

    def take_name(self, name: str) -> None:
        """Be called after the run."""

    def remember_file(self, path: Path) -> None:
        """Offer a file at the next start."""
