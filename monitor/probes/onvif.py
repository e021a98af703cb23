"""Asks a device over ONVIF for its smallest video stream, or for all that findings are made of.

Decides in which order services are asked and when to give up. Only reads: nothing at the device changes. Must never
outlive its limits, and show the credentials only as ``monitor.probes.login`` allows.
"""

from __future__ import annotations

import asyncio
import re
import secrets
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Final

from monitor.clock import Clock
from monitor.errors import LocalProtocolError, RemoteProtocolError
from monitor.model import Cause, Codec, Credentials, Identity, Stage
from monitor.onvif import envelope, replies
from monitor.onvif.addresses import Service, parse_address, service_at, stream_url
from monitor.onvif.envelope import Call, Media
from monitor.onvif.markup import Part
from monitor.onvif.profiles import LEAST_HEIGHT, LEAST_WIDTH, Profile, usable
from monitor.onvif.replies import Fault
from monitor.probes.dialling import ACCEPT
from monitor.probes.http import HttpClient, HttpLimits, field_line
from monitor.probes.http_answers import Answer, Unanswered
from monitor.probes.login import Login
from monitor.rtsp.ending import Redactor, cause_of_status
from monitor.rtsp.lockout import attempts_left, text_of
from monitor.rtsp.messages import Response

# Where media services mostly are when a device does not say.
USUAL_PATHS: Final = {Media.TWO: "/onvif/media2_service", Media.ONE: "/onvif/media_service"}

# Devices tell whole seconds, cut: on average half of one is missing, and an offset is right to half a second.
UNTOLD: Final = timedelta(seconds=0.5)

# After these the other media service is worth asking.
_ANOTHER_MAY_DO = frozenset(
    {
        Cause.CONNECTION_CLOSED, Cause.NO_REPLY, Cause.BAD_REPLY, Cause.PATH_NOT_FOUND, Cause.REQUEST_REFUSED,
        Cause.SERVER_ERROR, Cause.NO_VIDEO_TRACK,
    }
)  # fmt: skip


# Declarations say nothing about locks and attempts, and have the digits that make looking for those slow.
_NAMES = re.compile(r'<\?[^>]{0,100}\?>|\sxmlns(?::[\w.-]{1,40})?="[^"]{0,200}"')

# These say nothing about whether a device knows a question.
_SAYS_NOTHING = frozenset({Cause.CONNECTION_CLOSED, Cause.NO_REPLY, Cause.DEVICE_BUSY, Cause.CREDENTIALS_FORBIDDEN})


@dataclass(frozen=True, slots=True)
class OnvifLimits:
    """How long a run may take, and each exchange in it."""

    exchange: HttpLimits = field(default_factory=HttpLimits)
    total: timedelta = timedelta(seconds=30)


@dataclass(frozen=True, slots=True)
class StreamFound:
    """The smallest stream that can be judged, or why none was found."""

    url: str = field(default="", repr=False)  # some devices write a password into its path; "" = none
    width: int = 0  # pixels, as the device states them
    height: int = 0
    codec: Codec | None = None
    cause: Cause = Cause.OK
    detail: str = ""  # never a secret
    credentials_refused: bool = False  # they were sent in this run and the device said no
    attempts_left: int | None = None  # how often the device says a password may still be tried
    clock_offset: timedelta | None = None  # the device's clock less ours, give or take half a second; None = not told


@dataclass(frozen=True, slots=True)
class Inspection:
    """What a device told in one round: as much as it told until the round ended."""

    found: StreamFound  # the smallest stream, or why the round did not come that far
    answered: bool = False  # it answered a question that needs no password: it lives
    identity: Identity | None = None  # None: not told
    main: str = field(default="", repr=False)  # the URL of its largest stream; "" = not told
    smaller: bool | None = None  # whether the smallest stream is smaller than that; None: not told
    snapshot: bool | None = None  # whether it offers single pictures; None: not told
    snapshot_url: str = field(default="", repr=False)  # where, at the host we dialled; "" = not told
    took_token: bool = False  # it accepted a user name token: ``inspect`` may be told so the next time

    @property
    def cause(self) -> Cause:
        """Why the round ended."""
        return self.found.cause

    @property
    def credentials_refused(self) -> bool:
        """They were sent in this round and the device said no."""
        return self.found.credentials_refused

    @property
    def attempts_left(self) -> int | None:
        """How often the device says a password may still be tried."""
        return self.found.attempts_left

    @property
    def clock_offset(self) -> timedelta | None:
        """The device's clock less ours; None = not told."""
        return self.found.clock_offset


