"""What a run was before, and how it came to be what it is."""
