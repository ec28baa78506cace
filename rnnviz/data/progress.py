"""Long work is done in pieces, and each piece is reported."""

from collections.abc import Callable, Iterator

Progress = Callable[[float, str], None]
"""Takes the fraction done (0 to 1) and what is being done; it may raise, to cancel the work."""

CHUNK_LENGTH = 1 << 21
"""Characters or tokens in a piece: 5 to 50 ms of work in every loop that uses it."""


def share_of(progress: Progress | None, first: float, last: float) -> Progress | None:
    """Return a progress whose 0 to 1 is the part from `first` to `last` of `progress`."""
    if progress is None:
        return None

    def report(fraction: float, doing: str) -> None:
        progress(first + fraction * (last - first), doing)

    return report


def pieces(
    length: int, progress: Progress | None, doing: str, chunk_length: int = CHUNK_LENGTH
) -> Iterator[slice]:
    """Yield slices that cover `range(length)` in order, reporting before each and at the end."""
    for start in range(0, length, chunk_length):
        if progress is not None:
            progress(start / length, doing)
        yield slice(start, min(start + chunk_length, length))
    if progress is not None:
        progress(1.0, doing)
