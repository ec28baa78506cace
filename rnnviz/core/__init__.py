"""The mathematics of recurrent networks, in NumPy alone."""
