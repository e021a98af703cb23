"""A simulated ONVIF device on the loopback: well-behaved by default, every bad habit can be switched on."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import re
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import Enum

from monitor.clock import SystemClock

USER, PASSWORD = "admin", "s€same&<"
WINDOW = timedelta(seconds=5)  # how far a token's time may be from the device's clock
SOAP = {"1.2": "http://www.w3.org/2003/05/soap-envelope", "1.1": "http://schemas.xmlsoap.org/soap/envelope/"}
MEDIA = "http://www.onvif.org/ver10/media/wsdl"
MEDIA2 = "http://www.onvif.org/ver20/media/wsdl"


class Wants(Enum):
    """How the device wants to be shown the password."""

    NOTHING = "nothing"
    TOKEN = "token"
    MD5 = "MD5"
    SHA256 = "SHA-256"


@dataclass(frozen=True, slots=True)
class Offer:
    """One profile; ``codec`` as the device spells it."""

    token: str
    codec: str
    width: int
    height: int
    kbps: int = 512
    source: str = "VideoSource_1"


MAIN = Offer("main", "H264", 1920, 1080, 4096)
SUB = Offer("sub", "H264", 640, 360)


@dataclass(frozen=True, slots=True)
class Asked:
    """One request as the device read it."""

    operation: str
    path: str
    authorization: str
    token: bool  # it carried a user name token

    @property
    def signed(self) -> bool:
        """Whether it showed a password."""
        return self.token or bool(self.authorization)


@dataclass(slots=True)
class OnvifDevice:
    """One device. ``mangle`` changes the bytes of an answer before they are sent."""

    wants: Wants = Wants.TOKEN
    password: str = PASSWORD
    skew: timedelta = timedelta(0)  # of its clock
    offers: tuple[Offer, ...] = (MAIN, SUB)
    services: tuple[str, ...] = (MEDIA,)
    knows: frozenset[str] = frozenset({"GetServices", "GetCapabilities"})
    soap: str = "1.2"
    xaddr: str = "http://{host}:{port}"
    stream: str = "rtsp://127.0.0.1:8554/{token}?a=1&amp;b=2"
    page: bool = False  # a 401 comes with a page for people
    stale_once: bool = False
    drip: float = 0.0  # seconds between the bytes of an answer
    mangle: Callable[[bytes], bytes] = bytes
    port: int = 0
    asked: list[Asked] = field(default_factory=list)

    @property
    def address(self) -> str:
        """Where it is."""
        return f"127.0.0.1:{self.port}"

    @property
    def operations(self) -> list[str]:
        """What it was asked, in order."""
        return [asked.operation for asked in self.asked]

    @property
    def signed(self) -> int:
        """How many requests carried credentials."""
        return sum(asked.signed for asked in self.asked)

    def now(self) -> datetime:
        """Its own clock."""
        return SystemClock().now() + self.skew

    def answer(self, path: str, head: str, body: str) -> bytes:
        """The bytes of its answer to one request."""
        found = re.search(r"<(?:[\w-]+:)?Body[^>]*>\s*<(?:[\w-]+:)?(\w+)", body)
        operation = found[1] if found else ""
        authorization = header(head, "Authorization")
        self.asked.append(Asked(operation, path, authorization, "UsernameToken" in body))
        open_to_all = {"GetSystemDateAndTime", "GetServices", "GetCapabilities"}
        if operation not in open_to_all:
            refusal = self.refusal(path, authorization, body)
            if refusal:
                return refusal
        content = self.content(operation, body)
        return (
            self.fault("ActionNotSupported", "Optional Action Not Implemented") if content is None else self.ok(content)
        )

    def refusal(self, path: str, authorization: str, body: str) -> bytes:
        """Its answer to bad credentials or none; empty when they are good."""
        match self.wants:
            case Wants.NOTHING:
                return b""
            case Wants.TOKEN:
                good = self.token_is_good(body)
                return b"" if good else self.fault("NotAuthorized", "Sender not Authorized")
            case Wants.MD5 | Wants.SHA256:
                good = self.digest_is_good(path, authorization)
                if good and self.stale_once:
                    self.stale_once = False
                    return self.challenge(path, ", stale=true")
                return b"" if good and "UsernameToken" not in body else self.challenge(path, "")

    def token_is_good(self, body: str) -> bool:
        """Whether the token knows the password and is of the device's own time."""
        parts = {name: text(body, name) for name in ("Username", "Password", "Nonce", "Created")}
        if not all(parts.values()):
            return False
        raw = base64.b64decode(parts["Nonce"]) + parts["Created"].encode() + self.password.encode()
        digest = base64.b64encode(hashlib.sha1(raw).digest()).decode()
        fresh: bool = abs(datetime.fromisoformat(parts["Created"]) - self.now()) <= WINDOW
        return fresh and (parts["Username"], parts["Password"]) == (USER, digest)

    def digest_is_good(self, path: str, authorization: str) -> bool:
        """Whether the digest knows the password and answers the nonce of this path."""
        parts: dict[str, str] = dict(re.findall(r'(\w+)="?([^",]*)', authorization))
        if not parts:
            return False

        def digest(text: str) -> str:
            return hashlib.new("md5" if self.wants is Wants.MD5 else "sha256", text.encode()).hexdigest()

        secret, request = digest(f"{USER}:cam:{self.password}"), digest(f"POST:{path}")
        middle = f"{parts['nonce']}:{parts['nc']}:{parts['cnonce']}:auth"
        return parts["nonce"] == nonce_of(path) and parts["response"] == digest(f"{secret}:{middle}:{request}")

    def challenge(self, path: str, more: str) -> bytes:
        """401 with a Digest challenge."""
        value = f'Digest realm="cam", nonce="{nonce_of(path)}", qop="auth", algorithm={self.wants.value}{more}'
        page = b"<!DOCTYPE html><html><body>401 Unauthorized</body></html>" if self.page else b""
        return framed("401 Unauthorized", page, f"WWW-Authenticate: {value}", "Content-Type: text/html")

    def fault(self, code: str, reason: str) -> bytes:
        """A SOAP fault."""
        if self.soap == "1.1":
            inner = f"<faultcode>ter:{code}</faultcode><faultstring>{reason}</faultstring>"
        else:
            inner = (
                f"<s:Code><s:Value>s:Sender</s:Value><s:Subcode><s:Value>ter:{code}</s:Value></s:Subcode></s:Code>"
                f'<s:Reason><s:Text xml:lang="en">{reason}</s:Text></s:Reason>'
            )
        return framed("400 Bad Request", self.envelope(f"<s:Fault>{inner}</s:Fault>"))

    def ok(self, content: str) -> bytes:
        """A good answer."""
        return framed("200 OK", self.envelope(content), "Content-Type: application/soap+xml; charset=utf-8")

    def envelope(self, content: str) -> bytes:
        """Its SOAP."""
        names = (
            'xmlns:tds="http://www.onvif.org/ver10/device/wsdl" xmlns:tt="http://www.onvif.org/ver10/schema" '
            f'xmlns:trt="{MEDIA}" xmlns:tr2="{MEDIA2}" xmlns:ter="http://www.onvif.org/ver10/error"'
        )
        return (
            f'<?xml version="1.0" encoding="UTF-8"?>\n<s:Envelope xmlns:s="{SOAP[self.soap]}" {names}>'
            f"<s:Body>{content}</s:Body></s:Envelope>"
        ).encode()

    def content(self, operation: str, body: str) -> str | None:
        """What it says; None when it does not know the question."""
        base = self.xaddr.format(host="127.0.0.1", port=self.port)
        second = MEDIA2 in body
        prefix = "tr2" if second else "trt"
        known = self.knows | {"GetSystemDateAndTime", "GetProfiles", "GetStreamUri"}
        if operation not in known or (
            operation.startswith(("GetP", "GetSt")) and (MEDIA2 if second else MEDIA) not in self.services
        ):
            return None
        match operation:
            case "GetSystemDateAndTime":
                return clock(self.now())
            case "GetServices":
                listed = [("http://www.onvif.org/ver10/device/wsdl", "device_service")]
                listed += [(name, "media2" if name == MEDIA2 else "media") for name in self.services]
                inner = "".join(
                    f"<tds:Service><tds:Namespace>{name}</tds:Namespace><tds:XAddr>{base}/onvif/{path}</tds:XAddr>"
                    "<tds:Version><tt:Major>2</tt:Major><tt:Minor>6</tt:Minor></tds:Version></tds:Service>"
                    for name, path in listed
                )
                return f"<tds:GetServicesResponse>{inner}</tds:GetServicesResponse>"
            case "GetCapabilities":
                media = f"<tt:Media><tt:XAddr>{base}/onvif/media</tt:XAddr></tt:Media>"
                inner = f"<tds:Capabilities>{media}</tds:Capabilities>"
                return f"<tds:GetCapabilitiesResponse>{inner}</tds:GetCapabilitiesResponse>"
            case "GetProfiles":
                inner = "".join(profile(offer, second=second) for offer in self.offers)
                return f"<{prefix}:GetProfilesResponse>{inner}</{prefix}:GetProfilesResponse>"
            case _:
                uri = self.stream.format(token=text(body, "ProfileToken"))
                if second:
                    return f"<tr2:GetStreamUriResponse><tr2:Uri>{uri}</tr2:Uri></tr2:GetStreamUriResponse>"
                media = (
                    f"<trt:MediaUri><tt:Uri>{uri}</tt:Uri><tt:InvalidAfterConnect>false</tt:InvalidAfterConnect>"
                    "<tt:InvalidAfterReboot>false</tt:InvalidAfterReboot><tt:Timeout>PT0S</tt:Timeout></trt:MediaUri>"
                )
                return f"<trt:GetStreamUriResponse>{media}</trt:GetStreamUriResponse>"

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection, one request."""
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
            body = await reader.readexactly(int(header(head, "Content-Length")))
            answer = self.mangle(self.answer(head.split()[1], head, body.decode()))
            for place in range(0, len(answer), 1 if self.drip else len(answer)):
                writer.write(answer[place : place + (1 if self.drip else len(answer))])
                await writer.drain()
                if self.drip:
                    await asyncio.sleep(self.drip)
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()


@asynccontextmanager
async def running(device: OnvifDevice, tls: ssl.SSLContext | None = None) -> AsyncIterator[OnvifDevice]:
    """The device, listening on a free port."""
    tasks: set[asyncio.Task[None]] = set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        tasks.add(task)
        await device.serve(reader, writer)
        tasks.discard(task)

    server = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=tls)
    device.port = server.sockets[0].getsockname()[1]
    try:
        yield device
    finally:
        server.close()
        for task in tuple(tasks):
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def nonce_of(path: str) -> str:
    """Every path has its own."""
    return hashlib.md5(path.encode()).hexdigest()


def header(head: str, name: str) -> str:
    """A header's value."""
    found = re.search(rf"^{name}:[ \t]*(.*?)\r?$", head, re.MULTILINE | re.IGNORECASE)
    return found[1] if found else ""


