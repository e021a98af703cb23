"""``report --verify`` as either party types it: on the spot, on another machine, years later, with a forged file."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from monitor.cli import main
from monitor.cli.exits import Exit
from monitor.clock import SystemClock
from monitor.demo.place import Place
from monitor.ledger import CameraRemoved, Heartbeat, Ledger
from tests.cli.people.test_commands import (
    MONTH,
    OFFICE,
    SHANGHAI,
    TOWN,
    VENDOR,
    Run,
    furnished,
    longest,
    named,
    place,
    propose,
    run,
)

__all__ = ["furnished", "place", "run"]  # fixtures

Save = Callable[..., Path]


@pytest.fixture
def saved(run: Run, tmp_path: Path) -> Save:
    """A month's report in JSON, as a file of its own each time."""

    def written(month: str = MONTH) -> Path:
        code, out = run("report", month, "--format", "json")
        assert code == Exit.OK, out
        file = tmp_path / f"{month}-{len(list(tmp_path.iterdir()))}.json"
        file.write_text(out, "utf-8")
        return file

    return written


def forged(file: Path, change: Callable[[Any], object]) -> Path:
    """The file after a change to its report."""
    document = json.loads(file.read_bytes())
    change(document["report"])
    other = file.with_name(f"forged-{file.name}")
    other.write_text(json.dumps(document), "utf-8")
    return other


def copied(source: Path, folder: Path) -> Path:
    """A copy of the ledger, as it is handed over."""
    folder.mkdir(exist_ok=True)
    with closing(sqlite3.connect(source)) as ledger:
        ledger.execute("VACUUM INTO ?", (str(folder / source.name),))
    return folder / source.name


def test_a_report_agrees_with_the_record_it_was_made_from(run: Run, saved: Save) -> None:
    code, out = run("report", "--verify", str(saved()))
    assert (code, out.startswith("agrees: every figure of ")) == (Exit.OK, True), out
    assert len(out.splitlines()) == 1, out


def test_it_speaks_chinese_too(place: Place, saved: Save, capsys: pytest.CaptureFixture[str]) -> None:
    file = saved()
    words = ["report", "--verify", str(file), "--config", str(place.settings), "--lang", "zh"]
    assert main(words) == Exit.OK
    assert capsys.readouterr().out.startswith("一致")
    assert main([*words[:2], str(forged(file, lambda report: report.update(town="别处"))), *words[3:]]) == Exit.NO
    assert "乡镇：文件 别处，本台账 " in capsys.readouterr().out


def test_a_running_month_agrees_as_of_the_instant_it_was_made_whatever_came_afterwards(
    run: Run, place: Place, saved: Save
) -> None:
    file = saved(f"{SystemClock().now().astimezone(SHANGHAI):%Y-%m}")
    with Ledger.open(place.ledger) as ledger:
        ledger.append([Heartbeat(), CameraRemoved(TOWN.cameras[3].id)], SystemClock().now())
    code, out = run("report", "--verify", str(file))
    assert (code, "the record has grown since (local +2)" in out) == (Exit.OK, True), out


def test_a_forged_figure_is_named_with_its_camera_and_both_values(run: Run, saved: Save) -> None:
    def better(report: Any) -> None:
        report["cameras"][0]["seconds"]["down"] -= 3_600_000_000
        report["total"]["rates"]["online"]["percent"] = "99.99"

    file = saved()
    first = json.loads(file.read_bytes())["report"]["cameras"][0]
    code, out = run("report", "--verify", str(forged(file, better)))
    assert code == Exit.NO
    assert "differs: 2 values of " in out
    assert f"camera · {first['camera']['id']} · time · down: the file says " in out
    assert "total · rate · online: the file says 99.99% (" in out


def test_many_differences_are_counted_and_the_first_are_shown(run: Run, saved: Save) -> None:
    def worse(report: Any) -> None:
        for camera in report["cameras"]:
            camera["outages"] += 1
            camera["looks"]["up"] += 1
            camera["seconds"]["up"] += 1

    code, out = run("report", "--verify", str(forged(saved(), worse)))
    assert (code, "differs: 81 values" in out, "... and 31 more" in out) == (Exit.NO, True, True), out
    assert len(out.splitlines()) == 52


