"""Files are there whole or not at all."""

from __future__ import annotations

from pathlib import Path

import pytest

from monitor.writing import whole_file


def test_a_file_takes_its_place_when_all_of_it_is_written(tmp_path: Path) -> None:
    path = tmp_path / "report.json"
    path.write_bytes(b"the old one")
    with whole_file(path) as file:
        file.write(b"the new ")
        assert path.read_bytes() == b"the old one"
        file.write(b"one")
    assert path.read_bytes() == b"the new one"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("why", [ValueError, OSError, KeyboardInterrupt])
def test_whatever_interrupts_it_the_old_file_stays_and_nothing_else(tmp_path: Path, why: type[BaseException]) -> None:
    path = tmp_path / "report.json"
    path.write_bytes(b"the old one")

    def interrupted() -> None:
        with whole_file(path) as file:
            file.write(b"half")
            raise why

    with pytest.raises(why):
        interrupted()
    assert path.read_bytes() == b"the old one"
    assert list(tmp_path.iterdir()) == [path]


def test_a_folder_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError), whole_file(tmp_path / "none" / "report.json"):
        raise AssertionError("there is nothing to write into")
