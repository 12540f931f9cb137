"""A client of Valkey's protocol (RESP2) in a page: enough to set a server up and to break it."""

from __future__ import annotations

import socket
from typing import Any


class ReplyError(Exception):
    """The server's answer was an error."""


class Client:
    """One connection, one call at a time. An error of the network closes it for good."""

    def __init__(self, host: str, port: int, password: str = "", timeout: float = 5):
        self._socket = socket.create_connection((host, port), timeout)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._replies = self._socket.makefile("rb")
        if password:
            try:
                self.call("AUTH", password)
            except BaseException:
                self.close()
                raise

    def __enter__(self) -> Client:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self._replies.close()
        self._socket.close()

    def call(self, *words: object) -> Any:
        """Sends one command and returns its answer: str, int, None or a list of them."""
        self._socket.sendall(encode(words))
        return self._reply()

    def _reply(self) -> Any:
        line = self._replies.readline()
        if not line.endswith(b"\r\n"):
            raise ConnectionError("the server closed the connection")
        kind, rest = line[:1], line[1:-2].decode(errors="replace")
        if kind == b"+":
            return rest
        if kind == b"-":
            raise ReplyError(rest)
        if kind == b":":
            return int(rest)
        if kind == b"$":
            return self._bulk(int(rest))
        if kind == b"*":
            return None if int(rest) < 0 else [self._reply() for _ in range(int(rest))]
        raise ConnectionError(f"no RESP2 answer: {line[:40]!r}")

    def _bulk(self, length: int) -> str | None:
        if length < 0:
            return None
        data = self._replies.read(length + 2)
        if len(data) < length + 2:
            raise ConnectionError("the server closed the connection")
        return data[:-2].decode(errors="replace")


def encode(words: tuple[object, ...]) -> bytes:
    """A command as the protocol wants it: an array of strings."""
    parts = [word if isinstance(word, bytes) else str(word).encode() for word in words]
    bulk = [b"$%d\r\n%s\r\n" % (len(part), part) for part in parts]
    return b"*%d\r\n" % len(parts) + b"".join(bulk)
