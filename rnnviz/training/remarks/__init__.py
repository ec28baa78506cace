"""What just happened, as conditions that were measured; the sentences are the window's."""
