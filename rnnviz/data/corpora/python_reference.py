"""The Python language reference: the help topics that come with the running interpreter."""

import importlib

from rnnviz.data.errors import DataError
from rnnviz.data.progress import Progress
from rnnviz.data.text.corpus import Corpus
from rnnviz.data.text.source import TextSource


def _load(progress: Progress | None) -> Corpus:
    if progress is not None:
        progress(0.0, "Reading the Python language reference")
    try:
        topics: dict[str, str] = importlib.import_module("pydoc_data.topics").topics
    except (ImportError, AttributeError) as error:
        raise DataError("This Python comes without its language reference.") from error
    chapters = (
        "\n".join(line.rstrip() for line in topics[name].strip().splitlines())
        for name in sorted(topics)
    )
    text = "\n\n\n".join(chapters) + "\n"
    return Corpus(SOURCE.name, SOURCE.title, text)


SOURCE = TextSource(
    name="python-reference",
    title="The Python language reference",
    description="English prose with examples, as the running Python brings it along.",
    load=_load,
)
