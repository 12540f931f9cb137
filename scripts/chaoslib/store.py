"""Reads the server's own keys in Valkey, in one server or in a cluster.

It knows the table of keys in the design and nothing else of the server: what must be empty at the
end is looked up here, not asked for.
"""

from __future__ import annotations

import binascii
import contextlib
import json
import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from clusterlib.resp import Client, ReplyError
from clusterlib.valkey import Node, Valkey, slots

PREFIX = "overcookied"
PARTITIONS = 16
SLOTS = 16384
TIMEOUT = 5.0

SEATED, MATCHES, TICKETS, PODS = (
    f"{PREFIX}:{{mm}}:{name}" for name in ("seated", "matches", "tickets", "pods")
)
QUEUE = f"{PREFIX}:{{mm}}:queue:cookie"
# Seats, founding records, tickets and the queue at one instant.
LOBBY = """return {
  redis.call('HGETALL', KEYS[1]), redis.call('HGETALL', KEYS[2]),
  redis.call('HKEYS', KEYS[3]), redis.call('ZRANGE', KEYS[4], 0, -1) }"""


class StoreGone(Exception):
    """Valkey did not answer."""


@dataclass(frozen=True)
class Room:
    """A game that has not ended, and the pods it depends on (ids of pods, '' for none)."""

    id: str
    host: str
    epoch: int
    players: tuple[str, ...]
    # The pod of each player's newest connection.
    pods: tuple[str, ...]


class Store:
    """Looks into Valkey. Every look has connections of its own; moved slots are looked up anew."""

    def __init__(self, valkey: Valkey):
        self._valkey = valkey

    def rooms(self) -> list[Room]:
        """Every game of which there is a founding record, as it stands."""
        with self._looking() as look:
            return [room for key in look.call("HKEYS", MATCHES) if (room := look.room(key))]

    def room(self, room: str) -> dict[str, str]:
        """What is stored of a room; empty if nothing is."""
        with self._looking() as look:
            return pairs(look.call("HGETALL", room_key(room)))

    def games(self) -> set[str]:
        """The ids of all games that were founded and are not settled."""
        with self._looking() as look:
            return set(look.call("HKEYS", MATCHES))

    def founded(self, games: Iterable[str]) -> set[str]:
        """Those of these games of which there is a room."""
        with self._looking() as look:
            return {game for game in games if look.exists(room_key(game))}

    def lobby(self) -> tuple[dict[str, str], dict[str, str], frozenset[str], frozenset[str]]:
        """Seats, founding records, who has a ticket, and who is in the queue, at one instant."""
        with self._looking() as look:
            seated, matches, tickets, queued = look.script(LOBBY, SEATED, MATCHES, TICKETS, QUEUE)
            return pairs(seated), pairs(matches), frozenset(tickets), frozenset(queued)

    def waits_at(self) -> frozenset[str]:
        """The pods that have put somebody into the queue who waits there still."""
        with self._looking() as look:
            tickets = pairs(look.call("HGETALL", TICKETS)).values()
            return frozenset(pod for pod in map(pod_of, tickets) if pod)

    def pods(self) -> dict[str, str]:
        """The living pods: id to address."""
        with self._looking() as look:
            found = {}
            for pod in look.call("ZRANGE", PODS, 0, -1):
                address = look.call("HGET", f"{PREFIX}:pod:{pod}", "address")
                if address:
                    found[pod] = address
            return found

    def leftovers(self) -> list[str]:
        """What should not be there once all games are over and recorded, in words."""
        with self._looking() as look:
            return [*look.waiting(), *look.open_rooms(), *look.outbox()]

    @contextlib.contextmanager
    def _looking(self) -> Iterator[_Look]:
        look = _Look(self._valkey)
        try:
            yield look
        except (OSError, ReplyError) as error:
            raise StoreGone(str(error)) from error
        finally:
            look.close()


