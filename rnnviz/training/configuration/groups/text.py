"""How it writes."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

from rnnviz.data import Trait
from rnnviz.training.configuration.setting import Effect, declared

_declared = partial(declared, group="text")


@dataclass(frozen=True)
class TextSettings:
    """How it writes."""

    temperature: float = _declared(
        0.5,
        "Temperature",
        "How boldly the network writes: 0 always takes the likeliest token, 1 follows its own "
        "probabilities, and more is wilder.",
        live=True,
        effects=frozenset({Effect.REWRITES}),
        minimum=0.0,
        maximum=10.0,
        slider=(0.0, 2.0),
        needs=Trait.WRITES,
        only_looks=True,
    )
    prompt: str = _declared(
        "",
        "Prompt",
        "What the network reads before it writes. Tokens that it does not know are skipped.",
        live=True,
        effects=frozenset({Effect.REWRITES, Effect.OTHER_PROMPT}),
        needs=Trait.WRITES,
        only_looks=True,
    )
