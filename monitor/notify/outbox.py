"""The outbox: what is due is on the disk before anything is sent, and what became of it afterwards.

It promises, whenever the process dies:

- What ``put`` has returned for is not lost: it is sent after the next start, or stands here as given up, with why.
- What the other side said it has is not sent again.
- A message of which an attempt had begun and no answer was written down is sent again under the same number, and says
  that it may be a repetition. No protocol of these robots can say more: whether the other side has it, only it knows.

One message of a channel is under way at a time, so at most one of each channel is in that doubt.
"""

# ruff: noqa: S608 - the statements are put together from the constants of this file alone

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

from monitor.alerting import ENDS, Draft, Notice, Severity, Told
from monitor.errors import OutboxUnavailable
from monitor.model import instant, micros
from monitor.notify.codec import notice_of, notice_text, told_of, told_text
from monitor.notify.outbox_file import OutboxFile
from monitor.notify.values import Answer, Message, Outcome

MOST_WAITING: Final = 200_000  # notices; more are refused rather than fill the disk
MOST_AT_ONCE: Final = 20_000  # notices that one message may be about
KEPT: Final = timedelta(days=40)  # longer than a month, so that a monthly text is not sent twice
ATTEMPTS_KEPT: Final = timedelta(minutes=10)  # the longest window of a channel


@dataclass(frozen=True, slots=True)
class Waiting:
    """How much has not reached anybody yet."""

    notices: int = 0
    oldest_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Listed:
    """One message with what became of it, for people."""

    message: Message
    state: str  # waiting, sending, sent, moved, lost
    due_at: datetime
    ended_at: datetime | None
    answer: str


