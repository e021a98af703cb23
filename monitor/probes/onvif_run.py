"""One device asked once over ONVIF: which service is asked what, in which order, and when nothing more is to be learnt.

Only reads: nothing at the device changes. Must show the credentials only as ``monitor.probes.login`` allows.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from monitor.clock import Clock
from monitor.errors import RemoteProtocolError
from monitor.model import Cause, Identity, Stage
from monitor.onvif import envelope, replies
from monitor.onvif.addresses import Service, service_at, stream_url
from monitor.onvif.envelope import Call, Media
from monitor.onvif.markup import Part
from monitor.onvif.profiles import LEAST_HEIGHT, LEAST_WIDTH, Profile, usable
from monitor.onvif.replies import Fault
from monitor.probes.http import HttpClient, field_line
from monitor.probes.http_answers import Answer, Unanswered
from monitor.probes.login import Login
from monitor.rtsp.ending import cause_of_status
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


Stream = tuple[str, Profile]  # its URL, and what the device says of it


class Ended(Exception):
    """The run is over, or one of its ways."""

    def __init__(self, cause: Cause, detail: str) -> None:
        super().__init__(detail)
        self.cause = cause
        self.detail = detail


class _CutShort(Ended):
    """An answer ended before its end: what another service says instead might not be the same."""

    def __init__(self, call: Call) -> None:
        super().__init__(Cause.BAD_REPLY, f"{call.name}: the answer is cut short")


class Run:
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

    async def smallest(self) -> Stream:
        """From the device's clock to the address of its smallest stream."""
        await self._read_clock()
        return await self._of_media(await self._media_services(), self._smallest)

    async def everything(self) -> Stream:
        """The same, and what else there is to tell."""
        await self._read_clock()
        try:
            found = await self._of_media(await self._media_services(), self._streams)
        except Ended as ended:
            if ended.cause in _ANOTHER_MAY_DO and not (self._login.unsettled or self._login.refused):
                await self._read_plate()
            raise
        await self._read_plate()
        return found

    async def _of_media(
        self, services: dict[Media, Service], ask: Callable[[Media, Service], Awaitable[Stream]]
    ) -> Stream:
        """What the first media service says that knows anything."""
        last: Ended | None = None
        for media, service in services.items():
            try:
                return await ask(media, service)
            except _CutShort:
                raise
            except Ended as ended:
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
            except Ended:  # old devices answer a question they do not know with anything
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
        with suppress(Ended, RemoteProtocolError):
            self.identity = replies.identity(await self._ask(self._device, envelope.GET_DEVICE_INFORMATION))

    async def _smallest(self, media: Media, service: Service) -> Stream:
        candidates = _candidates(replies.profiles(await self._ask(service, envelope.get_profiles(media))))
        return await self._stream(media, service, candidates[0])

    async def _streams(self, media: Media, service: Service) -> Stream:
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
        except Ended as ended:  # what is optional in ONVIF is refused in some way or other
            return None if ended.cause in _SAYS_NOTHING else False
        with suppress(RemoteProtocolError):
            place = service_at(replies.stream_uri(answer), self._device)
            if place is not None and self._safe(place):
                self.snapshot_url = place.url
        return True

    async def _stream(self, media: Media, service: Service, profile: Profile) -> Stream:
        answer = await self._ask(service, envelope.get_stream_uri(media, profile.token))
        try:
            url = stream_url(replies.stream_uri(answer), self._device)
        except RemoteProtocolError as error:
            raise Ended(Cause.BAD_REPLY, str(error)) from None
        if not url:
            raise Ended(Cause.BAD_REPLY, "the stream's address is none of RTSP")
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
                raise Ended(Cause.REQUEST_REFUSED, f"{call.name}: {said}")
            return said

    def _refused(self, response: Response, fault: Fault | None) -> None:
        """The device wants credentials, or others; raises Ended unless the question is to be asked again."""
        text = _NAMES.sub("", text_of(response))
        cause = self._login.challenged(response, text)
        if cause is not None:
            self.attempts_left = left = attempts_left(text)
            told = str(fault or response.line)
            raise Ended(cause, told if left is None else f"{told}; {left} attempts left")

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
    """The answer; raises Ended where there is none."""
    if isinstance(answer, Unanswered):
        raise Ended(answer.cause, f"{call.name}: {answer.detail}")
    return answer


def _understood(call: Call, answer: Answer) -> Part | Fault:
    """What an answer other than 401 says; raises Ended when there is nothing."""
    good = 200 <= answer.status < 300
    try:
        said = replies.parse(answer.body)
    except RemoteProtocolError as error:
        if good and replies.only_begun(answer.body):
            raise _CutShort(call) from None
        if good:
            raise Ended(Cause.BAD_REPLY, f"{answer.response.line}: {error}") from None
        raise Ended(cause_of_status(Stage.DESCRIBE, answer.status), answer.response.line) from None
    if not good and not isinstance(said, Fault):
        raise Ended(cause_of_status(Stage.DESCRIBE, answer.status), answer.response.line)
    return said


def _candidates(profiles: tuple[Profile, ...]) -> tuple[Profile, ...]:
    """Those that can be judged, the smallest first; at least one."""
    candidates = usable(profiles)
    if not candidates:
        raise Ended(
            Cause.NO_VIDEO_TRACK,
            f"none of {len(profiles)} profiles is H.264, H.265 or JPEG of at least {LEAST_WIDTH}x{LEAST_HEIGHT}",
        )
    sources = {profile.source for profile in candidates} - {""}
    if len(sources) > 1:  # a recorder or a camera with several lenses: a guess would watch another place
        raise Ended(Cause.NO_VIDEO_TRACK, f"{len(sources)} video sources, and nothing says which one is meant")
    return candidates