_Stream = tuple[str, Profile]  # its URL, and what the device says of it
_NO_STREAM: Final = ("", Profile("", None))


class _Ended(Exception):
    """The run is over, or one of its ways."""

    def __init__(self, cause: Cause, detail: str) -> None:
        super().__init__(detail)
        self.cause = cause
        self.detail = detail


class _CutShort(_Ended):
    """An answer ended before its end: what another service says instead might not be the same."""

    def __init__(self, call: Call) -> None:
        super().__init__(Cause.BAD_REPLY, f"{call.name}: the answer is cut short")


async def smallest_stream(
    address: str,
    credentials: Credentials | None,
    *,
    clock: Clock,
    limits: OnvifLimits,
    may_authenticate: bool = True,
    certificate: str = ACCEPT,
) -> StreamFound:
    """Find it, within ``limits.total``. Never raises but CancelledError.

    ``certificate``: what a device behind ``https://`` must show, as in ``Camera.certificate``.
    """
    login = Login(credentials, secrets.token_bytes, may_authenticate=may_authenticate)
    return (await _asked(address, login, clock, limits, certificate, _Run.smallest)).found


async def inspect(
    address: str,
    credentials: Credentials | None,
    *,
    clock: Clock,
    limits: OnvifLimits,
    may_authenticate: bool = True,
    took_token: bool = False,
    certificate: str = ACCEPT,
) -> Inspection:
    """The whole round: clock, plate, largest and smallest stream, snapshots. Manners: those of ``smallest_stream``.

    ``took_token``: the device's last ``Inspection`` said so; it is spared the question without credentials.
    """
    login = Login(credentials, secrets.token_bytes, may_authenticate=may_authenticate, took_token=took_token)
    return await _asked(address, login, clock, limits, certificate, _Run.everything)


async def _asked(
    address: str,
    login: Login,
    clock: Clock,
    limits: OnvifLimits,
    certificate: str,
    question: Callable[[_Run], Awaitable[_Stream]],
) -> Inspection:
    redactor = Redactor(login.credentials)
    try:
        device = parse_address(address)
    except LocalProtocolError as error:
        return Inspection(StreamFound(cause=Cause.MONITOR_ERROR, detail=redactor.detail(str(error))))
    run = _Run(device, login, clock, HttpClient(limits.exchange, certificate), strict=certificate != ACCEPT)
    stream, cause, detail = _NO_STREAM, Cause.OK, ""
    try:
        async with asyncio.timeout(limits.total.total_seconds()):
            stream = await question(run)
    except _Ended as ended:
        cause, detail = ended.cause, redactor.detail(ended.detail)
    except TimeoutError:
        cause, detail = Cause.NO_REPLY, f"not done within {limits.total.total_seconds():g} s"
    finally:
        run.http.hang_up()
    url, profile = stream
    offers = (url, profile.width, profile.height, profile.codec)
    found = StreamFound(*offers, cause, detail, login.refused, run.attempts_left, run.offset)
    told = (run.answered, run.identity, run.main, run.smaller, run.snapshot, run.snapshot_url)
    return Inspection(found, *told, took_token=login.took_token)


