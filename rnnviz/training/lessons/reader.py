"""Lessons as files: one TOML file each."""

from __future__ import annotations

import dataclasses
from collections.abc import Collection
from pathlib import Path
from typing import get_args

from rnnviz.diagnostics.one_step.phases import PhaseKind
from rnnviz.resources import resource_path
from rnnviz.training.claims.claim import Claim
from rnnviz.training.configuration import SETTINGS
from rnnviz.training.experiments.experiment import Variant
from rnnviz.training.experiments.reader import LARGEST_ORDER, read_folder
from rnnviz.training.experiments.table import Table, WrittenFileError, listed, shown
from rnnviz.training.experiments.variants import (
    GOAL_KEYS,
    LARGEST_STEP,
    check_goal,
    read_bounds,
    read_claims,
    read_goal,
    read_quantity,
    read_setting,
    read_settings,
    read_variants,
)
from rnnviz.training.lessons.lesson import Lesson, Page
from rnnviz.training.lessons.todo import (
    BestUnit,
    Choose,
    Deed,
    Do,
    Number,
    Phase,
    Reach,
    ShowMe,
    Todo,
    Wish,
)

LONGEST_TEXT = 600
"""More characters do not fit beside the panels."""

_MOST_PAGES = 30
_LONGEST_HEADING, _LONGEST_SAY, _LONGEST_FEATURE = 60, 200, 60
_TEXTS = {"title": 50, "about": 160}
_KEYS = (*_TEXTS, "order", "pages")
_PAGE_KEYS = (
    *("heading", "text", "panels", "stage", "inside"),
    *("settings", "rivals", "claims", "todo"),
)
_WISHES = {
    "quantity": (*GOAL_KEYS, "run", "within"),
    "best_unit": ("best_unit",),
    "setting": ("setting", "above", "below", "value"),
    "deed": ("deed", "phase"),
}
"""By the key that says what is asked for, the keys that go with it."""
_LAST_STEP = 2000
_DEEDS = {deed.value: deed for deed in Deed}
_PHASES: tuple[PhaseKind, ...] = get_args(PhaseKind)


class LessonError(WrittenFileError):
    """A lesson's file that cannot be used; names the file, the key and what is allowed."""


def load_lessons(
    panels: Collection[str] | None, folder: Path | None = None
) -> tuple[tuple[Lesson, ...], tuple[str, ...]]:
    """Read every lesson of a folder, in the order of the menu.

    Parameters
    ----------
    panels
        The names that `Page.panels` may hold; None where nobody knows, and any will do.
    folder
        Where the files are; those that come with the program if None.

    Returns
    -------
    lessons
        Those that can be used.
    problems
        A sentence for each file that cannot.
    """
    folder = resource_path("lessons") if folder is None else folder
    lessons, problems = read_folder(folder, lambda path: read_lesson(path, panels))
    return tuple(sorted(lessons, key=lambda one: (one.order, one.name))), problems


def read_lesson(path: Path, panels: Collection[str] | None) -> Lesson:
    """Read one lesson.

    Raises
    ------
    LessonError
        If the file cannot be read, a key is unknown or missing, or a value is not allowed.
    """
    table = Table.read(path, "a lesson", LessonError)
    table.check_keys(_KEYS, _KEYS, "a lesson")
    entries = table.tables("pages")
    if not 1 <= len(entries) <= _MOST_PAGES:
        raise table.complaint("pages", f"must be from 1 to {_MOST_PAGES}, not {len(entries)}")
    return Lesson(
        name=path.stem,
        order=table.whole("order", 1, LARGEST_ORDER),
        pages=_Pages(panels).read(entries),
        **{key: table.text(key, longest) for key, longest in _TEXTS.items()},
    )


