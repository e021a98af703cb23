"""Where Alertmanager is asked, and what it is shown: secrets stay secret, and every fault says what to do."""

from __future__ import annotations

import base64
from pathlib import Path

import pytest

from monitor.alerting import Manager
from monitor.model import Secret
from tests.settings.test_alerts import BY_ALERTMANAGER, ENVIRON, GOOD, faults, read

TEXT = GOOD.replace("    tickets", "    office: {channels: [ding]}\n    tickets")


def written(keys: str) -> str:
    return TEXT.replace("alerts:\n", BY_ALERTMANAGER + keys)


@pytest.mark.parametrize(
    ("keys", "shown"),
    [
        ("", None),
        ("  alertmanager_token_env: TOKEN\n", "Bearer {TOKEN}"),
        (
            "  alertmanager_username: 值班\n  alertmanager_password_file: pw\n",
            f"Basic {base64.b64encode('值班:s3cret'.encode()).decode()}",
        ),
    ],
)
def test_alertmanager_is_shown_a_token_or_a_name_with_its_password(
    tmp_path: Path, keys: str, shown: str | None
) -> None:
    (tmp_path / "pw").write_text("s3cret\n", "ascii")
    found = read(tmp_path, written(keys))
    assert found is not None
    wanted = None if shown is None else Secret(shown.format(**ENVIRON))
    assert found.alertmanager == Manager("http://alertmanager:9093", wanted)
    assert "s3cret" not in repr(found)


@pytest.mark.parametrize(
    ("keys", "said"),
    [
        ("alertmanager_password_env: TOKEN", "alertmanager_username: is missing, and a password is there"),
        ("alertmanager_username: u", "alertmanager_password_env: is missing, and so is alertmanager_password_file"),
        ("alertmanager_username: 'u:s3cret'", "alertmanager_username: has a colon in it"),
        ("alertmanager_password: s3cret", "alertmanager_password: a password does not belong in this file"),
        (
            "alertmanager_username: u\n  alertmanager_password_env: TOKEN\n  alertmanager_token_env: TOKEN",
            "alertmanager_username: stands beside alertmanager_token: keep one of the two",
        ),
        ("alertmanager_ca_file: none.pem", "alertmanager_ca_file: the file of certificates cannot be read"),
        ("alertmanager_ca_file: sharp-eyes.yml", "alertmanager_ca_file: does not hold certificates"),
        ("office_hours: {hours: 08:00-12:00}", "alerts.office_hours: stand in Alertmanager's file"),
    ],
)
def test_a_fault_says_what_to_do_and_shows_no_secret(tmp_path: Path, keys: str, said: str) -> None:
    told = faults(tmp_path, written(f"  {keys}\n"))
    assert any(said in fault for fault in told), told
    assert "s3cret" not in "".join(told)


def test_certificates_belong_to_an_encrypted_address(tmp_path: Path) -> None:
    told = faults(tmp_path, written("  alertmanager_ca_file: none.pem\n"))
    assert any("belongs to an https:// address" in fault for fault in told), told
