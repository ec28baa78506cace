"""What goes wrong with texts, vocabularies and windows."""

from rnnviz.core.errors import RnnvizError


class DataError(RnnvizError):
    """A text, a vocabulary or a window that cannot be used; the message is one sentence."""


class TextNotFoundError(DataError):
    """A model's text is at none of the places where it may stand."""


class NoTextError(RnnvizError):
    """A step was asked of a run whose text is not at hand."""
