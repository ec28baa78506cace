from rnnviz.gui.turns import Turns


def drawn(turns: Turns, frames: int, number: int = 0) -> list[bool]:
    """Say in which of 12 frames something is drawn for which there is news in each of them."""
    taken = []
    for _ in range(12):
        turns.next_frame()
        turns.outdate(["panel"])
        taken.append(turns.take("panel", frames, number))
    return taken


def test_something_is_drawn_once_in_as_many_frames_as_it_asks_for():
    # The first time, it does not wait.
    assert [k for k, taken in enumerate(drawn(Turns(), 4), start=1) if taken] == [1, 4, 8, 12]


def test_numbers_spread_things_of_one_pace_over_the_frames():
    first, second = (drawn(Turns(), 3, number)[1:] for number in (0, 1))
    assert not any(a and b for a, b in zip(first, second, strict=True))


def test_what_has_not_changed_is_not_drawn_again():
    turns = Turns()
    turns.outdate(["panel"])
    assert turns.take("panel", 2)
    for _ in range(5):
        turns.next_frame()
        assert not turns.take("panel", 2, at_once=True)


def test_what_cannot_wait_is_drawn_out_of_turn():
    turns = Turns()
    turns.outdate(["panel"])
    assert turns.take("panel", 100)
    turns.outdate(["panel"])
    assert not turns.take("panel", 100)
    assert turns.take("panel", 100, at_once=True)
