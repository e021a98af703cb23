"""HTTP authentication as cameras use it: Digest (RFC 2069, 2617, 7616) and Basic (RFC 7617).

Decides which challenge to answer and computes the answer. Must never choose Basic where Digest is offered, and never
keep or show a password: it is read only while an answer is computed.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from enum import Enum

from monitor.model import Credentials

# A parameter with its value (a quote that is never closed runs to the end), or a bare word: the next scheme.
_TOKEN = re.compile(r'([\w.-]+)[ \t]*=[ \t]*(?:"((?:[^"\\]|\\.)*)(?:"|\\?$)|([^\s,"]*))|([\w.-]+)')


class Scheme(Enum):
    """The schemes we can answer."""

    DIGEST = "digest"
    BASIC = "basic"


class Algorithm(Enum):
    """The hashes of Digest we can compute."""

    MD5 = "md5"
    SHA256 = "sha-256"


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
    digest_is_offered = any(scheme == Scheme.DIGEST.value for scheme, _ in offers)
    answerable = [challenge for offer in offers if (challenge := _challenge(*offer)) is not None]
    return tuple(each for each in answerable if each.scheme is Scheme.DIGEST or not digest_is_offered)


def choose(challenges: tuple[Challenge, ...]) -> Challenge | None:
    """The first one: servers list their preference (RFC 7616 §3.7), and Basic never stands beside Digest here."""
    return next(iter(challenges), None)


def _split(value: str) -> Iterator[tuple[str, dict[str, str]]]:
    scheme, parameters = "", dict[str, str]()
    for token in _TOKEN.finditer(value):
        name, quoted, plain, word = token.groups()
        if word is not None:
            if scheme:
                yield scheme, parameters
            scheme, parameters = word.lower(), {}
        else:
            parameters.setdefault(name.lower(), quoted if quoted is not None else plain)
    if scheme:
        yield scheme, parameters


def _challenge(scheme: str, parameters: dict[str, str]) -> Challenge | None:
    realm = parameters.get("realm", "")
    if scheme == Scheme.BASIC.value:
        return Challenge(Scheme.BASIC, realm)
    named = parameters.get("algorithm", "")
    hash_name = named.lower().removesuffix("-sess").replace("sha256", "sha-256") or Algorithm.MD5.value
    offers = {offer.strip().lower() for offer in parameters.get("qop", "").split(",")} - {""}
    known = hash_name in {algorithm.value for algorithm in Algorithm}
    if scheme != Scheme.DIGEST.value or not known or "nonce" not in parameters or (offers and "auth" not in offers):
        return None
    return Challenge(
        Scheme.DIGEST,
        realm,
        parameters["nonce"],
        parameters.get("opaque"),
        Algorithm(hash_name),
        named.lower().endswith("-sess"),
        named,
        "auth" in offers,
        parameters.get("stale", "").lower() == "true",
    )


class Authenticator:
    """Answers one challenge for request after request, counting the uses of its nonce."""

    __slots__ = ("_cnonce", "_count", "_credentials", "_secret", "challenge")

    def __init__(self, challenge: Challenge, credentials: Credentials, cnonce: Callable[[], str]) -> None:
        """``cnonce`` draws a fresh unpredictable text of hexadecimal digits."""
        self.challenge = challenge
        self._credentials = credentials
        self._cnonce = cnonce
        self._count = 0
        self._secret = b""  # what of the answer is the same for every request

    def __repr__(self) -> str:
        return f"Authenticator({self.challenge.scheme})"

    def answer(self, method: str, uri: str) -> str:
        """The Authorization value for one request; ``uri`` exactly as on its request line."""
        match self.challenge.scheme:
            case Scheme.BASIC:
                return f"Basic {basic_token(self._credentials)}"
            case Scheme.DIGEST:
                self._count += 1
                self._secret = self._secret or _secret(self.challenge, self._credentials)
                return _digest(
                    self.challenge, self._credentials.username, self._secret, method, uri, self._count, self._cnonce()
                )


def basic_token(credentials: Credentials) -> str:
    """``user:password`` in base64."""
    plain = f"{credentials.username}:{credentials.password.reveal()}"
    return base64.b64encode(plain.encode()).decode("ascii")


def _secret(challenge: Challenge, credentials: Credentials) -> bytes:
    """The hash of user, realm and password (RFC 7616 A1)."""
    parts = (credentials.username.encode(), challenge.realm.encode("latin-1"), credentials.password.reveal().encode())
    return _hash(challenge.algorithm, b":".join(parts)).encode()


def _digest(challenge: Challenge, user: str, secret: bytes, method: str, uri: str, count: int, cnonce: str) -> str:
    def digest(text: str) -> str:
        return _hash(challenge.algorithm, text.encode("latin-1"))

    nonce, uses, shared = challenge.nonce, f"{count:08x}", secret.decode()
    if challenge.session:
        shared = digest(f"{shared}:{nonce}:{cnonce}")
    request = digest(f"{method}:{uri}")
    middle = f"{nonce}:{uses}:{cnonce}:auth" if challenge.qop else nonce
    response = digest(f"{shared}:{middle}:{request}")

    username = user.encode().decode("latin-1").replace("\\", r"\\").replace('"', r"\"")
    fields = [
        f'username="{username}"',
        f'realm="{challenge.realm}"',
        f'nonce="{challenge.nonce}"',
        f'uri="{uri}"',
        f'response="{response}"',
    ]
    if challenge.algorithm_text:
        fields.append(f"algorithm={challenge.algorithm_text}")
    if challenge.qop:
        fields += ["qop=auth", f"nc={uses}"]
    if challenge.qop or challenge.session:
        fields.append(f'cnonce="{cnonce}"')
    if challenge.opaque is not None:
        fields.append(f'opaque="{challenge.opaque}"')
    return "Digest " + ", ".join(fields)


def _hash(algorithm: Algorithm, data: bytes) -> str:
    match algorithm:
        case Algorithm.MD5:
            return hashlib.md5(data, usedforsecurity=False).hexdigest()
        case Algorithm.SHA256:
            return hashlib.sha256(data).hexdigest()
