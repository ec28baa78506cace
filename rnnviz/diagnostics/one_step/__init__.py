"""One training step, taken apart: every number that it computes, before it is taken."""