class _Pages:
    """Reads pages one after the other: what is said on one may be of runs of a page before."""

    def __init__(self, panels: Collection[str] | None) -> None:
        self._known_panels = panels
        self._pages: list[Page] = []
        # With which page the runs began, and whether their settings are still those.
        self._begun = 0
        self._is_changed = False

    def read(self, tables: list[Table]) -> tuple[Page, ...]:
        for table in tables:
            self._pages.append(self._page(table))
        return tuple(self._pages)

    def _page(self, table: Table) -> Page:
        table.check_keys(_PAGE_KEYS, ("heading", "text"), "a page")
        heading = table.text("heading", _LONGEST_HEADING)
        if heading in (page.heading for page in self._pages):
            raise table.complaint(
                "heading", f"must be another than those before, not {shown(heading)}"
            )
        panels = table.panels(self._known_panels) if "panels" in table else ()
        if "stage" in table and not panels:
            raise table.complaint("stage", "means nothing on a page without panels")
        runs, claims = self._runs_and_claims(table)
        todo = self._todo(table, runs or self._pages[self._begun].runs)
        if todo is not None and any(not SETTINGS[name].only_looks for name in todo.show_me.change):
            self._is_changed = True
        if claims and self._is_changed:
            raise table.complaint("claims", "mean nothing once a setting of the run is changed")
        return Page(
            heading=heading,
            text=table.text("text", LONGEST_TEXT),
            panels=panels,
            stage=table.stage(panels) if panels else "",
            runs=runs,
            claims=claims,
            inside=_phase(table, "inside") if "inside" in table else None,
            todo=todo,
        )

    def _runs_and_claims(self, table: Table) -> tuple[tuple[Variant, ...], tuple[Claim, ...]]:
        """Read the runs that begin with a page, or say of those before what is claimed here."""
        if not self._pages or "settings" in table or "rivals" in table:
            runs = read_variants(table, "rivals", "a rival")
            self._begun, self._is_changed = len(self._pages), False
            return runs, tuple(dict.fromkeys(claim for run in runs for claim in run.claims))
        claims, begun = read_claims(table), self._pages[self._begun]
        for run in begun.runs:
            for claim in claims:
                check_goal(table, "claims have", claim, run.configuration())
        told = [dataclasses.replace(run, claims=(*run.claims, *claims)) for run in begun.runs]
        self._pages[self._begun] = dataclasses.replace(begun, runs=tuple(told))
        return (), claims

    def _todo(self, page: Table, runs: tuple[Variant, ...]) -> Todo | None:
        table = page.table("todo", "a table that says what to do")
        if table is None:
            return None
        kinds = [key for key in _WISHES if key in table]
        if len(kinds) != 1:
            raise page.complaint("todo", f"must have one of {listed(_WISHES)}")
        known = (*_WISHES[kinds[0]], "say", "show_me")
        table.check_keys(known, ("say",), f"a thing to do with {kinds[0]}")
        wish = _wish(table, kinds[0], runs)
        show_me = _show_me(table)
        if isinstance(wish, Reach | Choose) and not (show_me.train or show_me.change):
            raise table.complaint("show_me", "must train or change something to bring this about")
        return Todo(table.text("say", _LONGEST_SAY), wish, show_me)


def _wish(table: Table, kind: str, runs: tuple[Variant, ...]) -> Wish:
    if kind == "deed":
        return _deed(table)
    if kind == "setting":
        return _choice(table)
    if kind == "best_unit":
        return BestUnit(table.text("best_unit", _LONGEST_FEATURE))
    name = table.one_of("run", [run.name for run in runs]) if "run" in table else ""
    if "within" in table:
        for key in ("above", "below", "run"):
            if key in table:
                raise table.complaint(key, "means nothing where a number is asked for")
        goal, within = read_quantity(table), table.number("within")
        if not 0 < within < 1:
            raise table.complaint("within", f"must be a number between 0 and 1, not {within:g}")
    else:
        goal = read_goal(table, "a goal")
    for run in runs:
        if name in ("", run.name):
            check_goal(table, "quantity has", goal, run.configuration())
    return Number(goal, within) if "within" in table else Reach(goal, name)


def _choice(table: Table) -> Choose:
    """Read which value a setting is to have."""
    name = table.one_of("setting", [one.name for one in SETTINGS.values() if one.live])
    setting = SETTINGS[name]
    if setting.kind is str or "value" in table:
        for key in ("above", "below"):
            if key in table:
                raise table.complaint(key, "means nothing beside a value")
        return Choose(name, value=read_setting(table, name, "value"))
    above, below = read_bounds(table, "a number")
    return Choose(name, above, below)


def _deed(table: Table) -> Do:
    """Read what is to be done in the window."""
    deed = _DEEDS[table.one_of("deed", _DEEDS)]
    if "phase" not in table:
        return Do(deed)
    if deed not in (Deed.OPEN_INSIDE, Deed.ANSWER_BY_HAND):
        raise table.complaint("phase", f"means nothing to {deed.value}")
    return Do(deed, _phase(table, "phase"))


def _phase(table: Table, key: str) -> Phase:
    """Read a place in Inside, such as ``backward`` or ``backward 2``."""
    value = table[key]
    name, _, at = value.partition(" ") if isinstance(value, str) else ("", "", "")
    at = at.strip()
    kind = next((kind for kind in _PHASES if kind == name), None)
    if kind is None or not (not at or (at.isdecimal() and 1 <= int(at) <= _LAST_STEP)):
        raise table.complaint(
            key,
            f"must be one of {listed(_PHASES)}, with the number of a time step after it or "
            f"without, not {shown(value)}",
        )
    return Phase(kind, int(at or 0))


def _show_me(todo: Table) -> ShowMe:
    table = todo.table("show_me", "a table that says how it is done")
    if table is None:
        return ShowMe()
    table.check_keys(("change", "train"), (), "show_me")
    change = read_settings(table, "change")
    return ShowMe(change, table.whole("train", 1, LARGEST_STEP) if "train" in table else 0)