def text(body: str, name: str) -> str:
    """An element's text."""
    found = re.search(rf"<(?:[\w-]+:)?{name}\b[^>]*>([^<]*)<", body)
    return found[1] if found else ""


def framed(status: str, body: bytes, *fields: str) -> bytes:
    """An HTTP answer."""
    lines = [f"HTTP/1.1 {status}", *fields, f"Content-Length: {len(body)}", "Connection: close"]
    return "\r\n".join([*lines, "", ""]).encode() + body


def clock(now: datetime) -> str:
    """The answer to GetSystemDateAndTime."""
    return (
        "<tds:GetSystemDateAndTimeResponse><tds:SystemDateAndTime><tt:DateTimeType>NTP</tt:DateTimeType>"
        "<tt:DaylightSavings>false</tt:DaylightSavings><tt:TimeZone><tt:TZ>CST-8</tt:TZ></tt:TimeZone><tt:UTCDateTime>"
        f"<tt:Time><tt:Hour>{now.hour}</tt:Hour><tt:Minute>{now.minute}</tt:Minute><tt:Second>{now.second}</tt:Second>"
        f"</tt:Time><tt:Date><tt:Year>{now.year}</tt:Year><tt:Month>{now.month}</tt:Month><tt:Day>{now.day}</tt:Day>"
        "</tt:Date></tt:UTCDateTime></tds:SystemDateAndTime></tds:GetSystemDateAndTimeResponse>"
    )


