"""What stands before moto: a door for each pod, which passes requests on or breaks them.

A program of the rig. Moto takes a failed transaction back by restoring copies of whole tables, and
whatever others wrote meanwhile is gone: so only one request at a time reaches it, through any door.

    python3 -m clusterlib.gate HOST MOTO_PORT CONTROL_PORT DOOR=PORT...

The control port takes one line a connection, `DOOR COMMAND [ARGUMENT...]`, and answers `ok ...` or
`error ...`. Commands:

    cut                  refuses connections, and resets those there are
    silence              takes requests, carries none out and answers none
    delay MS             answers so much later
    lose-replies N       one request in N is carried out, and its connection closed unanswered
    hold CALL SECONDS    waits until moto has done the next such call, keeps its answer back, and says
                         `ok held`; `ok none` when there was no such call in that time
    heal                 ends all of these; answers that were kept back are lost
    stats                requests and lost replies of each call, as JSON
"""

from __future__ import annotations

import collections
import contextlib
import http.client
import http.server
import json
import random
import socket
import socketserver
import struct
import sys
import threading
import time
from collections.abc import Iterable
from dataclasses import dataclass

# A transaction copies all tables: longer than that, moto is stuck.
MOTO_WITHIN = 60.0
# Nobody waits longer for a client that was promised to die.
HELD_WITHIN = 30.0
RESET = struct.pack("ii", 1, 0)
HOP = {"connection", "keep-alive", "transfer-encoding", "server", "date", "content-length"}


class Door:
    """One pod's way to DynamoDB. All faults are off until told otherwise."""

    def __init__(self, host: str, port: int, moto: tuple[str, int], turn: threading.Lock):
        self._address = (host, port)
        self._moto = moto
        self._turn = turn
        self._changed = threading.Condition()
        self._connections: set[socket.socket] = set()
        self._server: Listener | None = None
        self._silent = False
        self._delay = 0.0
        self._lose = 0
        # The call whose answer is to be kept back, and whether one is.
        self._wanted = ""
        self._held = False
        # Raised by each healing: who was kept waiting before it is not answered any more.
        self._age = 0
        self._requests: collections.Counter[str] = collections.Counter()
        self._lost: collections.Counter[str] = collections.Counter()
        self._dice = random.Random(port)
        self.open()

    def open(self) -> None:
        """Listens, if it does not."""
        if self._server is None:
            self._server = Listener(self._address, self)
            threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    def cut(self) -> None:
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()
            self._server = None
        with self._changed:
            for connection in self._connections:
                reset(connection)

    def heal(self) -> None:
        with self._changed:
            self._silent, self._delay, self._lose, self._wanted = False, 0.0, 0, ""
            self._held = False
            self._age += 1
            self._changed.notify_all()
        self.open()

    def silence(self) -> None:
        with self._changed:
            self._silent = True

    def delay(self, milliseconds: str) -> None:
        self._delay = int(milliseconds) / 1000

    def lose_replies(self, one_in: str) -> None:
        self._lose = int(one_in)

    def hold(self, call: str, seconds: str) -> str:
        with self._changed:
            self._wanted, self._held = call, False
            held = self._changed.wait_for(lambda: self._held, float(seconds))
            self._wanted = ""
        return "held" if held else "none"

    def stats(self) -> str:
        return json.dumps({"requests": self._requests, "lost": self._lost})

    def connected(self, connection: socket.socket) -> None:
        with self._changed:
            self._connections.add(connection)

    def gone(self, connection: socket.socket) -> None:
        with self._changed:
            self._connections.discard(connection)

    def answer(self, asked: Asked) -> Answer | None:
        """Moto's answer; None when the connection is to be closed without one."""
        with self._changed:
            self._requests[asked.call] += 1
        if self._silent:
            self._wait_for_healing()
            return None
        answer = self._pass_on(asked)
        if answer is None:
            return None
        time.sleep(self._delay)
        if self._is_to_lose():
            with self._changed:
                self._lost[asked.call] += 1
            return None
        if self._is_to_hold(asked.call, answer.status):
            self._wait_for_healing()
            return None
        return answer

    def _pass_on(self, asked: Asked) -> Answer | None:
        """In its turn; not at all if whoever asked has given up, and may be asking again."""
        with self._turn:
            if is_gone(asked.connection):
                return None
            moto = http.client.HTTPConnection(*self._moto, timeout=MOTO_WITHIN)
            with contextlib.closing(moto):
                # Else the end of the answer might not be told from a pause.
                headers = {**asked.headers, "Connection": "close"}
                moto.request(asked.method, asked.path, asked.body, headers)
                told = moto.getresponse()
                return Answer(told.status, _kept(told.getheaders()), told.read())

    def _is_to_lose(self) -> bool:
        return bool(self._lose) and self._dice.randrange(self._lose) == 0

    def _is_to_hold(self, call: str, status: int) -> bool:
        """Only an answer that tells of success, and only one."""
        with self._changed:
            if call != self._wanted or status != 200:
                return False
            self._wanted, self._held = "", True
            self._changed.notify_all()
            return True

    def _wait_for_healing(self) -> None:
        with self._changed:
            age = self._age
            self._changed.wait_for(lambda: self._age != age, HELD_WITHIN)


