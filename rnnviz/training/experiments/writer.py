"""Experiments written as the files that they can be read from."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import PureWindowsPath

from rnnviz.training.claims.claim import Claim
from rnnviz.training.experiments.experiment import Experiment, Variant


def experiment_text(experiment: Experiment) -> str:
    """Return an experiment as TOML, from which `read_experiment` reads the same.

    A text of a person's own is named without its folder: it is looked for beside the file.
    """
    head = {
        "title": experiment.title,
        "order": experiment.order,
        "do": experiment.do,
        "see": experiment.see,
        "why": experiment.why,
        "panels": experiment.panels,
        "stage": experiment.stage,
        "seeds_of_five": experiment.seeds_of_five,
    }
    lines = list(_pairs(head))
    for variant in experiment.variants:
        lines += _variant(variant, "variants." if variant.name else "")
    return "\n".join(lines) + "\n"


def _variant(variant: Variant, place: str) -> Iterator[str]:
    if place:
        yield from ("", "[[variants]]", *_pairs({"name": variant.name}))
    settings = dict(variant.settings)
    if settings.get("text_file"):
        # Of whichever system the path is: this one knows both signs between folders.
        settings["text_file"] = PureWindowsPath(str(settings["text_file"])).name
    yield from ("", f"[{place}settings]", *_pairs(settings))
    for claim in variant.claims:
        yield from ("", f"[[{place}claims]]", *_pairs(_claim(claim)))


def _claim(claim: Claim) -> Mapping[str, object]:
    return {
        "quantity": claim.quantity,
        "of": claim.of or None,
        "lag": claim.lag or None,
        "step": claim.step,
        "above": claim.above,
        "below": claim.below,
    }


def _pairs(values: Mapping[str, object]) -> Iterator[str]:
    """Write keys and values, without those that are None."""
    for key, value in values.items():
        if value is not None:
            yield f"{key} = {_value(value)}"


def _value(value: object) -> str:
    if isinstance(value, str):
        # As in JSON, but for one sign that TOML does not have in a text.
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    if isinstance(value, Sequence):
        return f"[{', '.join(map(_value, value))}]"
    return repr(value)
