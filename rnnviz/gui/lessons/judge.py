"""Whether what a page asks for is done, as the runs stand."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping

from rnnviz.gui.wording.claims import goal_words, measured_words
from rnnviz.training.lessons.todo import BestUnit, Choose, Number, Reach, Wish
from rnnviz.training.observation.diagnostics.units import UNITS
from rnnviz.training.snapshot import Snapshot

_POWER_OF_TEN = re.compile(r"\s*[x\N{MULTIPLICATION SIGN}·*]\s*10\s*\^?\s*")


def stands(wish: Wish, front: Snapshot | None, runs: Mapping[str, Snapshot]) -> tuple[bool, str]:
    """Tell whether the runs bear a wish out now, and say how they stand to it.

    Parameters
    ----------
    wish
        What is to be so; answers and deeds are not for the runs to tell.
    front
        The run in front; None where it is not there yet.
    runs
        All, by their names.
    """
    match wish:
        case Reach(goal, name):
            found = {n: run.goals[goal] for n, run in runs.items() if goal in run.goals}
            asked = {n: value for n, value in found.items() if name in ("", n)}
            done = any(goal.holds(value) for value in asked.values())
            # Of several that may do it, the first tells how far it is.
            value = next((v for v in asked.values() if goal.holds(v) == done), math.nan)
            return done, goal_words(goal, value) if asked else ""
        case Choose() if front is not None:
            return wish.holds(getattr(front.configuration, wish.setting)), ""
        case _:
            return False, ""


def judged(wish: Wish, answer: str, front: Snapshot | None) -> tuple[bool, str]:
    """Tell whether an answer is right, and say so, or what is wrong with it."""
    number = number_in(answer)
    if number is None:
        return False, "That is no number." if answer.strip() else ""
    if front is None:
        return False, "There is no network yet."
    match wish:
        case Number(goal, within):
            measured = front.goals.get(goal, math.nan)
            if math.isnan(measured):
                return False, "Nothing is measured yet."
            if wish.is_right(number, measured):
                return True, f"Right. The program measures {measured_words(goal, measured)}."
            if wish.is_right(-number, measured):
                return False, "The size is right, but the sign is not."
            return False, f"Not yet. Within {100 * within:.3g}\N{NO-BREAK SPACE}% is near enough."
        case BestUnit(feature):
            return _judged_unit(wish, feature, number, front)
        case _:
            return False, ""


def right_answer(wish: Wish, front: Snapshot | None) -> str:
    """Return what would be right; nothing where nobody knows yet."""
    match wish:
        case Number(goal, _) if front is not None and goal in front.goals:
            return f"{front.goals[goal]:.3g}"
        case BestUnit(feature) if front is not None:
            found = _correlations(feature, front)
            return (
                ""
                if found is None
                else str(max(range(len(found[0])), key=found[0].__getitem__) + 1)
            )
        case _:
            return ""


def number_in(answer: str) -> float | None:
    """Read a number as people write one: ``0.1``, ``0,1``, ``−1e-3``, ``2 × 10^-7``."""
    text = _POWER_OF_TEN.sub("e", answer.strip().replace("\N{MINUS SIGN}", "-"))
    text = text.replace(",", ".") if "." not in text else text.replace(",", "")
    try:
        number = float(text)
    except ValueError:
        return None
    return number if math.isfinite(number) else None


def _judged_unit(wish: BestUnit, feature: str, number: float, front: Snapshot) -> tuple[bool, str]:
    found = _correlations(feature, front)
    if found is None:
        return False, "Units are measured while their panel is on the screen."
    strengths, chance = found
    unit = int(number)
    if unit != number or not 1 <= unit <= len(strengths):
        return False, f"Units are numbered from 1 to {len(strengths)}."
    said = f"Unit {unit} has |r| = {strengths[unit - 1]:.2f}"
    if wish.is_right(unit, strengths, chance):
        return True, f"Right. {said}."
    if strengths[unit - 1] <= chance:
        return False, f"{said}, which chance reaches as well."
    return False, f"{said}; another one follows it better."


def _correlations(feature: str, front: Snapshot) -> tuple[list[float], float] | None:
    """Return |r| of the highest layer's units with a feature, and what chance reaches."""
    view = front.get(UNITS)
    if view is None or feature not in view.reading.features:
        return None
    index = view.reading.features.index(feature)
    state = next(iter(view.reading.correlations))
    strengths = [abs(r) for r in view.reading.correlations[state][-1][:, index].tolist()]
    return strengths, float(view.reading.chance[state][-1][index])
