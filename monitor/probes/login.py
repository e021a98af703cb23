"""Who may see the credentials when a device is asked over ONVIF, in which form, and how often.

The first question carries none, and the device's answer says which form it wants: HTTP Digest where it challenges with
one, else a user name token. Only a device that took a token in its last run is shown one unasked. So one wrong password
is one failed attempt. A right one is none: a challenge is answered at the path it came from, and at another only where
what is known of the device speaks for that, since some take the nonce of another path for a wrong password. Must never
send both forms, nor a password in clear, nor credentials again after the device refused them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from monitor.model import Cause, Credentials
from monitor.onvif.envelope import username_token
from monitor.probes.inspection import Manners
from monitor.rtsp.auth import Scheme, parse_challenges
from monitor.rtsp.guard import Guard
from monitor.rtsp.lockout import last_attempt, says_locked
from monitor.rtsp.messages import Response

NONCE_BYTES = 16


@dataclass(slots=True)  # not frozen: each question makes one
class Signature:
    """What shows the credentials in one request; both empty when it carries none."""

    authorization: str | None = None  # the HTTP header
    security: str = ""  # the SOAP header


class Login:
    """The credentials of one run."""

    def __init__(
        self,
        credentials: Credentials | None,
        random: Callable[[int], bytes],
        *,
        may_authenticate: bool,
        manners: Manners | None = None,
    ) -> None:
        """``random`` draws that many unpredictable bytes; ``manners``: the device's, as its last run told them."""
        self.credentials = credentials
        self._random = random
        self._may_authenticate = may_authenticate
        self._known = Manners() if manners is None else manners
        self._guard, self._path = self._new_guard(), ""  # of the last request
        self._guards: dict[str, Guard] = {}  # by path
        self._borrowed: set[str] = set()  # paths that have the guard of another
        self._nonces: dict[str, str] = {}  # that the device challenged with first, by path
        self._apart = self._known.apart
        self._by_token = self._unasked = self._known.took_token and may_authenticate and credentials is not None
        self._accepted = False
        self._token_refused = False

    @property
    def refused(self) -> bool:
        """Whether the credentials were sent and the device said no."""
        return self._token_refused or any(guard.refused for guard in self._guards.values())

    @property
    def manners(self) -> Manners:
        """The device's, for its next run."""
        nonces = {**self._known.nonces, **self._nonces}
        asked = {path: nonces[path] for path in self._guards if path in nonces}  # a device may name others every time
        return Manners(self._by_token and self._accepted, asked, self._apart)

    @property
    def unsettled(self) -> bool:
        """Whether credentials are being sent that the device has not accepted yet."""
        return not self._accepted and (self._by_token or any(guard.ready for guard in self._guards.values()))

    def next_request(self) -> None:
        """Another request begins, rather than the same one once more."""
        for guard in self._guards.values():
            guard.next_request()

    def sign(self, path: str, device_now: datetime) -> Signature:
        """The signature of a POST to ``path``, at the device's own time."""
        if self._by_token and self.credentials is not None:
            return Signature(security=username_token(self.credentials, self._random(NONCE_BYTES), device_now))
        if path not in self._guards:
            self._guards[path] = self._borrowed_for(path) or self._new_guard()
        self._guard, self._path = self._guards[path], path
        return Signature(authorization=self._guard.authorization("POST", path))

    def accept(self) -> None:
        """The device answered the last request with something other than a refusal."""
        self._guard.accept()
        self._accepted = self._accepted or self._by_token or self._guard.ready

    def challenged(self, response: Response, text: str) -> Cause | None:
        """What a refusal means, ``text`` being all it says: a cause to end with, or None to send the request again."""
        challenges = parse_challenges(response.headers.all("WWW-Authenticate"))
        digest = next((challenge for challenge in challenges if challenge.scheme is Scheme.DIGEST), None)
        by_digest = response.status == 401 and (digest is not None or says_locked(text))
        if self._accepted and (self._by_token or not by_digest):
            return Cause.CREDENTIALS_FORBIDDEN  # the password is right, the account lacks a permission
        if self._by_token:
            # Whoever wants a Digest by now has not looked at the token: no refusal, but no second form in this run.
            self._token_refused = not (self._unasked and digest is not None)
            return Cause.ACCOUNT_LOCKED if says_locked(text) else Cause.CREDENTIALS_REFUSED
        if digest is not None:
            self._apart = self._apart or (self._path in self._borrowed and not digest.stale)
            self._nonces.setdefault(self._path, digest.nonce)
        if digest is not None or self._guard.ready:
            return self._guard.challenged(response, text)
        if says_locked(text):
            return Cause.ACCOUNT_LOCKED
        if self.credentials is None:
            return Cause.CREDENTIALS_MISSING
        if not self._may_authenticate or last_attempt(text):
            return Cause.CREDENTIALS_REFUSED
        self._by_token = True
        return None

    def _new_guard(self) -> Guard:
        return Guard(self.credentials, lambda: self._random(8).hex(), may_authenticate=self._may_authenticate)

    def _borrowed_for(self, path: str) -> Guard | None:
        """The guard of the path that was asked first, where its challenge may be answered at ``path``, too."""
        first = next(iter(self._guards), None)
        if first is None or self._apart or not self._guards[first].ready:
            return None
        if not self._known.one_for_all(first, self._nonces.get(first, "")):
            return None
        self._borrowed.add(path)
        return self._guards[first]
