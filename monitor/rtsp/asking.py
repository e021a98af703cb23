"""How a question of ours becomes bytes: numbered, signed, noted. Decides nothing about what is asked."""

from __future__ import annotations

from dataclasses import dataclass

from monitor.rtsp.actions import Send
from monitor.rtsp.ending import Transcript
from monitor.rtsp.guard import Guard
from monitor.rtsp.messages import Method, serialise

USER_AGENT = "sharp-eyes"
_USER_AGENT = f"User-Agent: {USER_AGENT}"


@dataclass(frozen=True, slots=True)
class Question:
    """A request before it is numbered and signed."""

    method: Method
    uri: str
    fields: tuple[str, ...] = ()  # lines


class Asking:
    """The requests of one run."""

    __slots__ = ("_guard", "_transcript", "cseq", "question", "session", "unanswered")

    def __init__(self, guard: Guard, transcript: Transcript) -> None:
        self._guard = guard
        self._transcript = transcript
        self.cseq = 0  # of the last request
        self.question: Question | None = None  # the last one asked, answered or not
        self.unanswered = 0
        self.session = ""  # the id each request carries; "" = none yet

    def ask(self, question: Question) -> Send:
        """A question asked for the first time."""
        self._guard.next_request()
        return self.again(question)

    def again(self, question: Question) -> Send:
        """The same question, signed by what was learnt since."""
        self.question = question
        self.unanswered += 1
        self.cseq += 1
        fields = [f"CSeq: {self.cseq}", _USER_AGENT]
        authorization = self._guard.authorization(question.method, question.uri)
        if authorization is not None:
            fields.append(f"Authorization: {authorization}")
        if self.session:
            fields.append(f"Session: {self.session}")
        fields += question.fields
        line = f"{question.method} {question.uri}"
        if self._transcript.wanted:
            self._transcript.note_lines(">", [line, *fields])
        return Send(serialise([f"{line} RTSP/1.0", *fields]))

    def forget_connection(self) -> None:
        """The next request goes over another connection: nothing asked before will be answered."""
        self.session, self.unanswered = "", 0
