"""What a run is called beside its rivals."""

from __future__ import annotations

from rnnviz.training.configuration import SETTINGS, Configuration


def run_name(configuration: Configuration) -> str:
    """Return a network's cell and size: ``LSTM, 2 layers of 128 units``."""
    cell = SETTINGS["cell"].choices[configuration.cell]
    size, layers = configuration.hidden_size, configuration.num_layers
    units = "1 unit" if size == 1 else f"{size:,} units"
    return f"{cell}, {units}" if layers == 1 else f"{cell}, {layers} layers of {units}"
