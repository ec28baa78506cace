"""Source code of the standard library of the running interpreter."""

import importlib.util

from rnnviz.data.errors import DataError
from rnnviz.data.progress import Progress
from rnnviz.data.text.corpus import Corpus
from rnnviz.data.text.source import TextSource

# Written in Python, not frozen into the interpreter, and in every version since 3.11.
_MODULES = """
    argparse ast base64 bisect calendar cmd colorsys configparser contextlib copy csv dataclasses
    difflib dis doctest enum filecmp fileinput fnmatch fractions functools getopt gettext glob
    graphlib gzip heapq hmac inspect ipaddress keyword linecache locale mailbox mimetypes numbers
    operator optparse pdb pickle pickletools platform plistlib pprint queue random reprlib sched
    selectors shelve shlex shutil socket socketserver statistics string subprocess tarfile
    tempfile textwrap threading timeit tokenize trace traceback types typing uuid warnings wave
    weakref webbrowser zipapp zipfile
"""


def _load(progress: Progress | None) -> Corpus:
    names = _MODULES.split()
    sources = []
    for number, name in enumerate(names):
        if progress is not None:
            progress(number / len(names), "Reading the standard library")
        source = _source(name)
        if source:
            sources.append("\n".join(line.rstrip() for line in source.splitlines()))
    if not sources:
        raise DataError("This Python comes without the source code of its standard library.")
    text = "\n\n\n".join(sources) + "\n"
    return Corpus(SOURCE.name, SOURCE.title, text)


def _source(name: str) -> str | None:
    """Return the source of a module, which is found but not imported, or None."""
    try:
        spec = importlib.util.find_spec(name)
        # Asked for by name, because importlib.abc costs the window's start some milliseconds.
        get_source = getattr(spec and spec.loader, "get_source", None)
        source: str | None = get_source and get_source(name)
    except (ImportError, ValueError, OSError):
        # Without this module there are still the others.
        return None
    return source


SOURCE = TextSource(
    name="python-source",
    title="Python's standard library",
    description="Python code, as the running Python brings it along.",
    load=_load,
)
