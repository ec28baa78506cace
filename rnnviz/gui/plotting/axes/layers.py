"""What lies over what in a plot, as z values of its graphics items."""

LAYER_GRID = -1
LAYER_HEAT, LAYER_BAND, LAYER_LEVEL, LAYER_CURVE, LAYER_MARK = range(5)
LAYER_LABEL, LAYER_HOVER = 8, 10
