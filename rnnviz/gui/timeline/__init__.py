"""The timeline: a run's way along the window's foot, on which one goes back."""
