"""Reads and plays the transcripts of tests/data/rtsp; tests/data/rtsp/README.md says how they are written."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path

from monitor.model import Cause, Codec, Credentials, Note, Secret, Stage, Transport
from monitor.rtsp.actions import Action, Actions, Finished, HangUp, Listen, Punch, Reconnect, Send
from monitor.rtsp.fetch import KeyFrameFetch
from tests.rtsp import recipes

FOLDER = Path(__file__).parent.parent / "data" / "rtsp"
CNONCE = "c0ffee"
METHODS = ("DESCRIBE", "SETUP", "PLAY", "TEARDOWN", "OPTIONS", "GET", "RTSP/1.0")
Cut = Callable[[bytes], Iterator[bytes]]  # how the bytes of the device arrive
KEYS = {"title", "source", "url", "credentials", "ways", "expect", "notes", "attempts", "detail", "frame", "limits"}


@dataclass(slots=True)
class Step:
    """What happens next; ``line`` is where the file says so."""

    line: int
    kind: str  # "<" the device sends, ">" we must have sent, "!" the transport reports, "=" we must have asked for
    data: bytes = b""
    words: list[str] = field(default_factory=list)
    fields: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Script:
    """One file, read."""

    name: str
    head: dict[str, str]
    steps: list[Step]

    @property
    def person(self) -> Credentials | None:
        """The account of the inventory."""
        if "credentials" not in self.head:
            return None
        user, password = self.head["credentials"].split(" ", 1)
        return Credentials(user, Secret(password))


def read(path: Path) -> Script:
    """Read a file; raises ValueError with the number of a line nobody understands."""
    head: dict[str, str] = {}
    steps: list[Step] = []
    in_head = True
    previous = ""
    for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
        if in_head and line:
            key, _, value = line.partition(": ")
            if key not in KEYS:
                raise ValueError(f"{path.name}:{number}: {line}")
            head[key] = value
            continue
        in_head = False
        if line and not line.startswith("#"):
            _add(steps, number, line, again=line[:1] == previous[:1])
        previous = line
    for step in steps:
        step.data = _measured(step.data)
    return Script(path.stem, head, steps)


def _add(steps: list[Step], number: int, line: str, *, again: bool) -> None:
    text = line[2:]
    match line.split(" ", maxsplit=1)[0]:
        case "<":
            step = Step(number, "<", _filled(text).encode() + b"\r\n")
        case "<<":
            step = Step(number, "<", line[3:].encode("latin-1").decode("unicode_escape").encode("latin-1"))
        case "$":
            step = Step(number, "$", words=text.split())
        case ">" if text.split(" ")[0] not in METHODS:
            steps[-1].fields.append(text)
            return
        case ">" | "!" | "=":
            step = Step(number, line[0], words=text.split())
        case _:
            raise ValueError(f"line {number}: {line}")
    if step.kind == "<" and again and steps[-1].kind == "<":
        steps[-1].data += step.data
    else:
        steps.append(step)


def _filled(text: str) -> str:
    """Parameter sets of the footage for their placeholders."""
    for name, value in _values().items():
        text = text.replace(name, value)
    return text


@cache
def _values() -> dict[str, str]:
    """What stands for each placeholder."""
    h264, h265 = (recipes.parameter_sets(codec) for codec in (Codec.H264, Codec.H265))

    def b64(data: bytes) -> str:
        return base64.b64encode(data).decode()

    h265_fields = [f"sprop-{name}={b64(unit)}" for name, unit in zip(("vps", "sps", "pps"), h265, strict=True)]
    return {
        "{sprop h264}": ",".join(map(b64, h264)),
        "{sprop h264 annex-b}": ",".join(b64(b"\0\0\0\1" + unit) for unit in h264),
        "{sprop h264 wrong}": ",".join(b64(unit[:2] + bytes(len(unit) - 2)) for unit in h264),
        "{sprop h265}": ";".join(h265_fields),
        "{sprop h265 without vps}": ";".join(h265_fields[1:]),
    }


def _measured(data: bytes) -> bytes:
    """``Content-Length: auto`` is the rest of the block."""
    head, blank, body = data.partition(b"\r\n\r\n")
    return head.replace(b"Content-Length: auto", f"Content-Length: {len(body)}".encode()) + blank + body


class Player:
    """Plays one script against one flow."""

    def __init__(self, script: Script) -> None:
        head = script.head
        ways = head.get("ways", "tcp").split()
        limits = {name: int(value) for name, value in (pair.split("=") for pair in head.get("limits", "").split())}
        self.script = script
        self.flow = KeyFrameFetch(
            head.get("url", "rtsp://10.0.0.5/cam"),
            script.person,
            cnonce=lambda: CNONCE,
            transport=Transport(ways[0]),
            transcript=True,
            max_keyframe_bytes=limits.get("max_keyframe_bytes", 3_000_000),
        )
        self.host = self.first_host = self.flow.target.host
        self.sent: list[tuple[str, bytes]] = []  # (host, bytes) of every request
        self.waiting: list[bytes] = []  # those no ">" has asked about
        self.asked: list[str] = []  # what no "=" has asked about
        self.finished: Finished | None = None
        self.actions: list[Action] = []

    def play(self, cut: Cut) -> Finished:
        """To the end; the AssertionErrors name the line."""
        self.do(self.flow.connected())
        for step in self.script.steps:
            where = f"{self.script.name}.txt:{step.line}"
            match step.kind:
                case "<":
                    for piece in cut(self._numbered(step.data)):
                        self.do(self.flow.receive_data(piece))
                case "$":
                    self._footage(step.words, cut)
                case ">":
                    self._compare(step, where)
                case "=":
                    assert self.asked, f"{where}: we asked for nothing"
                    assert self.asked.pop(0) == " ".join(step.words), where
                case _:
                    self._report(step.words)
        assert self.finished is not None, f"{self.script.name}: no end; at {self.flow.stage}"
        left = [one for one in self.waiting if not one.startswith((b"TEARDOWN ", b"RTSP/1.0 "))]
        assert not left, f"{self.script.name}: {left[0]!r}"
        assert not self.asked, f"{self.script.name}: {self.asked}"
        return self.finished

    def do(self, actions: Actions) -> None:
        """What the transport would do."""
        self.actions += actions
        for action in actions:
            match action:
                case Send(data):
                    self.sent.append((self.host, data))
                    self.waiting.append(data)
                case Reconnect(target):
                    self.host = target.host
                    self.asked.append(f"reconnect {target.host} {target.port}")
                    self.do(self.flow.connected())
                case Listen():
                    self.asked.append("listen")
                case Punch(host, rtp_port, rtcp_port):
                    self.asked.append(f"punch {host} {rtp_port} {rtcp_port}")
                case Finished():
                    assert self.finished is None, "finished twice"
                    self.finished = action
                case HangUp():
                    pass

    def _numbered(self, data: bytes) -> bytes:
        number = self.flow.requests
        for name, value in (("{cseq}", number), ("{cseq+1}", number + 1), ("{cseq-1}", number - 1)):
            data = data.replace(name.encode(), str(value).encode())
        return data

    def _footage(self, words: list[str], cut: Cut) -> None:
        channel = next((word[8:] for word in words if word.startswith("channel=")), "0")
        rest = [word for word in words[1:] if not word.startswith("channel=")]
        packets = [recipes.rtcp()] if words[0] == "rtcp" else recipes.made(recipes.understood(rest))
        if channel.startswith("udp"):
            for packet in packets:
                control = channel == "udp-control"
                self.do(self.flow.control_datagram(packet) if control else self.flow.video_datagram(packet))
            return
        data = b"".join(bytes((0x24, int(channel))) + len(one).to_bytes(2, "big") + one for one in packets)
        for piece in cut(data):
            self.do(self.flow.receive_data(piece))
        self.flow.pause()  # what the transport does when no packet came for a moment

    def expected_slices(self) -> list[bytes]:
        """The picture data of the key frame the script sends; nothing for JPEG, which has no slices."""
        (*_, words) = [step.words for step in self.script.steps if step.words[:1] == ["packets"]]
        recipe = recipes.understood([word for word in words[1:] if not word.startswith("channel=")])
        if recipe.codec is Codec.MJPEG:
            return []
        picture = recipes.access_units(recipe.codec, recipe.slices)[0]
        found = recipes.slice_data(recipe.codec, picture)
        assert len(found) == recipe.slices
        return found

    def _report(self, words: list[str]) -> None:
        match words:
            case ["closed"]:
                self.do(self.flow.connection_lost())
            case ["reset"]:
                self.do(self.flow.connection_reset())
            case ["time", "is", "up"]:
                self.do(self.flow.timed_out())
            case ["time", "is", "up,", "silent"]:
                self.do(self.flow.fell_silent())
            case ["listening", "failed"]:
                self.do(self.flow.listening_failed("no port"))
            case ["listening", port]:
                self.do(self.flow.listening(int(port)))
            case _:
                raise AssertionError(words)

    def _compare(self, step: Step, where: str) -> None:
        assert self.waiting, f"{where}: we sent nothing"
        lines = self.waiting.pop(0).decode("latin-1").split("\r\n")
        wanted = " ".join(step.words)
        assert fnmatchcase(lines[0], wanted.replace("[", "[[]") + "*"), f"{where}: {lines[0]}"
        for pattern in step.fields:
            if pattern.startswith("no "):
                assert not [line for line in lines if line.startswith(f"{pattern[3:]}:")], f"{where}: {pattern}"
            else:
                assert [line for line in lines if fnmatchcase(line, pattern)], f"{where}: {pattern} not in {lines}"


def check(player: Player) -> None:
    """Compare the end with what the file expects, and see that no secret got where it must not."""
    head = player.script.head
    assert player.finished is not None
    ending = player.finished.ending
    wanted = head["expect"].split()
    assert ending.cause.value == wanted[0], f"{ending.cause} {ending.detail}"
    assert ending.stage is Stage(wanted[1]), ending.stage
    assert ending.notes == tuple(Note(name) for name in head.get("notes", "").split())
    assert ending.attempts_left == (int(head["attempts"]) if "attempts" in head else None)
    assert fnmatchcase(ending.detail, head.get("detail", "*")), ending.detail
    assert (ending.keyframe is not None) == (ending.cause is Cause.OK)
    if "frame" in head:
        assert ending.keyframe is not None
        at = ending.keyframe.data.index(b"\xff\xc0")
        height, width = (int.from_bytes(ending.keyframe.data[at + n : at + n + 2], "big") for n in (5, 7))
        assert f"{width}x{height}" == head["frame"]
    if ending.keyframe is not None:
        assert recipes.slice_data(ending.keyframe.codec, ending.keyframe.data) == player.expected_slices()
        assert player.flow.transport is Transport(head.get("ways", "tcp").split()[-1])
    check_secrets(player)


def check_secrets(player: Player) -> None:
    """No password in clear, no answer to another host, digests that are right by an independent reckoning."""
    person = player.script.person
    if person is None:
        assert not any(b"Authorization:" in data for _, data in player.sent)
        return
    password = person.password.reveal()
    token = base64.b64encode(f"{person.username}:{password}".encode()).decode()
    shown = [repr(player.actions), repr(player.flow.heard), *player.flow.transcript.lines]
    basic = any("Authorization: Basic" in pattern for step in player.script.steps for pattern in step.fields)
    for text in shown:
        assert password not in text
        assert token not in text
    for host, data in player.sent:
        text = data.decode("latin-1")
        assert password not in text
        assert basic or token not in text
        if host != player.first_host:
            assert "Authorization:" not in text
        answer = re.search(r"Authorization: Digest (.*)", text)
        if answer is not None:
            check_digest(person, text.split(" ")[0], text.split(" ")[1], answer[1])


def check_digest(person: Credentials, method: str, uri: str, answer: str) -> None:
    """Reckon the response as the device would."""
    given = {
        name: quoted or plain for name, quoted, plain in re.findall(r'(\w+)=(?:"((?:[^"\\]|\\.)*)"|([^\s,]+))', answer)
    }
    algorithm = given.get("algorithm", "MD5").upper()
    hashed = hashlib.sha256 if algorithm.startswith("SHA") else hashlib.md5

    def digest(text: str) -> str:
        return hashed(text.encode()).hexdigest()

    secret = digest(f"{person.username}:{given['realm']}:{person.password.reveal()}")
    if algorithm.endswith("-SESS"):
        secret = digest(f"{secret}:{given['nonce']}:{given['cnonce']}")
    middle = f":{given['nc']}:{given['cnonce']}:{given['qop']}" if "qop" in given else ""
    assert given["uri"] == uri
    assert given["response"] == digest(f"{secret}:{given['nonce']}{middle}:{digest(f'{method}:{uri}')}")
