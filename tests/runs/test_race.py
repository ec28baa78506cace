"""Runs that race wait for each other, for nobody else, and learn what they learn alone."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rnnviz.runs.client import InProcessClient, WorkerClient
from rnnviz.runs.messages import Died, JoinRace, LeaveRace, Refused, Request
from rnnviz.runs.race import MOST_RACERS, Racer, RaceRule, RaceTable
from rnnviz.training.commands import (
    Change,
    NewRun,
    Pause,
    Redo,
    Reset,
    Restart,
    SetSpeed,
    TakeStep,
    Train,
    Undo,
    Watch,
)
from rnnviz.training.configuration import Configuration
from rnnviz.training.snapshot import RunState, Snapshot

from .sides import Side, until

CLIENTS = pytest.mark.parametrize("sides", [InProcessClient, WorkerClient], indirect=True)
RULES = pytest.mark.parametrize("rule", list(RaceRule))
ROWS = range(3)
RIVALS = (
    Configuration(hidden_size=4, sequence_length=5),
    Configuration(hidden_size=60, sequence_length=12, cell="lstm", validation_interval=30),
    Configuration(hidden_size=9, sequence_length=7, batch_size=3, cell="gru", optimizer="adam"),
)
DIVERGES = Configuration(
    hidden_size=8, activation="relu", optimizer="sgd", learning_rate=1000.0, clip_mode="none"
)
LARGEST_WINDOW = max(rival.sequence_length * rival.batch_size for rival in RIVALS)
AHEAD = {RaceRule.STEPS: 4, RaceRule.TOKENS: LARGEST_WINDOW, RaceRule.TIME: 0.1}


class Shown(Side):
    """One that is shown something whenever there is something, as a window."""

    def until(self, holds: Callable[[Snapshot], bool]) -> Snapshot:
        def is_shown() -> bool:
            self.client.want_snapshot()
            return bool(self.shown) and holds(self.shown[-1])

        until(is_shown)
        return self.shown[-1]

    def until_step(self, step: int) -> None:
        self.until(lambda snapshot: snapshot.step >= step)

    def go_on(self, steps: int) -> None:
        """Wait for so many more steps."""
        self.until_step(self.shown[-1].step + steps)

    def rest(self) -> Snapshot:
        self.client.post(Pause())
        return self.until(lambda snapshot: snapshot.state is not RunState.RUNNING)

    def begin(self, configuration: Configuration) -> None:
        before = self.shown[-1].run_id if self.shown else ""
        self.client.post(NewRun(configuration))
        self.until(lambda snapshot: snapshot.run_id != before)


@pytest.fixture(scope="module")
def sides(request: pytest.FixtureRequest) -> Iterator[list[Shown]]:
    sides = [Shown(request.param()) for _ in ROWS]
    yield sides
    for side in sides:
        side.close()


@pytest.fixture
def table() -> Iterator[RaceTable]:
    table = RaceTable(RaceRule.STEPS)
    yield table
    table.close()
    assert table.name not in tables()


@pytest.fixture
def racing(sides: list[Shown], table: RaceTable) -> Iterator[list[Shown]]:
    for row, (side, rival) in enumerate(zip(sides, RIVALS, strict=True)):
        side.begin(rival)
        side.client.post(JoinRace(table.name, row))
    yield sides
    for side in sides:
        side.client.post(LeaveRace())
        side.rest()


def tables() -> list[str]:
    """Return the names of what is shared now, where one can know."""
    shared = Path("/dev/shm")
    return sorted(path.name for path in shared.glob("psm_*")) if shared.exists() else []


def begin_together(racing: list[Shown], table: RaceTable) -> None:
    """Begin as the window does: who began first would not wait for one that nobody expects yet."""
    for row in ROWS:
        table.expect(row)
    for side in racing:
        side.client.post(Train())


def most_ahead(table: RaceTable, rule: RaceRule) -> float:
    """Return how far one was ahead of another: none goes back, so this is not too much."""
    ahead = 0.0
    for row in ROWS:
        mine = table.progress(row, rule)
        ahead = max(ahead, mine - min(table.progress(other, rule) for other in ROWS))
    return ahead


@RULES
@CLIENTS
def test_none_is_further_ahead_than_is_allowed(
    racing: list[Shown], table: RaceTable, rule: RaceRule
) -> None:
    table.rule = rule
    begin_together(racing, table)
    enough = {RaceRule.STEPS: 120, RaceRule.TOKENS: 1500, RaceRule.TIME: 0.4}[rule]
    ahead = 0.0
    while min(table.progress(row, rule) for row in ROWS) < enough:
        ahead = max(ahead, most_ahead(table, rule))
        time.sleep(0.0005)
    if rule is RaceRule.TIME:
        # A step takes what it takes; one that writes a sample takes longer than the last one.
        assert ahead < AHEAD[rule] + 0.1
    else:
        assert 0 < ahead <= AHEAD[rule]


@CLIENTS
def test_by_equal_tokens_a_larger_window_makes_fewer_steps(
    racing: list[Shown], table: RaceTable
) -> None:
    table.rule = RaceRule.TOKENS
    begin_together(racing, table)
    until(lambda: table.progress(0, RaceRule.TOKENS) > 3000)
    steps = [table.progress(row, RaceRule.STEPS) for row in ROWS]
    for mine, rival in zip(steps, RIVALS, strict=True):
        tokens = rival.sequence_length * rival.batch_size
        # They train on while they are looked at.
        assert mine == pytest.approx(3000 / tokens, rel=0.25)


@CLIENTS
def test_one_that_comes_back_behind_is_waited_for(racing: list[Shown], table: RaceTable) -> None:
    for side in racing[:2]:
        side.client.post(Train())
    racing[0].until_step(80)
    racing[2].client.post(SetSpeed(100.0))
    racing[2].client.post(Train())
    racing[2].until_step(1)
    # It has said how far it is, and was 80 steps behind: the others end their step and wait.
    before = table.progress(0, RaceRule.STEPS)
    while True:
        ahead = table.progress(0, RaceRule.STEPS)
        if table.progress(2, RaceRule.STEPS) >= 70:
            break
        assert ahead <= before + 1
        time.sleep(0.01)
    racing[2].client.post(SetSpeed(None))
    racing[2].until_step(150)
    assert most_ahead(table, RaceRule.STEPS) <= 4


@pytest.mark.parametrize(
    "request_",
    [Pause(), Reset(), NewRun(RIVALS[0]), Restart((("seed", 5),)), TakeStep(), LeaveRace()],
    ids=lambda request: type(request).__name__,
)
@CLIENTS
def test_one_that_stops_holds_nobody_back(racing: list[Shown], request_: Request) -> None:
    for side in racing:
        side.client.post(Train())
    for side in racing:
        side.until_step(5)
    racing[1].client.post(request_)
    for side in racing[::2]:
        side.go_on(100)


@CLIENTS
def test_one_that_finishes_or_fails_holds_nobody_back(racing: list[Shown]) -> None:
    racing[2].begin(DIVERGES)
    racing[0].client.post(Train())
    for side, request, state in (
        (racing[1], Train(10), RunState.FINISHED),
        (racing[2], Train(), RunState.FAILED),
    ):
        side.client.post(request)
        side.until(lambda snapshot, state=state: snapshot.state is state)
    racing[0].go_on(100)


@CLIENTS
def test_one_that_waits_obeys_and_is_shown(racing: list[Shown], table: RaceTable) -> None:
    table.expect(1)
    one = racing[0]
    one.client.post(Train())
    until(lambda: table.progress(0, RaceRule.STEPS) == 4)
    one.client.post(Change("learning_rate", 0.01))
    shown = one.until(lambda snapshot: snapshot.configuration.learning_rate == 0.01)
    assert (shown.step, shown.state) == (4, RunState.RUNNING)
    assert one.rest().step == 4


def test_who_waits_leaves_the_processor_to_others(table: RaceTable) -> None:
    side = Shown(InProcessClient())
    try:
        side.begin(RIVALS[0])
        side.client.post(JoinRace(table.name, 0))
        table.expect(1)
        side.client.post(Train())
        until(lambda: table.progress(0, RaceRule.STEPS) == 4)
        began, processor = time.perf_counter(), time.process_time()
        time.sleep(0.5)
        assert time.process_time() - processor < 0.3 * (time.perf_counter() - began)
    finally:
        side.close()


@CLIENTS
def test_a_race_that_is_over_is_joined_by_nobody(sides: list[Shown]) -> None:
    table = RaceTable(RaceRule.STEPS)
    table.close()
    table.close()
    sides[0].begin(RIVALS[0])
    sides[0].client.post(JoinRace(table.name, 0))
    sides[0].client.post(Train(20))
    sides[0].until_step(20)
    assert not [event for event in sides[0].told if isinstance(event, Refused)]


def test_every_row_is_another_one(table: RaceTable) -> None:
    racers = [Racer(table.name, row) for row in range(MOST_RACERS)]
    for row in range(MOST_RACERS):
        table.expect(row)
    for racer in racers:
        racer.leave()
    assert table.rule is RaceRule.STEPS
    assert [rule.words for rule in RaceRule] == ["equal steps", "equal tokens", "equal time"]


REQUESTS = st.one_of(
    st.integers(1, 40).map(Train),
    st.sampled_from(
        [
            TakeStep(),
            Reset(),
            Undo(),
            Redo(),
            Change("learning_rate", 0.01),
            Change("learning_rate", 1e6),
            Change("sequence_length", 9),
            Change("clip_mode", "none"),
            Restart((("seed", 8), ("hidden_size", 6))),
            NewRun(RIVALS[2]),
        ]
    ),
    st.booleans(),
    st.sampled_from(RaceRule),
)


@pytest.fixture(scope="module")
def unseen(request: pytest.FixtureRequest) -> Iterator[list[Side]]:
    """Three that race, and one alone, of which nothing is asked to be shown."""
    sides = [*(Side(request.param()) for _ in ROWS), Side(InProcessClient())]
    for side in sides:
        side.client.post(Watch(frozenset()))
        side.ask(NewRun(RIVALS[0]))
        side.ask(Train(1))
    yield sides
    for side in sides:
        side.close()


@pytest.mark.parametrize("unseen", [InProcessClient, WorkerClient], indirect=True)
@settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(requests=st.lists(st.tuples(st.sampled_from(ROWS), REQUESTS), max_size=14))
def test_in_a_race_a_run_learns_what_it_learns_alone(
    unseen: list[Side],
    table: RaceTable,
    tmp_path: Path,
    requests: list[tuple[int, Request | RaceRule | bool]],
) -> None:
    *racing, alone = unseen
    file = tmp_path / "model.rnnviz"
    asked: list[list[Request]] = [[NewRun(rival)] for rival in RIVALS]
    under_way = [side.post(own[0]) for side, own in zip(racing, asked, strict=True)]
    for row, request in (*requests, *((row, Train(30)) for row in ROWS)):
        if isinstance(request, RaceRule):
            table.rule = request
            continue
        until(under_way[row])
        if isinstance(request, bool):
            request = JoinRace(table.name, row) if request else LeaveRace()
        else:
            asked[row].append(request)
        under_way[row] = racing[row].post(request)
    for row, side in enumerate(racing):
        until(under_way[row])
        raced = side.saved(file)
        for request in asked[row]:
            alone.ask(request)
        assert alone.saved(file) == raced
        assert alone.shown[-1].loss == side.shown[-1].loss


# What is left of a race after a death.


@pytest.fixture
def workers(table: RaceTable) -> Iterator[list[Shown]]:
    workers = [Shown(WorkerClient()) for _ in range(2)]
    for row, side in enumerate(workers):
        side.begin(RIVALS[row])
        side.client.post(JoinRace(table.name, row))
    for side in workers:
        side.client.post(Train())
    for side in workers:
        side.until_step(10)
    yield workers
    for side in workers:
        side.close()
    table.close()
    assert table.name not in tables()


def kill(side: Shown) -> None:
    assert isinstance(side.client, WorkerClient)
    assert side.client.pid is not None
    os.kill(side.client.pid, signal.SIGKILL)
    until(lambda: any(isinstance(event, Died) for event in side.told))


def begin_again(side: Shown) -> None:
    before = side.shown[-1].run_id
    side.client.post(Restart((("seed", 3),)))
    side.until(lambda snapshot: snapshot.run_id != before)


def test_the_dead_are_not_waited_for_and_who_takes_their_place_is(
    workers: list[Shown], table: RaceTable
) -> None:
    one, other = workers
    kill(other)
    one.go_on(100)
    begin_again(other)
    other.client.post(Train())
    other.until_step(one.shown[-1].step)
    one.go_on(20)
    assert abs(table.progress(0, RaceRule.STEPS) - table.progress(1, RaceRule.STEPS)) <= 5


def test_one_that_had_left_before_it_died_does_not_join_again(workers: list[Shown]) -> None:
    one, other = workers
    other.client.post(LeaveRace())
    other.go_on(100)
    kill(other)
    one.go_on(100)
    begin_again(other)
    other.client.post(Train())
    one.go_on(100)
    other.go_on(100)


OWNER = """
import sys, threading, time
from rnnviz.runs.client import WorkerClient
from rnnviz.runs.messages import JoinRace
from rnnviz.runs.race import RaceRule, RaceTable
from rnnviz.training.commands import NewRun, Train
from rnnviz.training.configuration import Configuration