@dataclass(frozen=True)
class Asked:
    """A request."""

    # What DynamoDB is to do, such as `Scan`.
    call: str
    method: str
    path: str
    headers: dict[str, str]
    body: bytes
    connection: socket.socket


@dataclass(frozen=True)
class Answer:
    """What moto said."""

    status: int
    headers: dict[str, str]
    body: bytes


def _kept(headers: Iterable[tuple[str, str]]) -> dict[str, str]:
    """The headers that are not of one connection."""
    return {name: value for name, value in headers if name.lower() not in HOP}


class Listener(http.server.ThreadingHTTPServer):
    """The port of a door."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, address: tuple[str, int], door: Door):
        self.door = door
        super().__init__(address, Request)

    def handle_error(self, *_) -> None:
        """Clients that are killed, and connections that are reset, are what this is for."""


class Request(http.server.BaseHTTPRequestHandler):
    """The requests of one connection."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1
    server: Listener

    def setup(self) -> None:
        super().setup()
        self.server.door.connected(self.connection)

    def finish(self) -> None:
        self.server.door.gone(self.connection)
        super().finish()

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        call = self.headers.get("X-Amz-Target", "").rpartition(".")[2]
        headers = _kept(self.headers.items())
        asked = Asked(call, self.command, self.path, headers, body, self.connection)
        answer = self.server.door.answer(asked)
        if answer is None:
            reset(self.connection)
            self.close_connection = True
            return
        self.send_response(answer.status)
        for name, value in answer.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(answer.body)))
        self.end_headers()
        self.wfile.write(answer.body)

    do_GET = do_POST

    def log_message(self, *_) -> None:
        """Moto logs every request."""


class Control(socketserver.StreamRequestHandler):
    """One line of whoever breaks things."""

    def handle(self) -> None:
        words = self.rfile.readline().decode().split()
        try:
            name, command, *arguments = words
            if command not in COMMANDS:
                raise ValueError(f"no such command: {command}")
            said = COMMANDS[command](self.server.doors[name], *arguments)
            answer = f"ok {said or ''}"
        except (ValueError, TypeError, KeyError, OSError) as error:
            answer = f"error {type(error).__name__}: {error}"
        self.wfile.write(answer.strip().encode() + b"\n")


COMMANDS = {
    "cut": Door.cut,
    "silence": Door.silence,
    "delay": Door.delay,
    "lose-replies": Door.lose_replies,
    "hold": Door.hold,
    "heal": Door.heal,
    "stats": Door.stats,
}


class ControlPort(socketserver.ThreadingTCPServer):
    """Where the doors are told what to do."""

    allow_reuse_address = True
    daemon_threads = True
    doors: dict[str, Door]


def reset(connection: socket.socket) -> None:
    """Closes a connection as a dead machine's kernel would: whoever reads gets an error."""
    with contextlib.suppress(OSError):
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
        connection.shutdown(socket.SHUT_RDWR)


def is_gone(connection: socket.socket) -> bool:
    """Whether the other side has closed a connection on which it is to be answered."""
    try:
        return not connection.recv(1, socket.MSG_PEEK | socket.MSG_DONTWAIT)
    except BlockingIOError:
        return False
    except OSError:
        return True


def main(host: str, moto: str, control: str, *doors: str) -> None:
    turn = threading.Lock()
    with ControlPort(("127.0.0.1", int(control)), Control) as server:
        named = (door.split("=") for door in doors)
        where = ("127.0.0.1", int(moto))
        server.doors = {name: Door(host, int(port), where, turn) for name, port in named}
        server.serve_forever()


if __name__ == "__main__":
    main(*sys.argv[1:])
