"""Lessons as files: what they may hold, and what a person reads where they may not."""

from __future__ import annotations

import dataclasses
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from rnnviz.core.errors import RnnvizError
from rnnviz.training.claims.claim import Claim
from rnnviz.training.claims.goal import Goal
from rnnviz.training.claims.quantities import QUANTITIES
from rnnviz.training.lessons import LessonError, load_lessons, read_lesson
from rnnviz.training.lessons.todo import (
    BestUnit,
    Choose,
    Deed,
    Do,
    Number,
    Phase,
    Reach,
    ShowMe,
)

from ..toml_files import REMOVED, changed_from, sentence_of, written

PANELS = ("loss", "text", "gradient", "units")

RATIO = {"quantity": "gradient_ratio", "lag": 10, "step": 5, "below": 1e-3}

GOOD: dict[str, Any] = {
    "title": "Why it forgets",
    "about": "Where the gradient goes.",
    "order": 4,
    "pages": [
        {
            "heading": "Far back",
            "text": "The gradient\n  shrinks.",
            "panels": ["loss", "gradient"],
            "stage": "gradient",
            "settings": {"corpus": "temporal-order", "sequence_length": 20, "hidden_size": 8},
            "claims": [RATIO],
            "todo": {
                "say": "Train until it is small.",
                **{"quantity": "gradient_ratio", "lag": 5, "below": 1e-6},
                "show_me": {"train": 50},
            },
        },
        {
            "heading": "Further on",
            "text": "It goes on.",
            "claims": [{"quantity": "loss", "step": 9, "above": 1}],
            "inside": "backward 3",
            "todo": {"say": "How small is it?", "quantity": "loss", "within": 0.1},
        },
        {
            "heading": "Two of them",
            "text": "One is larger.",
            "settings": {"corpus": "adding", "sequence_length": 20},
            "rivals": [
                {"name": "small", "settings": {"hidden_size": 4}},
                {
                    "name": "large",
                    "settings": {"hidden_size": 9},
                    "claims": [{"quantity": "held_out_loss", "step": 3, "below": 9}],
                },
            ],
            "todo": {
                "say": "Train until the large one is good.",
                **{"quantity": "loss", "below": 0.1, "run": "large"},
                "show_me": {"train": 10},
            },
        },
        {"heading": "The end", "text": "That was it."},
    ],
}


changed = partial(changed_from, GOOD)


def with_todo(**todo: object) -> dict[str, Any]:
    return changed("pages.3.todo", {"say": "Do it.", **todo})


def complaint(path: Path) -> str:
    with pytest.raises(LessonError) as caught:
        read_lesson(path, PANELS)
    return sentence_of(caught.value, path)


# --- What a good file says --------------------------------------------------------------------


@pytest.fixture
def lesson(tmp_path):
    return read_lesson(written(tmp_path, GOOD, "forgets.toml"), PANELS)


def test_a_good_file_is_read(lesson):
    assert (lesson.name, lesson.order, lesson.title) == ("forgets", 4, "Why it forgets")
    assert lesson.about == "Where the gradient goes."
    assert [page.heading for page in lesson.pages] == [
        *("Far back", "Further on", "Two of them", "The end"),
    ]
    first, second, third, last = lesson.pages
    assert first.text == "The gradient shrinks."
    assert (first.panels, first.stage) == (("loss", "gradient"), "gradient")
    assert (second.panels, second.stage) == ((), "")
    assert (first.inside, second.inside) == (None, Phase("backward", 3))
    assert first.todo.say == "Train until it is small."
    assert first.todo.wish == Reach(Goal("gradient_ratio", lag=5, below=1e-6))
    assert first.todo.show_me == ShowMe({}, 50)
    assert second.todo.wish == Number(Goal("loss"), 0.1)
    assert third.todo.wish == Reach(Goal("loss", below=0.1), "large")
    assert second.todo.show_me == ShowMe()
    assert last.todo is None


def test_runs_have_the_claims_of_all_pages_that_are_about_them(lesson):
    first, second, third, _ = lesson.pages
    (run,) = first.runs
    ratio = Claim("gradient_ratio", 5, below=1e-3, lag=10)
    loss = Claim("loss", 9, above=1.0)
    assert run.claims == (ratio, loss)
    assert (first.claims, second.claims) == ((ratio,), (loss,))
    assert second.runs == ()
    assert [(one.name, len(one.claims)) for one in third.runs] == [("small", 0), ("large", 1)]
    assert third.claims == third.runs[1].claims


def test_the_runs_and_panels_of_a_page_are_those_of_the_last_one_that_had_some(lesson):
    assert [lesson.runs_on(number)[0] for number in range(4)] == [0, 0, 2, 2]
    assert lesson.runs_on(3)[1] == lesson.pages[2].runs
    assert [lesson.panels_on(number)[1] for number in range(4)] == ["gradient"] * 4


