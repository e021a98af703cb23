"""Credentials meet at most one refusal in a run."""

from __future__ import annotations

from monitor.model import Cause, Credentials, Secret
from monitor.rtsp.guard import Guard
from monitor.rtsp.messages import Headers, Response

PERSON = Credentials("admin", Secret("sesame"))


def challenge(nonce: str = "1", more: str = "") -> Response:
    value = f'Digest realm="cam", nonce="{nonce}"{more}'
    return Response(401, "Unauthorized", Headers((("WWW-Authenticate", value),)))


def asked(guard: Guard) -> bool:
    """Whether the next request carries the credentials."""
    return guard.authorization("DESCRIBE", "rtsp://h/") is not None


def guard_after_one_answer() -> Guard:
    guard = Guard(PERSON, lambda: "c")
    guard.next_request()
    assert not asked(guard)
    assert guard.challenged(challenge(), "") is None
    assert asked(guard)
    return guard


def test_a_second_401_ends_the_run_even_with_another_nonce() -> None:
    guard = guard_after_one_answer()
    assert guard.challenged(challenge("2"), "") is Cause.CREDENTIALS_REFUSED
    assert guard.refused


def test_an_old_nonce_is_answered_once_more_and_no_further() -> None:
    guard = guard_after_one_answer()
    assert guard.challenged(challenge("2", ", stale=true"), "") is None
    assert not guard.refused
    assert asked(guard)
    assert guard.challenged(challenge("3", ", stale=true"), "") is Cause.NONCE_LOOP
    assert guard.refused


def test_a_new_nonce_after_acceptance_is_no_refusal() -> None:
    guard = guard_after_one_answer()
    guard.accept()
    guard.next_request()
    assert asked(guard)
    assert guard.challenged(challenge("2"), "") is None
    assert asked(guard)
    assert guard.challenged(challenge("3"), "") is Cause.NONCE_LOOP


def test_the_same_nonce_after_acceptance_is_a_refusal() -> None:
    guard = guard_after_one_answer()
    guard.accept()
    guard.next_request()
    assert asked(guard)
    assert guard.challenged(challenge(), "") is Cause.CREDENTIALS_REFUSED


def test_a_lock_is_named_and_never_knocked_at_again() -> None:
    guard = guard_after_one_answer()
    assert guard.challenged(challenge("2", ", stale=true"), "Account locked for 30 min") is Cause.ACCOUNT_LOCKED
    untried = Guard(PERSON, str)
    assert untried.challenged(challenge(), "too many failed logins") is Cause.ACCOUNT_LOCKED
    assert not asked(untried)
    assert not untried.refused


def test_a_place_left_behind_proves_nothing_about_the_password() -> None:
    guard = guard_after_one_answer()
    guard.accept()
    guard.leave(for_another_host=False)
    assert not asked(guard)
    assert guard.challenged(challenge("2"), "") is None
    assert asked(guard)
    assert guard.challenged(challenge("3"), "") is Cause.CREDENTIALS_REFUSED


def test_the_last_attempt_is_never_used() -> None:
    guard = Guard(PERSON, str)
    assert guard.challenged(challenge(), "you still have 1 attempt") is Cause.CREDENTIALS_REFUSED
    assert not asked(guard)
    assert Guard(PERSON, str).challenged(challenge(), "you still have 2 attempts") is None


def test_who_hangs_up_on_a_password_refuses_it_unless_it_was_accepted() -> None:
    assert not Guard(PERSON, str).hung_up()
    guard = guard_after_one_answer()
    assert guard.hung_up()
    assert guard.refused
    known = guard_after_one_answer()
    known.accept()
    assert not known.hung_up()


def test_without_credentials_they_are_missing() -> None:
    assert Guard(None, str).challenged(challenge(), "") is Cause.CREDENTIALS_MISSING


def test_during_the_pause_nothing_is_sent() -> None:
    guard = Guard(PERSON, str, may_authenticate=False)
    assert guard.challenged(challenge(), "") is Cause.CREDENTIALS_REFUSED
    assert not asked(guard)
    assert not guard.refused


def test_a_challenge_we_cannot_answer_is_no_refusal() -> None:
    guard = Guard(PERSON, str)
    negotiate = Response(401, "Unauthorized", Headers((("WWW-Authenticate", "Negotiate"),)))
    assert guard.challenged(negotiate, "") is Cause.AUTH_UNSUPPORTED
    assert not guard.refused


def test_a_401_without_a_challenge_is_named() -> None:
    guard = Guard(PERSON, str)
    assert guard.challenged(Response(401, "Unauthorized"), "") is Cause.CHALLENGE_MISSING
    assert not guard.refused
    answered = guard_after_one_answer()
    assert answered.challenged(Response(401, "Unauthorized"), "") is Cause.CREDENTIALS_REFUSED


def test_basic_is_readable_on_the_way_and_digest_is_not() -> None:
    assert not guard_after_one_answer().readable
    guard = Guard(PERSON, str)
    guard.challenged(Response(401, "", Headers((("WWW-Authenticate", "Basic realm=x"),))), "")
    assert guard.readable


def test_another_host_never_sees_the_credentials() -> None:
    guard = guard_after_one_answer()
    guard.leave(for_another_host=True)
    assert not asked(guard)
    assert guard.challenged(challenge(), "") is Cause.CREDENTIALS_MISSING


def test_the_same_host_is_asked_afresh() -> None:
    guard = guard_after_one_answer()
    guard.leave(for_another_host=False)
    assert not asked(guard)
    assert guard.challenged(challenge("9"), "") is None
