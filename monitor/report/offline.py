"""A month's outages as the fold leaves them, and as values once somebody looks at them. Pure."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from operator import attrgetter, sub
from typing import Final, TypeAlias, overload

from monitor.model import CameraRecord, Cause
from monitor.report.values import OutageFigure

# An outage as it travels to another process, in the order of worst first: less its counted time, start, camera id, end,
# causes, scheduled and excluded time. A bare tuple goes there at a tenth of the cost of a named one.
Offline = tuple[int, int, str, int | None, tuple[Cause, ...], int, int]

# The same of many in columns, less what follows from the others: there are tens of thousands, and they travel so in a
# quarter of the time.
Columns: TypeAlias = (
    "tuple[array[int], tuple[str, ...], array[int], tuple[tuple[Cause, ...], ...], array[int], array[int]]"
)
_LASTS: Final = -(2**63)  # in the place of an end that is None

_CAMERA: Final = attrgetter("camera")
# From all its fields, at a third of what a call of it costs.
_FIGURE: Final[Callable[[tuple[object, ...]], OutageFigure]] = partial(tuple.__new__, OutageFigure)


def in_columns(found: Sequence[Offline]) -> Columns | None:
    """Whichever way they are packed; None of none."""
    if not found:
        return None
    _, starts, ids, ends, causes, scheduled, excluded = zip(*found, strict=True)
    until = array("q", [_LASTS if end is None else end for end in ends])
    return array("q", starts), ids, until, causes, array("q", scheduled), array("q", excluded)


def in_rows(columns: Columns | None) -> list[Offline]:
    """And back."""
    if columns is None:
        return []
    starts, ids, ends, causes, scheduled, excluded = columns
    until = [None if end == _LASTS else end for end in ends]
    costs = map(sub, excluded, scheduled)
    return list(zip(costs, starts, ids, until, causes, scheduled, excluded, strict=True))


class Outages(Sequence[OutageFigure]):
    """The outages in their order, with their cameras. A town has a hundred thousand, and its figures look at none."""

    def __init__(self, found: Sequence[Offline], cameras: Mapping[str, CameraRecord]) -> None:
        self._found, self._cameras = found, cameras
        self._made: tuple[OutageFigure, ...] | None = None

    def __len__(self) -> int:
        return len(self._found)

    @overload
    def __getitem__(self, at: int) -> OutageFigure: ...

    @overload
    def __getitem__(self, at: slice) -> tuple[OutageFigure, ...]: ...

    def __getitem__(self, at: int | slice) -> OutageFigure | tuple[OutageFigure, ...]:
        return self._all()[at]

    def __iter__(self) -> Iterator[OutageFigure]:
        return iter(self._all())

    def __eq__(self, other: object) -> bool:
        return self._all() == (other._all() if isinstance(other, Outages) else other)

    def __hash__(self) -> int:
        return hash(self._all())

    def _all(self) -> tuple[OutageFigure, ...]:
        if self._made is None:  # column by column
            columns = zip(*self._found, strict=True) if self._found else [()] * 7
            _, starts, ids, ends, causes, scheduled, excluded = columns
            its = map(_CAMERA, map(self._cameras.__getitem__, ids))
            self._made = tuple(map(_FIGURE, zip(its, starts, ends, causes, scheduled, excluded, strict=True)))
        return self._made
