"""What we ask, as SOAP 1.2 envelopes, and the user name token (WS-Security UsernameToken Profile 1.0).

Decides how requests are written. Must never carry a password but as a digest; nonce and time are the caller's.
"""

from __future__ import annotations

import binascii
import hashlib
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from functools import cache
from xml.sax.saxutils import escape

from monitor.model import Credentials

DEVICE = "http://www.onvif.org/ver10/device/wsdl"
_SCHEMA = "http://www.onvif.org/ver10/schema"
_BEFORE_HEADER = '<?xml version="1.0" encoding="utf-8"?><s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope">'
_SECURITY = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-"


class Media(Enum):
    """The two generations of the media service; the value is the namespace. Only the second knows H.265."""

    ONE = "http://www.onvif.org/ver10/media/wsdl"
    TWO = "http://www.onvif.org/ver20/media/wsdl"


@dataclass(frozen=True, slots=True)
class Call:
    """One operation of a service."""

    namespace: str
    name: str
    arguments: str = ""  # XML in the namespaces w (the service's) and t (the schema's)

    @property
    def content_type(self) -> bytes:
        """The line of the HTTP request that names the SOAP action, which some devices look at."""
        return _content_type(self.namespace, self.name)

    def envelope(self, header: str = "") -> bytes:
        """The whole request; ``header`` is "" or what ``username_token`` made."""
        begin, end = _around_arguments(self.namespace, self.name)
        return f"{_BEFORE_HEADER}{header}{begin}{self.arguments}{end}".encode()


# There are a dozen operations, and a round makes as many requests: what is the same in all of them is written once.
@cache
def _content_type(namespace: str, name: str) -> bytes:
    return f'Content-Type: application/soap+xml; charset=utf-8; action="{namespace}/{name}"\r\n'.encode()


@cache
def _around_arguments(namespace: str, name: str) -> tuple[str, str]:
    return f'<s:Body><w:{name} xmlns:w="{namespace}" xmlns:t="{_SCHEMA}">', f"</w:{name}></s:Body></s:Envelope>"


GET_SYSTEM_DATE_AND_TIME = Call(DEVICE, "GetSystemDateAndTime")
GET_SERVICES = Call(DEVICE, "GetServices", "<w:IncludeCapability>false</w:IncludeCapability>")
GET_CAPABILITIES = Call(DEVICE, "GetCapabilities", "<w:Category>All</w:Category>")
GET_DEVICE_INFORMATION = Call(DEVICE, "GetDeviceInformation")


@cache
def get_profiles(media: Media) -> Call:
    """All profiles, with their encoders."""
    match media:
        case Media.ONE:
            return Call(media.value, "GetProfiles")
        case Media.TWO:
            return Call(media.value, "GetProfiles", "<w:Type>VideoSource</w:Type><w:Type>VideoEncoder</w:Type>")


def get_stream_uri(media: Media, token: str) -> Call:
    """The RTSP address of a profile."""
    profile = f"<w:ProfileToken>{escape(token)}</w:ProfileToken>"
    match media:
        case Media.ONE:
            transport = "<t:Transport><t:Protocol>RTSP</t:Protocol></t:Transport>"
            setup = f"<w:StreamSetup><t:Stream>RTP-Unicast</t:Stream>{transport}</w:StreamSetup>"
            return Call(media.value, "GetStreamUri", setup + profile)
        case Media.TWO:
            return Call(media.value, "GetStreamUri", f"<w:Protocol>RTSP</w:Protocol>{profile}")


def get_snapshot_uri(media: Media, token: str) -> Call:
    """The HTTP address of single pictures of a profile; both generations are asked alike."""
    return Call(media.value, "GetSnapshotUri", f"<w:ProfileToken>{escape(token)}</w:ProfileToken>")


def username_token(credentials: Credentials, nonce: bytes, created: datetime) -> str:
    """The SOAP header that shows we know the password; ``created`` is an aware UTC instant on the device's clock."""
    at = created.isoformat()[:19] + "Z"
    password = credentials.password.reveal().encode()
    digest = hashlib.sha1(nonce + at.encode() + password, usedforsecurity=False).digest()
    return (
        f'<s:Header><o:Security s:mustUnderstand="1" xmlns:o="{_SECURITY}wssecurity-secext-1.0.xsd">'
        f"<o:UsernameToken><o:Username>{escape(credentials.username)}</o:Username>"
        f'<o:Password Type="{_SECURITY}username-token-profile-1.0#PasswordDigest">{_base64(digest)}</o:Password>'
        f'<o:Nonce EncodingType="{_SECURITY}soap-message-security-1.0#Base64Binary">{_base64(nonce)}</o:Nonce>'
        f'<u:Created xmlns:u="{_SECURITY}wssecurity-utility-1.0.xsd">{at}</u:Created>'
        "</o:UsernameToken></o:Security></s:Header>"
    )


def _base64(data: bytes) -> str:
    return binascii.b2a_base64(data, newline=False).decode()