def test_a_lesson_that_sets_nothing_begins_with_the_default_run(tmp_path):
    table = {**GOOD, "pages": [{"heading": "Hello", "text": "Look."}]}
    (page,) = read_lesson(written(tmp_path, table), PANELS).pages
    assert [dict(run.settings) for run in page.runs] == [{}]


@pytest.mark.parametrize(
    ("todo", "wish"),
    [
        ({"best_unit": "vowel"}, BestUnit("vowel")),
        ({"deed": "add a rival"}, Do(Deed.ADD_RIVAL)),
        ({"deed": "check gradients"}, Do(Deed.CHECK_GRADIENTS)),
        ({"deed": "open inside", "phase": "loss"}, Do(Deed.OPEN_INSIDE, Phase("loss"))),
        (
            {"setting": "temperature", "above": 1, "show_me": {"change": {"temperature": 2}}},
            Choose("temperature", above=1.0),
        ),
        (
            {"setting": "clip_mode", "value": "none", "show_me": {"change": {"clip_mode": "none"}}},
            Choose("clip_mode", value="none"),
        ),
    ],
)
def test_what_can_be_asked_for(tmp_path, todo, wish):
    read = read_lesson(written(tmp_path, with_todo(**todo)), PANELS).pages[3].todo
    assert read.wish == wish
    assert read.show_me == ShowMe(todo.get("show_me", {}).get("change", {}))


def test_a_folder_is_read_in_the_order_of_the_menu_and_what_cannot_be_used_is_told(tmp_path):
    for name, order in (("b", 2), ("a", 2), ("c", 1)):
        written(tmp_path, {**GOOD, "order": order}, f"{name}.toml")
    written(tmp_path, changed("title", 3), "d.toml")
    lessons, problems = load_lessons(PANELS, tmp_path)
    assert [lesson.name for lesson in lessons] == ["c", "a", "b"]
    assert problems == ("d.toml: title must be a text of 1 to 50 characters, not 3.",)


# --- What a bad file is told ------------------------------------------------------------------

COMPLAINTS: dict[str, tuple[dict[str, Any], str]] = {
    "an unknown key": (
        changed("colour", 3),
        "colour is not known; the keys of a lesson are title, about, order, pages.",
    ),
    "an unknown key of a page": (
        changed("pages.1.colour", 3),
        "pages[2].colour is not known; the keys of a page are heading, text, panels,",
    ),
    **{
        f"no {key}": (changed(key, REMOVED), f"{key} is missing.")
        for key in ("title", "about", "order", "pages", "pages.2.heading", "pages.2.text")
        if "." not in key
    },
    "no heading": (changed("pages.2.heading", REMOVED), "pages[3].heading is missing."),
    "no text": (changed("pages.2.text", REMOVED), "pages[3].text is missing."),
    "no pages": (changed("pages", []), "pages must be from 1 to 30, not 0."),
    "too much text": (
        changed("pages.0.text", "x" * 601),
        "pages[1].text must be a text of 1 to 600 characters, not one of 601.",
    ),
    "the same heading": (
        changed("pages.1.heading", "Far back"),
        'pages[2].heading must be another than those before, not "Far back".',
    ),
    "an unknown panel": (
        changed("pages.0.panels", ["beauty"]),
        'pages[1].panels[1] must be one of loss, text, gradient, units, not "beauty".',
    ),
    "a stage without panels": (
        changed("pages.1.stage", "loss"),
        "pages[2].stage means nothing on a page without panels.",
    ),
    "an unknown setting": (
        changed("pages.0.settings.size", 3),
        "pages[1].settings.size is no setting; the settings are corpus,",
    ),
    "settings that do not go together": (
        changed("pages.2.settings.sequence_length", 1),
        "must be at least",
    ),
    "a rival without a name": (
        changed("pages.2.rivals.0.name", REMOVED),
        "pages[3].rivals[1].name is missing.",
    ),
    "a claim about what there is not": (
        changed("pages.1.claims.0.quantity", "known_words"),
        "pages[2].claims have known_words, which is measured of a run on a text.",
    ),
    "a claim further back than the window": (
        changed("pages.1.claims", [{**RATIO, "lag": 20}]),
        "pages[2].claims have a lag of 20, which must be less than the sequence length, 20.",
    ),
    "a claim after the settings were changed": (
        changed(
            "pages.0.todo.show_me",
            {"train": 5, "change": {"learning_rate": 0.3}},
        ),
        "pages[1].claims mean nothing once a setting of the run is changed.",
    ),
    "a phase that there is not": (
        changed("pages.1.inside", "sideways"),
        "pages[2].inside must be one of forward, loss, backward,",
    ),
    "a phase at no time step": (
        changed("pages.1.inside", "backward soon"),
        'with the number of a time step after it or without, not "backward soon".',
    ),
    "nothing to do": (
        with_todo(),
        "pages[4].todo must have one of quantity, best_unit, setting, deed.",
    ),
    "two things to do": (
        with_todo(deed="add a rival", best_unit="vowel"),
        "pages[4].todo must have one of quantity, best_unit, setting, deed.",
    ),
    "nothing that is said": (
        changed("pages.0.todo.say", REMOVED),
        "pages[1].todo.say is missing.",
    ),
    "an unknown deed": (
        with_todo(deed="dance"),
        "pages[4].todo.deed must be one of add a rival, check gradients, open inside,",
    ),
    "a phase of another deed": (
        with_todo(deed="add a rival", phase="loss"),
        "pages[4].todo.phase means nothing to add a rival.",
    ),
    "an unknown quantity": (
        with_todo(quantity="beauty", above=3),
        "pages[4].todo.quantity must be one of steps,",
    ),
    "a goal without bounds": (
        with_todo(quantity="loss"),
        "pages[4].todo.below or above is missing: a goal has a bound.",
    ),
    "a goal that cannot be measured": (
        with_todo(quantity="known_words", above=0.1, show_me={"train": 5}),
        "pages[4].todo.quantity has known_words, which is measured of a run on a text.",
    ),
    "a goal of an unknown run": (
        with_todo(quantity="loss", below=1, run="huge"),
        'pages[4].todo.run must be one of small, large, not "huge".',
    ),
    "a goal that nobody shows": (
        with_todo(quantity="loss", below=1),
        "pages[4].todo.show_me must train or change something to bring this about.",
    ),
    "bounds of a number that is asked for": (
        with_todo(quantity="loss", within=0.1, below=1),
        "pages[4].todo.below means nothing where a number is asked for.",
    ),
    "a number that may be anything": (
        with_todo(quantity="loss", within=1),
        "pages[4].todo.within must be a number between 0 and 1, not 1.",
    ),
    "a setting that is not live": (
        with_todo(setting="hidden_size", above=3),
        "pages[4].todo.setting must be one of learning_rate,",
    ),
    "a setting and no value": (
        with_todo(setting="clip_mode", show_me={"train": 1}),
        "pages[4].todo.value must be one of none, value, norm, and is missing.",
    ),
    "a setting with a value that is not allowed": (
        with_todo(setting="clip_mode", value="softly"),
        'pages[4].todo.value must be one of none, value, norm, not "softly".',
    ),
    "a key that goes with another kind": (
        with_todo(best_unit="vowel", within=0.1),
        "pages[4].todo.within is not known; the keys of a thing to do with best_unit are",
    ),
    "something unknown that is shown": (
        with_todo(best_unit="vowel", show_me={"dance": 1}),
        "pages[4].todo.show_me.dance is not known; the keys of show_me are change, train.",
    ),
    "a change to no setting": (
        with_todo(best_unit="vowel", show_me={"change": {"size": 1}}),
        "pages[4].todo.show_me.change.size is no setting;",
    ),
}


