"""What is looked up in Valkey, in one server and in a cluster, both started for real."""

import json
import pathlib
import tempfile
import unittest
import uuid

from chaoslib import store
from chaoslib.store import Room, Store, StoreGone
from clusterlib import building, ports
from clusterlib.state import State
from clusterlib.valkey import KINDS, Valkey

GAME, ADA, BOB, POD = (str(uuid.UUID(int=number)) for number in (0x1E, 1, 2, 3))


class Names(unittest.TestCase):
    def test_a_room_lies_in_the_partition_of_its_last_byte(self):
        room = "6fa459ea-ee8a-4ca4-894e-db77e160355e"
        self.assertEqual(store.room_key(room), f"overcookied:{{r14}}:room:{room}")

    def test_slots_are_those_of_the_specification(self):
        self.assertEqual(store.slot_of("123456789"), 12739)
        self.assertEqual(store.slot_of("a:{123456789}:b"), 12739)
        self.assertEqual(store.slot_of("{}123456789"), store.slot_of("{}123456789"))


class Looking(unittest.TestCase):
    kind = "single"

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.state = State(pathlib.Path(folder.name))
        setup = {
            "server": str(building.valkey_server()),
            "kind": self.kind,
            "host": "127.0.0.1",
            "ports": ports.free(KINDS[self.kind], also=ports.VALKEY_BUS),
            "password": "secret",
            "aof": False,
        }
        self.state.begin(valkey=setup)
        self.addCleanup(self.kill)
        self.valkey = Valkey(self.state)
        self.valkey.start()
        self.store = Store(self.valkey)

    def kill(self):
        for program in self.state.programs().values():
            program.kill()

    def put(self, command, key, *rest):
        self.valkey.primary_of(key).call(command, key, *rest)

    def found_room(self, *more):
        self.put("HSET", store.MATCHES, GAME, "{}")
        room = store.room_key(GAME)
        self.put("HSET", room, "host", POD, "epoch", 3, "p1", ADA, "p2", BOB, *more)
        self.put("HSET", f"overcookied:player:{ADA}", "generation", 1, "pod", POD)

    def test_an_empty_store_has_no_leftovers(self):
        self.assertEqual(self.store.leftovers(), [])
        self.assertEqual((self.store.rooms(), self.store.games()), ([], set()))

    def test_an_open_room_is_seen_with_its_host_and_its_players_pods(self):
        self.found_room()
        self.assertEqual(self.store.rooms(), [Room(GAME, POD, 3, (ADA, BOB), (POD, ""))])
        self.assertEqual(self.store.games(), {GAME})
        self.assertEqual(self.store.room(GAME)["epoch"], "3")

    def test_a_room_that_has_ended_is_no_leftover_and_an_open_one_is(self):
        self.found_room("ended", 1)
        self.put("DEL", store.MATCHES)
        self.assertEqual((self.store.rooms(), self.store.leftovers()), ([], []))
        other = "00000000-0000-4000-8000-000000000000"
        self.assertEqual(self.store.founded([GAME, other]), {GAME})
        self.put("HDEL", store.room_key(GAME), "ended")
        (told,) = self.store.leftovers()
        self.assertIn("is open", told)

    def test_everything_that_can_be_left_is_told(self):
        leftovers = {
            "queue:cookie": ("ZADD", "overcookied:{mm}:queue:cookie", 1, ADA),
            "tickets": ("HSET", store.TICKETS, ADA, "{}"),
            "seated": ("HSET", store.SEATED, ADA, GAME),
            "matches": ("HSET", store.MATCHES, GAME, "{}"),
            "open": ("SADD", "overcookied:{r3}:open", GAME),
            "outbox": ("XADD", "overcookied:{r7}:outbox", "*", "record", "{}"),
            "aside": ("XADD", "overcookied:{r15}:aside", "*", "record", "{}"),
        }
        for name, command in leftovers.items():
            self.put(*command)
            (told,) = self.store.leftovers()
            self.assertIn(name, told)
            self.put("DEL", command[1])

    def test_it_is_known_where_somebody_waits(self):
        self.put("HSET", store.TICKETS, ADA, json.dumps({"pod": POD}), BOB, "torn")
        self.assertEqual(self.store.waits_at(), {POD})

    def test_pods_are_known_by_their_addresses(self):
        self.put("ZADD", store.PODS, 1, POD, 2, ADA)
        self.put("HSET", f"overcookied:pod:{POD}", "address", "127.0.0.1:1")
        self.assertEqual(self.store.pods(), {POD: "127.0.0.1:1"})

    def test_a_store_that_is_away_is_said_to_be_away(self):
        self.kill()
        with self.assertRaises(StoreGone):
            self.store.leftovers()


class LookingIntoACluster(Looking):
    kind = "cluster"
