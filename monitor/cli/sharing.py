"""Work on one large value by two processes: this one and a copy of it, which needs nothing sent but what to do next.

Only for commands: a process with threads of its own must not be copied. Where a system cannot copy processes, or has
one core, one process does it all.
"""

from __future__ import annotations

import copyreg
import multiprocessing
import os
import pickle
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from fractions import Fraction
from multiprocessing.connection import Connection
from typing import Any, Final, TypeVar

from monitor.errors import SharpEyesError

Item = TypeVar("Item")
KILLED: Final = "a process that helped was killed; is there enough memory? Try again"


# By default a ratio travels as a text.
copyreg.pickle(Fraction, lambda ratio: (Fraction, ratio.as_integer_ratio()))


@contextmanager
def beside(work: Callable[[], Iterable[Item]]) -> Iterator[Iterator[Item] | None]:
    """A copy of this process does the work; what it makes is received in its order. None where nobody else can do it.

    The copy is ended on leaving. To receive raises what the work raises; SharpEyesError when the copy was killed.
    """
    if not _two_can():
        yield None
        return
    context = multiprocessing.get_context("fork")
    here, there = context.Pipe(duplex=False)
    copy = context.Process(target=_make, args=(work, here, there))
    copy.start()
    there.close()
    try:
        yield _received(here)
    finally:
        here.close()
        copy.kill()
        copy.join()


def by_two_processes(work: Callable[[Item], None], items: Sequence[Item]) -> None:
    """Do the work of every item once; each process takes the next one when it is free. At most 256 items.

    Raises what the work raises, in whichever process; SharpEyesError when the copy was killed.
    """
    if len(items) < 2 or not _two_can():
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
        raise SharpEyesError(KILLED) from None
    finally:
        while os.read(todo, 256):  # after a failure nobody begins anything more
            pass
        os.close(todo)
        copy.join()
        here.close()
    if failed is not None:
        raise failed


def _two_can() -> bool:
    """Whether this system copies processes and has a core for a second one."""
    return "fork" in multiprocessing.get_all_start_methods() and (os.cpu_count() or 1) > 1


def _make(work: Callable[[], Iterable[object]], here: Connection, there: Connection) -> None:
    """In the copy."""
    here.close()  # else it would never be told that nobody listens any more
    try:
        for made in work():
            there.send_bytes(pickle.dumps((None, made), pickle.HIGHEST_PROTOCOL))  # send() takes twice as long
    except SharpEyesError as error:
        there.send((error, None))
    except (KeyboardInterrupt, BrokenPipeError):  # both were interrupted, and the other one says so
        pass


def _received(here: Connection) -> Iterator[Any]:
    while True:
        try:
            failed, made = here.recv()
        except EOFError:
            raise SharpEyesError(KILLED) from None
        if failed is not None:
            raise failed
        yield made


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
