"""One wrong password is one failed attempt, in whatever form a device wants it."""

from __future__ import annotations

import pytest

from monitor.model import Cause, Credentials, Secret
from monitor.probes.login import Login, Signature
from monitor.rtsp.messages import Headers, Response
from tests.driven import START

PERSON = Credentials("admin", Secret("sesame"))
FAULT = Response(400, "Bad Request", http=True)


def login(credentials: Credentials | None = PERSON, *, may_authenticate: bool = True) -> Login:
    return Login(credentials, lambda size: b"r" * size, may_authenticate=may_authenticate)


def refusal(*challenges: str) -> Response:
    return Response(401, "No", Headers(tuple(("WWW-Authenticate", value) for value in challenges)), http=True)


def digest(nonce: str = "1") -> Response:
    return refusal(f'Digest realm="cam", nonce="{nonce}"')


def after(first: Response) -> Login:
    """A login that answered its first refusal and sent the request again."""
    person = login()
    person.next_request()
    assert person.sign("/m", START) == Signature()
    assert person.challenged(first, "") is None
    assert person.sign("/m", START) != Signature()
    assert person.unsettled
    return person


@pytest.mark.parametrize("first", [FAULT, refusal(), refusal('Basic realm="cam"')])
def test_where_no_digest_is_offered_a_token_is_sent_and_nothing_in_clear(first: Response) -> None:
    signature = after(first).sign("/m", START)
    assert signature.authorization is None
    assert "UsernameToken" in signature.security
    assert "sesame" not in signature.security


def test_where_a_digest_is_offered_no_token_is_sent() -> None:
    signature = after(digest()).sign("/m", START)
    assert (signature.authorization or "").startswith("Digest ")
    assert signature.security == ""


@pytest.mark.parametrize("first", [FAULT, digest()])
@pytest.mark.parametrize("second", [FAULT, digest(), digest("2"), refusal()])
def test_a_second_refusal_ends_it_whatever_it_looks_like(first: Response, second: Response) -> None:
    person = after(first)
    assert person.challenged(second, "") is Cause.CREDENTIALS_REFUSED
    assert person.refused


@pytest.mark.parametrize("first", [FAULT, digest()])
def test_a_lock_is_told_before_and_after_the_password_is_shown(first: Response) -> None:
    person = after(first)
    assert person.challenged(first, "user is locked") is Cause.ACCOUNT_LOCKED
    assert person.refused
    assert login().challenged(first, "user is locked") is Cause.ACCOUNT_LOCKED


@pytest.mark.parametrize("first", [FAULT, digest()])
def test_what_is_missing_or_may_not_be_sent_is_told(first: Response) -> None:
    assert login(None).challenged(first, "") is Cause.CREDENTIALS_MISSING
    silent = login(may_authenticate=False)
    assert silent.challenged(first, "") is Cause.CREDENTIALS_REFUSED
    assert not silent.refused


@pytest.mark.parametrize("first", [FAULT, digest()])
def test_who_was_accepted_and_is_refused_later_lacks_a_permission(first: Response) -> None:
    person = after(first)
    person.accept()
    assert not person.unsettled
    person.next_request()
    assert person.challenged(FAULT, "") is Cause.CREDENTIALS_FORBIDDEN
    assert not person.refused


def known(credentials: Credentials | None = PERSON, *, may_authenticate: bool = True) -> Login:
    """A login at a device that took a token in its last run, before its first question."""
    person = Login(credentials, lambda size: b"r" * size, may_authenticate=may_authenticate, took_token=True)
    person.next_request()
    return person


def test_who_took_a_token_the_last_time_is_shown_one_unasked_and_may_be_the_next_time() -> None:
    person = known()
    assert "UsernameToken" in person.sign("/m", START).security
    assert person.unsettled
    assert not person.took_token
    person.accept()
    assert person.took_token


@pytest.mark.parametrize("silent", [known(None), known(may_authenticate=False)])
def test_what_may_not_be_sent_is_not_sent_to_whoever_took_it_the_last_time_either(silent: Login) -> None:
    assert silent.sign("/m", START) == Signature()
    silent.accept()
    assert not silent.took_token


@pytest.mark.parametrize("second", [FAULT, refusal(), refusal('Basic realm="cam"')])
def test_an_unasked_token_that_is_refused_is_the_one_failed_attempt(second: Response) -> None:
    person = known()
    assert person.challenged(second, "") is Cause.CREDENTIALS_REFUSED
    assert person.refused
    assert not person.took_token


def test_a_device_that_wants_a_digest_by_now_refused_nothing_and_is_shown_no_second_form() -> None:
    person = known()
    assert person.challenged(digest(), "") is Cause.CREDENTIALS_REFUSED
    assert not person.refused
    assert not person.took_token


def test_another_path_may_have_another_nonce() -> None:
    person = after(digest())
    person.accept()
    person.next_request()
    assert person.challenged(digest("2"), "") is None
    assert 'nonce="2"' in (person.sign("/n", START).authorization or "")
    assert not person.refused