class _Run:
    """One device asked once."""

    def __init__(self, device: Service, login: Login, clock: Clock, http: HttpClient, *, strict: bool) -> None:
        """``strict``: its certificate matters."""
        self.offset: timedelta | None = None
        self.attempts_left: int | None = None
        self.answered = False  # this and what follows: as in ``Inspection``
        self.identity: Identity | None = None
        self.main = ""
        self.smaller: bool | None = None
        self.snapshot: bool | None = None
        self.snapshot_url = ""
        self.http = http
        self._device = device
        self._login = login
        self._clock = clock
        self._strict = strict

    async def smallest(self) -> _Stream:
        """From the device's clock to the address of its smallest stream."""
        await self._read_clock()
        return await self._of_media(await self._media_services(), self._smallest)

    async def everything(self) -> _Stream:
        """The same, and what else there is to tell."""
        await self._read_clock()
        try:
            found = await self._of_media(await self._media_services(), self._streams)
        except _Ended as ended:
            if ended.cause in _ANOTHER_MAY_DO and not (self._login.unsettled or self._login.refused):
                await self._read_plate()
            raise
        await self._read_plate()
        return found

    async def _of_media(
        self, services: dict[Media, Service], ask: Callable[[Media, Service], Awaitable[_Stream]]
    ) -> _Stream:
        """What the first media service says that knows anything."""
        last: _Ended | None = None
        for media, service in services.items():
            try:
                return await ask(media, service)
            except _CutShort:
                raise
            except _Ended as ended:
                last = ended
                if ended.cause not in _ANOTHER_MAY_DO or self._login.unsettled:
                    break
        assert last is not None
        raise last

    async def _read_clock(self) -> None:
        before, began = self._clock.now(), self._clock.monotonic()
        call = envelope.GET_SYSTEM_DATE_AND_TIME
        answer = await self._anonymous(call)
        halfway = timedelta(seconds=(self._clock.monotonic() - began) / 2)
        self.answered = True
        if answer is None:
            return
        try:
            self.offset = replies.device_time(answer) + UNTOLD - (before + halfway)
        except RemoteProtocolError:  # some devices do not tell: then our own clock must do
            if not replies.complete(answer, call.name):  # with a token of our time a right password may be refused
                raise _CutShort(call) from None

    async def _media_services(self) -> dict[Media, Service]:
        """The second generation first: it lists every codec."""
        for call in (envelope.GET_SERVICES, envelope.GET_CAPABILITIES):
            try:
                answer = await self._anonymous(call)
            except _CutShort:
                raise
            except _Ended:  # old devices answer a question they do not know with anything
                continue
            if answer is not None and not replies.complete(answer, call.name):
                raise _CutShort(call)
            told = {} if answer is None else replies.media_addresses(answer)
            found: dict[Media, Service] = {}
            for media in USUAL_PATHS:
                service = service_at(told[media], self._device) if media in told else None
                if service is not None and self._safe(service):
                    found[media] = service
            if found:
                return found
        return {media: replace(self._device, path=path) for media, path in USUAL_PATHS.items()}

    def _safe(self, service: Service) -> bool:
        """Whether it may be asked: a device whose certificate matters must not lead us off TLS."""
        return service.tls or not self._device.tls or not self._strict

    async def _read_plate(self) -> None:
        """A device may keep it to itself, or from this account."""
        with suppress(_Ended, RemoteProtocolError):
            self.identity = replies.identity(await self._ask(self._device, envelope.GET_DEVICE_INFORMATION))

    async def _smallest(self, media: Media, service: Service) -> _Stream:
        candidates = _candidates(replies.profiles(await self._ask(service, envelope.get_profiles(media))))
        return await self._stream(media, service, candidates[0])

    async def _streams(self, media: Media, service: Service) -> _Stream:
        candidates = _candidates(replies.profiles(await self._ask(service, envelope.get_profiles(media))))
        smallest, largest = candidates[0], candidates[-1]
        found = await self._stream(media, service, smallest)
        self.smaller = (smallest.width * smallest.height) < (largest.width * largest.height)
        main, _ = found if largest.token == smallest.token else await self._stream(media, service, largest)
        self.main = main
        self.snapshot = await self._has_snapshots(media, service, smallest)
        return found

    async def _has_snapshots(self, media: Media, service: Service, profile: Profile) -> bool | None:
        try:
            answer = await self._ask(service, envelope.get_snapshot_uri(media, profile.token))
        except _CutShort:
            return None
        except _Ended as ended:  # what is optional in ONVIF is refused in some way or other
            return None if ended.cause in _SAYS_NOTHING else False
        with suppress(RemoteProtocolError):
            place = service_at(replies.stream_uri(answer), self._device)
            if place is not None and self._safe(place):
                self.snapshot_url = place.url
        return True

    async def _stream(self, media: Media, service: Service, profile: Profile) -> _Stream:
        answer = await self._ask(service, envelope.get_stream_uri(media, profile.token))
        try:
            url = stream_url(replies.stream_uri(answer), self._device)
        except RemoteProtocolError as error:
            raise _Ended(Cause.BAD_REPLY, str(error)) from None
        if not url:
            raise _Ended(Cause.BAD_REPLY, "the stream's address is none of RTSP")
        return url, profile

    async def _anonymous(self, call: Call) -> Part | None:
        """The device's answer to a question that needs no credentials; None when it wants some or does not know it."""
        answer = _answered(call, await self._post(self._device, call))
        if answer.status == 401:
            return None
        said = _understood(call, answer)
        return None if isinstance(said, Fault) else said

    async def _ask(self, service: Service, call: Call) -> Part:
        """The answer to a question that may need credentials."""
        self._login.next_request()
        while True:
            answer = _answered(call, await self._post_signed(service, call))
            said = None if answer.status == 401 else _understood(call, answer)
            if said is None or (isinstance(said, Fault) and said.refuses_credentials):
                self._refused(answer.response, said)
                continue
            if not (isinstance(said, Fault) or replies.complete(said, call.name)):
                raise _CutShort(call)  # before the password counts as taken: a refusal may be what is missing
            self._login.accept()
            if isinstance(said, Fault):
                raise _Ended(Cause.REQUEST_REFUSED, f"{call.name}: {said}")
            return said

    def _refused(self, response: Response, fault: Fault | None) -> None:
        """The device wants credentials, or others; raises _Ended unless the question is to be asked again."""
        text = _NAMES.sub("", text_of(response))
        cause = self._login.challenged(response, text)
        if cause is not None:
            self.attempts_left = left = attempts_left(text)
            told = str(fault or response.line)
            raise _Ended(cause, told if left is None else f"{told}; {left} attempts left")

    def _post(self, service: Service, call: Call) -> Awaitable[Answer | Unanswered]:
        return self.http.post(service, call.content_type, call.envelope())

    def _post_signed(self, service: Service, call: Call) -> Awaitable[Answer | Unanswered]:
        signature = self._login.sign(service.path, self._device_now())
        fields = call.content_type
        if signature.authorization is not None:
            fields += field_line("Authorization", signature.authorization)
        # Credentials the device has not taken yet are one attempt: sent twice they would be two.
        post = self.http.post_once if self._login.unsettled else self.http.post
        return post(service, fields, call.envelope(signature.security))

    def _device_now(self) -> datetime:
        return self._clock.now() + (self.offset or timedelta(0))


