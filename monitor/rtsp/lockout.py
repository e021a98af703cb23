"""What a refusal says about attempts that are left and about locks, in several makers' words and two languages.

Decides by text alone, because no status code tells it: a device that counts our attempts must not be asked again.
"""

from __future__ import annotations

import re
import unicodedata

from monitor.rtsp.messages import Response

MAX_TEXT = 20_000  # bytes of a refusal that are read

_DIGIT = re.compile("[0-9]")
_TRIES = r"(?:attempt|chance|(?:re)?tr(?:y|ies)\b)"
_SOME = r"(?:login\s+)?(?:attempts?|chances?|(?:re)?tries|times?)"
_KIND = r"(?:(?:more|login|failed|wrong|further|remaining)\s+)*"
_LEFT = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"\b(?:have|has|only|remain\w*|left)\b[^0-9.;<>]{{0,20}}([0-9]{{1,3}})\s*{_KIND}{_TRIES}",
        rf"\b([0-9]{{1,3}})\s*{_KIND}{_TRIES}\w*(?:\(\w+\))?\s*(?:are |is )?(?:left|remain)",
        rf"\b([0-9]{{1,3}})\s+more\s+{_KIND}{_TRIES}",
        rf"\b{_SOME}\s*(?:left|remaining)\s*[:=]?\s*([0-9]{{1,3}})\b",
        rf"\b(?:left|remaining)\s+{_SOME}\s*[:=]?\s*([0-9]{{1,3}})\b",
        r"\b(?:still have|left|remain(?:s|ing)?)\s+([0-9]{1,3})\s+(?:login\s+)?time",
        # Fields of XML and JSON bodies, as Hikvision and others write them.
        r"\b(?:retryLoginTimes?|remain(?:ing)?(?:Login|Lock|Retry)?(?:Attempts?|Times?|Count))[\"'>\s:=]+([0-9]{1,3})\b",
        r"(?:还剩|剩余|还有|尚余|尚有|仅剩|还可以?)[^0-9。;<>]{0,10}([0-9]{1,3})\s*次",
        r"剩余[^0-9。;<>]{0,6}次数[为是:=\s\[(]*([0-9]{1,3})",
        r"再(?:输错|错误?|失败)\s*([0-9]{1,3})\s*次",
    )
)
_WARNING = r"(?![^。;<>]{0,8}[将会])"  # what will be, is not yet
_LOCKED = re.compile(
    r"(?<!not )(?<!will be )(?:\b|\b(?:user|account|ip|is)_?)lock(?:ed|out)\b(?![\"'>\s:=]+(?:false|no|0)\b)"
    r"|\blockStatus[\"'>\s:=]+lock\b"
    r"|\bremain\w*Lock(?:Second|Minute)s?[\"'>\s:=]+[1-9]"
    r"|\b(?:user|account|ip) is lock\b"
    r"|\b(?:user|account|address|ip|host)\b (?:has been|is|was) (?:temporarily )?(?:blocked|banned|blacklisted)\b"
    r"|\btoo many\s+(?:\w+\s+){0,2}(?:attempt|tr(?:y|ies)\b|log[io]n(?!\s+(?:user|session|client))|fail|password)"
    r"|\battempts?(?:\(s\))?\s+(?:limit\s+)?(?:has been |have been |was |were |is |are )?exceeded"
    rf"|(?:失败|错误|尝试|重试|登录)次数[^。;<>]{{0,4}}(?:过多|超过|超限|超出){_WARNING}"
    rf"|超过[^。;<>,]{{0,6}}(?:尝试|失败|错误|登录|重试)次数{_WARNING}"
    r"|(?<![未将会])(?<!将被)(?<!会被)(?<!解除)锁定|(?<![将会未有没能免防止则])(?:已被|已经被|已|被)锁(?!定)"
    r"|已冻结|已被封|禁止登录|(?<![将会])被限制登录|(?<![将会])(?:已|被)(?:加入|列入|拉入)黑名单",
    re.IGNORECASE,
)
_SIMPLIFIED = str.maketrans(
    "剩餘還嘗試帳賬號鎖錯誤輸過數請後將會禁凍結單錄戶敗僅餘經無沒解時間黑",
    "剩余还尝试账账号锁错误输过数请后将会禁冻结单录户败仅余经无没解时间黑",
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


def _plain(text: str) -> str:
    """The text in simplified characters and half-width digits and punctuation."""
    return text if text.isascii() else unicodedata.normalize("NFKC", text).translate(_SIMPLIFIED)


def attempts_left(text: str) -> int | None:
    """How many attempts a refusal leaves; None when it does not say."""
    text = _plain(text)
    if not _DIGIT.search(text):
        return None
    found = (pattern.search(text) for pattern in _LEFT)
    return next((int(match[1]) for match in found if match), None)


def says_locked(text: str) -> bool:
    """Whether the account or our address is locked now: "will be locked after 3 more attempts" is not yet."""
    left = attempts_left(text)
    return left == 0 if left is not None else bool(_LOCKED.search(_plain(text)))


def last_attempt(text: str) -> bool:
    """Whether the next wrong password would lock the account."""
    left = attempts_left(text)
    return left is not None and left <= 1
