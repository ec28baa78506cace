"""Finds the files of ``resources/``, in a checkout as well as in an installed package.

In a checkout (and in an editable install, which runs from it) the folder stands beside ``rnnviz/``;
a wheel carries it as ``rnnviz/resources/``. That folder must never hold an ``__init__.py``: it
would take this module's name.
"""

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent


def _resources_folder() -> Path:
    """Return the folder of the resources: the installed one, else the checkout's."""
    installed = _PACKAGE / "resources"
    return installed if installed.is_dir() else _PACKAGE.parent / "resources"


def resource_path(name: str) -> Path:
    """Return the path of a resource.

    Parameters
    ----------
    name
        The path inside ``resources/``, with forward slashes: ``"icons/train.svg"``.

    Returns
    -------
    Path
        An absolute path to a file or folder that exists.

    Raises
    ------
    FileNotFoundError
        If there is no such resource, which is a fault of the program and not of its user.
    """
    path = _resources_folder() / name
    if not path.exists():
        raise FileNotFoundError(f"rnnviz has no resource {name!r} (looked for {path}).")
    return path
