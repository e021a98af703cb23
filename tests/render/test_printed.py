"""A report file from somebody else: every way to be none is named, with its line, and nothing else happens."""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.acts import Head
from monitor.language import Language
from monitor.render import to_json
from monitor.render.printed import MOST_DIGITS, NoReport, read_printed
from tests.render.samples import JULY, RECORD, report

OWN = Head("local", RECORD.head_seq, RECORD.head_hash)
WHOLE = to_json(replace(report(), heads=(OWN,)))


def document() -> Any:
    return json.loads(WHOLE)


def changed(*path: str | int, to: Any) -> bytes:
    """The sample's file with one value exchanged."""
    whole = document()
    *before, last = ("report", *path)
    inner = whole
    for step in before:
        inner = inner[step]
    inner[last] = to
    return json.dumps(whole, indent=1).encode()


def refused(content: bytes, language: Language = Language.EN) -> tuple[int, str]:
    with pytest.raises(NoReport) as why:
        read_printed(content)
    return why.value.line, why.value.say(language)


def test_it_says_which_report_it_is() -> None:
    printed = read_printed(WHOLE)
    assert (printed.month, printed.until, printed.zone) == ((2026, 6), 1_782_835_200_000_000, "Asia/Shanghai")
    assert int(JULY.timestamp()) == 1_782_835_200
    assert (printed.contract_id, printed.contract_sha256, printed.version) == ("default", "", "0.1.0")
    assert (printed.town, printed.closings, printed.report) == ("清河镇", 0, document()["report"])
    assert (printed.heads, printed.vantage) == ((OWN,), "local")


def test_the_monitor_s_own_chain_is_the_one_whose_head_is_printed() -> None:
    heads = [{"vantage": name, "seq": seq, "hash": digest} for name, seq, digest in HEADS]
    printed = read_printed(changed("heads", to=heads))
    assert (printed.vantage, [head.vantage for head in printed.heads]) == ("town", ["aside", "town"])
    assert "head_hash" in refused(changed("heads", to=heads[:1]))[1]


HEADS = (("aside", 3, "ab" * 32), ("town", RECORD.head_seq, RECORD.head_hash))


@pytest.mark.parametrize(
    ("content", "line", "why"),
    [
        (b"", 1, "is not JSON"),
        (b'{\n "a": 1,\n}', 3, "is not JSON"),
        (b'{"a": "\xff"}', 1, "is not UTF-8"),
        (b'{\n\n"a": "\xff"}', 3, "is not UTF-8"),
        (b"[" * 100_000, 0, "nested too deeply"),
        (b'{"a": ' * 100_000, 0, "nested too deeply"),
        (b'{"x": {"a": 1},\n "b": {"c": "}",\n "d": 1, "d": 2}}', 3, '"d" stands twice'),
        (b'{"x": 12,\n "y": "7 }",\n "z": ' + b"9" * (MOST_DIGITS + 1) + b"}", 3, "no report has such a number: 999"),
        (b'{"x": 12,\n "y": 1.5}', 2, "no report has such a number: 1.5"),
        (b'{"x": 12,\n "y": 1e999999999}', 2, "no report has such a number: 1e999999999"),
        (b'{"x": 12,\n\n "y": NaN}', 3, "no report has such a number: NaN"),
        (b'{"x": -Infinity}', 1, "no report has such a number: -Infinity"),
        (b"[]", 0, "is no report of this program"),
        (b'{"format": "sharp-eyes-report/2", "report": {}}', 0, "if a newer version wrote it, update first"),
        (b'{"format": "sharp-eyes-report/1", "report": {}, "more": 1}', 0, "is no report of this program"),
        (b'{"format": "sharp-eyes-report/1", "report": []}', 0, "report holds something else"),
        (b'{"format": "sharp-eyes-report/1", "report": {}}', 0, "year is missing"),
    ],
)
def test_what_is_no_report_is_named_with_its_line(content: bytes, line: int, why: str) -> None:
    found, said = refused(content)
    assert (found, why in said) == (line, True), said
    assert said != refused(content, Language.ZH)[1]


@pytest.mark.parametrize(
    ("path", "to", "why"),
    [
        (("year",), True, "year holds"),
        (("month",), 13, "no month"),
        (("year",), 10**80, "no month"),
        (("elapsed", "end"), "soon", "elapsed.end holds"),
        (("elapsed",), None, "elapsed.end is missing"),
        (("terms",), {}, "terms.zone is missing"),
        (("heads",), [7], "heads[0] holds"),
        (("heads",), [{"vantage": "local", "seq": 2**63, "hash": "ab"}], "heads[0] holds"),
        (("heads",), [{"vantage": "\ud800", "seq": 1, "hash": "ab"}], "heads[0] holds"),
        (("heads",), [{"vantage": "local", "seq": 1}], "hash is missing"),
        (("head_seq",), -1, "head_hash"),
        (("closings",), 2, "closings holds"),
        (("contract_sha256",), None, "contract_sha256 holds"),
    ],
)
def test_what_it_says_of_itself_is_never_believed_to_be_of_the_right_kind(
    path: tuple[str, ...], to: Any, why: str
) -> None:
    assert why in refused(changed(*path, to=to))[1]


@given(st.binary(max_size=300) | st.text(max_size=200).map(str.encode))
def test_any_bytes_are_a_report_or_are_refused(content: bytes) -> None:
    with pytest.raises(NoReport):
        read_printed(content)


@given(st.integers(0, len(WHOLE) - 1), st.sampled_from([b"", b"}", b'"', b"0", b",", b"\xff", b"\x00"]))
def test_a_file_with_one_byte_exchanged_is_read_or_refused(place: int, byte: bytes) -> None:
    with suppress(NoReport):
        assert read_printed(WHOLE[:place] + byte + WHOLE[place + 1 :]).report
