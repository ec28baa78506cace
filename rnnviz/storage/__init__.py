"""Model files in and out, and files and folders that are written whole or not at all."""

from rnnviz.storage.atomic import (
    ensure_writable,
    tidy,
    write_atomically,
    write_atomically_by_name,
)
from rnnviz.storage.errors import StorageError
from rnnviz.storage.folder import NewFolder
from rnnviz.storage.model_file import FORMAT_VERSION, MODEL_SUFFIXES, load_model, save_model

__all__ = [
    "FORMAT_VERSION",
    "MODEL_SUFFIXES",
    "NewFolder",
    "StorageError",
    "ensure_writable",
    "load_model",
    "save_model",
    "tidy",
    "write_atomically",
    "write_atomically_by_name",
]
