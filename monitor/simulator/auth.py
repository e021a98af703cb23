"""The server's half of RTSP authentication: Basic (RFC 7617), Digest (RFC 7616) and the older Digest of RFC 2069."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import secrets
from enum import Enum, StrEnum
from functools import lru_cache

from monitor.model import Credentials

PARAMETER = re.compile(r'(\w+)\s*=\s*(?:"([^"]*)"|([^,\s]*))')


class Scheme(StrEnum):
    """How a camera wants to be convinced."""

    NONE = "none"
    BASIC = "basic"
    DIGEST_RFC2069 = "digest_rfc2069"  # MD5 without qop, as older cameras ask
    DIGEST_MD5 = "digest_md5"
    DIGEST_SHA256 = "digest_sha256"


class Decision(Enum):
    """What to do with a request."""

    GRANTED = "granted"
    STALE = "stale"  # the right password with a used-up nonce: ask again, hold nothing against the client
    REFUSED = "refused"


class Gate:
    """Decides for one connection. Its nonce lives as long as the connection; ``nc`` must grow (RFC 7616, 3.4)."""

    __slots__ = ("_count", "_credentials", "_nonce", "_realm", "_scheme")

    def __init__(self, scheme: Scheme, realm: str, credentials: Credentials) -> None:
        self._scheme = scheme
        self._realm = realm
        self._credentials = credentials
        self._nonce = secrets.token_hex(16)
        self._count = 0

    def challenge(self, decision: Decision) -> str:
        """The value of ``WWW-Authenticate`` after that decision."""
        digest = f'Digest realm="{self._realm}", nonce="{self._nonce}"'
        stale = "TRUE" if decision is Decision.STALE else "FALSE"
        match self._scheme:
            case Scheme.NONE | Scheme.BASIC:
                return f'Basic realm="{self._realm}"'
            case Scheme.DIGEST_RFC2069:
                return f'{digest}, stale="{stale}"'
            case Scheme.DIGEST_MD5:
                return f'{digest}, algorithm=MD5, qop="auth", stale="{stale}"'
            case Scheme.DIGEST_SHA256:
                return f'{digest}, algorithm=SHA-256, qop="auth", stale="{stale}"'

    def decide(self, method: str, uri: str, authorization: str) -> Decision:
        """``authorization`` is the header's value, empty when the request has none."""
        if self._scheme is Scheme.NONE:
            return Decision.GRANTED
        kind, _, rest = authorization.partition(" ")
        if self._scheme is Scheme.BASIC:
            pair = f"{self._credentials.username}:{self._credentials.password.reveal()}"
            right = base64.b64encode(pair.encode()).decode("ascii")
            granted = kind.lower() == "basic" and _same(rest.strip(), right)
            return Decision.GRANTED if granted else Decision.REFUSED
        if kind.lower() != "digest":
            return Decision.REFUSED
        return self._decide_digest(method, uri, {m[1].lower(): m[2] or m[3] or "" for m in PARAMETER.finditer(rest)})

    def _decide_digest(self, method: str, uri: str, answer: dict[str, str]) -> Decision:
        algorithm = "sha256" if self._scheme is Scheme.DIGEST_SHA256 else "md5"
        secret = digest_secret(algorithm, self._credentials.username, self._realm, self._credentials.password.reveal())
        nonce, count = answer.get("nonce", ""), answer.get("nc", "")
        if self._scheme is Scheme.DIGEST_RFC2069:
            middle = nonce
        else:
            middle = f"{nonce}:{count}:{answer.get('cnonce', '')}:{answer.get('qop', '')}"
        right = _hash(algorithm, f"{secret}:{middle}:{_hash(algorithm, f'{method}:{uri}')}")
        named = answer.get("username") == self._credentials.username and answer.get("uri") == uri
        if not named or not _same(answer.get("response", ""), right):
            return Decision.REFUSED
        if nonce != self._nonce:
            return Decision.STALE
        if self._scheme is Scheme.DIGEST_RFC2069:
            return Decision.GRANTED
        if answer.get("qop") != "auth" or not re.fullmatch("[0-9a-fA-F]{8}", count):
            return Decision.REFUSED
        if int(count, 16) <= self._count:
            return Decision.STALE
        self._count = int(count, 16)
        return Decision.GRANTED


@lru_cache(maxsize=256)
def digest_secret(algorithm: str, username: str, realm: str, password: str) -> str:
    """The hash a device keeps instead of the password (A1 of RFC 7616)."""
    return _hash(algorithm, f"{username}:{realm}:{password}")


def _hash(algorithm: str, text: str) -> str:
    return hashlib.new(algorithm, text.encode()).hexdigest()


def _same(given: str, right: str) -> bool:
    return hmac.compare_digest(given.encode(), right.encode())
