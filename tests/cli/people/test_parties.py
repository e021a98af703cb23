"""Two parties that do not trust each other: keys in the contract, acts carried over as files, attacks named."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from monitor.cli.exits import Exit
from monitor.demo.place import Place
from monitor.ledger import Ledger
from tests.cli.people.test_commands import (
    MONTH,
    OFFICE,
    TOWN,
    VENDOR,
    Run,
    acts,
    figures,
    furnished,
    longest,
    named,
    place,
    run,
)

__all__ = ["furnished", "place", "run"]  # fixtures


class Office:
    """The office's own computer: its key and a folder for files, neither settings nor record."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir()
        self.key = folder / "office.key"

    def type(self, *words: str) -> tuple[int, str]:
        """Type a command in a process of its own."""
        done = subprocess.run(
            [sys.executable, "-m", "monitor", *words, "--lang", "en"],
            capture_output=True,
            text=True,
            check=False,
            env={**os.environ, "SHARP_EYES_CONFIG": str(self.folder / "none.yml")},
        )
        return done.returncode, done.stdout + done.stderr

    def sign(self, *words: str, key: Path | None = None, contract: str = "default") -> Path:
        """A signed file of an act."""
        out = self.folder / f"{len(list(self.folder.iterdir()))}.act"
        code, said = self.type(
            "ledger", "sign", *words, "--contract", contract, "--key", str(key or self.key), "--out", str(out)
        )
        assert code == Exit.OK, said
        return out


def public_key(said: str) -> str:
    return said.strip().rpartition(" ")[2]


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return Office(tmp_path / "office")


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> list[tuple[Path, str]]:
    """The vendor's and the office's key, made once for all tests: the file, and its public half."""
    home, made = Office(tmp_path_factory.mktemp("keys") / "home"), []
    for party in ("vendor", "office"):
        path = home.folder / f"{party}.key"
        code, said = home.type("ledger", "keygen", str(path))
        assert code == Exit.OK, said
        made.append((path, public_key(said)))
    return made


@pytest.fixture
def vendor_key(tmp_path: Path, place: Place, office: Office, keys: list[tuple[Path, str]]) -> Path:
    """The public halves of both parties' keys stand in the contract; the vendor's key is at the monitor."""
    path = tmp_path / "vendor.key"
    (vendors, vendor), (offices, other) = keys
    shutil.copy2(vendors, path)
    shutil.copy2(offices, office.key)
    contract = f"contract:\n  parties:\n    vendor:\n      key: {vendor}\n    office:\n      key: {other}\n"
    place.settings.write_text(place.settings.read_text("utf-8") + contract, "utf-8")
    return path


@pytest.fixture
def proposal(run: Run, place: Place, vendor_key: Path, tmp_path: Path) -> Path:
    """The vendor has proposed, signed at the monitor, and hands the office a file of it."""
    words = ("--outage", named(longest(place)), "--cause", "power", *VENDOR)
    code, said = run("ledger", "exclude", *words)
    assert (code, "must be signed" in said) == (Exit.NO, True)
    code, said = run("ledger", "exclude", *words, "--key", str(vendor_key))
    assert code == Exit.OK, said
    path = tmp_path / "proposal.act"
    assert run("ledger", "export", acts(place)[0].stamp.id, "--out", str(path))[0] == Exit.OK
    return path


def altered(path: Path, old: str, new: str) -> Path:
    text = path.read_text("utf-8")
    assert old in text
    other = path.with_name(f"altered-{path.name}")
    other.write_text(text.replace(old, new), "utf-8")
    return other


