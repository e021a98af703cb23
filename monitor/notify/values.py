"""What goes out and what comes back. Values only."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from monitor.alerting import Severity
from monitor.model import Secret

LONGEST_ANSWER = 200  # characters of an answer that are kept


class Outcome(StrEnum):
    """How an attempt ended; whatever is not ``sent`` is a reason of ``sharpeyes_notification_failures_total``."""

    SENT = "sent"  # the other side said that it has it
    LIMITED = "limited"  # it said: too many
    REFUSED = "refused"  # it said no, and will say no again
    FOREIGN = "foreign"  # somebody else answered in its place, a login page of the network: try again
    UNREACHED = "unreached"  # it surely has not got it: try again
    UNANSWERED = "unanswered"  # it may have got it: try again, and say so


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of one attempt."""

    outcome: Outcome
    text: str = ""  # in the other side's words, printable and short; never a secret
    wait: timedelta = timedelta(0)  # for how long it wants to hear nothing
    missed: int = 0  # recipients that were refused where it took the message for others: nobody tries again


@dataclass(frozen=True, slots=True)
class Message:
    """One message, as it stands in the outbox."""

    number: int  # never given twice; the reader sees it
    channel: str
    title: str
    text: str
    severity: Severity
    phones: tuple[str, ...]  # called in a group that reads it anyway
    made_at: datetime
    tries: int = 0  # attempts that have begun
    doubtful: bool = False  # an attempt began of which nobody knows how it ended: the other side may have it
    gives_way: bool = False  # the others do not wait for it: it was refused, or ends what others have to hear first
    readers: tuple[str, ...] = ()  # telephone numbers of those on duty; empty: the channel's own

    @property
    def whole(self) -> str:
        """The text with its number; a repetition says that it may be one."""
        return f"{self.text}\n{DOUBT if self.doubtful else ''}#{self.number}"


DOUBT = "（可能重复 repeated?）"


def printable(text: str, *secrets: Secret | None) -> str:
    """The text fit for a log: one line, short, without any of the secrets."""
    hidden = {secret.reveal() for secret in secrets if secret is not None and secret.reveal()}
    hidden |= {each.replace("/", r"\/") for each in hidden}  # as PHP writes JSON
    for each in sorted(hidden, key=len, reverse=True):  # a whole address before the key in it
        text = text.replace(each, "***")
    line = "".join(char if char.isprintable() else " " for char in text)
    return line[:LONGEST_ANSWER].strip()
