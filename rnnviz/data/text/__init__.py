"""Texts: read from files or made, cut into characters or words, and numbered."""
