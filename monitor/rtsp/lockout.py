"""What a refusal says about attempts that are left and about locks, in several makers' words and two languages.

Decides by text alone, because no status code tells it: a device that counts our attempts must not be asked again.
"""

from __future__ import annotations

import re

from monitor.rtsp.messages import Response

MAX_TEXT = 20_000  # bytes of a refusal that are read

_DIGIT = re.compile("[0-9]")
_TRIES = r"(?:attempt|chance|tr(?:y|ies)\b)"
_KIND = r"(?:(?:more|login|failed|wrong|further|remaining)\s+)*"
_LEFT = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"\b(?:have|has|only|remain\w*|left)\b[^0-9.;<>]{{0,20}}([0-9]{{1,3}})\s*{_KIND}{_TRIES}",
        rf"\b([0-9]{{1,3}})\s*{_KIND}{_TRIES}\w*(?:\(\w+\))?\s*(?:are |is )?(?:left|remain)",
        rf"\b([0-9]{{1,3}})\s+more\s+{_KIND}{_TRIES}",
        r"\b(?:attempts?|chances?|tries)\s*(?:left|remaining)\s*[:=]?\s*([0-9]{1,3})\b",
        r"\bremaining\s+(?:login\s+)?(?:attempts?|chances?|tries)\s*[:=]?\s*([0-9]{1,3})\b",
        # Fields of XML and JSON bodies, as Hikvision and others write them.
        r"\b(?:retryLoginTimes?|remain(?:ing)?(?:Login|Lock|Retry)?(?:Attempts?|Times?|Count))[\"'>\s:=]+([0-9]{1,3})\b",
        r"(?:还剩|剩余|还有|尚余|仅剩|还可以?)[^0-9。；<>]{0,10}([0-9]{1,3})\s*次",
        r"剩余[^0-9。；<>]{0,6}次数\s*[:：=]?\s*([0-9]{1,3})",
        r"再(?:输错|错误?|失败)\s*([0-9]{1,3})\s*次",
    )
)
_LOCKED = re.compile(
    r"(?<!not )(?<!will be )\block(?:ed|out)\b"
    r"|\blockStatus[\"'>\s:=]+lock\b"
    r"|\btoo many\s+(?:\w+\s+)?(?:attempt|tr(?:y|ies)\b|log)"
    r"|(?<![未将会])(?<!将被)(?<!会被)(?<!解除)锁定|已冻结|已被封|禁止登录",
    re.IGNORECASE,
)


def text_of(response: Response) -> str:
    """All a refusal says, for judging only: it may hold anything, even our own password."""
    raw = response.reason.encode("latin-1", "replace") + b"\n" + response.body[:MAX_TEXT]
    for encoding in ("utf-8", "gb18030"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    return raw.decode("latin-1")


def attempts_left(text: str) -> int | None:
    """How many attempts a refusal leaves; None when it does not say."""
    if not _DIGIT.search(text):
        return None
    found = (pattern.search(text) for pattern in _LEFT)
    return next((int(match[1]) for match in found if match), None)


def says_locked(text: str) -> bool:
    """Whether the account or our address is locked now: "will be locked after 3 more attempts" is not yet."""
    left = attempts_left(text)
    return left == 0 if left is not None else bool(_LOCKED.search(text))
