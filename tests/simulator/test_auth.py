from __future__ import annotations

import base64

import pytest

from monitor.model import Credentials, Secret
from monitor.simulator.auth import Decision, Gate, Scheme

# The worked example of RFC 7616, section 3.9.1.
MUFASA = Credentials("Mufasa", Secret("Circle of Life"))
REALM = "http-auth@example.org"
ANSWERS = {
    Scheme.DIGEST_MD5: "8ca523f5e9506fed4657c9700eebdbec",
    Scheme.DIGEST_SHA256: "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1",
}


def example(response: str, uri: str = "/dir/index.html") -> str:
    return (
        f'Digest username="Mufasa", realm="{REALM}", uri="{uri}", qop=auth, nc=00000001, '
        'nonce="7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v", '
        f'cnonce="f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ", response="{response}"'
    )


@pytest.mark.parametrize("scheme", ANSWERS)
def test_the_example_of_the_standard_is_right_but_its_nonce_is_not_ours(scheme: Scheme) -> None:
    gate = Gate(scheme, REALM, MUFASA)
    assert gate.decide("GET", "/dir/index.html", example(ANSWERS[scheme])) is Decision.STALE
    assert 'stale="TRUE"' in gate.challenge(Decision.STALE)


@pytest.mark.parametrize("scheme", ANSWERS)
def test_a_wrong_answer_is_refused_and_not_called_stale(scheme: Scheme) -> None:
    gate = Gate(scheme, REALM, MUFASA)
    right = ANSWERS[scheme]
    assert gate.decide("GET", "/dir/index.html", example(right[::-1])) is Decision.REFUSED
    assert gate.decide("PUT", "/dir/index.html", example(right)) is Decision.REFUSED
    assert gate.decide("GET", "/other", example(right)) is Decision.REFUSED
    assert gate.decide("GET", "/dir/index.html", "") is Decision.REFUSED
    assert 'stale="FALSE"' in gate.challenge(Decision.REFUSED)


def test_basic_wants_exactly_the_pair() -> None:
    gate = Gate(Scheme.BASIC, "x", MUFASA)
    right = base64.b64encode(b"Mufasa:Circle of Life").decode()
    wrong = base64.b64encode(b"Mufasa:Circle of Strife").decode()
    assert gate.decide("DESCRIBE", "rtsp://x/", f"Basic {right}") is Decision.GRANTED
    assert gate.decide("DESCRIBE", "rtsp://x/", f"Basic {wrong}") is Decision.REFUSED
    assert gate.decide("DESCRIBE", "rtsp://x/", f"Digest {right}") is Decision.REFUSED
    assert gate.challenge(Decision.REFUSED) == 'Basic realm="x"'


def test_an_open_camera_asks_for_nothing() -> None:
    assert Gate(Scheme.NONE, "x", MUFASA).decide("DESCRIBE", "rtsp://x/", "") is Decision.GRANTED


def test_two_connections_never_get_the_same_nonce() -> None:
    gates = [Gate(Scheme.DIGEST_MD5, "x", MUFASA) for _ in range(2)]
    assert gates[0].challenge(Decision.REFUSED) != gates[1].challenge(Decision.REFUSED)
