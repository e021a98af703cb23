"""Work on one large value by two processes: this one and a copy of it, which needs nothing sent but what to do next.

Only for commands: a process with threads of its own must not be copied. Where a system cannot copy processes, or has
one core, one process does it all.
"""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Callable, Iterator, Sequence
from multiprocessing.connection import Connection
from typing import TypeVar

from monitor.errors import SharpEyesError

Item = TypeVar("Item")


def by_two_processes(work: Callable[[Item], None], items: Sequence[Item]) -> None:
    """Do the work of every item once; each process takes the next one when it is free. At most 256 items.

    Raises what the work raises, in whichever process; SharpEyesError when the copy was killed.
    """
    if len(items) < 2 or "fork" not in multiprocessing.get_all_start_methods() or (os.cpu_count() or 1) < 2:
        for item in items:
            work(item)
        return
    todo, fill = os.pipe()
    os.write(fill, bytes(range(len(items))))
    os.close(fill)
    context = multiprocessing.get_context("fork")
    here, there = context.Pipe(duplex=False)
    copy = context.Process(target=_copy, args=(work, items, todo, there))
    copy.start()
    there.close()
    try:
        for item in _next(items, todo):
            work(item)
        failed = here.recv()
    except EOFError:
        raise SharpEyesError("a process that helped was killed; is there enough memory? Try again") from None
    finally:
        while os.read(todo, 256):  # after a failure nobody begins anything more
            pass
        os.close(todo)
        copy.join()
        here.close()
    if failed is not None:
        raise failed


def _next(items: Sequence[Item], todo: int) -> Iterator[Item]:
    """What is still to be done; a byte is read by one process only."""
    while number := os.read(todo, 1):
        yield items[number[0]]


def _copy(work: Callable[[Item], None], items: Sequence[Item], todo: int, parent: Connection) -> None:
    failed: BaseException | None = None
    try:
        for item in _next(items, todo):
            work(item)
    except (SharpEyesError, OSError) as error:
        failed = error
    except KeyboardInterrupt:  # both were interrupted, and the other one says so
        pass
    parent.send(failed)
