"""Who may see the credentials, and how often: at most one refusal per run, because devices lock accounts.

Decides what a 401 leads to: signing the same request, or the end of the run. Must never let credentials out again
after the device refused them, nor for the last attempt it leaves; only a nonce that grew old may be answered once more.
"""

from __future__ import annotations

from collections.abc import Callable

from monitor.model import Cause, Credentials
from monitor.rtsp.auth import Authenticator, Challenge, Scheme, choose, parse_challenges
from monitor.rtsp.lockout import last_attempt, says_locked
from monitor.rtsp.messages import Response


class Guard:
    """The credentials of one run."""

    __slots__ = (
        "_accepted", "_again", "_authenticator", "_cnonce", "_credentials", "_may_authenticate", "refused", "renewed",
        "signed",
    )  # fmt: skip

    def __init__(
        self, credentials: Credentials | None, cnonce: Callable[[], str], *, may_authenticate: bool = True
    ) -> None:
        self.refused = False  # they were sent and the device said no
        self.renewed = False  # the device took back a nonce, and we went on with the next
        self.signed = False  # the last request carried them
        self._credentials = credentials
        self._cnonce = cnonce
        self._may_authenticate = may_authenticate
        self._authenticator: Authenticator | None = None
        self._accepted = False
        self._again = False  # this request was already signed anew

    @property
    def ready(self) -> bool:
        """Whether the next request will be signed."""
        return self._authenticator is not None

    @property
    def unasked(self) -> bool:
        """Whether there are credentials and the device never wanted them."""
        return self._credentials is not None and self._authenticator is None

    @property
    def readable(self) -> bool:
        """Whether the password goes out in a form that can be turned back."""
        return self._authenticator is not None and self._authenticator.challenge.scheme is Scheme.BASIC

    def next_request(self) -> None:
        """Another request begins, rather than the same one once more."""
        self._again = False

    def authorization(self, method: str, uri: str) -> str | None:
        """The Authorization value for a request; None before a challenge."""
        self.signed = self._authenticator is not None
        return self._authenticator.answer(method, uri) if self._authenticator is not None else None

    def accept(self) -> None:
        """The device did what the last request asked for: no error or redirect shows that it looked at the password."""
        self._accepted = self._accepted or self.signed

    def hung_up(self) -> bool:
        """The device closed instead of answering: whether that refuses credentials it never accepted."""
        self.refused = self.refused or (self.signed and not self._accepted)
        return self.refused

    def leave(self, *, for_another_host: bool) -> None:
        """The run goes on elsewhere; another host never gets the credentials."""
        self._authenticator, self._accepted = None, False
        if for_another_host:
            self._credentials = None

    def challenged(self, response: Response, text: str) -> Cause | None:
        """What a 401 means, ``text`` being all it says: a cause to end with, or None to send the request again."""
        offered = response.headers.all("WWW-Authenticate")
        challenge = choose(parse_challenges(offered))
        locked = says_locked(text)
        if self.signed and not locked and challenge is not None and self._only_grew_old(challenge):
            if self._again:
                self.refused = True  # answered twice in vain: the device may count that
                return Cause.NONCE_LOOP
            self._again = self.renewed = True
            return self._answer(challenge)
        if self.signed:
            self.refused = True
            return Cause.ACCOUNT_LOCKED if locked else Cause.CREDENTIALS_REFUSED
        if locked:
            return Cause.ACCOUNT_LOCKED
        if self._credentials is None:
            return Cause.CREDENTIALS_MISSING
        if not self._may_authenticate or last_attempt(text):
            return Cause.CREDENTIALS_REFUSED
        return self._answer(challenge) if offered else Cause.CHALLENGE_MISSING

    def _only_grew_old(self, challenge: Challenge) -> bool:
        """Whether the device minds the nonce and not the credentials: it says so, or it had accepted them before."""
        assert self._authenticator is not None
        return challenge.stale or (self._accepted and challenge.nonce != self._authenticator.challenge.nonce)

    def _answer(self, challenge: Challenge | None) -> Cause | None:
        if challenge is None or self._credentials is None:
            return Cause.AUTH_UNSUPPORTED
        self._authenticator = Authenticator(challenge, self._credentials, self._cnonce)
        return None
