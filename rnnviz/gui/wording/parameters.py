"""What the parameters of a network are called."""

from __future__ import annotations

from rnnviz.core.parameters import layer_of, letter_of


def parameter_name(name: str, layers: int) -> str:
    """Return what a parameter is called: ``U``; in a network of several layers ``U, layer 2``.

    Parameters
    ----------
    name
        As the code has it: ``U2``.
    layers
        How many the network has.
    """
    return letter_of(name) + which_layer(name, layers)


def which_layer(name: str, layers: int) -> str:
    """Return the end of a parameter's name: nothing, or ``, layer 2``."""
    layer = layer_of(name)
    return f", layer {layer}" if layer is not None and layers > 1 else ""
