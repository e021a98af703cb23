"""A report's JSON file as somebody handed it over: read without trust, and every fault named with its line.

Nothing in it is believed: it says which report is to be made again, and what that has to come out as.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any, Final, TypeAlias, TypeVar

from monitor.acts import Head
from monitor.calendar import parse_month
from monitor.language import Language, Phrase
from monitor.reading import MEGABYTE
from monitor.render.json import FORMAT, Json

LARGEST: Final = 400 * MEGABYTE  # ten thousand cameras with a hundred thousand outages have about 130
MOST_DIGITS: Final = 300  # of a number; the longest fractions of a report have some eighty
LAST_ENTRY: Final = 2**63 - 1  # of a chain

NOT_UTF_8 = Phrase("不是 UTF-8 文本", "is not UTF-8")
NOT_JSON = Phrase("从此处起不是 JSON:请重新取得该文件", "is not JSON from here on: get the file anew")
TOO_DEEP = Phrase("嵌套过深", "is nested too deeply")
TWICE = Phrase("同一对象中 {key} 出现两次", "{key} stands twice in one object")
NO_NUMBER = Phrase("报告中没有这样的数:{number}", "no report has such a number: {number}")
NO_REPORT = Phrase(
    "不是本程序的 JSON 报告(应为 {wanted});若由更新的版本写成,请先升级",
    "is no report of this program in JSON ({wanted}); if a newer version wrote it, update first",
)
MISSING = Phrase("缺少 {what}", "{what} is missing")
OTHER_KIND = Phrase("{what} 的内容不是应有的类型", "{what} holds something else than it should")
NO_MONTH = Phrase("year、month 不是月份", "year and month are no month")
NO_OWN_CHAIN = Phrase("head_hash 不是 heads 中任何一条链的链头", "head_hash is not the head of any chain in heads")

Value = TypeVar("Value")
Raw: TypeAlias = "dict[str, Json]"

# What hooks of the parser are called about, in the order of the file; texts are skipped as a whole.
_TOKENS: Final = re.compile(r'"(?:[^"\\]|\\.)*"|(?P<object>\})|(?P<number>-?\d[\d.eE+-]*|-?Infinity|NaN)')


class NoReport(Exception):
    """Why a file cannot be checked; ``line`` is 0 where the whole is meant."""

    def __init__(self, phrase: Phrase, line: int = 0, **values: object) -> None:
        super().__init__(phrase, values)
        self.line: Final = line
        self._phrase = phrase
        self._values = values

    def say(self, language: Language) -> str:
        """In words, without the file's name."""
        return self._phrase[language].format(**self._values)


@dataclass(frozen=True, slots=True)
class Printed:
    """What the file says it is, and everything in it."""

    month: tuple[int, int]
    until: int  # where its elapsed time ends: the instant it was made, or the month's end
    zone: str  # of its terms; whether there is one of that name is not known yet
    heads: tuple[Head, ...]
    vantage: str  # whose chain is the monitor's own
    contract_id: str
    contract_sha256: str  # "" = the contract stood in the settings
    version: str
    town: str
    closings: int
    report: Raw


def read_printed(content: bytes) -> Printed:
    """The report in a file's bytes; ``NoReport`` says why it is none."""
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        raise NoReport(NOT_UTF_8, content.count(b"\n", 0, error.start) + 1) from None
    document = _parsed(text)
    if not isinstance(document, dict) or document.keys() != {"format", "report"} or document["format"] != FORMAT:
        raise NoReport(NO_REPORT, wanted=FORMAT)
    return _claims(_of(document, dict, "report"))


# ---------------------------------------------------------------- JSON, no more of it than a report has


class _RefusedError(Exception):
    """The parser's hook for the ``count``-th token of a kind refuses it."""

    def __init__(self, kind: str, count: int, phrase: Phrase, **values: str) -> None:
        super().__init__(kind)
        self.kind, self.count, self.phrase, self.values = kind, count, phrase, values


