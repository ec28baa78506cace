"""What a run remembers of its steps, in bounded memory."""
