"""The panels: each shows a snapshot and does nothing else.

A new panel is one file here and one line in `rnnviz/gui/panels/registry.py`.
"""
