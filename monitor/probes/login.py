"""Who may see the credentials when a device is asked over ONVIF, in which form, and how often.

The first question carries none, and the device's answer says which form it wants: HTTP Digest where it challenges with
one, else a user name token. Only a device that took a token in its last run is shown one unasked. So one wrong password
is one failed attempt. Must never send both forms, nor a password in clear, nor credentials again after the device
refused them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from monitor.model import Cause, Credentials
from monitor.onvif.envelope import username_token
from monitor.rtsp.auth import Scheme, parse_challenges
from monitor.rtsp.guard import Guard
from monitor.rtsp.lockout import says_locked
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
        took_token: bool = False,
    ) -> None:
        """``random`` draws that many unpredictable bytes; ``took_token``: the device did so in its last run."""
        self.credentials = credentials
        self._random = random
        self._may_authenticate = may_authenticate
        self._guard = Guard(credentials, lambda: random(8).hex(), may_authenticate=may_authenticate)
        self._by_token = self._unasked = took_token and may_authenticate and credentials is not None
        self._accepted = False
        self._token_refused = False

    @property
    def refused(self) -> bool:
        """Whether the credentials were sent and the device said no."""
        return self._token_refused or self._guard.refused

    @property
    def took_token(self) -> bool:
        """Whether the device accepted a user name token, and may be shown one unasked in its next run."""
        return self._by_token and self._accepted

    @property
    def unsettled(self) -> bool:
        """Whether credentials are being sent that the device has not accepted yet."""
        return (self._by_token or self._guard.ready) and not self._accepted

    def next_request(self) -> None:
        """Another request begins, rather than the same one once more."""
        self._guard.next_request()

    def sign(self, path: str, device_now: datetime) -> Signature:
        """The signature of a POST to ``path``, at the device's own time."""
        if self._by_token and self.credentials is not None:
            return Signature(security=username_token(self.credentials, self._random(NONCE_BYTES), device_now))
        return Signature(authorization=self._guard.authorization("POST", path))

    def accept(self) -> None:
        """The device answered the last request with something other than a refusal."""
        self._guard.accept()
        self._accepted = self._by_token or self._guard.ready

    def challenged(self, response: Response, text: str) -> Cause | None:
        """What a refusal means, ``text`` being all it says: a cause to end with, or None to send the request again."""
        if self._accepted and (self._by_token or response.status != 401):
            return Cause.CREDENTIALS_FORBIDDEN  # the password is right, the account lacks a permission
        challenges = parse_challenges(response.headers.all("WWW-Authenticate"))
        digest = any(challenge.scheme is Scheme.DIGEST for challenge in challenges)
        if self._by_token:
            # Whoever wants a Digest by now has not looked at the token: no refusal, but no second form in this run.
            self._token_refused = not (self._unasked and digest)
            return Cause.ACCOUNT_LOCKED if says_locked(text) else Cause.CREDENTIALS_REFUSED
        if self._guard.ready or digest:
            return self._guard.challenged(response, text)
        if says_locked(text):
            return Cause.ACCOUNT_LOCKED
        if self.credentials is None:
            return Cause.CREDENTIALS_MISSING
        if not self._may_authenticate:
            return Cause.CREDENTIALS_REFUSED
        self._by_token = True
        return None
