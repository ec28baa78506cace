"""The text of a model whose file has only its name: found where it is the same, never guessed."""

from __future__ import annotations

import os

from rnnviz.data import STANDARD_INPUT, DataError, Dataset, Reading, TextNotFoundError, Trait
from rnnviz.data.files import readable_name
from rnnviz.training.configuration import DATA_SETTINGS, Configuration
from rnnviz.training.problems.registry import problem_of
from rnnviz.training.state.checkpoint import Checkpoint, TextPlaces


def paths_of_text(configuration: Configuration, checkpoint: Checkpoint | None) -> tuple[str, ...]:
    """Return from where a text of the person's own may be read; nothing for other sources.

    Parameters
    ----------
    configuration
        Settings to begin or to go on with.
    checkpoint
        Of the network that goes on; None for a new one.
    """
    if Trait.OWN_FILE not in configuration.source.traits:
        return ()
    places = None if checkpoint is None else _places(configuration, checkpoint)
    return (configuration.text_file,) if places is None else places.all


def read_again(
    checkpoint: Checkpoint, configuration: Configuration, reading: Reading
) -> tuple[Configuration, Dataset]:
    """Read what a network is to go on with; its own text wherever that is.

    Returns
    -------
    Configuration
        As it was given, with the path at which the text was found.
    Dataset
        In the network's own vocabulary.

    Raises
    ------
    TextNotFoundError
        Where none of the places has the text.
    DataError
        Where it cannot be read or does not fit.
    """
    saved, places = checkpoint.configuration, _places(configuration, checkpoint)
    if places is None:
        return configuration, _read(checkpoint, configuration, reading)
    path, dataset = _found(checkpoint, places, reading)
    configuration = configuration.with_value("text_file", path)
    # The fingerprint is of the text as the network read it last: with as much of it held out.
    if any(getattr(configuration, n) != getattr(saved, n) for n in DATA_SETTINGS - {"text_file"}):
        dataset = _read(checkpoint, configuration, reading)
    return configuration, dataset


def _places(configuration: Configuration, checkpoint: Checkpoint) -> TextPlaces | None:
    """Return where to look for a network's text; None where the settings say what is read."""
    is_own = Trait.OWN_FILE in configuration.source.traits
    is_its_text = configuration.text_file == checkpoint.configuration.text_file
    return checkpoint.text_places if is_own and is_its_text else None


def _found(checkpoint: Checkpoint, places: TextPlaces, reading: Reading) -> tuple[str, Dataset]:
    """Return where a network's text is, or else what has become of it where it was last."""
    changed, refusal = None, None
    for path in places.all:
        if not (os.path.isfile(path) or os.path.isdir(path)):
            continue
        configuration = checkpoint.configuration.with_value("text_file", path)
        try:
            dataset = _read(checkpoint, configuration, reading)
        except DataError as error:
            refusal = refusal or error
            continue
        if checkpoint.fingerprint in ("", dataset.fingerprint):
            # Of a network that was trained elsewhere, the text is only known by its name.
            return path, dataset
        if path == places.last_read:
            changed = path, dataset
    if changed is not None:
        return changed
    if refusal is not None:
        raise refusal
    if checkpoint.configuration.text_name == STANDARD_INPUT:
        raise TextNotFoundError(
            "The text that the model was trained on came from standard input, which no file keeps."
        )
    name = readable_name(checkpoint.configuration.text_file)
    raise TextNotFoundError(
        f"The text that the model was trained on, {name}, is neither where it was read last nor "
        "beside the model's file."
    )


def _read(checkpoint: Checkpoint, configuration: Configuration, reading: Reading) -> Dataset:
    dataset: Dataset = problem_of(configuration).resume(configuration, checkpoint, reading)
    return dataset
