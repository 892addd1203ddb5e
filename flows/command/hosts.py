"""Hosts and ports of this machine."""

from __future__ import annotations

import ipaddress
import socket

LOOPBACK = "127.0.0.1"
"""Where a server is out of reach of other machines."""


def is_loopback(host: str) -> bool:
    """Say whether a host is this machine alone; of names only `localhost` is known to be."""
    if host.lower() == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def is_every(host: str) -> bool:
    """Say whether a host stands for all addresses of this machine."""
    try:
        return ipaddress.ip_address(host).is_unspecified
    except ValueError:
        return False


def from_here(host: str) -> str:
    """Return the host at which this machine itself finds what listens there."""
    if is_every(host):
        return "::1" if ":" in host else LOOPBACK
    return host


def written(host: str) -> str:
    """Return a host as it stands in an address."""
    return f"[{host}]" if ":" in host else host


def free_port(host: str = LOOPBACK) -> int:
    """Return a port of this machine that nobody uses."""
    with _socket(host) as probe:
        probe.bind((host, 0))
        port: int = probe.getsockname()[1]
        return port


def is_free(port: int, host: str = LOOPBACK) -> bool:
    """Say whether nobody listens at a port of this machine."""
    with _socket(host) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
        return True


def is_ours(host: str) -> bool:
    """Say whether a host is one of this machine's, at which a server can listen."""
    try:
        free_port(host)
    except OSError:
        return False
    return True


def _socket(host: str) -> socket.socket:
    return socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
