"""One fake camera: an RTSP 1.0 server on an address of its own (RFC 2326), video over the RTSP connection only."""

from __future__ import annotations

import asyncio
import re
import secrets
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from monitor.model import Codec, Credentials, Secret
from monitor.simulator.auth import Decision, Gate, Scheme
from monitor.simulator.clips import Clip, ClipKey
from monitor.simulator.faults import HEALTHY, Behaviour, Reach, Speech
from monitor.simulator.hostility import Hostility
from monitor.simulator.link import Link
from monitor.simulator.listener import Listener
from monitor.simulator.message import Request, RequestError, RequestReader, reply
from monitor.simulator.player import Player
from monitor.simulator.scenes import Scene

SESSION_TIMEOUT = 60  # seconds, as announced; a session here ends with its connection, so nothing has to be counted
METHODS = "OPTIONS, DESCRIBE, SETUP, PLAY, GET_PARAMETER, TEARDOWN"
INTERLEAVED = re.compile(r"interleaved=(\d{1,3})")
HTTP_REPLY = b"HTTP/1.1 400 Bad Request\r\nContent-Type: text/html\r\nConnection: close\r\n\r\n<h1>Bad Request</h1>\r\n"
GARBAGE_REPLY = bytes(range(128, 256)) + b"\r\n\r\n" + bytes(range(1, 33)) * 4 + b"\r\n\r\n"
NEW_PASSWORD = Credentials("admin", Secret(secrets.token_hex(16)))  # what nobody knows after WRONG_PASSWORD


GOLDEN = 0.6180339887498949  # its multiples, without their whole parts, lie evenly between 0 and 1 however many


class Join(StrEnum):
    """Where in the running film a new session begins."""

    AT_ONCE = "at-once"  # with a key frame, as encoders do that make one for every new viewer
    LIVE = "live"  # where the film is: after up to a whole group of pictures comes the next key frame


@dataclass(frozen=True, slots=True)
class CameraPlan:
    """What a fake camera is, apart from its faults."""

    host: str
    port: int
    path: str  # with a leading slash and, where the vendor has one, the query
    control: str  # of the video track, relative to the path
    server: str  # the Server header and the realm
    scheme: Scheme
    credentials: Credentials
    codec: Codec
    scene: Scene
    session_limit: int = 4
    first_group: int = 0  # with which group of pictures its first session begins
    join: Join = Join.AT_ONCE
    hostility: Hostility | None = None  # of a device that is no camera but an attacker

    @property
    def url(self) -> str:
        """Without credentials."""
        return f"rtsp://{self.host}:{self.port}{self.path}"


@dataclass(slots=True)
class Served:
    """What all cameras of a process have done so far."""

    connections: int = 0
    sessions: int = 0  # PLAY was answered with 200


class CameraServer:
    """Listens from construction until ``close``. Must be made inside a running loop."""

    def __init__(self, plan: CameraPlan, clips: Mapping[ClipKey, Clip], served: Served) -> None:
        self.plan = plan
        self.behaviour: Behaviour = HEALTHY
        self.players: set[Conversation] = set()  # whoever holds a session
        self.served = served
        self._clips = clips
        self._group = plan.first_group
        self._replayed = 0  # groups
        self._conversations: set[Conversation] = set()
        self._loop = asyncio.get_running_loop()
        self._listener = Listener(plan.host, plan.port, self._accepted)

    @property
    def clip(self) -> Clip:
        """What the camera sees now."""
        return self._clips[self.film_of(self.behaviour)]

    def film_of(self, behaviour: Behaviour) -> ClipKey:
        """Which film it shows while it behaves so."""
        return ClipKey(behaviour.scene or self.plan.scene, self.plan.codec, behaviour.flaw)

    def can(self, behaviour: Behaviour) -> bool:
        """Whether that film was loaded."""
        return self.film_of(behaviour) in self._clips

    def first_group(self) -> int:
        """Never the same twice in a row, unless frozen."""
        if replays := self.behaviour.replays:
            self._replayed += 1
            return (self._group - replays + 1 + self._replayed % replays) % self.clip.groups
        self._group = (self._group + 1) % self.clip.groups
        return self._group

    def first_frame(self) -> int:
        """The key frame, or evenly spread over the sessions of all cameras: any frame of the group."""
        match self.plan.join:
            case Join.AT_ONCE:
                return 0
            case Join.LIVE:
                return int(self.served.sessions * GOLDEN % 1.0 * self.clip.length)

    def behave(self, behaviour: Behaviour) -> None:
        """From now on; running sessions feel it too."""
        recovers = self.behaviour.reach is Reach.VANISHES
        self.behaviour = behaviour
        for conversation in tuple(self._conversations):
            if behaviour.reach is Reach.VANISHES:
                conversation.fall_silent()
            elif recovers or behaviour.reach is Reach.REFUSES:
                conversation.link.abort()
        self._listener.turn(behaviour.reach)

    def close(self) -> None:
        """Stop listening and end every connection."""
        self._listener.close()
        for conversation in tuple(self._conversations):
            conversation.link.abort()

    def forget(self, conversation: Conversation) -> None:
        """Its connection is gone."""
        self._conversations.discard(conversation)
        self.players.discard(conversation)

    def _accepted(self, accepted: socket.socket) -> None:
        self.served.connections += 1
        if self.behaviour.speech is Speech.GOODBYE:
            accepted.close()
            return
        conversation = Conversation(self, Link(accepted, self._loop))
        self._conversations.add(conversation)
        conversation.link.open(conversation)