clients = [WorkerClient() for _ in range(2)]
table = RaceTable(RaceRule.STEPS)
threads = [threading.Thread(target=client.run, args=(lambda event: None,)) for client in clients]
for row, (client, thread) in enumerate(zip(clients, threads)):
    thread.daemon = True
    thread.start()
    client.post(NewRun(Configuration(hidden_size=4, sequence_length=5)))
    client.post(JoinRace(table.name, row))
    client.post(Train())
while min(table.progress(row, RaceRule.STEPS) for row in range(2)) < 20:
    time.sleep(0.01)
print(*(client.pid for client in clients), table.name, flush=True)
sys.stdin.readline()
for client, thread in zip(clients, threads):
    client.stop()
    thread.join()
table.close()
"""


@pytest.mark.parametrize("ending", ["by itself", "killed"])
@pytest.mark.skipif(not Path("/dev/shm").exists(), reason="what is shared has no place here")
def test_nothing_shared_outlives_its_owner(ending: str) -> None:
    owner = subprocess.Popen(
        [sys.executable, "-c", OWNER],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert owner.stdout is not None
    *pids, name = owner.stdout.readline().split()
    assert name in tables()
    if ending == "killed":
        owner.kill()
    _, complaint = owner.communicate("\n", timeout=30)
    until(lambda: name not in tables())
    until(lambda: not any(Path(f"/proc/{pid}").exists() for pid in pids))
    assert complaint == ""


def test_what_is_shared_is_loaded_with_the_first_race() -> None:
    program = (
        "import sys\n"
        "from rnnviz.runs import client, loop, messages, race\n"
        "assert 'multiprocessing.shared_memory' not in sys.modules\n"
        "race.RaceTable(race.RaceRule.TIME).close()\n"
        "assert 'multiprocessing.shared_memory' in sys.modules\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, check=False)
    assert (done.returncode, done.stderr) == (0, b"")
