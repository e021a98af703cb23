"""Answers to challenges, against the examples of the RFCs."""

from __future__ import annotations

import hashlib
import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.model import Credentials, Secret
from monitor.rtsp.auth import Authenticator, Challenge, Scheme, choose, parse_challenges

MUFASA = Credentials("Mufasa", Secret("Circle of Life"))


def answer(challenge: str, credentials: Credentials, method: str, uri: str, cnonce: str) -> dict[str, str]:
    chosen = choose(parse_challenges((challenge,)))
    assert chosen is not None
    value = Authenticator(chosen, credentials, lambda: cnonce).answer(method, uri)
    assert value.startswith("Digest ")
    return {name: quoted or plain for name, quoted, plain in re.findall(r'(\w+)=(?:"([^"]*)"|([^", ]+))', value)}


@pytest.mark.parametrize(
    ("algorithm", "response"),
    [
        ("MD5", "8ca523f5e9506fed4657c9700eebdbec"),
        ("SHA-256", "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1"),
    ],
)
def test_the_examples_of_rfc_7616(algorithm: str, response: str) -> None:
    challenge = (
        'Digest realm="http-auth@example.org", qop="auth, auth-int", algorithm=' + algorithm + ", "
        'nonce="7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v", opaque="FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS"'
    )
    cnonce = "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ"
    fields = answer(challenge, MUFASA, "GET", "/dir/index.html", cnonce)
    assert fields["response"] == response
    assert fields["algorithm"] == algorithm
    assert fields["opaque"] == "FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS"
    assert (fields["qop"], fields["nc"], fields["cnonce"]) == ("auth", "00000001", cnonce)


def test_the_example_of_rfc_2617() -> None:
    challenge = (
        'Digest realm="testrealm@host.com", qop="auth,auth-int", nonce="dcd98b7102dd2f0e8b11d0f600bfb0c093", '
        'opaque="5ccc069c403ebaf9f0171e9517f40e41"'
    )
    credentials = Credentials("Mufasa", Secret("Circle Of Life"))
    fields = answer(challenge, credentials, "GET", "/dir/index.html", "0a4f113b")
    assert fields["response"] == "6629fae49393a05397450978507c4ef1"
    assert "algorithm" not in fields


def test_the_example_of_rfc_2069_as_its_erratum_corrects_it() -> None:
    challenge = 'Digest realm="testrealm@host.com", nonce="dcd98b7102dd2f0e8b11d0f600bfb0c093", opaque="5ccc"'
    credentials = Credentials("Mufasa", Secret("CircleOfLife"))
    fields = answer(challenge, credentials, "GET", "/dir/index.html", "unused")
    assert fields["response"] == "1949323746fe6a43ef61f9606e7febea"
    assert not {"qop", "nc", "cnonce"} & set(fields)


@pytest.mark.parametrize(("algorithm", "name"), [("MD5-sess", "md5"), ("SHA-256-sess", "sha256")])
def test_session_variants_hash_the_secret_with_both_nonces(algorithm: str, name: str) -> None:
    def digest(text: str) -> str:
        return hashlib.new(name, text.encode()).hexdigest()

    challenge = f'Digest realm="r", nonce="n", qop="auth", algorithm={algorithm}'
    fields = answer(challenge, Credentials("u", Secret("p")), "PLAY", "rtsp://h/x", "c")
    secret = digest(digest("u:r:p") + ":n:c")
    assert fields["response"] == digest(f"{secret}:n:00000001:c:auth:{digest('PLAY:rtsp://h/x')}")
    assert fields["algorithm"] == algorithm


def test_uses_of_a_nonce_are_counted() -> None:
    (challenge,) = parse_challenges(('Digest realm="r", nonce="n", qop="auth"',))
    authenticator = Authenticator(challenge, MUFASA, lambda: "c")
    counts = [re.findall("nc=(\\w+)", authenticator.answer("PLAY", "rtsp://h"))[0] for _ in range(3)]
    assert counts == ["00000001", "00000002", "00000003"]