class Conversation:
    """One connection of one client."""

    __slots__ = ("_camera", "_channel", "_gate", "_player", "_reader", "_session", "link")

    def __init__(self, camera: CameraServer, link: Link) -> None:
        self.link = link
        self._camera = camera
        self._reader = RequestReader()
        self._gate: Gate | None = None
        self._session = ""
        self._channel = 0
        self._player: Player | None = None

    def received(self, data: bytes) -> None:
        """What the client sent is answered, or not, as the camera behaves."""
        match self._camera.behaviour.speech:
            case Speech.RTSP:
                self._converse(data)
            case Speech.NOTHING:
                pass
            case Speech.HTTP:
                self.link.send(HTTP_REPLY)
                self.link.close()
            case Speech.GARBAGE:
                self.link.send(GARBAGE_REPLY)
            case Speech.GOODBYE:
                self.link.close()

    def closed(self) -> None:
        """The session ends with its connection."""
        self._end_session()
        self._camera.forget(self)

    def fall_silent(self) -> None:
        """The device lost its power: nothing is said or sent any more, but nobody hangs up either."""
        self._end_session()
        self.link.fall_silent()

    def _converse(self, data: bytes) -> None:
        try:
            for request in self._reader.feed(data):
                self.link.send(self._answer(request))
                if not self.link.is_open:
                    return
        except RequestError:
            self.link.close()

    def _answer(self, request: Request) -> bytes:
        plan, behaviour = self._camera.plan, self._camera.behaviour
        if request.method == "OPTIONS":
            return reply(request, "200 OK", f"Public: {METHODS}\r\n")
        gate = self._gate_now()
        decision = gate.decide(request.method, request.uri, request.header("authorization"))
        if decision is not Decision.GRANTED:
            headers = f"Server: {plan.server}\r\nWWW-Authenticate: {gate.challenge(decision)}\r\n"
            return reply(request, "401 Unauthorized", headers)
        if behaviour.refusal is not None and behaviour.refusal.method == request.method:
            return reply(request, behaviour.refusal.status)
        match request.method:
            case "DESCRIBE":
                return self._describe(request)
            case "SETUP":
                return self._set_up(request)
            case "PLAY" | "GET_PARAMETER" | "TEARDOWN":
                return self._within_session(request)
            case _:
                return reply(request, "501 Not Implemented", f"Public: {METHODS}\r\n")

    def _gate_now(self) -> Gate:
        """Made with the first request that needs it; a password changed meanwhile counts from the next connection."""
        if self._gate is None:
            plan = self._camera.plan
            credentials = NEW_PASSWORD if self._camera.behaviour.password_changed else plan.credentials
            self._gate = Gate(plan.scheme, plan.server, credentials)
        return self._gate

    def _describe(self, request: Request) -> bytes:
        plan = self._camera.plan
        if request.uri.removesuffix("/") != plan.url:
            return reply(request, "404 Stream Not Found")
        clip = self._camera.clip
        body = (
            f"v=0\r\no=- 1767225600000000 1 IN IP4 {plan.host}\r\ns=Media Presentation\r\nc=IN IP4 0.0.0.0\r\n"
            f"t=0 0\r\na=control:*\r\na=range:npt=now-\r\nm=video 0 RTP/AVP {clip.payload_type}\r\nb=AS:512\r\n"
            f"{clip.description}a=framerate:{clip.fps}\r\na=control:{plan.control}\r\n"
        )
        headers = f"Server: {plan.server}\r\nContent-Base: {plan.url}/\r\nContent-Type: application/sdp\r\n"
        return reply(request, "200 OK", headers, body)

    def _set_up(self, request: Request) -> bytes:
        plan, players = self._camera.plan, self._camera.players
        if request.uri != f"{plan.url}/{plan.control}":
            return reply(request, "404 Stream Not Found")
        offers = request.header("transport").split(",")
        offer = next((offer for offer in offers if offer.strip().startswith("RTP/AVP/TCP")), None)
        if offer is None:
            return reply(request, "461 Unsupported Transport")
        if self not in players and len(players) >= plan.session_limit:
            return reply(request, "453 Not Enough Bandwidth")
        self._end_session()
        players.add(self)
        asked = INTERLEAVED.search(offer)
        self._channel = int(asked[1]) & 0xFE if asked else 0
        self._session = secrets.token_hex(4)
        transport = f"RTP/AVP/TCP;unicast;interleaved={self._channel}-{self._channel + 1}"
        session = f"{self._session};timeout={SESSION_TIMEOUT}"
        return reply(request, "200 OK", f"Session: {session}\r\nTransport: {transport}\r\n")

    def _within_session(self, request: Request) -> bytes:
        named = request.header("session").partition(";")[0]
        if request.method == "GET_PARAMETER" and not named:
            return reply(request, "200 OK")
        if not self._session or named != self._session:
            return reply(request, "454 Session Not Found")
        session = f"Session: {self._session}\r\n"
        match request.method:
            case "PLAY":
                return self._play(request, session)
            case "TEARDOWN":
                self._end_session()
                return reply(request, "200 OK", session)
            case _:
                return reply(request, "200 OK", session)

    def _play(self, request: Request, session: str) -> bytes:
        """The reply and the first key frame in one piece: one system call, and never out of order."""
        if self._player is not None:
            return reply(request, "200 OK", session)
        plan = self._camera.plan
        self._camera.served.sessions += 1
        player = self._player = Player(self._camera, self.link, self._channel)
        info = f"url={plan.url}/{plan.control};seq={player.sequence};rtptime={player.timestamp}"
        headers = f"{session}Range: npt=now-\r\nRTP-Info: {info}\r\n"
        return reply(request, "200 OK", headers) + player.start()

    def _end_session(self) -> None:
        if self._player is not None:
            self._player.stop()
            self._player = None
        self._session = ""
        self._camera.players.discard(self)
