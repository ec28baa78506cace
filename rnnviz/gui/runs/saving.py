"""How runs are saved: one to its file, all into a folder, and what was to be done then."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import chain, count
from pathlib import Path

from rnnviz.data.files import readable_name
from rnnviz.gui.runs.run import Run
from rnnviz.gui.runs.run_list import RunList
from rnnviz.gui.runs.view import View
from rnnviz.runs.messages import ExportTo, SaveModel
from rnnviz.storage import MODEL_SUFFIXES, StorageError


class Saving:
    """Saves runs, and does what waits for it once all of them are saved; knows no widget.

    Parameters
    ----------
    runs
        Those of the window.
    view
        The window.

    Attributes
    ----------
    with_past
        Whether files are to hold earlier states of their runs as well.
    """

    def __init__(self, runs: RunList, view: View) -> None:
        self._runs = runs
        self._view = view
        self._awaited: set[str] = set()
        self._then: Callable[[], None] | None = None
        self.with_past = False

    def save(self, path: Path | None = None) -> None:
        """Save the run in front to `path`, or to its file, or ask for one."""
        run = self._runs.front
        path = path or run.file.path
        if path is None:
            self.ask_where_to_save()
        else:
            run.post(SaveModel(path, self.with_past))

    def ask_where_to_save(self) -> None:
        """Save the run in front where the person says."""
        path = self._view.ask_where_to_save(self._runs.front.file.suggestion)
        if path is not None:
            self.save(_with_suffix(path))

    def save_all(self) -> None:
        """Save every run to a file of its own, in a folder that the person says."""
        folder = self._view.ask_for_folder()
        if folder is not None:
            self._save_into({run: _place_in(folder, run) for run in self._runs})

    def export(self) -> None:
        """Write the network that is seen of the run in front for others, as the person says."""
        from rnnviz.storage.travel.exports import files_of

        run = self._runs.front
        wanted = self._view.ask_where_to_export(run.file.suggestion.with_suffix(""))
        if wanted is None:
            return
        to, path = wanted
        try:
            file = files_of(to, path)[0]
        except StorageError as error:
            self._view.messages.tell(str(error), "problem")
            return
        if file != path and file.exists():
            # Of the name without an ending nobody was asked.
            said = f"{readable_name(file)} is there already: say its whole name to write over it."
            self._view.messages.tell(said, "problem")
            return
        run.post(ExportTo(to, file))

    def save_first(self, runs: Sequence[Run], then: Callable[[], None]) -> None:
        """Save what of these runs is not saved, then do what throws it away."""
        behind = [run for run in runs if run.file.is_behind]
        for run in behind:
            if run.file.only_reset_is_behind:
                run.undo_reset()
        places = self._ask_for_places(behind)
        if places:
            self._save_into(places, then)

    def heard_saved(self, run: Run, path: Path, step: int) -> None:
        """Take note that a run was written to this path; do what was to be done then."""
        run.file.saved(path, step)
        self._awaited.discard(run.identity)
        if self._then is not None and not self._awaited:
            then, self._then = self._then, None
            then()

    def give_up(self) -> None:
        """Forget what was to follow: something could not be saved."""
        self._awaited.clear()
        self._then = None

    def _save_into(self, places: dict[Run, Path], then: Callable[[], None] | None = None) -> None:
        self._awaited = {run.identity for run in places}
        self._then = then
        for run, path in places.items():
            run.post(SaveModel(path, self.with_past))

    def _ask_for_places(self, runs: Sequence[Run]) -> dict[Run, Path]:
        """Return where to save each; empty where the person gives it up."""
        places = {run: run.file.path for run in runs if run.file.path is not None}
        without = [run for run in runs if run.file.path is None]
        if len(without) == 1:
            path = self._view.ask_where_to_save(without[0].file.suggestion)
            return {} if path is None else {**places, without[0]: _with_suffix(path)}
        if without:
            folder = self._view.ask_for_folder()
            return (
                {}
                if folder is None
                else {**places, **{run: _place_in(folder, run) for run in without}}
            )
        return places


def _with_suffix(path: Path) -> Path:
    return path if path.suffix else path.with_name(path.name + MODEL_SUFFIXES[0])


def _place_in(folder: Path, run: Run) -> Path:
    """Return the run's own file where it lies there, else one that is not there yet."""
    if run.file.path is not None and run.file.path.parent == folder:
        return run.file.path
    stem = f"{run.number}-{run.file.suggestion.stem}"
    endings = chain([""], (f"-{number}" for number in count(2)))
    places = (folder / f"{stem}{ending}{MODEL_SUFFIXES[0]}" for ending in endings)
    return next(place for place in places if not place.exists())
