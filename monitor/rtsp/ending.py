"""How a run ends: the closed causes, and a detail fit for people that never holds a secret."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import quote

from monitor.model import Cause, Credentials, KeyFrame, Note, Rung, Stage
from monitor.rtsp.auth import basic_token
from monitor.rtsp.messages import Headers, Response

MAX_DETAIL = 200  # characters
MAX_BODY_LINES = 100  # of one message in a transcript
MAX_TRANSCRIPT_LINES = 2000  # of one run: what comes after the message that exceeds it is not kept
MAX_SHOWN = 2000  # characters of a text made fit for people
MAX_UNREADABLE = 512  # bytes of a reply nobody can parse

_NOT_PRINTABLE = re.compile(r"[^\x20-\x7e\xa1-\xac\xae-\xff]+")
_AUTHORIZATION = re.compile(r"(?i)\b(authorization\s*:\s*\w+)\s.*")
_STREAM_KEY = re.compile(r"(?i)(a=(?:crypto|key-mgmt):).*")
_USERINFO = re.compile(r"(?i)((?<![a-z])[a-z]+://)[^/\s]*@")  # a word is looked at once, not from each letter
# XM devices and others carry the password in the path or the query.
_PASSWORD_IN_URL = re.compile(r"(?i)((?:password|passwd|pass|pwd)=).*?(?=_channel|[&/?#\s\"]|$)")

TRANSPORT_REFUSALS = frozenset({400, 406, 461, 551})  # answers to SETUP that mean: not by this way

_TLS_RECORDS = (b"\x15\x03", b"\x16\x03")  # an alert or a handshake, SSL 3.0 to TLS 1.3
_CAUSES = {
    403: Cause.CREDENTIALS_FORBIDDEN,
    404: Cause.PATH_NOT_FOUND,
    410: Cause.PATH_NOT_FOUND,
    423: Cause.ACCOUNT_LOCKED,
    453: Cause.DEVICE_BUSY,
    454: Cause.SESSION_LOST,
    455: Cause.SESSION_LOST,
    459: Cause.AGGREGATE_REFUSED,
    460: Cause.AGGREGATE_REFUSED,
    503: Cause.DEVICE_BUSY,
    551: Cause.OPTION_UNSUPPORTED,
}
_AT_SETUP = {404: Cause.TRACK_NOT_FOUND, 410: Cause.TRACK_NOT_FOUND} | dict.fromkeys(
    TRANSPORT_REFUSALS, Cause.TRANSPORT_REFUSED
)


@dataclass(frozen=True, slots=True)
class Ending:
    """What one run came to."""

    rung: Rung
    stage: Stage  # the stage that failed, or the last one done
    cause: Cause
    detail: str = ""
    keyframe: KeyFrame | None = None
    credentials_refused: bool = False  # they were sent in this run and the device said no
    attempts_left: int | None = None  # before the device locks the account; None = it did not say
    notes: tuple[Note, ...] = ()  # in the order of their list


@dataclass(frozen=True, slots=True)
class Heard:
    """What the device said of itself and last, for people: redacted, printable, "" where it said nothing."""

    status: str = ""  # its last status line
    server: str = ""  # its Server header
    tool: str = ""  # a=tool of its description
    unreadable: str = ""  # the first bytes that were no message, at most MAX_UNREADABLE


class Redactor:
    """Takes secrets out of texts; built once for one run."""

    __slots__ = ("_credentials", "_secrets")

    def __init__(self, credentials: Credentials | None) -> None:
        self._credentials = credentials
        self._secrets: tuple[str, ...] | None = None  # None: not looked for yet; most runs have nothing to clean

    def clean(self, text: str) -> str:
        """The text on one line, printable, with every known form of the password masked."""
        if not text:
            return ""
        if self._secrets is None:
            self._secrets = _forms(self._credentials)
        for secret in self._secrets:
            text = text.replace(secret, "***")
        text = _NOT_PRINTABLE.sub(" ", text)[:MAX_SHOWN]
        text = _USERINFO.sub(r"\1***@", text)
        text = _PASSWORD_IN_URL.sub(r"\1***", text)
        text = _STREAM_KEY.sub(r"\1***", text)
        return _AUTHORIZATION.sub(r"\1 ***", text).strip()

    def detail(self, text: str) -> str:
        """Like clean, and short enough for a result."""
        return self.clean(text)[:MAX_DETAIL].rstrip()


def _forms(credentials: Credentials | None) -> tuple[str, ...]:
    """Every form the password may appear in, the longest first."""
    if credentials is None or not credentials.password.reveal():
        return ()
    password = credentials.password.reveal()
    as_bytes = password.encode().decode("latin-1")
    forms = {password, as_bytes, quote(password), quote(password, safe=""), basic_token(credentials)}
    return tuple(sorted(forms, key=len, reverse=True))


class Findings:
    """What a run learns on its way and tells at its end."""

    __slots__ = ("_redactor", "_replies", "attempts_left", "notes", "tool")

    def __init__(self, redactor: Redactor) -> None:
        self.attempts_left: int | None = None
        self.notes: set[Note] = set()
        self.tool = ""
        self._redactor = redactor
        self._replies: list[Response] = []

    def reply(self, response: Response) -> None:
        """A reply came."""
        self._replies.append(response)

    @property
    def last(self) -> Response | None:
        """The reply that came last."""
        return self._replies[-1] if self._replies else None

    def heard(self, unreadable: bytes) -> Heard:
        """What the device said of itself so far."""
        shown = self._redactor.detail
        beginning = self._redactor.clean(unreadable[:MAX_UNREADABLE].decode("latin-1"))
        status = self._replies[-1].line if self._replies else ""
        servers = (reply.headers.get("Server") for reply in reversed(self._replies))
        return Heard(shown(status), shown(next(filter(None, servers), "")), shown(self.tool), beginning)

    def ending(
        self, rung: Rung, stage: Stage, cause: Cause, detail: str, keyframe: KeyFrame | None, *, refused: bool
    ) -> Ending:
        """The end, with its detail made fit for people."""
        notes = tuple(note for note in Note if note in self.notes) if self.notes else ()
        return Ending(rung, stage, cause, self._redactor.detail(detail), keyframe, refused, self.attempts_left, notes)


class Transcript:
    """Both sides of the conversation, line by line and redacted; keeps nothing unless it was asked for."""

    __slots__ = ("_redactor", "lines", "wanted")

    def __init__(self, redactor: Redactor | None) -> None:
        self.lines: list[str] = []  # only grows
        self.wanted = redactor is not None
        self._redactor = redactor

    def note(self, direction: str, line: str, headers: Headers, body: bytes = b"") -> None:
        """Add one message; ``direction`` is ``>`` for ours, ``<`` for theirs."""
        fields = [f"{name}: {value}" for name, value in headers.fields]
        self.note_lines(direction, [line, *fields, *body.decode("latin-1").splitlines()[:MAX_BODY_LINES]])

    def note_lines(self, direction: str, lines: list[str]) -> None:
        """Add one message, line by line."""
        if self._redactor is not None and len(self.lines) < MAX_TRANSCRIPT_LINES:
            self.lines += [f"{direction} {self._redactor.clean(line)}" for line in lines]


def cause_of_status(stage: Stage, status: int) -> Cause:
    """What an answer other than 2xx, 3xx and 401 means where it came."""
    if stage is Stage.SETUP and status in _AT_SETUP:
        return _AT_SETUP[status]
    if status in _CAUSES:
        return _CAUSES[status]
    if status >= 500:
        return Cause.SERVER_ERROR
    if stage is Stage.SETUP:
        return Cause.SETUP_REFUSED
    if stage is Stage.PLAY:
        return Cause.PLAY_REFUSED
    return Cause.SDP_REFUSED if status == 406 else Cause.REQUEST_REFUSED


def cause_of_bytes(unreadable: bytes) -> Cause:
    """What answers where RTSP was asked and these bytes came instead of a message."""
    if unreadable.startswith(_TLS_RECORDS):
        return Cause.TLS_EXPECTED
    return Cause.BAD_REPLY if unreadable.startswith(b"RTSP/") else Cause.NOT_RTSP
