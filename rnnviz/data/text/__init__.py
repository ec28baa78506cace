"""Texts: read from files or made, cut into characters, graphemes or words, and numbered."""
