"""One bad inventory for each rule, and beside it the whole text a person is told (tests/data/config/inventory)."""

from __future__ import annotations

from pathlib import Path

import pytest

from monitor.errors import Fault, SettingsError
from monitor.inventory import load_inventory
from monitor.inventory.table import BrokenTable, Line, rows_of

FOLDER = Path(__file__).parent.parent / "data" / "config" / "inventory"
FILES = sorted(path for path in FOLDER.iterdir() if path.suffix != ".txt")
CSV = "camera_id,name,village,url\n"


@pytest.mark.parametrize("name", [path.name for path in FILES])
def test_a_bad_file_says_exactly_what_is_wrong(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(FOLDER)
    with pytest.raises(SettingsError) as caught:
        load_inventory([Path(name)], {"hik", "dahua"})
    assert str(caught.value) == (FOLDER / f"{name}.txt").read_text("utf-8").removesuffix("\n")
    assert "s3c" not in str(caught.value)


def test_every_expected_text_has_its_file() -> None:
    assert {path.name.removesuffix(".txt") for path in FOLDER.glob("*.txt")} == {path.name for path in FILES}


def test_a_camera_in_two_files_is_named_in_both(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("b.csv").write_text(CSV + "x,甲,柳溪村,rtsp://192.0.2.1/1\ngate,乙,柳溪村,rtsp://192.0.2.2/1\n")
    Path("a.yml").write_text("- {camera_id: gate, name: 丙, village: 柳溪村, url: http://192.0.2.3/1}\n")
    with pytest.raises(SettingsError) as caught:
        load_inventory([Path("b.csv"), Path("a.yml")], ())
    assert str(caught.value).splitlines() == [
        "a.yml:1: camera_id: 'gate' is already the camera at b.csv:3",
        "a.yml:1: url: must begin with rtsp:// or rtsps://",
    ]


def test_faults_of_all_files_come_together_in_the_order_of_the_files(tmp_path: Path) -> None:
    (tmp_path / "b.csv").write_text("")
    with pytest.raises(SettingsError) as caught:
        load_inventory([tmp_path / "b.csv", tmp_path / "a.csv"], ())
    assert [str(fault).removeprefix(f"{tmp_path}/") for fault in caught.value.faults] == [
        "b.csv: has no heading row such as camera_id,name,village,url",
        "a.csv: cannot be read: No such file or directory",
    ]


def test_a_table_without_end_is_given_up() -> None:
    def endless() -> list[Line]:
        number = 0
        lines = [Line(1, ("camera_id", "name", "village", "url"))]
        while number < 100_002:
            number += 1
            lines.append(Line(number, ("", "", "", "")))
        return lines

    with pytest.raises(BrokenTable, match="has more than 100,000 lines: split the file"):
        list(rows_of(endless(), "x.csv", []))


def test_a_missing_column_is_one_fault_and_not_one_for_each_row(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("camera_id,name\n" + "".join(f"c{number},甲\n" for number in range(500)))
    with pytest.raises(SettingsError) as caught:
        load_inventory([path], ())
    assert [(fault.line, fault.where) for fault in caught.value.faults] == [(1, "url"), (1, "village")]


def test_a_fault_of_the_heading_does_not_hide_those_of_the_rows(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("camera_id,name,vilage,url\na b,甲,柳溪村,rtsp://192.0.2.1/1\n")
    with pytest.raises(SettingsError) as caught:
        load_inventory([path], ())
    assert [(fault.line, fault.where) for fault in caught.value.faults] == [
        (1, "column 3"),
        (1, "village"),
        (2, "camera_id"),
    ]


def test_a_fault_is_a_value_with_its_line() -> None:
    faults: list[Fault] = []
    lines = [Line(3, ("camera_id", "name", "village", "host")), Line(7, ("a", "b"))]
    assert list(rows_of(lines, "x.csv", faults)) == []
    assert faults == [
        Fault("x.csv", 7, "row", "has 2 cells, the heading has 4: is a comma missing or too many?"),
    ]
