"""The axes of a plot: their ticks and ranges, and where values stand on the screen."""
