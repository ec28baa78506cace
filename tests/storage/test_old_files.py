"""Model files of an earlier version, each of other settings: they open, and go on as they would.

``old_files/make.py`` has written them with the program of commit 0947e48, the last one before the
house was redrawn, and beside them the losses of the steps with which that program goes on. Its
docstring says how.
"""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path

import pytest

from rnnviz.storage import load_model, save_model
from rnnviz.training.loading import resumed_trainer

FOLDER = Path(__file__).parent / "old_files"
RECORDED = json.loads((FOLDER / "losses.json").read_text(encoding="utf-8"))
LOSSES: dict[str, list[str]] = RECORDED["losses"]


def arithmetic() -> str:
    """Return what `make.py` would say of this computer."""
    spec = importlib.util.spec_from_file_location("make_old_files", FOLDER / "make.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return str(module.arithmetic())


def assert_goes_on(path: Path, name: str) -> None:
    """State that the run of a file has the recorded losses, but for their last digits.

    Since then two products have become one, and a sum is summed in another order, for speed. On
    another processor sums end in still other digits.
    """
    trainer = resumed_trainer(load_model(path))
    expected = [float.fromhex(loss) for loss in LOSSES[name]]
    losses = [float(trainer.step().loss) for _ in expected]
    tolerance = 1e-6 if arithmetic() == RECORDED["arithmetic"] else 1e-4
    assert losses == pytest.approx(expected, rel=tolerance)


def test_there_is_a_file_for_every_run() -> None:
    assert {path.stem for path in FOLDER.glob("*.rnnviz")} == LOSSES.keys()
    assert len(LOSSES) == 10


@pytest.mark.parametrize("name", LOSSES)
def test_an_old_file_goes_on_as_the_program_that_wrote_it(name: str) -> None:
    assert_goes_on(FOLDER / f"{name}.rnnviz", name)


@pytest.mark.parametrize("name", LOSSES)
def test_an_old_file_goes_on_alike_once_it_is_written_anew(name: str, tmp_path: Path) -> None:
    path = tmp_path / "anew.rnnviz"
    save_model(path, load_model(FOLDER / f"{name}.rnnviz"))
    assert "adagrad_start" not in load_model(path).configuration.to_mapping()
    assert b"adagrad_start" not in path.read_bytes()
    assert_goes_on(path, name)