def profile(offer: Offer, *, second: bool) -> str:
    """A profile as the first or the second media service tells it."""
    size = f"<tt:Resolution><tt:Width>{offer.width}</tt:Width><tt:Height>{offer.height}</tt:Height></tt:Resolution>"
    source = (
        f"<tt:Name>s</tt:Name><tt:UseCount>1</tt:UseCount><tt:SourceToken>{offer.source}</tt:SourceToken>"
        '<tt:Bounds x="0" y="0" width="1920" height="1080"/>'
    )
    encoder = f"<tt:Name>e</tt:Name><tt:UseCount>1</tt:UseCount><tt:Encoding>{offer.codec}</tt:Encoding>{size}"
    if second:
        limits = f"<tt:FrameRateLimit>25.0</tt:FrameRateLimit><tt:BitrateLimit>{offer.kbps}</tt:BitrateLimit>"
        rate = f"<tt:RateControl>{limits}</tt:RateControl><tt:Quality>1</tt:Quality>"
        return (
            f'<tr2:Profiles token="{offer.token}"><tr2:Name>p</tr2:Name><tr2:Configurations>'
            f'<tr2:VideoSource token="vs">{source}</tr2:VideoSource>'
            f'<tr2:VideoEncoder token="ve">{encoder}{rate}</tr2:VideoEncoder>'
            "</tr2:Configurations></tr2:Profiles>"
        )
    rate = (
        "<tt:RateControl><tt:FrameRateLimit>25</tt:FrameRateLimit><tt:EncodingInterval>1</tt:EncodingInterval>"
        f"<tt:BitrateLimit>{offer.kbps}</tt:BitrateLimit></tt:RateControl>"
    )
    return (
        f'<trt:Profiles token="{offer.token}" fixed="true"><tt:Name>p</tt:Name>'
        f'<tt:VideoSourceConfiguration token="vs">{source}</tt:VideoSourceConfiguration>'
        f'<tt:VideoEncoderConfiguration token="ve">{encoder}<tt:Quality>1</tt:Quality>{rate}'
        "</tt:VideoEncoderConfiguration></trt:Profiles>"
    )