def test_the_vendor_proposes_and_the_office_approves_with_its_own_key_from_a_file(
    run: Run, place: Place, office: Office, proposal: Path, tmp_path: Path
) -> None:
    before = figures(run)
    approval = office.sign("approve", "--proposal", str(proposal), *OFFICE)
    code, said = run("ledger", "import", str(approval))
    assert code == Exit.OK, said
    at_the_vendor = figures(run)
    assert at_the_vendor["total"]["seconds"]["excluded"] > before["total"]["seconds"]["excluded"]
    (shown,) = at_the_vendor["exclusions"]
    assert [step["signed"] for step in shown["steps"]] == [True, True]
    assert "unsigned" not in run("ledger", "exclusions")[1]
    # The office recomputes the month on its own computer from a copy of the record and of the settings.
    copy = tmp_path / "copy"
    copy.mkdir()
    (copy / "s.yml").write_text(place.settings.read_text("utf-8"), "utf-8")
    with Ledger.open_read_only(place.ledger) as ledger:
        ledger._connection.execute("VACUUM INTO ?", (str(copy / place.ledger.name),))
    for extra in place.settings.parent.iterdir():
        if extra.is_file() and extra.suffix in {".csv", ".yml", ".txt"} and not (copy / extra.name).exists():
            (copy / extra.name).write_bytes(extra.read_bytes())
    code, said = office.type("report", MONTH, "--format", "json", "--config", str(copy / "s.yml"))
    assert code == Exit.OK, said
    at_the_office: dict[str, Any] = json.loads(said)["report"]
    assert at_the_office == at_the_vendor


def test_the_office_is_shown_every_camera_of_what_it_signs(
    run: Run, place: Place, office: Office, vendor_key: Path, tmp_path: Path
) -> None:
    cameras = sorted(camera.id for camera in TOWN.cameras[:9])
    asked = [word for camera in cameras for word in ("--camera", camera)]
    span = ("--from", f"{MONTH}-05 08:00", "--to", f"{MONTH}-05 09:00", "--cause", "power", "--text", "台风")
    code, said = run("ledger", "exclude", *asked, *span, *VENDOR, "--key", str(vendor_key))
    assert code == Exit.OK, said
    path, out = tmp_path / "nine.act", office.folder / "yes.act"
    assert run("ledger", "export", acts(place)[0].stamp.id, "--out", str(path))[0] == Exit.OK
    words = ("--proposal", str(path), "--contract", "default", "--key", str(office.key), "--out", str(out))
    code, said = office.type("ledger", "sign", "approve", *words, *OFFICE)
    assert (code, ",".join(cameras) in said) == (Exit.OK, True), said


def test_a_forged_approval_is_refused_and_named(
    run: Run, place: Place, office: Office, proposal: Path, vendor_key: Path
) -> None:
    for key in (vendor_key, office.folder / "stranger.key"):
        if not key.exists():
            office.type("ledger", "keygen", str(key))
        forged = office.sign("approve", "--proposal", str(proposal), *OFFICE, key=key)
        code, said = run("ledger", "import", str(forged))
        assert (code, "forged" in said, "office" in said) == (Exit.NO, True, True), said
    code, said = run("ledger", "approve", acts(place)[0].stamp.id, *OFFICE, "--key", str(vendor_key))
    assert (code, "forged" in said) == (Exit.NO, True)
    assert len(acts(place)) == 1


def test_an_altered_approval_is_refused_and_named(run: Run, place: Place, office: Office, proposal: Path) -> None:
    approval = office.sign("approve", "--proposal", str(proposal), *OFFICE)
    for old, new in (("李主任", "王主任"), ("exclusion_approved", "exclusion_rejected"), ('"text":""', '"text":"x"')):
        code, said = run("ledger", "import", str(altered(approval, old, new)))
        assert (code, "altered" in said) == (Exit.NO, True), said
    assert len(acts(place)) == 1


def test_an_approval_of_an_altered_proposal_is_refused_and_named(
    run: Run, place: Place, office: Office, proposal: Path
) -> None:
    shorter = altered(proposal, '"cause":"power"', '"cause":"other"')
    approval = office.sign("approve", "--proposal", str(shorter), *OFFICE)
    code, said = run("ledger", "import", str(approval))
    assert (code, "another proposal" in said) == (Exit.NO, True), said
    assert len(acts(place)) == 1


def test_a_replayed_act_is_refused_and_named(run: Run, place: Place, office: Office, proposal: Path) -> None:
    approval = office.sign("approve", "--proposal", str(proposal), *OFFICE)
    assert run("ledger", "import", str(approval))[0] == Exit.OK
    for again in (approval, proposal):
        code, said = run("ledger", "import", str(again))
        assert (code, "replayed" in said) == (Exit.NO, True), said
    assert len(acts(place)) == 2


