"""Files are read whole, but never beyond their limit."""

from __future__ import annotations

from pathlib import Path

import pytest

from monitor.reading import Unreadable, read_at_most, size_text


def test_a_file_of_exactly_the_limit_is_read(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"x" * 10)
    assert read_at_most(tmp_path / "a", 10) == b"x" * 10


def test_one_byte_more_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"x" * 4001)
    with pytest.raises(Unreadable, match=r"^is larger than 4 kB$"):
        read_at_most(tmp_path / "a", 4000)


def test_a_device_without_end_is_refused() -> None:
    with pytest.raises(Unreadable, match=r"^is larger than 1 MB$"):
        read_at_most(Path("/dev/zero"), 1_000_000)


def test_the_reason_names_neither_path_nor_content(tmp_path: Path) -> None:
    with pytest.raises(Unreadable) as caught:
        read_at_most(tmp_path / "s3cret", 10)
    assert str(caught.value) == "cannot be read: No such file or directory"


def test_a_path_with_a_nul_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Unreadable, match="not a path"):
        read_at_most(tmp_path / "a\0b", 10)


def test_sizes_read_as_people_write_them() -> None:
    assert [size_text(64_000_000), size_text(4000)] == ["64 MB", "4 kB"]