@pytest.mark.parametrize("case", list(COMPLAINTS))
def test_a_bad_file_is_told_what_is_wrong_and_what_is_allowed(tmp_path, case):
    table, expected = COMPLAINTS[case]
    sentence = complaint(written(tmp_path, table))
    assert sentence.startswith("some.toml: ")
    assert expected in sentence


def test_what_is_no_file_or_no_toml_is_told_as_well(tmp_path):
    assert "cannot be read" in complaint(tmp_path / "missing.toml")
    (tmp_path / "some.toml").write_text("title = ")
    assert "is not TOML" in complaint(tmp_path / "some.toml")


def test_where_nobody_knows_the_panels_any_name_will_do(tmp_path):
    path = written(tmp_path, changed("pages.0.panels", ["wonder", "gradient"]))
    assert read_lesson(path, None).pages[0].panels == ("wonder", "gradient")


# --- The lessons that come with the program ---------------------------------------------------


@pytest.fixture(scope="module")
def shipped():
    lessons, problems = load_lessons(None)
    assert problems == ()
    return lessons


def test_the_lessons_that_come_with_the_program_can_be_used(shipped):
    assert [lesson.order for lesson in shipped] == sorted({lesson.order for lesson in shipped})
    for lesson in shipped:
        for run in (run for page in lesson.pages for run in page.runs):
            assert run.configuration().corpus


def test_every_page_that_shows_a_number_of_a_run_claims_it_or_asks_for_it(shipped):
    """A page that says what one will see, after so many steps, has a claim about that step."""
    for lesson in shipped:
        for page in lesson.pages:
            said = [
                int(words.split()[-1].replace(",", ""))
                for words in page.text.replace("first step", "").split(" steps ")[:-1]
                if words.split()[-1].replace(",", "").isdigit() and "After" in words[-14:]
            ]
            for step in said:
                assert step in [claim.step for claim in page.claims], (lesson.name, page.heading)


def test_a_lesson_is_a_value(shipped):
    with pytest.raises(dataclasses.FrozenInstanceError):
        shipped[0].order = 3  # type: ignore[misc]
    assert issubclass(LessonError, RnnvizError)
    claimed = {claim.quantity for one in shipped for page in one.pages for claim in page.claims}
    assert claimed <= set(QUANTITIES)
