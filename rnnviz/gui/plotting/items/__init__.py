"""What is drawn in a plot: curves, bands, heat maps, points, lines, words."""
