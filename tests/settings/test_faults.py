"""One bad file for each rule, and beside it the whole text a person is told (tests/data/config/settings)."""

from __future__ import annotations

from pathlib import Path

import pytest

from monitor.errors import SettingsError
from monitor.settings import load_settings

FOLDER = Path(__file__).parent.parent / "data" / "config" / "settings"
ENVIRON = {"HIK_PASSWORD": "s3cret-hik", "EMPTY": "", "TWO_LINES": "s3cret\ns3cret"}


@pytest.mark.parametrize("name", [path.name for path in sorted(FOLDER.glob("*.yml"))])
def test_a_bad_file_says_exactly_what_is_wrong(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(FOLDER)
    with pytest.raises(SettingsError) as caught:
        load_settings(Path(name), ENVIRON)
    assert str(caught.value) == (FOLDER / f"{name}.txt").read_text("utf-8").removesuffix("\n")
    assert "s3cret" not in str(caught.value)


def test_every_expected_text_has_its_file() -> None:
    assert {path.name.removesuffix(".txt") for path in FOLDER.glob("*.txt")} == {
        path.name for path in FOLDER.glob("*.yml")
    }


def test_a_file_that_is_not_there_is_a_fault(tmp_path: Path) -> None:
    path = tmp_path / "sharp-eyes.yml"
    with pytest.raises(SettingsError) as caught:
        load_settings(path, {})
    assert str(caught.value) == f"{path}: cannot be read: No such file or directory"


def test_a_file_of_more_than_a_megabyte_is_a_fault(tmp_path: Path) -> None:
    path = tmp_path / "sharp-eyes.yml"
    path.write_text("inventory: cameras.csv\n" + "#" * 1_000_000)
    with pytest.raises(SettingsError) as caught:
        load_settings(path, {})
    assert str(caught.value) == f"{path}: is larger than 1 MB"
