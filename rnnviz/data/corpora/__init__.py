"""The corpora that come with the program: a file for each, and its line here."""

from rnnviz.data.corpora import (
    brackets,
    counting,
    hello,
    python_reference,
    python_source,
    sums,
    tales,
)
from rnnviz.data.errors import DataError
from rnnviz.data.progress import Progress
from rnnviz.data.text.corpus import Corpus
from rnnviz.data.text.source import TextSource

CORPORA: dict[str, TextSource] = {
    source.name: source
    for source in (
        tales.SOURCE,
        hello.SOURCE,
        brackets.SOURCE,
        counting.SOURCE,
        sums.SOURCE,
        python_reference.SOURCE,
        python_source.SOURCE,
    )
}
"""Every corpus by its name, in the order of the menu; the first is the default."""


def load_corpus(name: str, progress: Progress | None = None) -> Corpus:
    """Make or read the corpus `name`; a generated one is always the same text.

    Raises
    ------
    DataError
        If there is no such corpus, or the running Python comes without its text.
    """
    source = CORPORA.get(name)
    if source is None or source.load is None:
        raise DataError(f'There is no corpus "{name}"; there are {", ".join(CORPORA)}.')
    corpus = source.load(progress)
    if progress is not None:
        progress(1.0, f"{source.title}: ready")
    return corpus
