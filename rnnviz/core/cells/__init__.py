"""The recurrent cells, by the name that configurations and files use."""

from rnnviz.core.cells.base import Cell
from rnnviz.core.cells.gru import GRUCell
from rnnviz.core.cells.layer_tape import LayerTape
from rnnviz.core.cells.lstm import LSTMCell
from rnnviz.core.cells.vanilla import VanillaCell

CELLS: dict[str, type[Cell]] = {
    cell.name: cell.checked() for cell in (VanillaCell, LSTMCell, GRUCell)
}

__all__ = ["CELLS", "Cell", "GRUCell", "LSTMCell", "LayerTape", "VanillaCell"]
