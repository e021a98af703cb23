"""One wrong password is one failed attempt, in whatever form a device wants it."""

from __future__ import annotations

import pytest

from monitor.model import Cause, Credentials, Secret
from monitor.probes.inspection import Manners
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
def test_the_last_attempt_is_left_to_people(first: Response) -> None:
    person = login()
    assert person.challenged(first, "you still have 1 attempt(s)") is Cause.CREDENTIALS_REFUSED
    assert not person.unsettled
    assert not person.refused


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
    person = Login(
        credentials, lambda size: b"r" * size, may_authenticate=may_authenticate, manners=Manners(took_token=True)
    )
    person.next_request()
    return person


def test_who_took_a_token_the_last_time_is_shown_one_unasked_and_may_be_the_next_time() -> None:
    person = known()
    assert "UsernameToken" in person.sign("/m", START).security
    assert person.unsettled
    assert not person.manners.took_token
    person.accept()
    assert person.manners.took_token


@pytest.mark.parametrize("silent", [known(None), known(may_authenticate=False)])
def test_what_may_not_be_sent_is_not_sent_to_whoever_took_it_the_last_time_either(silent: Login) -> None:
    assert silent.sign("/m", START) == Signature()
    silent.accept()
    assert not silent.manners.took_token


@pytest.mark.parametrize("second", [FAULT, refusal(), refusal('Basic realm="cam"')])
def test_an_unasked_token_that_is_refused_is_the_one_failed_attempt(second: Response) -> None:
    person = known()
    assert person.challenged(second, "") is Cause.CREDENTIALS_REFUSED
    assert person.refused
    assert not person.manners.took_token


def test_a_device_that_wants_a_digest_by_now_refused_nothing_and_is_shown_no_second_form() -> None:
    person = known()
    assert person.challenged(digest(), "") is Cause.CREDENTIALS_REFUSED
    assert not person.refused
    assert not person.manners.took_token


def run(manners: Manners | None, first: Response, other: Response | None) -> Login:
    """A run that is challenged at one path and then asks at another: that one challenges, too, unless it is None."""
    person = Login(PERSON, lambda size: b"r" * size, may_authenticate=True, manners=manners)
    person.sign("/m", START)
    assert person.challenged(first, "") is None
    person.sign("/m", START)
    person.accept()
    person.next_request()
    person.sign("/n", START)
    if other is not None:
        assert person.challenged(other, "") is None
        person.sign("/n", START)
    person.accept()
    assert not person.refused
    assert not person.unsettled
    return person


def shown_unasked(manners: Manners, first: Response) -> bool:
    """Whether the next run answers the challenge of one path at the other."""
    return run(manners, first, None).sign("/n", START).authorization is not None


def test_another_path_has_a_nonce_of_its_own_until_the_device_showed_otherwise() -> None:
    person = run(None, digest("1"), digest("2"))
    assert 'nonce="2"' in (person.sign("/n", START).authorization or "")
    assert 'nonce="1"' in (person.sign("/m", START).authorization or "")
    assert person.manners.nonces == {"/m": "1", "/n": "2"}
    assert not shown_unasked(Manners(), digest("1"))
    assert not shown_unasked(person.manners, digest("1"))


def test_where_nonces_are_always_new_or_one_for_all_one_challenge_does_for_the_next_runs() -> None:
    for nonces in ("123", "111"):
        person = run(None, digest(nonces[0]), digest(nonces[1]))
        assert shown_unasked(person.manners, digest(nonces[2]))
        assert shown_unasked(run(person.manners, digest(nonces[2]), None).manners, digest(nonces[2] * 2))


def test_who_refused_the_nonce_of_another_path_is_not_shown_one_again() -> None:
    known = run(None, digest("1"), digest("2")).manners
    again = run(known, digest("3"), digest("4"))
    assert again.manners.apart
    assert not shown_unasked(again.manners, digest("5"))
    grown_old = refusal('Digest realm="cam", nonce="4", stale=true')
    assert not run(known, digest("3"), grown_old).manners.apart


def test_of_paths_that_are_asked_no_more_nothing_is_kept() -> None:
    known = Manners(nonces={"/gone": "1"})
    assert run(known, digest("1"), digest("2")).manners.nonces.keys() == {"/m", "/n"}


def test_a_device_that_took_a_digest_and_offers_less_at_another_path_is_not_shown_the_password_in_clear() -> None:
    person = run(None, digest("1"), digest("2"))
    person.next_request()
    person.sign("/n", START)
    assert person.challenged(refusal('Basic realm="cam"'), "") is Cause.CREDENTIALS_FORBIDDEN
    assert not person.refused
