"""Everything that can be learned from, by name: texts, tasks, and a file of one's own."""

from rnnviz.data.corpora import CORPORA
from rnnviz.data.source import Source
from rnnviz.data.tasks import TASKS
from rnnviz.data.text.source import OWN

SOURCES: dict[str, Source] = {**CORPORA, **TASKS, OWN.name: OWN}
"""Every source by its name, in the order of the menu."""