@pytest.mark.parametrize("algorithm", ["MD5", "MD5-sess"])
def test_one_client_nonce_serves_all_answers_to_one_challenge(algorithm: str) -> None:
    (challenge,) = parse_challenges((f'Digest realm="r", nonce="n", qop="auth", algorithm={algorithm}',))
    drawn = iter(["first", "second", "third"])
    authenticator = Authenticator(challenge, MUFASA, lambda: next(drawn))
    answers = [authenticator.answer("PLAY", "rtsp://h") for _ in range(3)]
    assert [re.findall('cnonce="(\\w+)"', value) for value in answers] == [["first"]] * 3
    assert len(set(answers)) == 3


def test_basic_is_answered_in_utf8() -> None:
    (challenge,) = parse_challenges(('Basic realm="x"',))
    credentials = Credentials("test", Secret("123£"))
    assert Authenticator(challenge, credentials, str).answer("PLAY", "x") == "Basic dGVzdDoxMjPCow=="  # RFC 7617 §2.1


def test_digest_is_chosen_over_basic_whatever_the_order() -> None:
    offered = parse_challenges(('Basic realm="x"', 'Digest realm="x", nonce="n"'))
    assert [challenge.scheme for challenge in offered] == [Scheme.DIGEST]
    chosen = choose(offered)
    assert chosen is not None
    assert chosen.scheme is Scheme.DIGEST


def test_the_first_digest_we_can_answer_is_chosen() -> None:
    chosen = choose(
        parse_challenges(
            (
                'Digest realm="x", nonce="0", algorithm=SHA-512-256, Digest realm="x", nonce="1", qop="auth-int"',
                'Digest realm="x", nonce="2", algorithm="SHA-256"',
                'Digest realm="x", nonce="3", algorithm=MD5',
            )
        )
    )
    assert chosen is not None
    assert chosen.nonce == "2"


def test_several_challenges_may_stand_in_one_line() -> None:
    line = 'Digest realm="a, b=c", nonce="n=1", stale=TRUE, qop="auth", Basic realm="d", Negotiate'
    assert parse_challenges((line,)) == (Challenge(Scheme.DIGEST, "a, b=c", "n=1", qop=True, stale=True),)
    assert parse_challenges(('Negotiate, Basic realm="d", Basic realm="e"',)) == (
        Challenge(Scheme.BASIC, "d"),
        Challenge(Scheme.BASIC, "e"),
    )


def test_values_without_quotes_and_quotes_never_closed_are_read() -> None:
    assert parse_challenges(('digest Realm=cam,NONCE = abc=,opaque="never closed',)) == (
        Challenge(Scheme.DIGEST, "cam", "abc=", "never closed"),
    )


def test_nothing_we_can_answer_is_nothing() -> None:
    assert choose(parse_challenges(("Negotiate", 'Digest realm="no nonce"', "", "=,=", '"'))) is None


def test_a_user_name_with_quotes_and_chinese_goes_out_whole() -> None:
    (challenge,) = parse_challenges(('Digest realm="r", nonce="n"',))
    value = Authenticator(challenge, Credentials('镜"头', Secret("p")), str).answer("PLAY", "x")
    assert '镜\\"头'.encode().decode("latin-1") in value
    secret = hashlib.md5('镜"头:r:p'.encode()).hexdigest()
    request = hashlib.md5(b"PLAY:x").hexdigest()
    assert hashlib.md5(f"{secret}:n:{request}".encode()).hexdigest() in value


def test_the_password_shows_nowhere() -> None:
    (challenge,) = parse_challenges(('Digest realm="r", nonce="n"',))
    authenticator = Authenticator(replace(challenge), Credentials("u", Secret("sesame")), str)
    assert "sesame" not in repr(authenticator) + authenticator.answer("PLAY", "x")


@given(st.text(st.characters(max_codepoint=255), max_size=300))
def test_any_challenge_is_read_without_an_error(text: str) -> None:
    for challenge in parse_challenges((text, f"Digest nonce=a, {text}")):
        Authenticator(challenge, MUFASA, lambda: "c").answer("PLAY", "rtsp://h/")


def test_a_hostile_challenge_takes_no_time() -> None:
    for piece in ('a="', ". ", "a.", "a =", '\\"', "-"):
        parse_challenges((piece * 4000,))


@pytest.mark.parametrize("odd", ["algorithm=SHA-512-256", 'qop="auth-int"'])
def test_basic_is_never_answered_beside_a_digest_we_cannot_answer(odd: str) -> None:
    offers = [f'Digest realm="r", nonce="n", {odd}', 'Basic realm="r"']
    assert parse_challenges(offers) == ()
