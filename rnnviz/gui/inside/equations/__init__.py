"""Equations, typeset, with the numbers of this network below their symbols."""
