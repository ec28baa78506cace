"""Looking at a step without touching it."""

from __future__ import annotations

import numpy as np

from rnnviz.core.network import Ids, Network, NetworkTape
from rnnviz.data import TokenVocabulary
from rnnviz.diagnostics.gradient_flow import GradientFlow, gradient_flow, new_probe
from rnnviz.diagnostics.read_only import read_only
from rnnviz.training.commands import Diagnostic
from rnnviz.training.snapshot import WindowView


class Observer:
    """Takes views of a step's tape for the panels that somebody looks at.

    Parameters
    ----------
    network, vocabulary
        Of the run.
    """

    def __init__(self, network: Network, vocabulary: TokenVocabulary) -> None:
        self._network = network
        self._tokens = vocabulary.tokens
        self._probe: NetworkTape | None = None

    def gradient_flow(self, tape: NetworkTape) -> GradientFlow:
        """Measure the first stream's gradient through time, between backward and update."""
        if self._probe is None or self._probe.sequence_length != tape.sequence_length:
            self._probe = new_probe(self._network, tape.sequence_length)
        return gradient_flow(self._network, tape, self._probe)

    def window(
        self,
        step: int,
        tape: NetworkTape,
        targets: Ids,
        watched: frozenset[Diagnostic],
        flow: GradientFlow | None = None,
    ) -> WindowView:
        """Copy what the panels show of this step's window.

        Parameters
        ----------
        step
            The step that is being done.
        tape
            After backward, before the update.
        targets
            (T, B).
        watched
            What to measure.
        flow
            This step's gradient flow where it was measured already.
        """
        states = None
        if Diagnostic.HIDDEN_STATE in watched:
            states = {
                name: read_only(np.stack([layer.states[name][1:, 0] for layer in tape.layers]))
                for name in tape.layers[0].states
            }
        if flow is None and Diagnostic.GRADIENT_FLOW in watched:
            flow = self.gradient_flow(tape)
        tokens = self._tokens
        return WindowView(
            step=step,
            characters=tuple([tokens[index] for index in tape.inputs[:, 0].tolist()]),
            targets=tuple([tokens[index] for index in targets[:, 0].tolist()]),
            states=states,
            gradient_flow=flow,
            streams=tape.batch_size,
        )
