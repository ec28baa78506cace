"""What every test shares: Qt draws into memory, and no test fails for being slow.

The suite must be green on slow and on fast machines alike. Two options make a slow one of any:

    python3 packaging/bootstrap.py test --frame-delay-ms 200
    python3 packaging/bootstrap.py test --training-steps-per-second 50

In a window the run is trained in another process; the suite trains it in its own, where tests can
look into it. A third option has it as a person has it:

    python3 packaging/bootstrap.py test --sessions worker
"""

import os
from itertools import count
from pathlib import Path

import pytest
from hypothesis import settings

from rnnviz.storage import fault_reports, text_memory
from rnnviz.storage.autosaves.folder import HOME_VARIABLE

# No test needs a display.
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
# None may see what the person who runs them has autosaved or trained on, nor add to it, nor to what
# is reported: here is no folder, and each test has its own.
for variable in (HOME_VARIABLE, fault_reports.HOME_VARIABLE, text_memory.HOME_VARIABLE):
    os.environ[variable] = os.devnull

# How long an example takes says more of the machine than of the program.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")

_NUMBERS = count()


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("rnnviz", "a slow machine, made of any, and another way to train")
    group.addoption(
        "--frame-delay-ms",
        type=float,
        default=0.0,
        help="delay every frame of the window by so many milliseconds",
    )
    group.addoption(
        "--training-steps-per-second",
        type=float,
        default=0.0,
        help="let the window's run train no faster than this; 0 for no limit",
    )
    group.addoption(
        "--sessions",
        choices=("in-process", "worker"),
        default="in-process",
        help="where the window's runs are trained: in its own process, or as a person has it",
    )


@pytest.fixture(autouse=True)
def own_autosaves(
    tmp_path_factory: pytest.TempPathFactory,
    monkeypatch: pytest.MonkeyPatch,
) -> Path:
    """Have what is autosaved lie where no other test looks; the folder is made when it is used."""
    home = tmp_path_factory.getbasetemp() / f"autosaves-{next(_NUMBERS)}"
    monkeypatch.setenv(HOME_VARIABLE, str(home))
    return home


@pytest.fixture(autouse=True)
def own_reports(
    tmp_path_factory: pytest.TempPathFactory,
    monkeypatch: pytest.MonkeyPatch,
) -> Path:
    """Have reports of faults lie where no other test looks."""
    home = tmp_path_factory.getbasetemp() / f"reports-{next(_NUMBERS)}"
    monkeypatch.setenv(fault_reports.HOME_VARIABLE, str(home))
    return home


@pytest.fixture(autouse=True)
def own_text_memory(
    tmp_path_factory: pytest.TempPathFactory,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Have it remembered where no other test looks which texts were read."""
    home = tmp_path_factory.getbasetemp() / f"texts-{next(_NUMBERS)}"
    monkeypatch.setenv(text_memory.HOME_VARIABLE, str(home))