def _answered(call: Call, answer: Answer | Unanswered) -> Answer:
    """The answer; raises _Ended where there is none."""
    if isinstance(answer, Unanswered):
        raise _Ended(answer.cause, f"{call.name}: {answer.detail}")
    return answer


def _understood(call: Call, answer: Answer) -> Part | Fault:
    """What an answer other than 401 says; raises _Ended when there is nothing."""
    good = 200 <= answer.status < 300
    try:
        said = replies.parse(answer.body)
    except RemoteProtocolError as error:
        if good and replies.only_begun(answer.body):
            raise _CutShort(call) from None
        if good:
            raise _Ended(Cause.BAD_REPLY, f"{answer.response.line}: {error}") from None
        raise _Ended(cause_of_status(Stage.DESCRIBE, answer.status), answer.response.line) from None
    if not good and not isinstance(said, Fault):
        raise _Ended(cause_of_status(Stage.DESCRIBE, answer.status), answer.response.line)
    return said


def _candidates(profiles: tuple[Profile, ...]) -> tuple[Profile, ...]:
    """Those that can be judged, the smallest first; at least one."""
    candidates = usable(profiles)
    if not candidates:
        raise _Ended(
            Cause.NO_VIDEO_TRACK,
            f"none of {len(profiles)} profiles is H.264, H.265 or JPEG of at least {LEAST_WIDTH}x{LEAST_HEIGHT}",
        )
    sources = {profile.source for profile in candidates} - {""}
    if len(sources) > 1:  # a recorder or a camera with several lenses: a guess would watch another place
        raise _Ended(Cause.NO_VIDEO_TRACK, f"{len(sources)} video sources, and nothing says which one is meant")
    return candidates
