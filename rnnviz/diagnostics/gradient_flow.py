"""The gradient travelling back through time, for one stream of a window."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from rnnviz.core.network import Network, NetworkTape
from rnnviz.core.parameters import Array
from rnnviz.diagnostics.read_only import read_only


@dataclass(frozen=True, slots=True, eq=False)
class GradientFlow:
    """Gradient norms per time step, for each layer: read-only float64 arrays (num_layers, T).

    Attributes
    ----------
    from_last
        The norm of dL_T/dh_k: one loss, that of the window's last step, sent back through time.
        Its decay is what "vanishing" means (Bengio, Simard & Frasconi 1994).
    total
        The norm of dL/dh_k, L being the sum of all steps' losses. Every step's own loss feeds
        it, so that it looks flat even in a network that has forgotten everything.
    """

    from_last: Array
    total: Array


def new_probe(network: Network, sequence_length: int) -> NetworkTape:
    """Make the one-stream tape that `gradient_flow` works on, once for a window's length."""
    return network.new_tape(sequence_length, 1)


def gradient_flow(
    network: Network, tape: NetworkTape, probe: NetworkTape, stream: int = 0
) -> GradientFlow:
    """Measure both gradients in one stream of a window.

    Parameters
    ----------
    network
        With the parameters of the forward pass on `tape`.
    tape
        After ``forward``, the loss and ``backward``; read only.
    probe
        From `new_probe`; overwritten.
    stream
        Which of the B streams. The batch's average is undone: the norms are those of this
        stream's own loss.
    """
    total = _step_norms(tape, stream)
    for layer, copy in zip(tape.layers, probe.layers, strict=True):
        for name, states in layer.states.items():
            copy.states[name][:, 0] = states[:, stream]
        copy.projection[:, 0] = layer.projection[:, stream]
    probe.d_logits.fill(0)
    np.multiply(tape.d_logits[-1, stream], tape.batch_size, out=probe.d_logits[-1, 0])
    network.backward_through_time(probe)
    return GradientFlow(
        from_last=read_only(_step_norms(probe, 0)), total=read_only(total * tape.batch_size)
    )


def _step_norms(tape: NetworkTape, stream: int) -> Array:
    norms = np.empty((len(tape.layers), tape.sequence_length))
    for layer, out in zip(tape.layers, norms, strict=True):
        # float32 squares vanish below 1e-23 and overflow above 1e19: sooner than the gradient.
        gradient = layer.d_hidden[:, stream].astype(np.float64)
        np.sqrt(np.vecdot(gradient, gradient), out=out)
    return norms