# ---------------------------------------------------------------- closed months


def test_a_month_agrees_before_and_after_it_is_closed_and_corrected(run: Run, place: Place, saved: Save) -> None:
    name = propose(run, place)
    files = [saved()]
    assert run("ledger", "close", MONTH, *OFFICE)[0] == Exit.OK
    files.append(saved())
    assert run("ledger", "note", "看过", *OFFICE)[0] == Exit.OK
    files.append(saved())
    assert run("ledger", "correct", MONTH, "--text", "漏批", *VENDOR)[0] == Exit.OK
    assert run("ledger", "approve", name, *OFFICE)[0] == Exit.OK
    files.append(saved())
    assert run("ledger", "close", MONTH, *OFFICE)[0] == Exit.OK
    files.append(saved())
    contents = [json.loads(file.read_bytes())["report"] for file in files]
    assert [(len(each["closings"]), len(each["corrections"])) for each in contents] == [
        (0, 0), (1, 0), (1, 0), (1, 1), (2, 1),
    ]  # fmt: skip
    for file in files:
        code, out = run("report", "--verify", str(file))
        assert code == Exit.OK, out
        assert ("has grown" in out) == (file != files[-1]), "the closing a report prints is no growth since"
    code, out = run("report", "--verify", str(forged(files[1], lambda report: report.update(closings=[{}] * 3))))
    assert (code, "does not know of it" in out) == (Exit.USAGE, True), out


# ---------------------------------------------------------------- on another machine


@pytest.fixture
def under_a_file(place: Place) -> Path:
    """The place's contract as a file of its own, with a limit and points; its path."""
    contract = place.settings.with_name("contract.yml")
    contract.write_text(
        "id: qinghe-2026\ntitle: 清河镇视频监控维护合同\nzone: Asia/Shanghai\nrepair: {normal: 1h}\n"
        "scorecard: {items: [{id: late, kind: late_repair, points: 1}]}\n",
        "utf-8",
    )
    place.settings.write_text(place.settings.read_text("utf-8") + "contracts: [contract.yml]\n", "utf-8")
    return contract


def elsewhere(folder: Path, *words: str) -> tuple[int, str]:
    """Type a command in an empty folder, without settings, inventory or passwords."""
    done = subprocess.run(
        [sys.executable, "-m", "monitor", *words, "--lang", "en"],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "SHARP_EYES_CONFIG": str(folder / "none.yml")},
    )
    return done.returncode, done.stdout + done.stderr


def test_whoever_has_ledger_contract_and_report_needs_nothing_else(
    run: Run, place: Place, under_a_file: Path, saved: Save, tmp_path: Path
) -> None:
    assert run("ledger", "exclude", "--outage", named(longest(place)), "--cause", "power", *VENDOR)[0] == Exit.OK
    folder = tmp_path / "mail"
    ledger = copied(place.ledger, folder)
    report = saved()
    for file in (under_a_file, report):
        (folder / file.name).write_bytes(file.read_bytes())
    words = ("report", "--verify", str(folder / report.name), "--ledger", str(ledger), "--contract")
    code, out = elsewhere(folder, *words, str(folder / "contract.yml"))
    assert code == Exit.OK, out
    (folder / "other.yml").write_text(under_a_file.read_text("utf-8").replace("1h", "2h"), "utf-8")
    code, out = elsewhere(folder, *words, str(folder / "other.yml"))
    assert (code, "Use the same contract file" in out) == (Exit.USAGE, True), out
    code, out = elsewhere(folder, *words, "qinghe-2026")
    assert (code, "none.yml" in out) == (Exit.USAGE, True), out
    (folder / "broken.yml").write_text("id: [", "utf-8")
    assert elsewhere(folder, *words, str(folder / "broken.yml"))[0] == Exit.USAGE


def test_a_name_from_settings_that_are_not_at_hand_is_said_to_be_unchecked(
    run: Run, place: Place, under_a_file: Path, saved: Save
) -> None:
    file = forged(saved(), lambda report: (report.update(town="别处"), report["total"].update(id="别处", name="别处")))
    words = ("report", "--verify", str(file), "--ledger", str(place.ledger))
    code, out = run(*words, "--contract", str(under_a_file))
    assert (code, "the name 别处 comes from their settings" in out) == (Exit.OK, True), out
    assert run(*words)[0] == Exit.NO, "with settings at hand it is checked"