class Outbox:
    """One file. Not for two threads at once; whoever owns it keeps to one."""

    def __init__(self, file: OutboxFile) -> None:
        self._file = file

    @classmethod
    def open(cls, path: Path) -> Outbox:
        """For the one process that sends; OutboxError."""
        return cls(OutboxFile.open(path))

    @classmethod
    def open_read_only(cls, path: Path) -> Outbox:
        """To look at it, beside a monitor that runs; OutboxError."""
        return cls(OutboxFile.open_read_only(path))

    def close(self) -> None:
        """Let go of the file."""
        self._file.close()

    # ------------------------------------------------------------ beginning

    def resume(self, channel: str) -> None:
        """Before the channel's first attempt: what was under way when somebody died is in doubt from now on."""
        with self._file.writing() as connection:
            connection.execute(
                "UPDATE message SET state = 'waiting', doubtful = 1 WHERE state = 'sending' AND channel = ?", (channel,)
            )

    def keep(self, channels: Collection[str], now: datetime) -> int:
        """Give up what waits for a channel that is none of these; returns how many notices that were."""
        lost = 0
        with self._file.writing() as connection:
            found = connection.execute("SELECT channel FROM told UNION SELECT channel FROM notice WHERE done = 0")
            for (channel,) in found.fetchall():
                if channel not in channels:
                    gone = "UPDATE message SET state = 'lost', ended = ?, answer = 'no such channel in the settings'"
                    connection.execute(
                        gone + " WHERE channel = ? AND state IN ('waiting', 'sending')", (micros(now), channel)
                    )
                    done = "UPDATE notice SET done = 1 WHERE channel = ? AND done = 0"
                    lost += connection.execute(done, (channel,)).rowcount
                    connection.execute("DELETE FROM told WHERE channel = ?", (channel,))
        return lost

    # ------------------------------------------------------------ what is due

    def told(self) -> dict[tuple[str, str], Told]:
        """What each channel knows, by channel and subject."""
        rows = self._file.rows("SELECT channel, subject, value FROM told")
        return {(channel, subject): told_of(value) for channel, subject, value in rows}

    def put(self, dues: Iterable[tuple[str, Told | None, Notice | None]], now: datetime) -> int:
        """Notices by channel, and what the channel knows with them; all or none. Returns how many are new.

        A notice without a ``Told`` is a plain text: with a subject that the channel had before, it is not new.
        """
        new = 0
        with self._file.writing() as connection:
            for channel, told, notice in dues:
                if notice is not None:
                    insert = "INSERT OR IGNORE" if told is None else "INSERT"
                    row = (channel, _key(told, notice), micros(now), notice_text(notice))
                    values = " INTO notice (channel, key, at, value) VALUES (?, ?, ?, ?)"
                    new += connection.execute(insert + values, row).rowcount
                if told is not None:
                    state = (channel, told.subject, told.open, micros(told.at), told_text(told))
                    connection.execute("INSERT OR REPLACE INTO told VALUES (?, ?, ?, ?, ?)", state)
            (waiting,) = connection.execute("SELECT count(*) FROM notice WHERE done = 0").fetchone()
            if waiting > MOST_WAITING:
                raise OutboxUnavailable(
                    f"{self._file.path}: more than {MOST_WAITING} notices wait for a channel that works"
                )
        return new

    def had(self, channel: str, key: str) -> bool:
        """Whether the plain text was due on the channel before, within forty days."""
        return bool(self._file.rows("SELECT 1 FROM notice WHERE channel = ? AND key = ?", channel, key))

    # ------------------------------------------------------------ sending

    def next(self, channel: str, now: datetime) -> Message | None:
        """The message to try now, if one is due: what gives way comes last, else the eldest first."""
        rows = self._file.rows(
            MESSAGES + "WHERE channel = ? AND state = 'waiting' AND due <= ? ORDER BY refused, number LIMIT 1",
            channel,
            micros(now),
        )
        return _message(rows[0]) if rows else None

    def held(self, channel: str) -> datetime | None:
        """When the message is due that others of the channel wait for; None: none waits."""
        rows = self._file.rows(
            "SELECT min(due) FROM message WHERE channel = ? AND state = 'waiting' AND refused = 0", channel
        )
        return None if rows[0][0] is None else instant(rows[0][0])

    def pending(self, channel: str) -> list[tuple[int, Notice]]:
        """Notices that no message carries yet, the eldest first."""
        rows = self._file.rows(
            "SELECT id, value FROM notice WHERE channel = ? AND done = 0 AND batch IS NULL ORDER BY id LIMIT ?",
            channel,
            MOST_AT_ONCE,
        )
        return [(number, notice_of(value)) for number, value in rows]

    def compose(self, channel: str, notices: Sequence[int], drafts: Sequence[Draft], now: datetime) -> None:
        """These messages carry these notices."""
        with self._file.writing() as connection:
            batch: int | None = None
            for draft in drafts:
                row = (
                    channel,
                    batch,
                    draft.title,
                    draft.text,
                    draft.severity,
                    json.dumps(draft.phones),
                    json.dumps(draft.readers),
                )
                cursor = connection.execute(
                    "INSERT INTO message (channel, batch, title, text, severity, phones, readers, made, due)"
                    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                    (*row, micros(now), micros(now)),
                )
                batch = batch or cursor.lastrowid
            connection.execute("UPDATE message SET batch = number WHERE batch IS NULL AND channel = ?", (channel,))
            connection.executemany("UPDATE notice SET batch = ? WHERE id = ?", ((batch, number) for number in notices))

    def begin(self, message: Message, now: datetime) -> None:
        """An attempt begins; from here until ``ended`` nobody knows whether the other side has it."""
        with self._file.writing() as connection:
            connection.execute(
                "UPDATE message SET state = 'sending', tries = tries + 1 WHERE number = ?", (message.number,)
            )
            connection.execute("DELETE FROM attempt WHERE at < ?", (micros(now - ATTEMPTS_KEPT),))
            connection.execute("INSERT INTO attempt VALUES (?, ?)", (message.channel, micros(now)))

    def sent(self, message: Message, answer: Answer, now: datetime) -> None:
        """The other side has it."""
        self._end(message, "sent", answer.text, now)

    def again(self, message: Message, answer: Answer, due_at: datetime) -> None:
        """It is tried again, not before ``due_at``; others wait for it unless the message says that it gives way."""
        doubtful = answer.outcome is Outcome.UNANSWERED
        with self._file.writing() as connection:
            connection.execute(
                "UPDATE message SET state = 'waiting', due = ?, answer = ?, refused = ?, doubtful = doubtful OR ?"
                " WHERE number = ?",
                (micros(due_at), answer.text, message.gives_way, doubtful, message.number),
            )

    def lose(self, message: Message, answer: Answer, now: datetime) -> None:
        """It is given up."""
        self._end(message, "lost", answer.text, now)

    def move(self, message: Message, fallback: str, answer: Answer, now: datetime) -> dict[tuple[str, str], Told]:
        """Another channel takes over the news it carries; the rest of the batch is not sent here any more.

        With the news goes what readers know by it, so that they hear of the end too: that is returned. Where the end
        has come already, it goes with them. It stays due here as well, for those who were told of the beginning.
        """
        with self._file.writing() as connection:
            (batch,) = connection.execute("SELECT batch FROM message WHERE number = ?", (message.number,)).fetchone()
            connection.execute(
                "UPDATE message SET state = 'moved', ended = ?, answer = ?"
                " WHERE batch = ? AND channel = ? AND state IN ('waiting', 'sending')",
                (micros(now), answer.text, batch, message.channel),
            )
            # The news stay here as done, or their text could become due here once more. Where the other channel has
            # the same text or news already, there is nothing to take over.
            connection.execute(TAKEN_OVER, (message.channel, message.number, fallback))
            known = connection.execute(INHERITED, (message.channel, message.number, fallback)).fetchall()
            connection.execute(HANDED_OVER, (message.channel, message.number))
            left = "UPDATE notice SET batch = NULL WHERE batch = ? AND channel = ? AND done = 0"
            connection.execute(left, (batch, message.channel))
        return {(fallback, subject): told_of(value) for subject, value in known}

    def news_since(self, message: Message) -> datetime | None:
        """When the eldest news it carries became due; None: it carries ends alone, which stay with their channel."""
        ((eldest,),) = self._file.rows(NEWS_SINCE, message.channel, message.number)
        return None if eldest is None else instant(eldest)

    def attempts(self, channel: str, now: datetime) -> list[datetime]:
        """When the channel was used within its longest window, ascending."""
        rows = self._file.rows(
            "SELECT at FROM attempt WHERE channel = ? AND at > ? ORDER BY at", channel, micros(now - ATTEMPTS_KEPT)
        )
        return [instant(at) for (at,) in rows]

    def fails_since(self, channel: str) -> datetime | None:
        """When the first message was made that failed after the latest the channel delivered; None: as known, it works.

        What was made before that delivery counts for nothing: it is that one message that nobody takes.
        """
        failed = (
            "SELECT min(made) FROM message WHERE channel = ?1 AND state <> 'sent' AND tries > 0 AND answer <> ''"
            " AND made > (SELECT ifnull(max(ended), 0) FROM message WHERE channel = ?1 AND state = 'sent')"
        )
        ((since,),) = self._file.rows(failed, channel)
        return None if since is None else instant(since)

    # ------------------------------------------------------------ looking, tidying

    def waiting(self) -> Waiting:
        """What has not reached anybody yet."""
        ((count, oldest),) = self._file.rows("SELECT count(*), min(at) FROM notice WHERE done = 0")
        return Waiting(count, None if oldest is None else instant(oldest))

    def listed(self, limit: int) -> list[Listed]:
        """The latest messages, the newest first."""
        return [
            Listed(_message(row), row[11], instant(row[12]), None if row[13] is None else instant(row[13]), row[14])
            for row in self._file.rows(MESSAGES + "ORDER BY number DESC LIMIT ?", limit)
        ]

    def prune(self, now: datetime) -> list[tuple[str, str]]:
        """Forget what is over and old; returns of which channel and subject nothing is known any more."""
        before = micros(now - KEPT)
        with self._file.writing() as connection:
            connection.execute("DELETE FROM message WHERE ended < ?", (before,))
            connection.execute("DELETE FROM notice WHERE done = 1 AND at < ?", (before,))
            gone = "DELETE FROM told WHERE open = 0 AND at < ? RETURNING channel, subject"
            return [(channel, subject) for channel, subject in connection.execute(gone, (before,))]

    # ------------------------------------------------------------ inside

    def _end(self, message: Message, state: str, answer: str, now: datetime) -> None:
        with self._file.writing() as connection:
            connection.execute(
                "UPDATE message SET state = ?, ended = ?, answer = ? WHERE number = ?",
                (state, micros(now), answer, message.number),
            )
            # The channel and the states are named for the indices of what is open: forty days of notices are not read.
            connection.execute(BATCH_DONE, (message.channel, message.number))


