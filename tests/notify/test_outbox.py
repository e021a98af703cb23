"""The outbox: what is in it is not lost, what was answered is not sent again, and what is in doubt says so."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.alerting import Draft, Notice, Severity, Stage, Told
from monitor.errors import OutboxError, OutboxUnavailable
from monitor.language import Phrase
from monitor.notify import Answer, Message, Outbox, Outcome, outbox_path
from monitor.notify.codec import notice_of, notice_text, told_of, told_text
from monitor.notify.outbox import BATCH_DONE, NEWS_SINCE
from tests.alerting.samples import notice
from tests.notify.samples import NOW

SECOND = timedelta(seconds=1)
SENT, REFUSED, UNANSWERED = (Answer(outcome, "said") for outcome in (Outcome.SENT, Outcome.REFUSED, Outcome.UNANSWERED))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "ledger-outbox.db"


@pytest.fixture
def outbox(path: Path) -> Iterator[Outbox]:
    found = Outbox.open(path)
    yield found
    found.close()


def told(subject: str = "i1", open_: bool = True) -> Told:
    return Told(subject, open_, NOW, NOW, Phrase("一", "one"), villages=("柳溪村",))


def plain(key: str) -> tuple[str, None, Notice]:
    return "ding", None, notice(stage=Stage.PLAIN, title=Phrase(key, key))


def put(outbox: Outbox, *keys: str, channel: str = "ding") -> int:
    dues = [(channel, None, Notice(key, Stage.PLAIN, Severity.WARNING, NOW, Phrase(key, key))) for key in keys]
    return outbox.put(dues, NOW)


def composed(outbox: Outbox, channel: str = "ding", parts: int = 1) -> Message:
    """The first of the messages that carry all that is pending."""
    pending = outbox.pending(channel)
    text = ",".join(each.subject for _, each in pending)
    outbox.compose(channel, [number for number, _ in pending], [Draft("t", text, Severity.WARNING)] * parts, NOW)
    found = outbox.next(channel, NOW)
    assert found is not None
    return found


def giving_way(message: Message) -> Message:
    return replace(message, gives_way=True)


def test_what_is_put_is_pending_until_a_message_carries_it_and_done_when_that_is_there(outbox: Outbox) -> None:
    assert put(outbox, "a", "b") == 2
    assert outbox.waiting().notices == 2
    assert outbox.waiting().oldest_at == NOW
    message = composed(outbox)
    assert (message.text, message.tries, message.doubtful) == ("a,b", 0, False)
    assert outbox.pending("ding") == []
    assert outbox.waiting().notices == 2
    outbox.begin(message, NOW)
    outbox.sent(message, SENT, NOW)
    assert outbox.waiting() == type(outbox.waiting())()
    assert outbox.next("ding", NOW + timedelta(days=1)) is None
    (listed,) = outbox.listed(10)
    assert (listed.state, listed.answer, listed.ended_at, listed.message.tries) == ("sent", "said", NOW, 1)


def test_a_plain_text_is_taken_once_for_each_channel(outbox: Outbox) -> None:
    assert put(outbox, "daily-2026-11-26") == 1
    assert put(outbox, "daily-2026-11-26") == 0
    assert put(outbox, "daily-2026-11-26", channel="mail") == 1


def test_what_is_told_and_its_notice_are_written_together_or_not_at_all(outbox: Outbox) -> None:
    outbox.put([("ding", told(), notice())], NOW)
    assert outbox.told() == {("ding", "i1"): told()}
    with pytest.raises(ValueError, match="broken"):
        outbox.put(_breaking(), NOW)
    assert outbox.told() == {("ding", "i1"): told()}
    assert len(outbox.pending("ding")) == 1


def _breaking() -> Iterator[tuple[str, Told, Notice]]:
    yield "ding", told("i2"), notice(2)
    raise ValueError("broken")


def test_an_attempt_nobody_knows_the_end_of_is_made_again_and_says_so(path: Path) -> None:
    first = Outbox.open(path)
    put(first, "a")
    message = composed(first)
    first.begin(message, NOW)
    first.close()  # what a kill leaves: begun, not ended
    second = Outbox.open(path)
    second.resume("ding")
    again = second.next("ding", NOW)
    assert again is not None
    assert (again.number, again.text, again.doubtful, again.tries) == (message.number, "a", True, 1)
    assert again.whole == f"a\n（可能重复 repeated?）#{message.number}"
    second.close()


def test_a_failure_that_surely_did_not_arrive_leaves_no_doubt(outbox: Outbox) -> None:
    put(outbox, "a")
    message = composed(outbox)
    outbox.begin(message, NOW)
    outbox.again(message, Answer(Outcome.UNREACHED), NOW + 5 * SECOND)
    assert outbox.next("ding", NOW + 4 * SECOND) is None
    assert outbox.held("ding") == NOW + 5 * SECOND
    again = outbox.next("ding", NOW + 5 * SECOND)
    assert again is not None
    assert not again.doubtful
    outbox.begin(again, NOW)
    outbox.again(again, UNANSWERED, NOW)
    third = outbox.next("ding", NOW)
    assert third is not None
    assert third.doubtful


def test_a_refused_message_does_not_keep_the_others_waiting(outbox: Outbox) -> None:
    put(outbox, "poison")
    message = composed(outbox)
    outbox.begin(message, NOW)
    outbox.again(giving_way(message), REFUSED, NOW + timedelta(minutes=5))
    assert outbox.held("ding") is None
    put(outbox, "good")
    assert composed(outbox).text == "good"


def test_a_channel_fails_since_what_failed_was_made_until_something_made_since_got_through(path: Path) -> None:
    first = Outbox.open(path)
    assert first.fails_since("ding") is None
    put(first, "poison")
    message = composed(first)
    first.begin(message, NOW)
    assert first.fails_since("ding") is None  # nobody knows yet
    first.again(giving_way(message), REFUSED, NOW + timedelta(hours=1))
    assert first.fails_since("ding") == NOW
    assert first.fails_since("mail") is None
    first.close()
    second = Outbox.open(path)
    assert second.fails_since("ding") == NOW
    put(second, "good")
    good = composed(second)
    second.begin(good, NOW)
    second.sent(good, SENT, NOW + SECOND)
    assert second.fails_since("ding") is None  # it is that one message that nobody takes
    second.close()


@pytest.mark.parametrize("end", ["move", "lose"])
def test_a_channel_whose_message_another_took_over_or_that_was_given_up_does_not_work(outbox: Outbox, end: str) -> None:
    put(outbox, "a")
    message = composed(outbox)
    outbox.begin(message, NOW)
    if end == "move":
        outbox.move(message, "mail", REFUSED, NOW)
    else:
        outbox.lose(message, REFUSED, NOW)
    assert outbox.fails_since("ding") == NOW
    assert outbox.fails_since("mail") is None


def test_another_channel_takes_over_what_a_batch_carried(outbox: Outbox) -> None:
    put(outbox, "a", "b")
    message = composed(outbox, parts=2)
    outbox.move(message, "mail", REFUSED, NOW)
    assert outbox.next("ding", NOW) is None
    assert [each.subject for _, each in outbox.pending("mail")] == ["a", "b"]
    assert {listed.state for listed in outbox.listed(10)} == {"moved"}


def test_a_text_that_another_channel_took_over_is_not_due_here_once_more(outbox: Outbox) -> None:
    assert not outbox.had("ding", "a")
    put(outbox, "a")
    outbox.move(composed(outbox), "mail", REFUSED, NOW)
    assert outbox.had("ding", "a")
    assert outbox.had("mail", "a")
    assert put(outbox, "a") == 0
    assert outbox.pending("ding") == []


def test_what_the_other_channel_has_already_is_not_taken_over(outbox: Outbox) -> None:
    put(outbox, "a")
    put(outbox, "a", channel="mail")
    outbox.move(composed(outbox), "mail", REFUSED, NOW)
    assert len(outbox.pending("mail")) == 1
    assert outbox.waiting().notices == 1


def test_of_one_story_that_two_channels_hear_at_different_stages_the_fallback_takes_over_nothing(
    outbox: Outbox,
) -> None:
    grown, begun = notice(stage=Stage.WORSE), notice(stage=Stage.OPENED)
    outbox.put([("ding", told(), grown), ("mail", told(), begun)], NOW)
    outbox.move(composed(outbox), "mail", REFUSED, NOW)
    assert [each for _, each in outbox.pending("mail")] == [begun]


def test_of_one_story_that_two_channels_hand_over_one_after_the_other_the_fallback_hears_once(outbox: Outbox) -> None:
    outbox.put([("ding", told(), notice()), ("wecom", told(), notice())], NOW)
    outbox.move(composed(outbox), "mail", REFUSED, NOW)
    sent = composed(outbox, "mail")
    outbox.begin(sent, NOW)
    outbox.sent(sent, SENT, NOW)
    outbox.move(composed(outbox, "wecom"), "mail", UNANSWERED, NOW + timedelta(minutes=10))
    assert outbox.pending("mail") == []
    assert outbox.waiting().notices == 0


def test_what_the_fallback_was_told_at_another_time_it_takes_over_all_the_same(outbox: Outbox) -> None:
    later = replace(notice(stage=Stage.REMINDER), at=NOW + timedelta(hours=4))
    outbox.put([("mail", told(), notice())], NOW)
    outbox.put([("ding", told(), later)], later.at)
    outbox.move(composed(outbox), "mail", REFUSED, later.at)
    assert [each.stage for _, each in outbox.pending("mail")] == [Stage.OPENED, Stage.REMINDER]


def test_whoever_was_told_of_the_beginning_by_the_fallback_is_told_of_the_end_there(outbox: Outbox) -> None:
    opening, end = notice(), replace(notice(stage=Stage.RECOVERED), at=NOW + timedelta(hours=1))
    outbox.put([("ding", told(), opening)], NOW)
    known = outbox.move(composed(outbox), "mail", REFUSED, NOW)
    assert known == {("mail", opening.subject): told()}
    assert outbox.told() == known | {("ding", opening.subject): told()}
    outbox.put([("mail", replace(told(), open=False), end)], end.at)
    assert outbox.move(composed(outbox), "mail", REFUSED, end.at) == {}


def an_end(hours: int) -> Notice:
    return replace(notice(stage=Stage.RECOVERED), at=NOW + timedelta(hours=hours))


@pytest.mark.parametrize("when", ["in the same message", "while that waited", "and was told here"])
def test_whoever_hears_late_of_what_is_over_hears_that_it_is_over(outbox: Outbox, when: str) -> None:
    closed = replace(told(), open=False)
    outbox.put([("ding", closed, an_end(-2))], NOW)  # of an earlier fall: nobody is told of that any more
    before = composed(outbox)
    outbox.sent(before, SENT, NOW)
    outbox.put([("ding", told(), notice())], NOW)
    if when == "in the same message":
        outbox.put([("ding", closed, an_end(1))], NOW)
        late = composed(outbox)
    else:
        late = composed(outbox)
        outbox.put([("ding", closed, an_end(1))], NOW)
    if when == "and was told here":
        outbox.again(giving_way(late), REFUSED, NOW + SECOND)
        outbox.sent(composed(outbox), SENT, NOW)
    assert outbox.move(late, "mail", REFUSED, NOW) == {("mail", "i1"): closed}
    assert [each for _, each in outbox.pending("mail")] == [notice(), an_end(1)]
    assert [each for _, each in outbox.pending("ding")] == ([] if when == "and was told here" else [an_end(1)])


def test_a_story_that_the_fallback_began_itself_does_not_begin_there_once_more(outbox: Outbox) -> None:
    later = NOW + timedelta(minutes=3)
    outbox.put([("mail", told(), notice())], NOW)
    outbox.put([("ding", told(), replace(notice(), at=later))], later)
    outbox.move(composed(outbox), "mail", REFUSED, later)
    assert [each for _, each in outbox.pending("mail")] == [notice()]


def test_an_end_waits_for_those_who_were_told_of_the_beginning(outbox: Outbox) -> None:
    end = notice(stage=Stage.RECOVERED)
    outbox.put([("ding", replace(told(), open=False), end)], NOW)
    put(outbox, "a")
    both = composed(outbox)
    assert outbox.news_since(both) == NOW
    assert outbox.move(both, "mail", REFUSED, NOW) == {}
    assert [each.subject for _, each in outbox.pending("mail")] == ["a"]
    assert [each for _, each in outbox.pending("ding")] == [end]
    alone = composed(outbox)
    assert outbox.news_since(alone) is None
    outbox.begin(alone, NOW)
    outbox.again(giving_way(alone), UNANSWERED, NOW + timedelta(minutes=5))
    assert outbox.held("ding") is None  # news do not wait for it


def test_news_wait_since_they_were_due_not_since_a_message_carries_them(outbox: Outbox) -> None:
    outbox.put([("ding", replace(told(), open=False), notice(stage=Stage.RECOVERED))], NOW - 2 * SECOND)
    outbox.put([plain("a")], NOW - SECOND)
    outbox.put([("ding", told("i2"), notice(2))], NOW)
    assert outbox.news_since(composed(outbox)) == NOW - SECOND


def test_a_batch_is_done_when_its_last_message_is(outbox: Outbox) -> None:
    put(outbox, "a")
    first = composed(outbox, parts=2)
    outbox.begin(first, NOW)
    outbox.sent(first, SENT, NOW)
    assert outbox.waiting().notices == 1
    second = outbox.next("ding", NOW)
    assert second is not None
    outbox.sent(second, SENT, NOW)
    assert outbox.waiting().notices == 0


@pytest.mark.parametrize("query", [BATCH_DONE, NEWS_SINCE])
def test_an_answer_is_written_down_without_reading_what_is_done(outbox: Outbox, query: str) -> None:
    plan = outbox._file.connection.execute(f"EXPLAIN QUERY PLAN {query}", ("ding", 1)).fetchall()
    read = [step for *_, step in plan if step.startswith(("SCAN", "SEARCH notice"))]
    assert read == ["SEARCH notice USING INDEX notice_open (channel=? AND batch=?)"]


def test_what_waits_for_a_channel_that_is_gone_is_given_up_and_counted(outbox: Outbox) -> None:
    put(outbox, "a", "b")
    composed(outbox)
    put(outbox, "c")
    outbox.put([("ding", told(), notice())], NOW)
    assert outbox.keep({"mail"}, NOW) == 4
    assert (outbox.told(), outbox.waiting().notices, outbox.listed(1)[0].state) == ({}, 0, "lost")


def test_numbers_are_never_given_twice(outbox: Outbox) -> None:
    put(outbox, "a")
    message = composed(outbox)
    outbox.sent(message, SENT, NOW)
    outbox.prune(NOW + timedelta(days=41))
    assert outbox.listed(10) == []
    put(outbox, "a")  # so long after, the same text is a new one
    assert composed(outbox).number == message.number + 1


def test_what_is_open_is_remembered_however_long_it_lasts(outbox: Outbox) -> None:
    outbox.put([("ding", told(), notice()), ("ding", told("i2", open_=False), notice(2))], NOW)
    assert outbox.prune(NOW + timedelta(days=400)) == [("ding", "i2")]
    assert list(outbox.told()) == [("ding", "i1")]


def test_attempts_of_the_last_minutes_are_known_after_a_restart(path: Path) -> None:
    first = Outbox.open(path)
    put(first, "a")
    message = composed(first)
    for nth in range(3):
        first.begin(message, NOW + nth * timedelta(minutes=6))
    first.close()
    second = Outbox.open(path)
    assert second.attempts("ding", NOW + timedelta(minutes=12)) == [NOW + nth * timedelta(minutes=6) for nth in (1, 2)]
    second.close()


def test_two_monitors_never_send_from_one_outbox(outbox: Outbox, path: Path) -> None:
    with pytest.raises(OutboxError, match="another monitor"):
        Outbox.open(path)
    reader = Outbox.open_read_only(path)
    put(outbox, "a")
    assert reader.waiting().notices == 1
    reader.close()


def test_a_disk_that_is_full_takes_nothing_and_says_so(outbox: Outbox) -> None:
    put(outbox, "a")
    (pages,) = outbox._file.connection.execute("PRAGMA page_count").fetchone()
    outbox._file.connection.execute(f"PRAGMA max_page_count = {pages}")
    taken = [1]
    with pytest.raises(OutboxUnavailable, match="full"):
        put_until_full(outbox, taken)
    assert outbox.waiting().notices == sum(taken) > 1
    outbox._file.connection.execute("PRAGMA max_page_count = 1000000")
    assert put(outbox, "later") == 1


def put_until_full(outbox: Outbox, taken: list[int]) -> None:
    while True:
        taken.append(put(outbox, *(f"{len(taken)}-{nth}" for nth in range(10))))


def test_what_is_no_outbox_is_left_alone(tmp_path: Path) -> None:
    other = tmp_path / "other.db"
    other.write_bytes(b"not a database" * 100)
    with pytest.raises(OutboxError):
        Outbox.open(other)
    assert other.read_bytes() == b"not a database" * 100
    with pytest.raises(OutboxError, match="nothing was ever due"):
        Outbox.open_read_only(tmp_path / "none.db")


def test_the_outbox_lies_beside_the_ledger(tmp_path: Path) -> None:
    assert outbox_path(tmp_path / "ledger.db") == tmp_path / "ledger-outbox.db"


@given(
    st.builds(
        Notice,
        st.text(),
        st.sampled_from(Stage),
        st.sampled_from(Severity),
        st.just(NOW),
        st.builds(Phrase, st.text(), st.text()),
        st.lists(st.builds(Phrase, st.text(), st.text())).map(tuple),
        st.integers(0, 10**6),
        st.lists(st.text()).map(tuple),
        st.integers(0, 10**6),
        st.booleans(),
        st.none() | st.tuples(st.text(), st.text()),
    ),
    st.builds(
        Told,
        st.text(),
        st.booleans(),
        st.just(NOW),
        st.just(NOW),
        st.builds(Phrase, st.text(), st.text()),
        st.sampled_from(Severity),
        st.integers(0, 99),
        st.integers(0, 10**6),
        st.lists(st.text()).map(tuple),
        st.booleans(),
        st.booleans(),
        st.booleans(),
        st.booleans(),
        st.none() | st.tuples(st.text(), st.text()),
        st.tuples(*[st.text()] * 4),
        st.none() | st.builds(Phrase, st.text(), st.text()),
    ),
)
def test_what_is_written_down_is_read_back(one: Notice, other: Told) -> None:
    assert notice_of(notice_text(one)) == one
    assert told_of(told_text(other)) == other


def test_alerts_that_were_once_identified_by_their_beginning_are_known_by_name_and_by_the_latest(path: Path) -> None:
    before = Outbox.open(path)
    rows = [("20260315T190000Z", True, 0), ("20260316T190000Z", False, 1), ("20260317T190000Z", True, 2)]
    states = [
        replace(told(f"SharpEyesBlindSpot/abc/{began}", open_), at=NOW + nth * SECOND, incident=False)
        for began, open_, nth in reversed(rows)
    ]
    before.put([("ding", state, None) for state in states], NOW)
    before.put([("ding", told("i1"), None), ("sms", states[1], None)], NOW)
    before.close()
    for _ in range(2):
        after = Outbox.open(path)
        known = after.told()
        after.close()
        assert set(known) == {("ding", "SharpEyesBlindSpot/abc"), ("sms", "SharpEyesBlindSpot/abc"), ("ding", "i1")}
        assert known["ding", "SharpEyesBlindSpot/abc"] == replace(states[0], subject="SharpEyesBlindSpot/abc")
        assert not known["sms", "SharpEyesBlindSpot/abc"].open


def test_what_an_older_version_wrote_down_is_read() -> None:
    def before(text: str) -> str:
        return json.dumps({name: value for name, value in json.loads(text).items() if name not in ("area", "line")})

    known = Told("i1", True, NOW, NOW, Phrase("一", "one"))
    assert told_of(before(told_text(known))) == known
    assert notice_of(before(notice_text(notice()))) == notice()