class _Strict:
    """Hooks that take whole numbers and objects without a key twice; each counts its calls, to tell where it was."""

    def __init__(self) -> None:
        self._objects = self._numbers = 0

    def whole(self, text: str) -> int:
        self._numbers += 1
        if len(text) > MOST_DIGITS:
            return self._refuse(text)
        return int(text)

    def other(self, text: str) -> int:
        self._numbers += 1
        return self._refuse(text)

    def object(self, pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        self._objects += 1
        found = dict(pairs)
        if len(found) < len(pairs):
            keys = [key for key, _ in pairs]
            twice = next(key for number, key in enumerate(keys) if key in keys[:number])
            raise _RefusedError("object", self._objects, TWICE, key=json.dumps(twice)[:80])
        return found

    def _refuse(self, text: str) -> int:
        shown = text if len(text) <= 30 else f"{text[:30]}… ({len(text)})"
        raise _RefusedError("number", self._numbers, NO_NUMBER, number=shown)


def _parsed(text: str) -> Any:
    strict = _Strict()
    try:
        return json.loads(
            text,
            parse_int=strict.whole,
            parse_float=strict.other,
            parse_constant=strict.other,
            object_pairs_hook=strict.object,
        )
    except json.JSONDecodeError as error:
        raise NoReport(NOT_JSON, error.lineno) from None
    except RecursionError:
        raise NoReport(TOO_DEEP) from None
    except _RefusedError as refused:
        raise NoReport(refused.phrase, _line_of(text, refused), **refused.values) from None


def _line_of(text: str, refused: _RefusedError) -> int:
    """The line of the token a hook was called about."""
    met = 0
    for token in _TOKENS.finditer(text):
        met += token.lastgroup == refused.kind
        if met == refused.count:
            return text.count("\n", 0, token.start()) + 1
    return 0


# ---------------------------------------------------------------- what it says it is


def _claims(report: Raw) -> Printed:
    month = _month(_of(report, int, "year"), _of(report, int, "month"))
    heads = tuple(_head(entry, number) for number, entry in enumerate(_of(report, list, "heads")))
    own = Head("", _of(report, int, "head_seq"), _of(report, str, "head_hash"))
    vantages = [head.vantage for head in heads if (head.seq, head.hash) == (own.seq, own.hash)]
    if not vantages and own.seq:
        raise NoReport(NO_OWN_CHAIN)
    return Printed(
        month=month,
        until=_of(report, int, "elapsed", "end"),
        zone=_of(report, str, "terms", "zone"),
        heads=heads,
        vantage=vantages[0] if vantages else "local",
        contract_id=_of(report, str, "contract_id"),
        contract_sha256=_of(report, str, "contract_sha256"),
        version=_of(report, str, "version"),
        town=_of(report, str, "town"),
        closings=len(_of(report, list, "closings")),
        report=report,
    )


def _month(year: int, month: int) -> tuple[int, int]:
    try:
        return parse_month(f"{year}-{month:02}")
    except ValueError:
        raise NoReport(NO_MONTH) from None


def _head(entry: Json, number: int) -> Head:
    head = _of({f"heads[{number}]": entry}, dict, f"heads[{number}]")
    vantage, seq, digest = _of(head, str, "vantage"), _of(head, int, "seq"), _of(head, str, "hash")
    if not (vantage.isascii() and 0 < seq <= LAST_ENTRY):
        raise NoReport(OTHER_KIND, what=f"heads[{number}]")
    return Head(vantage, seq, digest)


def _of(report: Raw, wanted: type[Value], *path: str) -> Value:
    """What stands at the path, if it is there and of that type; a truth value is no whole number."""
    found: Any = report
    for step in path:
        if not isinstance(found, dict) or step not in found:
            raise NoReport(MISSING, what=".".join(path))
        found = found[step]
    if type(found) is not wanted:
        raise NoReport(OTHER_KIND, what=".".join(path))
    value: Value = found
    return value