def test_an_act_signed_for_another_contract_is_refused(run: Run, place: Place, office: Office, proposal: Path) -> None:
    approval = office.sign("approve", "--proposal", str(proposal), *OFFICE, contract="qinghe-2027")
    code, said = run("ledger", "import", str(approval))
    assert (code, "qinghe-2027" in said) == (Exit.NO, True), said
    assert len(acts(place)) == 1


def test_an_act_file_says_itself_which_of_several_contracts_it_is_under(
    run: Run, place: Place, office: Office, tmp_path: Path
) -> None:
    carriers = sorted({camera.carrier for camera in TOWN.cameras})
    names = [f"line-{number}" for number in range(len(carriers))]
    for name, carrier in zip(names, carriers, strict=True):
        (place.settings.parent / f"{name}.yml").write_text(
            f"id: {name}\ntitle: {name}\nscope: {{carriers: [{carrier}]}}\n", "utf-8"
        )
    listed = ", ".join(f"{name}.yml" for name in names)
    place.settings.write_text(place.settings.read_text("utf-8") + f"contracts: [{listed}]\n", "utf-8")
    assert office.type("ledger", "keygen", str(office.key))[0] == Exit.OK
    remark = office.sign("note", "看过", *OFFICE, contract=names[1])
    assert run("ledger", "import", str(remark), "--contract", names[0])[0] == Exit.NO
    assert run("ledger", "import", str(remark))[0] == Exit.OK
    assert [act.stamp.contract for act in acts(place)] == [names[1]]
    stray = office.sign("note", "看过", *OFFICE, contract="line-9")
    code, said = run("ledger", "import", str(stray))
    assert (code, "--contract" in said, names[0] in said) == (Exit.USAGE, True, True), said


def test_to_sign_without_settings_the_contract_is_named(office: Office) -> None:
    assert office.type("ledger", "keygen", str(office.key))[0] == Exit.OK
    words = ("ledger", "sign", "note", "x", *OFFICE, "--key", str(office.key), "--out", str(office.folder / "a"))
    code, said = office.type(*words)
    assert (code, "--contract" in said, "none.yml" in said) == (Exit.USAGE, True, True), said


def test_one_bad_act_of_a_file_stops_the_others_and_is_named_by_its_line(
    run: Run, place: Place, office: Office, proposal: Path
) -> None:
    approval = office.sign("approve", "--proposal", str(proposal), *OFFICE)
    remark = office.sign("note", "看过", *OFFICE)
    both = approval.with_name("both.act")
    both.write_text(remark.read_text("utf-8") + altered(approval, "李主任", "王主任").read_text("utf-8"), "utf-8")
    code, said = run("ledger", "import", str(both))
    assert (code, "both.act:2" in said, "both.act:1" in said) == (Exit.NO, True, False), said
    assert len(acts(place)) == 1


@pytest.mark.parametrize("content", ["", "{}", "[]\n", '{"kind":"note","body":{"author":"a","text":"b"}}', "\x00" * 9])
def test_a_file_that_holds_no_act_is_refused(run: Run, place: Place, tmp_path: Path, content: str) -> None:
    path = tmp_path / "x.act"
    path.write_text(content, "utf-8")
    code, said = run("ledger", "import", str(path))
    assert (code, "x.act" in said) == (Exit.CANNOT, True), said
    assert not acts(place)


def test_the_office_closes_the_month_with_its_key_on_a_copy_of_the_record(
    run: Run, place: Place, office: Office, vendor_key: Path
) -> None:
    code, said = run("ledger", "close", MONTH, *OFFICE)
    assert (code, "must be signed" in said) == (Exit.NO, True)
    out = office.folder / "close.act"
    words = ("ledger", "sign", "close", MONTH, *OFFICE, "--key", str(office.key), "--out", str(out))
    assert run(*words)[0] == Exit.OK
    wrong = altered(out, '"figures":"', '"figures":"0')
    assert run("ledger", "import", str(wrong))[0] == Exit.NO
    assert run("ledger", "import", str(out))[0] == Exit.OK
    assert figures(run)["closings"][0]["signed"] is True


