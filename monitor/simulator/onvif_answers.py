"""What a simulated ONVIF device says: the XML of its answers, and how they are framed in HTTP. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from xml.sax.saxutils import escape

SOAP = {"1.2": "http://www.w3.org/2003/05/soap-envelope", "1.1": "http://schemas.xmlsoap.org/soap/envelope/"}
DEVICE = "http://www.onvif.org/ver10/device/wsdl"
MEDIA = "http://www.onvif.org/ver10/media/wsdl"
MEDIA2 = "http://www.onvif.org/ver20/media/wsdl"
_NAMES = (
    f'xmlns:tds="{DEVICE}" xmlns:tt="http://www.onvif.org/ver10/schema" '
    f'xmlns:trt="{MEDIA}" xmlns:tr2="{MEDIA2}" xmlns:ter="http://www.onvif.org/ver10/error"'
)


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
class Plate:
    """What stands on the device's plate, as it tells it."""

    maker: str = "Hikvision"
    model: str = "DS-2CD3T47"
    firmware: str = "V5.7.3 build 220112"
    serial: str = "DS-2CD3T4720220112AAWR123456789"


PLATE = Plate()


def header(head: str, name: str) -> str:
    """A header's value; "" when there is none."""
    found = re.search(rf"^{name}:[ \t]*(.*?)\r?$", head, re.MULTILINE | re.IGNORECASE)
    return found[1] if found else ""


def text(body: str, name: str) -> str:
    """An element's text; "" when there is none."""
    found = re.search(rf"<(?:[\w-]+:)?{name}\b[^>]*>([^<]*)<", body)
    return found[1] if found else ""


def framed(status: str, body: bytes, *fields: str) -> bytes:
    """An HTTP answer."""
    return "\r\n".join([f"HTTP/1.1 {status}", *fields, f"Content-Length: {len(body)}", "", ""]).encode() + body


def envelope(content: str, soap: str) -> bytes:
    """A SOAP message."""
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<s:Envelope xmlns:s="{SOAP[soap]}" {_NAMES}>'
        f"<s:Body>{content}</s:Body></s:Envelope>"
    ).encode()


def fault(code: str, reason: str, soap: str) -> str:
    """A SOAP fault."""
    if soap == "1.1":
        return f"<s:Fault><faultcode>ter:{code}</faultcode><faultstring>{reason}</faultstring></s:Fault>"
    return (
        f"<s:Fault><s:Code><s:Value>s:Sender</s:Value><s:Subcode><s:Value>ter:{code}</s:Value></s:Subcode></s:Code>"
        f'<s:Reason><s:Text xml:lang="en">{reason}</s:Text></s:Reason></s:Fault>'
    )


def clock(now: datetime) -> str:
    """The answer to GetSystemDateAndTime."""
    return (
        "<tds:GetSystemDateAndTimeResponse><tds:SystemDateAndTime><tt:DateTimeType>NTP</tt:DateTimeType>"
        "<tt:DaylightSavings>false</tt:DaylightSavings><tt:TimeZone><tt:TZ>CST-8</tt:TZ></tt:TimeZone><tt:UTCDateTime>"
        f"<tt:Time><tt:Hour>{now.hour}</tt:Hour><tt:Minute>{now.minute}</tt:Minute><tt:Second>{now.second}</tt:Second>"
        f"</tt:Time><tt:Date><tt:Year>{now.year}</tt:Year><tt:Month>{now.month}</tt:Month><tt:Day>{now.day}</tt:Day>"
        "</tt:Date></tt:UTCDateTime></tds:SystemDateAndTime></tds:GetSystemDateAndTimeResponse>"
    )


def services(base: str, media: tuple[str, ...]) -> str:
    """The answer to GetServices."""
    listed = [(DEVICE, "device_service"), *((name, "media2" if name == MEDIA2 else "media") for name in media)]
    inner = "".join(
        f"<tds:Service><tds:Namespace>{name}</tds:Namespace><tds:XAddr>{base}/onvif/{path}</tds:XAddr>"
        "<tds:Version><tt:Major>2</tt:Major><tt:Minor>6</tt:Minor></tds:Version></tds:Service>"
        for name, path in listed
    )
    return f"<tds:GetServicesResponse>{inner}</tds:GetServicesResponse>"


def capabilities(base: str) -> str:
    """The answer to GetCapabilities."""
    media = f"<tt:Media><tt:XAddr>{base}/onvif/media</tt:XAddr></tt:Media>"
    inner = f"<tds:Capabilities>{media}</tds:Capabilities>"
    return f"<tds:GetCapabilitiesResponse>{inner}</tds:GetCapabilitiesResponse>"


def information(plate: Plate) -> str:
    """The answer to GetDeviceInformation."""
    return (
        f"<tds:GetDeviceInformationResponse><tds:Manufacturer>{escape(plate.maker)}</tds:Manufacturer>"
        f"<tds:Model>{escape(plate.model)}</tds:Model><tds:FirmwareVersion>{escape(plate.firmware)}"
        f"</tds:FirmwareVersion><tds:SerialNumber>{escape(plate.serial)}</tds:SerialNumber>"
        "<tds:HardwareId>88</tds:HardwareId></tds:GetDeviceInformationResponse>"
    )


def address(operation: str, uri: str, *, second: bool) -> str:
    """The answer to GetStreamUri or GetSnapshotUri, of the first or the second media service."""
    prefix = "tr2" if second else "trt"
    inner = f"<tr2:Uri>{uri}</tr2:Uri>"
    if not second:
        inner = (
            f"<trt:MediaUri><tt:Uri>{uri}</tt:Uri><tt:InvalidAfterConnect>false</tt:InvalidAfterConnect>"
            "<tt:InvalidAfterReboot>false</tt:InvalidAfterReboot><tt:Timeout>PT0S</tt:Timeout></trt:MediaUri>"
        )
    return f"<{prefix}:{operation}Response>{inner}</{prefix}:{operation}Response>"


def profiles(offers: tuple[Offer, ...], *, second: bool) -> str:
    """The answer to GetProfiles."""
    prefix = "tr2" if second else "trt"
    inner = "".join(_profile(offer, second=second) for offer in offers)
    return f"<{prefix}:GetProfilesResponse>{inner}</{prefix}:GetProfilesResponse>"


def _profile(offer: Offer, *, second: bool) -> str:
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
