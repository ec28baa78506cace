"""The panel of the units: what each of them follows in a text."""