def test_a_closing_that_would_leave_out_what_was_agreed_since_it_was_signed_is_refused(
    run: Run, place: Place, office: Office, proposal: Path, vendor_key: Path
) -> None:
    closing = office.folder / "close.act"
    words = ("ledger", "sign", "close", MONTH, *OFFICE, "--key", str(office.key), "--out", str(closing))
    assert run(*words)[0] == Exit.OK
    approval = office.sign("approve", "--proposal", str(proposal), *OFFICE)
    both = office.folder / "both.act"
    both.write_text(approval.read_text("utf-8") + closing.read_text("utf-8"), "utf-8")
    code, said = run("ledger", "import", str(both))
    assert (code, "both.act:2" in said, "close the month anew" in said) == (Exit.NO, True, True), said
    assert len(acts(place)) == 1, "none of the file"
    assert run("ledger", "import", str(approval))[0] == Exit.OK
    code, said = run("ledger", "import", str(closing))
    assert (code, "other figures" in said, "close the month anew" in said) == (Exit.NO, True, True), said
    closing.unlink()
    assert run(*words)[0] == Exit.OK
    assert run("ledger", "import", str(closing))[0] == Exit.OK


def test_a_proposal_that_hides_its_words_is_neither_signed_nor_taken_in(
    run: Run, place: Place, office: Office, proposal: Path
) -> None:
    hiding = altered(proposal, '"evidence":"', '"evidence":"\\u001b[2K')
    out = office.folder / "a.act"
    words = ("approve", "--proposal", str(hiding), *OFFICE, "--contract", "default", "--key", str(office.key))
    code, said = office.type("ledger", "sign", *words, "--out", str(out))
    assert (code, "U+001B" in said, "\x1b" in said, out.exists()) == (Exit.USAGE, True, False, False), said
    code, said = office.type(
        *("ledger", "sign", "note", "好\u202e坏", *OFFICE, "--contract", "default", "--key", str(office.key)),
        *("--out", str(out)),
    )
    assert (code, "U+202E" in said, out.exists()) == (Exit.USAGE, True, False), said
    code, said = run("ledger", "note", "好\n坏", *OFFICE, "--key", str(office.key))
    assert (code, "U+000A" in said) == (Exit.NO, True), said
    assert len(acts(place)) == 1


def test_a_key_that_is_not_there_is_named(run: Run, place: Place, tmp_path: Path) -> None:
    code, said = run("ledger", "note", "x", *OFFICE, "--key", str(tmp_path / "none.key"))
    assert (code, "no key file" in said, "keygen" in said) == (Exit.CANNOT, True, True), said


def test_a_span_longer_than_its_cap_is_refused(run: Run, place: Place) -> None:
    contract = "contract:\n  exclusions:\n    power:\n      cap: 2h\n"
    place.settings.write_text(place.settings.read_text("utf-8") + contract, "utf-8")
    code, said = run("ledger", "exclude", "--outage", named(longest(place)), "--cause", "power", *VENDOR)
    assert (code, "more than the contract allows" in said) == (Exit.NO, True), said