# ---------------------------------------------------------------- what cannot be checked


def test_an_older_copy_or_another_ledger_is_told_from_a_forgery(
    run: Run, place: Place, saved: Save, tmp_path: Path
) -> None:
    older = copied(place.ledger, tmp_path / "older")
    with Ledger.open(place.ledger) as ledger:
        ledger.append([Heartbeat()], SystemClock().now())
    file = saved()
    code, out = run("report", "--verify", str(file), "--ledger", str(older))
    assert (code, "this copy is older than the report" in out) == (Exit.USAGE, True), out
    assert run("report", "--verify", str(file), "--ledger", str(tmp_path / "none.db"))[0] == Exit.CANNOT


def test_a_broken_chain_is_to_be_looked_at_first(run: Run, place: Place, saved: Save) -> None:
    file = saved()
    with closing(sqlite3.connect(place.ledger)) as raw:
        raw.execute("DROP TRIGGER events_are_never_updated")
        raw.execute("UPDATE events SET recorded_at = recorded_at + 1 WHERE seq = 40")
        raw.commit()
    code, out = run("report", "--verify", str(file))
    assert (code, "run `ledger verify` first" in out) == (Exit.USAGE, True), out


def test_another_program_version_is_said_and_the_figures_are_compared(run: Run, saved: Save) -> None:
    file = saved()
    other = forged(file, lambda report: report.update(version="9.9.9"))
    code, out = run("report", "--verify", str(other))
    assert (code, "version 9.9.9 of the program wrote the file" in out) == (Exit.OK, True), out
    older = forged(other, lambda report: (report.pop("trend"), report["total"].pop("reliability")))
    code, out = run("report", "--verify", str(older))
    assert code == Exit.OK, "what that version did not print is not claimed"
    assert "agrees as far as it goes" in out
    assert "it does not hold: " in out
    assert {"trend", "faults and repairs"} <= {*out.split("it does not hold: ")[1].split("\n")[0].split(", ")}
    assert "every figure" not in out
    short = forged(older, lambda report: report["cameras"].pop())
    assert run("report", "--verify", str(short))[0] == Exit.NO, "a camera that is left out is"
    assert run("report", "--verify", str(forged(file, lambda report: report.pop("trend"))))[0] == Exit.NO


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda report: report.update(contract_id="elsewhere"), "contract elsewhere, which is not at hand"),
        (lambda report: report.update(contract_sha256="ab" * 32), "Use the same contract file"),
        (lambda report: report["terms"].update(zone="Europe/Berlin"), "the months of Europe/Berlin"),
        (lambda report: report["elapsed"].update(end=report["period"]["start"]), "had not begun"),
        (lambda report: report["elapsed"].update(end=report["period"]["end"] + 1), "had not begun"),
        (lambda report: report.update(head_hash="ab" * 32), "head_hash"),
        (lambda report: report["heads"][0].update(vantage="x\x1b"), "has no entry"),
    ],
)
def test_what_cannot_be_checked_is_no_disagreement(
    run: Run, saved: Save, change: Callable[[Any], object], said: str
) -> None:
    code, out = run("report", "--verify", str(forged(saved(), change)))
    assert (code, said in out) == (Exit.USAGE, True), out


def test_a_file_that_is_no_report_is_named_with_its_line(run: Run, tmp_path: Path) -> None:
    bad = tmp_path / "bad.json"
    bad.write_text('{\n"a": 1,\n"a": 2}', "utf-8")
    code, out = run("report", "--verify", str(bad))
    assert (code, f"{bad}:3: " in out) == (Exit.USAGE, True), out
    assert run("report", "--verify", str(tmp_path / "none.json"))[0] == Exit.USAGE


@pytest.mark.parametrize(
    "words", [("2026-10", "--verify", "x.json"), ("2026-10", "--ledger", "l.db"), ("--ledger", "x")]
)
def test_words_that_do_not_go_together_are_refused(run: Run, words: tuple[str, ...]) -> None:
    assert run("report", *words)[0] == Exit.USAGE
