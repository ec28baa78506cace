"""A text to learn from."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, eq=False)
class Corpus:
    """A text and what is known about it.

    Attributes
    ----------
    name
        A file's name, or the name in the registry of corpora.
    title
        What the person reads.
    text
        Line ends are single newlines.
    true_entropy
        Exact entropy of the source in nats per character: over long texts that it has not met
        before no model's mean loss is lower. None where nobody knows it.
    notices
        Sentences to tell the person.
    bounds
        Where in it another text begins, ascending, where it is several one after the other.
    """

    name: str
    title: str
    text: str = field(repr=False)
    true_entropy: float | None = None
    notices: tuple[str, ...] = ()
    bounds: tuple[int, ...] = ()
