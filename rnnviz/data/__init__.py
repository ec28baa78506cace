"""From text and synthetic tasks to vocabularies and windows of integer ids."""

from rnnviz.data.corpora import CORPORA, corpus_infos, load_corpus
from rnnviz.data.corpus import Corpus, CorpusInfo, CorpusSource
from rnnviz.data.dataset import Dataset, build_dataset
from rnnviz.data.errors import DataError
from rnnviz.data.progress import Progress
from rnnviz.data.references import ReferenceLosses, reference_losses
from rnnviz.data.text_files import read_text_file
from rnnviz.data.vocabulary import Vocabulary
from rnnviz.data.windows import Window, WindowReader

__all__ = [
    "CORPORA",
    "Corpus",
    "CorpusInfo",
    "CorpusSource",
    "DataError",
    "Dataset",
    "Progress",
    "ReferenceLosses",
    "Vocabulary",
    "Window",
    "WindowReader",
    "build_dataset",
    "corpus_infos",
    "load_corpus",
    "read_text_file",
    "reference_losses",
]
