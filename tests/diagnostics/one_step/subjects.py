"""Random runs between two steps: every cell, loss, clip mode and optimiser."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from hypothesis import strategies as st

from rnnviz.core.architecture import Architecture
from rnnviz.core.clipping import CLIP_MODES, ClipMode
from rnnviz.core.loss import LossName
from rnnviz.core.network import Network
from rnnviz.core.optimizers import OPTIMIZERS
from rnnviz.core.parameters import Array, ParameterVector
from rnnviz.diagnostics.one_step.subject import StepSubject

from ...core.cases import CELL_KINDS, SEEDS


@dataclass(frozen=True)
class Kind:
    """What a subject is to be like; `asked` is how many of the last steps have a loss."""

    cell: tuple[str, str] = ("vanilla", "tanh")
    layers: int = 1
    residual: bool = False
    dropout: bool = False
    length: int = 4
    asked: int = 4
    batch: int = 1
    hidden: int = 3
    vocab: int = 4
    answers: int | None = None
    reads_numbers: bool = False
    loss: LossName = "cross_entropy"
    clip_mode: ClipMode = "none"
    clip_threshold: float = 1.0
    optimizer: str = "sgd"
    updates_done: int = 0
    seed: int = 0
    dtype: type = field(default=np.float64, repr=False)


def all_kinds() -> st.SearchStrategy[Kind]:
    lengths = st.integers(1, 7).flatmap(lambda n: st.tuples(st.just(n), st.integers(1, n)))
    return lengths.flatmap(
        lambda drawn: st.builds(
            Kind,
            cell=st.sampled_from(CELL_KINDS),
            layers=st.integers(1, 3),
            residual=st.booleans(),
            dropout=st.booleans(),
            length=st.just(drawn[0]),
            asked=st.sampled_from([drawn[0], drawn[1]]),
            batch=st.integers(1, 3),
            hidden=st.integers(1, 6),
            vocab=st.integers(2, 9) | st.sampled_from([150, 300]),
            answers=st.none() | st.integers(1, 4),
            reads_numbers=st.booleans(),
            loss=st.sampled_from(["cross_entropy", "squared_error"]),
            clip_mode=st.sampled_from(CLIP_MODES),
            clip_threshold=st.sampled_from([1e-3, 0.1, 1.0, 100.0]),
            optimizer=st.sampled_from(sorted(OPTIMIZERS)),
            updates_done=st.sampled_from([0, 1, 62, 5000]),
            seed=SEEDS,
            dtype=st.just(np.float64),
        )
    )


def draw_subject(kind: Kind) -> StepSubject:
    """Draw a network, a window, a state, masks and slots."""
    rng = np.random.default_rng(kind.seed)
    architecture = Architecture(
        kind.vocab,
        kind.hidden,
        kind.layers,
        *kind.cell,
        residual=kind.residual,
        num_outputs=kind.answers,
        reads_numbers=kind.reads_numbers,
    )
    network = Network(architecture, kind.dtype)
    network.parameters.flat[:] = rng.normal(0, 0.8 / kind.hidden**0.5, network.parameters.size)
    shape, outputs = (kind.length, kind.batch), architecture.output_size
    inputs = rng.integers(0, kind.vocab, shape)
    targets = rng.integers(0, outputs, (kind.asked, kind.batch))
    if kind.loss == "squared_error":
        targets = rng.normal(size=(kind.asked, kind.batch, outputs))
    state = [
        {name: rng.normal(0, 0.5, array.shape).astype(kind.dtype) for name, array in layer.items()}
        for layer in network.zero_state(kind.batch)
    ]
    kept = rng.random((kind.layers - 1, *shape, kind.hidden)) >= 0.3
    return StepSubject(
        step=7,
        title="A text",
        level="character",
        network=network,
        inputs=rng.normal(size=(*shape, kind.vocab)) if kind.reads_numbers else inputs,
        targets=targets,
        state=state,
        masks=list((kept / 0.7).astype(kind.dtype)) if kind.dropout else (),
        loss=kind.loss,
        learning_rate=0.05,
        clip_mode=kind.clip_mode,
        clip_threshold=kind.clip_threshold,
        optimizer=kind.optimizer,
        momentum=0.9,
        updates_done=kind.updates_done,
        slots=draw_slots(kind, network.parameters, rng),
        tokens=tuple(f"t{k}" for k in range(kind.vocab)),
        answers=tuple(f"a{k}" for k in range(outputs)),
    )


def draw_slots(
    kind: Kind, parameters: ParameterVector, rng: np.random.Generator
) -> dict[str, dict[str, Array]]:
    """Draw what the optimiser remembers; sums and means of squares are above 0."""
    return {
        slot: {
            name: (rng.random(array.shape) if "s" in slot else rng.normal(size=array.shape)).astype(
                kind.dtype
            )
            for name, array in parameters.items()
        }
        for slot in OPTIMIZERS[kind.optimizer].slot_names
    }
