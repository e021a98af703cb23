"""HTTP authentication as cameras use it: Digest (RFC 2069, 2617, 7616) and Basic (RFC 7617).

Decides which challenge to answer and computes the answer. Must never choose Basic where Digest is offered, and never
keep or show a password: it is read only while an answer is computed.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum

from monitor.model import Credentials

# A parameter with its value (a quote that is never closed runs to the end), or a bare word: the next scheme.
_TOKEN = re.compile(r'([\w.-]+)[ \t]*=[ \t]*(?:"([^"\\]*(?:\\.[^"\\]*)*)(?:"|\\?$)|([^\s,"]*))|([\w.-]+)')


class Scheme(StrEnum):
    """The schemes we can answer."""

    DIGEST = "digest"
    BASIC = "basic"


class Algorithm(StrEnum):
    """The hashes of Digest we can compute."""

    MD5 = "md5"
    SHA256 = "sha-256"


_SESSION = "-sess"
_ALGORITHMS = {"": Algorithm.MD5, "md5": Algorithm.MD5, "sha-256": Algorithm.SHA256, "sha256": Algorithm.SHA256}


@dataclass(frozen=True, slots=True)
class Challenge:
    """One challenge we can answer. Texts are as they came, without their quotes."""

    scheme: Scheme
    realm: str = ""
    nonce: str = ""
    opaque: str | None = None
    algorithm: Algorithm = Algorithm.MD5
    session: bool = False  # a "-sess" variant
    algorithm_text: str = ""  # echoed letter for letter; "" = none was named
    qop: bool = False  # qop=auth is offered; False: answer as in RFC 2069
    stale: bool = False


def parse_challenges(values: Iterable[str]) -> tuple[Challenge, ...]:
    """Every challenge we can answer in the WWW-Authenticate values, each of which may hold several.

    Basic beside a Digest is left out, even one we cannot answer: nobody gets the clear password by odd offers.
    """
    offers = [offer for value in values for offer in _split(value)]
    digests = [parameters for scheme, parameters in offers if scheme == Scheme.DIGEST]
    if digests:
        return tuple(filter(None, map(_digest_challenge, digests)))
    basics = [parameters for scheme, parameters in offers if scheme == Scheme.BASIC]
    return tuple(Challenge(Scheme.BASIC, parameters.get("realm", "")) for parameters in basics)


def choose(challenges: tuple[Challenge, ...]) -> Challenge | None:
    """The first one: servers list their preference (RFC 7616 §3.7), and Basic never stands beside Digest here."""
    return next(iter(challenges), None)


def _split(value: str) -> list[tuple[str, dict[str, str]]]:
    """Each scheme that is offered, in lower case, with its parameters."""
    offers = list[tuple[str, dict[str, str]]]()
    for name, quoted, plain, word in _TOKEN.findall(value):
        if word:
            offers.append((word.lower(), {}))
        elif offers:
            offers[-1][1].setdefault(name.lower(), quoted or plain)
    return offers


def _digest_challenge(parameters: dict[str, str]) -> Challenge | None:
    named = parameters.get("algorithm", "")
    algorithm = _ALGORITHMS.get(named.lower().removesuffix(_SESSION))
    qop = [offer for offer in map(str.strip, parameters.get("qop", "").lower().split(",")) if offer]
    if algorithm is None or "nonce" not in parameters or (qop and "auth" not in qop):
        return None
    return Challenge(
        Scheme.DIGEST,
        parameters.get("realm", ""),
        parameters["nonce"],
        parameters.get("opaque"),
        algorithm,
        named.lower().endswith(_SESSION),
        named,
        bool(qop),
        parameters.get("stale", "").lower() == "true",
    )


class Authenticator:
    """Answers one challenge for request after request, counting the uses of its nonce."""

    __slots__ = ("_beginning", "_cnonce", "_count", "_credentials", "_end", "_secret", "challenge")

    def __init__(self, challenge: Challenge, credentials: Credentials, cnonce: Callable[[], str]) -> None:
        """``cnonce`` draws a fresh unpredictable text of hexadecimal digits.

        One is drawn for all answers: devices differ in whether a "-sess" hash is made of the first one or of the last.
        """
        self.challenge = challenge
        self._credentials = credentials
        self._cnonce = cnonce()
        self._count = 0
        self._secret = ""  # the part of each answer that is made of the password
        username = credentials.username.encode().decode("latin-1").replace("\\", r"\\").replace('"', r"\"")
        self._beginning = f'Digest username="{username}", realm="{challenge.realm}", nonce="{challenge.nonce}"'
        client = f', cnonce="{self._cnonce}"' if challenge.qop or challenge.session else ""
        self._end = client + ("" if challenge.opaque is None else f', opaque="{challenge.opaque}"')

    def __repr__(self) -> str:
        return f"Authenticator({self.challenge.scheme})"

    def answer(self, method: str, uri: str) -> str:
        """The Authorization value for one request; ``uri`` exactly as on its request line."""
        match self.challenge.scheme:
            case Scheme.BASIC:
                return f"Basic {basic_token(self._credentials)}"
            case Scheme.DIGEST:
                self._count += 1
                self._secret = self._secret or _secret(self.challenge, self._credentials, self._cnonce)
                return self._digest(method, uri)

    def _digest(self, method: str, uri: str) -> str:
        challenge, count = self.challenge, f"{self._count:08x}"
        middle = f"{challenge.nonce}:{count}:{self._cnonce}:auth" if challenge.qop else challenge.nonce
        request = _hash(challenge.algorithm, f"{method}:{uri}")
        response = _hash(challenge.algorithm, f"{self._secret}:{middle}:{request}")
        algorithm = f", algorithm={challenge.algorithm_text}" if challenge.algorithm_text else ""
        uses = f", qop=auth, nc={count}" if challenge.qop else ""
        return f'{self._beginning}, uri="{uri}", response="{response}"{algorithm}{uses}{self._end}'


def basic_token(credentials: Credentials) -> str:
    """``user:password`` in base64."""
    plain = f"{credentials.username}:{credentials.password.reveal()}"
    return base64.b64encode(plain.encode()).decode("ascii")


def _secret(challenge: Challenge, credentials: Credentials, cnonce: str) -> str:
    """The hash of user, realm and password (RFC 7616 A1)."""
    user, password = (text.encode().decode("latin-1") for text in (credentials.username, credentials.password.reveal()))
    secret = _hash(challenge.algorithm, f"{user}:{challenge.realm}:{password}")
    return _hash(challenge.algorithm, f"{secret}:{challenge.nonce}:{cnonce}") if challenge.session else secret


def _hash(algorithm: Algorithm, text: str) -> str:
    data = text.encode("latin-1")
    match algorithm:
        case Algorithm.MD5:
            return hashlib.md5(data, usedforsecurity=False).hexdigest()
        case Algorithm.SHA256:
            return hashlib.sha256(data).hexdigest()
