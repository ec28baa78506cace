"""Model files in and out, and files that are written whole or not at all."""

from rnnviz.storage.atomic import ensure_writable, write_atomically, write_atomically_by_name
from rnnviz.storage.errors import StorageError
from rnnviz.storage.model_file import FORMAT_VERSION, MODEL_SUFFIXES, load_model, save_model

__all__ = [
    "FORMAT_VERSION",
    "MODEL_SUFFIXES",
    "StorageError",
    "ensure_writable",
    "load_model",
    "save_model",
    "write_atomically",
    "write_atomically_by_name",
]