def test_what_is_approved_or_undecided_uses_up_the_cap_and_more_than_is_left_is_refused(
    run: Run, place: Place, tmp_path: Path
) -> None:
    contract = "contract:\n  exclusions:\n    power:\n      cap: 6h\n    carrier_line:\n      cap: 6h\n"
    place.settings.write_text(place.settings.read_text("utf-8") + contract, "utf-8")
    camera = TOWN.cameras[0]
    power = ("--cause", "power", "--camera", camera.id)

    def ask(start: str, end: str, *words: str) -> tuple[int, str]:
        span = ("--from", f"{MONTH}-05 {start}", "--to", f"{MONTH}-05 {end}")
        return run("ledger", "exclude", *span, "--text", "停电", *(words or power), *VENDOR)

    assert ask("08:00", "10:00")[0] == Exit.OK
    assert run("ledger", "approve", acts(place)[0].stamp.id, *OFFICE)[0] == Exit.OK
    assert ask("12:00", "14:00", "--cause", "power", "--village", camera.site.village)[0] == Exit.OK
    code, said = ask("03:00", "06:00")
    assert code == Exit.NO
    assert f"power, {camera.id}: 3:00:00 > 2:00:00" in said
    line = ("--cause", "carrier_line", "--camera", camera.id)
    assert ask("02:00", "06:00", *line)[0] == Exit.OK, "each cause has its own"
    assert ask("03:00", "06:00")[0] == Exit.OK, "what is excluded already uses up nothing"
    assert ask("04:00", "07:00", "--cause", "power", "--camera", TOWN.cameras[1].id)[0] == Exit.OK
    assert ask("16:00", "18:00")[0] == Exit.OK
    code, said = ask("20:00", "20:00:01")
    assert (code, "0:00:01 > 0:00:00" in said) == (Exit.NO, True), said
    assert run("ledger", "withdraw", acts(place)[0].stamp.id, *VENDOR)[0] == Exit.OK
    assert ask("20:00", "22:00")[0] == Exit.OK, "what is taken back is left again"


def test_a_storm_is_held_against_the_cap_line_by_line(run: Run, place: Place, tmp_path: Path) -> None:
    contract = "contract:\n  exclusions:\n    power:\n      cap: 3h\n"
    place.settings.write_text(place.settings.read_text("utf-8") + contract, "utf-8")
    storm = tmp_path / "storm.csv"
    rows = [f"{TOWN.cameras[0].id},{MONTH}-05 {hour:02}:00,{MONTH}-05 {hour + 2:02}:00" for hour in (1, 5, 9)]
    rows.append(f"{TOWN.cameras[0].id},{MONTH}-05 13:00,{MONTH}-05 14:00")
    storm.write_text("\n".join(["camera,from,to", *rows]), "utf-8")
    code, said = run("ledger", "exclude", "--file", str(storm), "--cause", "power", "--text", "台风", *VENDOR)
    assert code == Exit.NO
    assert ["storm.csv:3" in said, "storm.csv:4" in said, "storm.csv:5" in said] == [True, True, False], said
    assert not acts(place)


# ---------------------------------------------------------------- key files


def test_a_private_key_is_for_its_owner_alone_and_never_printed(office: Office) -> None:
    code, said = office.type("ledger", "keygen", str(office.key))
    assert code == Exit.OK
    assert office.key.stat().st_mode & 0o777 == 0o600
    secret = office.key.read_text("ascii").splitlines()[1]
    assert secret not in said
    assert office.type("ledger", "keygen", str(office.key))[0] == Exit.CANNOT, "a key is never overwritten"
    office.key.chmod(0o640)
    words = ("ledger", "sign", "note", "x", *OFFICE, "--contract", "c", "--key", str(office.key))
    code, said = office.type(*words, "--out", str(office.folder / "a"))
    assert (code, "chmod 600" in said) == (Exit.CANNOT, True)
    assert secret not in said


def test_a_key_with_a_passphrase_may_lie_anywhere_and_opens_with_it_alone(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SHARP_EYES_KEY_PASSPHRASE", "一二三")
    assert office.type("ledger", "keygen", str(office.key), "--passphrase")[0] == Exit.OK
    office.key.chmod(0o644)
    office.sign("note", "x", *OFFICE)
    monkeypatch.setenv("SHARP_EYES_KEY_PASSPHRASE", "四五六")
    words = ("ledger", "sign", "note", "x", *OFFICE, "--contract", "c", "--key", str(office.key))
    code, said = office.type(*words, "--out", str(office.folder / "a"))
    assert (code, "wrong passphrase" in said, "四五六" in said) == (Exit.CANNOT, True, False)


@pytest.mark.parametrize("content", ["", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"])
def test_what_is_no_key_is_refused(office: Office, content: str) -> None:
    office.key.write_text(content, "ascii")
    office.key.chmod(0o600)
    words = ("ledger", "sign", "note", "x", *OFFICE, "--contract", "c", "--key", str(office.key))
    code, said = office.type(*words, "--out", str(office.folder / "a"))
    assert (code, "no Ed25519 private key" in said) == (Exit.CANNOT, True)
