"""What a run is between two steps, and how that is kept, copied and given back."""
