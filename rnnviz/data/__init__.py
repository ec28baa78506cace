"""From text and synthetic tasks to vocabularies and windows of integer ids."""

from rnnviz.data.corpora import CORPORA, load_corpus
from rnnviz.data.dataset import Dataset, Reader, ReferenceLine
from rnnviz.data.errors import DataError, NoTextError, TextNotFoundError
from rnnviz.data.progress import Progress
from rnnviz.data.source import Source, Trait
from rnnviz.data.tasks import TASKS, Task, TaskReader, held_out
from rnnviz.data.tasks.dataset import TaskDataset
from rnnviz.data.text.corpus import Corpus
from rnnviz.data.text.dataset import TextDataset, build_dataset
from rnnviz.data.text.encodings import AUTOMATIC, ENCODINGS
from rnnviz.data.text.features import is_yes_or_no, text_features
from rnnviz.data.text.files import read_text_file
from rnnviz.data.text.folder import read_text
from rnnviz.data.text.grapheme_vocabulary import GraphemeVocabulary
from rnnviz.data.text.levels import WORDS, vocabulary_of
from rnnviz.data.text.no_text import NoTextReader
from rnnviz.data.text.reading import Reading, TextKey
from rnnviz.data.text.references import ReferenceLosses, reference_losses
from rnnviz.data.text.source import OWN_TEXT, STANDARD_INPUT
from rnnviz.data.text.vocabulary import Vocabulary
from rnnviz.data.text.windows import TextsReader
from rnnviz.data.text.word_vocabulary import (
    DEFAULT_WORDS,
    UNKNOWN_WORD,
    BareWordVocabulary,
    WordVocabulary,
)
from rnnviz.data.token_vocabulary import Level, TokenVocabulary
from rnnviz.data.windows import Window, WindowReader

__all__ = [
    "AUTOMATIC",
    "CORPORA",
    "DEFAULT_WORDS",
    "ENCODINGS",
    "OWN_TEXT",
    "STANDARD_INPUT",
    "TASKS",
    "UNKNOWN_WORD",
    "WORDS",
    "BareWordVocabulary",
    "Corpus",
    "DataError",
    "Dataset",
    "GraphemeVocabulary",
    "Level",
    "NoTextError",
    "NoTextReader",
    "Progress",
    "Reader",
    "Reading",
    "ReferenceLine",
    "ReferenceLosses",
    "Source",
    "Task",
    "TaskDataset",
    "TaskReader",
    "TextDataset",
    "TextKey",
    "TextNotFoundError",
    "TextsReader",
    "TokenVocabulary",
    "Trait",
    "Vocabulary",
    "Window",
    "WindowReader",
    "WordVocabulary",
    "build_dataset",
    "held_out",
    "is_yes_or_no",
    "load_corpus",
    "read_text",
    "read_text_file",
    "reference_losses",
    "text_features",
    "vocabulary_of",
]
