"""The office declares what no probe sees, as it is typed: it costs points, is listed, and can be taken back."""

from __future__ import annotations

from pathlib import Path

import pytest

from monitor.cli.exits import Exit
from monitor.demo.place import Place
from tests.cli.people.test_commands import MONTH, OFFICE, VENDOR, Run, acts, figures, furnished, place, run
from tests.cli.people.test_parties import Office, public_key

__all__ = ["furnished", "place", "run"]  # fixtures

CARD = (
    "contract:\n  scorecard:\n    items:\n"
    "      - {id: falsified, kind: declared, title: 弄虚作假, points: 3, cap: 9}\n"
    "      - {id: report, kind: missing_report, points: 1}\n"
)
WORDS = ("ledger", "declare", "falsified", "--month", MONTH, "--count", "2", "--text", "两份记录不实")


@pytest.fixture(autouse=True)
def scorecard(place: Place) -> None:
    place.settings.write_text(place.settings.read_text("utf-8") + CARD, "utf-8")


def points(run: Run) -> str:
    text: str = figures(run)["settlement"]["score"]["points"]
    return text


def test_what_is_declared_costs_points_until_it_is_taken_back(run: Run, place: Place) -> None:
    assert points(run) == "100"
    code, out = run(*WORDS, *OFFICE)
    assert code == Exit.OK, out
    name = acts(place)[0].stamp.id
    assert name in out
    assert points(run) == "94"
    code, out = run("ledger", "declarations")
    assert (code, f"{name}  {MONTH}  falsified × 2  两份记录不实" in out, "office 李主任" in out) == (
        Exit.OK,
        True,
        True,
    )
    assert "弄虚作假, 2 times; 两份记录不实" in run("report", MONTH)[1]
    assert run("ledger", "withdraw", name, *VENDOR)[0] == Exit.NO
    assert run("ledger", "withdraw", name, "--text", "已澄清", *OFFICE)[0] == Exit.OK
    assert points(run) == "100"
    assert [act.kind for act in acts(place)] == ["item_declared", "declaration_withdrawn"]
    assert "declaration withdrawn" in run("ledger", "declarations")[1]
    code, out = run("ledger", "withdraw", name, *OFFICE)
    assert (code, "withdrawn already" in out) == (Exit.NO, True)


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        ((*WORDS, *VENDOR), Exit.NO, "the vendor may not do this"),
        ((*WORDS[:2], "late", *WORDS[3:], *OFFICE), Exit.NO, "no line late that counts what is declared"),
        ((*WORDS[:3], "--month", "2999-01", *WORDS[5:], *OFFICE), Exit.NO, "2999-01 has not begun"),
        ((*WORDS[:3], "--month", "10-2026", *WORDS[5:], *OFFICE), Exit.NO, "like 2026-10"),
        ((*WORDS[:5], "--count", "0", *WORDS[7:], *OFFICE), Exit.NO, "from 1 to 1000"),
        ((*WORDS[:5], "--count", "two", *WORDS[7:], *OFFICE), Exit.USAGE, "--count"),
        ((*WORDS[:3], *WORDS[5:], *OFFICE), Exit.USAGE, "--month is missing"),
        ((*WORDS[:7], *OFFICE), Exit.USAGE, "--text is missing"),
    ],
)
def test_what_the_contract_does_not_count_is_refused(
    run: Run, place: Place, words: tuple[str, ...], code: Exit, said: str
) -> None:
    found, out = run(*words)
    assert (found, said in out) == (code, True), out
    assert not acts(place)


def test_nothing_is_declared_for_a_closed_month(run: Run, place: Place) -> None:
    assert run(*WORDS, *OFFICE)[0] == Exit.OK
    assert run("ledger", "close", MONTH, *OFFICE)[0] == Exit.OK
    for words in (WORDS, ("ledger", "withdraw", acts(place)[0].stamp.id)):
        code, out = run(*words, *OFFICE)
        assert (code, f"{MONTH} is closed" in out) == (Exit.NO, True), out
    assert run("ledger", "correct", MONTH, "--text", "澄清", *OFFICE)[0] == Exit.OK
    assert run("ledger", "withdraw", acts(place)[0].stamp.id, *OFFICE)[0] == Exit.OK
    assert run("ledger", "close", MONTH, *OFFICE)[0] == Exit.OK
    assert points(run) == "100"


def test_without_the_office_s_key_nothing_is_declared_in_its_name(run: Run, place: Place, tmp_path: Path) -> None:
    office = Office(tmp_path / "office")
    code, said = office.type("ledger", "keygen", str(office.key))
    assert code == Exit.OK
    key = f"  parties:\n    office:\n      key: {public_key(said)}\n"
    place.settings.write_text(place.settings.read_text("utf-8") + key, "utf-8")
    code, out = run(*WORDS, *OFFICE)
    assert (code, "must be signed" in out) == (Exit.NO, True), out
    file = office.sign(*WORDS[1:], *OFFICE)
    assert run("ledger", "import", str(file))[0] == Exit.OK
    assert points(run) == "94"
    assert figures(run)["settlement"]["declared"][0]["steps"][0]["signed"] is True