MESSAGES = (
    "SELECT number, channel, title, text, severity, phones, readers, made, tries, doubtful, refused,"
    " state, due, ended, answer"
    " FROM message "
)


END: Final = "json_extract(value, '$.stage') IN (" + ", ".join(f"'{stage}'" for stage in sorted(ENDS)) + ")"
# Of the message ?2 of the channel ?1.
BATCH: Final = "(SELECT batch FROM message WHERE number = ?2)"
BATCH_DONE: Final = (
    "UPDATE notice SET done = 1"
    " WHERE channel = ?1 AND done = 0 AND batch = " + BATCH + " AND NOT EXISTS"
    " (SELECT 1 FROM message AS rest"
    " WHERE rest.channel = ?1 AND rest.batch = notice.batch AND rest.state IN ('waiting', 'sending'))"
)
NEWS: Final = "channel = ?1 AND batch = " + BATCH + " AND done = 0 AND NOT " + END
NEWS_SINCE: Final = "SELECT min(at) FROM notice WHERE " + NEWS

# What the channel ?3 takes over: news of the batch, unless it has opened that story itself, and what ended after them,
# also if that was told here. Then what its readers know by that (what they knew before stays), and what is done here.
TAKEN_OVER: Final = (
    "WITH news AS MATERIALIZED ("
    " SELECT json_extract(value, '$.subject') AS subject, min(id) AS first FROM notice WHERE " + NEWS + " GROUP BY 1)"
    " INSERT OR IGNORE INTO notice (channel, key, at, value)"
    " SELECT ?3, key, at, value FROM notice JOIN news ON json_extract(value, '$.subject') = subject"
    " WHERE id >= (SELECT min(first) FROM news) AND id >= first"
    " AND channel = ?1 AND (batch = " + BATCH + " AND done = 0 OR " + END + ")"
    " AND NOT (json_extract(value, '$.stage') = 'opened' AND EXISTS"
    " (SELECT 1 FROM told WHERE told.channel = ?3 AND told.subject = news.subject AND told.open)) ORDER BY id"
)
INHERITED: Final = (
    "INSERT INTO told SELECT ?3, subject, open, at, value FROM told WHERE channel = ?1 AND subject IN"
    " (SELECT json_extract(value, '$.subject') FROM notice WHERE " + NEWS + ")"
    " ON CONFLICT DO UPDATE SET open = excluded.open, at = excluded.at, value = excluded.value WHERE NOT told.open"
    " RETURNING subject, value"
)
HANDED_OVER: Final = "UPDATE notice SET done = 1 WHERE " + NEWS


def _key(told: Told | None, notice: Notice) -> str:
    """By what a channel has it already: a text by its name; of a subject, what is decided at one instant is one story.

    Channels may hear the same story at different stages of theirs: one that it has grown, another that it has begun.
    """
    return notice.subject if told is None else f"{notice.subject}@{micros(notice.at)}"


def _message(row: Sequence[Any]) -> Message:
    number, channel, title, text, severity, phones, readers, made, tries, doubtful, gives_way = row[:11]
    return Message(
        number,
        channel,
        title,
        text,
        Severity(severity),
        tuple(json.loads(phones)),
        instant(made),
        tries,
        bool(doubtful),
        bool(gives_way),
        tuple(json.loads(readers)),
    )
