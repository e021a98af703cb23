"""Opening a TCP connection, and the name of what went wrong when it cannot be opened.

Decides whether a failure is the device's, the way's to it, or our own machine's. Never raises for what the network
does, and leaves no socket behind.
"""

from __future__ import annotations

import asyncio
import contextlib
import errno
import hmac
import os
import re
import socket
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from hashlib import sha256

from monitor.model import Cause, Stage

ACCEPT, VERIFY, PIN = "accept", "verify", "sha256:"  # what may stand in a camera's ``certificate``
MAX_ADDRESSES = 3  # of one name that are tried, in the resolver's order

_IPV4 = re.compile(r"(?:(?:25[0-5]|2[0-4][0-9]|1?[0-9]?[0-9])\.){3}(?:25[0-5]|2[0-4][0-9]|1?[0-9]?[0-9])")

# Failures of our own machine or its network: no camera can be blamed for them.
_OURS = frozenset(
    {
        errno.ENETDOWN, errno.EADDRNOTAVAIL, errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM, errno.EACCES,
        errno.EPERM,
    }
)  # fmt: skip
# What a router on the way says, and what our own machine says where it knows no way: the number alone does not tell.
_UNREACHABLE = frozenset({errno.ENETUNREACH, errno.EHOSTUNREACH})
_DISCARD = 9  # a port to name where none is meant (RFC 863)


class NoRoute(OSError):
    """Our own machine knows no way to the address: nothing was sent, and nothing is known of the other end."""


@dataclass(frozen=True, slots=True)
class DialFailure:
    """No connection stands; what a result needs to say so."""

    stage: Stage
    cause: Cause
    detail: str


async def resolve(host: str, port: int) -> tuple[str, ...]:
    """The numeric addresses of a host; asks no resolver for a numeric one. Raises OSError or UnicodeError."""
    if _IPV4.fullmatch(host):
        return (host,)  # nearly always
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_NUMERICHOST)
    except (OSError, UnicodeError):
        found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return tuple(str(address[0]) for *_, address in found[:MAX_ADDRESSES])


async def connect(
    addresses: tuple[str, ...], port: int, protocol: Callable[[], asyncio.BaseProtocol]
) -> asyncio.Transport:
    """A transport to the first address that accepts; raises the OSError of the last one, NoRoute where it is ours."""
    loop = asyncio.get_running_loop()
    if not addresses:
        raise OSError("the name has no address")
    for address in addresses[:-1]:
        with contextlib.suppress(OSError):
            transport, _ = await loop.create_connection(protocol, address, port)
            return transport
    try:
        transport, _ = await loop.create_connection(protocol, addresses[-1], port)
    except OSError as error:
        if error.errno in _UNREACHABLE and not has_route(addresses[-1]):
            raise NoRoute(error.errno, f"{os.strerror(error.errno)}: this machine knows no way there") from error
        raise
    return transport


def has_route(address: str) -> bool:
    """Whether our own machine knows a way to a numeric address. A datagram's connect only looks it up."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    try:
        with socket.socket(family, socket.SOCK_DGRAM) as asked:
            asked.connect((address, _DISCARD))
    except OSError:
        return False
    return True


def failure(stage: Stage, error: OSError | UnicodeError) -> DialFailure:
    """What an error means at a stage of dialling."""
    number = _number(error)
    told = os.strerror(number) if number and not isinstance(error, NoRoute) else str(error)
    return DialFailure(stage, _cause(stage, error), told)


def _number(error: OSError | UnicodeError) -> int | None:
    """The system's number of an error; TLS and the resolver number theirs in their own way."""
    return None if isinstance(error, UnicodeError | ssl.SSLError | socket.gaierror) else error.errno


def _cause(stage: Stage, error: OSError | UnicodeError) -> Cause:
    # TLS and the resolver number their errors in their own way.
    number = _number(error)
    if number in _OURS or isinstance(error, NoRoute):
        return Cause.NO_LOCAL_NETWORK
    if stage is Stage.DNS:
        return Cause.DNS_FAILED
    if isinstance(error, ssl.SSLCertVerificationError | CertificateRefused):
        return Cause.CERTIFICATE_REFUSED
    if stage is Stage.TLS:
        return Cause.TLS_FAILED
    if isinstance(error, TimeoutError):
        return Cause.TCP_TIMEOUT
    if number == errno.ECONNREFUSED:
        return Cause.TCP_REFUSED
    if number == errno.ECONNRESET:
        return Cause.CONNECTION_CLOSED
    return Cause.TCP_UNREACHABLE


class CertificateRefused(ssl.SSLError):
    """The certificate is not the one that was asked for."""


def tls_context(certificate: str) -> ssl.SSLContext:
    """What a camera must show, as in ``Camera.certificate``.

    ``verify``: the certificate must name the host and lead to an authority this machine trusts. Otherwise the handshake
    takes any: ``accept`` leaves it at that (whoever sits on the way could read the conversation; Digest still keeps the
    password from them), a pin is compared afterwards by ``check_pin``.
    """
    return _strict_tls() if certificate == VERIFY else _lenient_tls()


@cache
def _strict_tls() -> ssl.SSLContext:
    """At least TLS 1.2 (RFC 8996), which not every build of Python sees to by itself."""
    context = ssl.create_default_context()
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context


@cache
def _lenient_tls() -> ssl.SSLContext:
    """TLS as cameras speak it: versions and ciphers of ten years ago, and certificates they signed themselves."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    context.minimum_version = ssl.TLSVersion.MINIMUM_SUPPORTED
    context.set_ciphers("DEFAULT:@SECLEVEL=0")
    return context


def check_pin(certificate: str, session: ssl.SSLObject | None) -> None:
    """Whether the session's certificate is the pinned one; raises CertificateRefused. Without a pin any will do."""
    if not certificate.startswith(PIN):
        return
    shown = None if session is None else session.getpeercert(binary_form=True)
    found = sha256(shown or b"").hexdigest()
    if not hmac.compare_digest(found, certificate.removeprefix(PIN).lower()):
        raise CertificateRefused(f"the certificate shown is {PIN}{found}, another one is pinned")
