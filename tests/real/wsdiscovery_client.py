"""A second WS-Discovery client in a process of its own: prints who answers on loopback, and where its service is."""

from __future__ import annotations

import ipaddress
import sys

from wsdiscovery import QName  # type: ignore[import-untyped]
from wsdiscovery.discovery import ThreadedWSDiscovery  # type: ignore[import-untyped]


def main() -> None:
    """What the package WSDiscovery finds within two seconds."""
    client = ThreadedWSDiscovery()
    client.start()
    client._networkAddressAdded(ipaddress.ip_address("127.0.0.1"))  # it leaves loopback out by itself
    kinds = [QName("http://www.onvif.org/ver10/network/wsdl", "NetworkVideoTransmitter")]
    for service in client.searchServices(types=kinds, timeout=2):
        names = [scope.getValue() for scope in service.getScopes() if "/name/" in scope.getValue()]
        sys.stdout.write(f"{service.getEPR()}\t{' '.join(service.getXAddrs())}\t{' '.join(names)}\n")
    client.stop()


if __name__ == "__main__":
    main()
