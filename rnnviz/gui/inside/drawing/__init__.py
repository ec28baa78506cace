"""The network of one step, drawn: unfolded into its time steps, every number a coloured cell."""
