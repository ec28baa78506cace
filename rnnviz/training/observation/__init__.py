"""Looking at a run without touching it: what is measured, with what, and how often."""