class _Look:
    """One look: a connection to each node that is asked."""

    def __init__(self, valkey: Valkey):
        self._valkey = valkey
        self._clients: dict[int, Client] = {}
        self._slots: list[tuple[int, int, int]] | None = None

    def close(self) -> None:
        for client in self._clients.values():
            client.close()

    def call(self, command: str, key: str, *rest: object):
        """A command about one key, at whoever holds it."""
        return self._client(self._port_of(key)).call(command, key, *rest)

    def script(self, text: str, *keys: str):
        """A script that only looks, about keys of one slot."""
        return self._client(self._port_of(keys[0])).call("EVAL", text, len(keys), *keys)

    def exists(self, key: str) -> bool:
        """False, too, while its part of the store is away."""
        with contextlib.suppress(OSError, ReplyError):
            return bool(self.call("EXISTS", key))
        return False

    def room(self, room: str) -> Room | None:
        """An open room; None for one that is not there or has ended."""
        names = ("host", "epoch", "p1", "p2", "ended")
        host, epoch, p1, p2, ended = self.call("HMGET", room_key(room), *names)
        if epoch is None or ended == "1":
            return None
        players = tuple(player for player in (p1, p2) if player)
        pods = (self.call("HGET", f"{PREFIX}:player:{player}", "pod") for player in players)
        return Room(room, host or "", int(epoch), players, tuple(pod or "" for pod in pods))

    def waiting(self) -> Iterator[str]:
        """Queue, tickets, seats and founding records that are left."""
        for key in self.keys(f"{PREFIX}:{{mm}}:queue:*"):
            if players := self.call("ZRANGE", key, 0, -1):
                yield f"{len(players)} players in {key}, such as {players[0]}"
        for key in (TICKETS, SEATED, MATCHES):
            if entries := pairs(self.call("HGETALL", key)):
                name, value = next(iter(entries.items()))
                yield f"{len(entries)} entries in {key}, such as {name}: {value[:120]}"

    def open_rooms(self) -> Iterator[str]:
        for partition in range(PARTITIONS):
            for key in self.keys(f"{PREFIX}:{{r{partition}}}:room:*"):
                host, ended = self.call("HMGET", key, "host", "ended")
                if ended != "1":
                    yield f"{key} is open (host {host or 'nobody'})"
            key = f"{PREFIX}:{{r{partition}}}:open"
            if listed := self.call("SMEMBERS", key):
                yield f"{len(listed)} rooms in {key}, such as {listed[0]}"

    def outbox(self) -> Iterator[str]:
        for partition in range(PARTITIONS):
            for name in ("outbox", "aside"):
                key = f"{PREFIX}:{{r{partition}}}:{name}"
                if count := self.call("XLEN", key):
                    yield f"{count} finished games in {key}"

    def keys(self, pattern: str) -> Iterator[str]:
        """The keys of a pattern, whose hash tag says where they are."""
        client, cursor, seen = self._client(self._port_of(pattern)), "0", set()
        while True:
            cursor, found = client.call("SCAN", cursor, "MATCH", pattern, "COUNT", 1000)
            yield from (key for key in found if key not in seen)
            seen.update(found)
            if cursor == "0":
                return

    def _client(self, port: int) -> Client:
        if port not in self._clients:
            node = next(node for node in self._valkey.nodes if node.port == port)
            self._clients[port] = node.client(TIMEOUT)
        return self._clients[port]

    def _port_of(self, key: str) -> int:
        if self._valkey.kind != "cluster":
            return self._valkey.nodes[0].port
        if self._slots is None:
            self._slots = slots(next(_living(self._valkey.nodes)))
        slot = slot_of(key)
        for first, last, port in self._slots:
            if first <= slot <= last:
                return port
        raise ReplyError(f"nobody holds slot {slot}")


def _living(nodes: Iterable[Node]) -> Iterator[Node]:
    yield from (node for node in nodes if node.alive() and not node.program.stopped())
    raise ConnectionError("no node of Valkey lives")


def pod_of(ticket: str) -> str:
    """The pod that wrote a ticket; '' for one that cannot be read."""
    try:
        return json.loads(ticket)["pod"]
    except (ValueError, KeyError, TypeError):
        return ""


def room_key(room: str) -> str:
    """The key of a room: its partition is the last byte of its id, modulo 16."""
    return f"{PREFIX}:{{r{uuid.UUID(room).bytes[15] % PARTITIONS}}}:room:{room}"


def slot_of(key: str) -> int:
    """The slot of a key in a cluster: CRC16 of its hash tag, or of all of it."""
    begin = key.find("{")
    end = key.find("}", begin + 1) if begin >= 0 else -1
    tag = key[begin + 1 : end] if end > begin + 1 else key
    return binascii.crc_hqx(tag.encode(), 0) % SLOTS


def pairs(flat: list[str]) -> dict[str, str]:
    """RESP2 answers a hash as a flat list."""
    return dict(zip(flat[::2], flat[1::2]))
