"""The gradient travelling back through time, for one stream of a window."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from rnnviz.core.network import Network
from rnnviz.core.parameters import Array
from rnnviz.core.tape import NetworkTape
from rnnviz.diagnostics.read_only import read_only


@dataclass(frozen=True, slots=True, eq=False)
class GradientFlow:
    """Gradient norms per time step, by the name of the state that they are taken for.

    ``h`` is the hidden state, ``c`` the LSTM's cell state; each has a read-only float64 array
    (num_layers, T).

    Attributes
    ----------
    from_last
        The norm of dL_T/dh_k, or of dL_T/dc_k: one loss, that of the window's last step, sent
        back through time. Its decay is what "vanishing" means (Bengio, Simard & Frasconi 1994).
    total
        The norm of dL/dh_k, L being the sum of all steps' losses. Every step's own loss feeds
        it, so that it looks flat even in a network that has forgotten everything.
    """

    from_last: Mapping[str, Array]
    total: Mapping[str, Array]

    @property
    def last_norm(self) -> float:
        """The norm of dL_T/dh_T of the top layer: what goes back from there."""
        return float(next(iter(self.from_last.values()))[-1, -1])

    def first_lag(self, state: str, layer: int) -> int:
        """Return how many steps before the last `from_last` has its first size above 0.

        That is 0, save for a state that is read only one step later; 0 also where all sizes are 0.
        """
        above = np.flatnonzero(self.from_last[state][layer][::-1])
        return int(above[0]) if above.size else 0

    def from_first_size(
        self, sizes: Array, state: str, layer: int, *, relative: bool = True
    ) -> Array:
        """Return a state's sizes (T,) up to its first size and, if so wanted, relative to it.

        After it there is NaN; without one there are no shares, but NaN alone.
        """
        lag = self.first_lag(state, layer)
        first = float(self.from_last[state][layer][-1 - lag]) if relative else 1.0
        shares = sizes / first if first else np.full(sizes.shape, np.nan)
        shares[len(shares) - lag :] = np.nan
        return shares


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
    total = _step_norms(tape, stream, tape.batch_size)
    probe.copy_stream(tape, stream)
    probe.d_logits.fill(0)
    np.multiply(tape.d_logits[-1, stream], tape.batch_size, out=probe.d_logits[-1, 0])
    network.backward_through_time(probe)
    return GradientFlow(from_last=_step_norms(probe, 0, 1), total=total)


def _step_norms(tape: NetworkTape, stream: int, factor: float) -> dict[str, Array]:
    norms: dict[str, Array] = {}
    for name in tape.layers[0].d_states:
        of_state = np.empty((len(tape.layers), tape.sequence_length))
        for layer, out in zip(tape.layers, of_state, strict=True):
            # float32 squares vanish below 1e-23 and overflow above 1e19: sooner than the gradient.
            gradient = layer.d_states[name][:, stream].astype(np.float64)
            np.sqrt(np.vecdot(gradient, gradient), out=out)
        norms[name] = read_only(of_state * factor)
    return norms
