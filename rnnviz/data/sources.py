"""Everything that can be learned from, by name: texts, tasks, and files of one's own."""

from rnnviz.data.corpora import CORPORA
from rnnviz.data.source import Source, Trait
from rnnviz.data.tasks import TASKS
from rnnviz.data.text.source import OWN

SOURCES: dict[str, Source] = {**CORPORA, **TASKS, OWN.name: OWN}
"""Every source by its name, in the order of the menu."""


def is_own_file(name: object) -> bool:
    """Tell whether the source of this name is read from a file that the person names."""
    return name in SOURCES and Trait.OWN_FILE in SOURCES[str(name)].traits


def own_file(*names: object) -> str:
    """Return the first of these names that is of a file of the person's own; else of a text."""
    return next((str(name) for name in names if is_own_file(name)), OWN.name)
