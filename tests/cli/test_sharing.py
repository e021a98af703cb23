"""Two processes share the work: each item once, and what fails in either is told."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import pytest

from monitor.cli.sharing import beside, by_two_processes
from monitor.errors import SharpEyesError


def met(folder: Path, items: list[str]) -> None:
    """Each process does one item and waits until the other one has one, too."""

    def work(item: str) -> None:
        (folder / item).write_text(str(os.getpid()))
        if item in items[:2]:
            while len(list(folder.iterdir())) < 2:
                pass

    by_two_processes(work, items)


@pytest.mark.skipif((os.cpu_count() or 1) < 2, reason="one core: one process does it all")
def test_each_item_is_done_once_and_by_two_processes(tmp_path: Path) -> None:
    items = ["a", "b", "c", "d", "e"]
    met(tmp_path, items)
    assert sorted(path.name for path in tmp_path.iterdir()) == items
    assert len({path.read_text() for path in tmp_path.iterdir()}) == 2


@pytest.mark.parametrize("items", [[], ["a"]])
def test_little_work_needs_no_second_process(items: list[str]) -> None:
    done: list[tuple[str, int]] = []
    by_two_processes(lambda item: done.append((item, os.getpid())), items)
    assert done == [(item, os.getpid()) for item in items]


@pytest.mark.parametrize("bad", ["here", "there"])
def test_what_fails_in_either_process_is_told(tmp_path: Path, bad: str) -> None:
    parent = os.getpid()

    def work(item: str) -> None:
        (tmp_path / item).touch()
        while len(list(tmp_path.iterdir())) < 2:
            pass
        if (os.getpid() == parent) == (bad == "here"):
            raise SharpEyesError(f"no room {bad}")

    with pytest.raises(SharpEyesError, match=f"no room {bad}"):
        by_two_processes(work, ["a", "b"])


def test_a_copy_that_is_killed_is_told(tmp_path: Path) -> None:
    parent = os.getpid()

    def work(item: str) -> None:
        (tmp_path / item).touch()
        while len(list(tmp_path.iterdir())) < 2:
            pass
        if os.getpid() != parent:
            os.kill(os.getpid(), signal.SIGKILL)

    with pytest.raises(SharpEyesError, match="was killed"):
        by_two_processes(work, ["a", "b"])


two_cores = pytest.mark.skipif((os.cpu_count() or 1) < 2, reason="one core: one process does it all")


@two_cores
def test_what_the_copy_makes_is_received_in_its_order() -> None:
    with beside(lambda: ((os.getpid(), Fraction(number, 7)) for number in range(3))) as made:
        assert made is not None
        received = list(zip(range(3), made, strict=False))
    assert [ratio for _, (_, ratio) in received] == [Fraction(0), Fraction(1, 7), Fraction(2, 7)]
    assert os.getpid() not in {process for _, (process, _) in received}


@two_cores
def test_what_fails_in_the_copy_is_told_after_what_it_made() -> None:
    def work() -> Iterator[str]:
        yield "first"
        raise SharpEyesError("no room there")

    with beside(work) as made:
        assert made is not None
        assert next(made) == "first"
        with pytest.raises(SharpEyesError, match="no room there"):
            next(made)


@two_cores
def test_a_copy_that_is_killed_while_it_is_waited_for_is_told() -> None:
    def work() -> Iterator[str]:
        os.kill(os.getpid(), signal.SIGKILL)
        yield "never"

    with beside(work) as made:
        assert made is not None
        with pytest.raises(SharpEyesError, match="was killed"):
            next(made)


@two_cores
def test_a_copy_nobody_listens_to_any_more_is_ended() -> None:
    def work() -> Iterator[int]:
        yield os.getpid()
        while True:
            yield 0

    with beside(work) as made:
        assert made is not None
        process = next(made)
    with pytest.raises(ProcessLookupError):
        os.kill(process, 0)
