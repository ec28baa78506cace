"""The one kind of failure that a person reads."""


class RnnvizError(Exception):
    """Something that the person can put right; its message is one sentence for the person."""
