"""The outbox as an operator may touch it, in a real Valkey."""

import json
import pathlib
import tempfile
import unittest

from chaoslib.outbox import ASIDE, UNKNOWN_FORMAT, WAITING, Outbox, at, finished_game, text
from chaoslib.strikes import poison
from clusterlib import building, ports
from clusterlib.state import State
from clusterlib.valkey import Valkey


class Streams(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        state = State(pathlib.Path(folder.name))
        setup = {
            "server": str(building.valkey_server()),
            "kind": "single",
            "host": "127.0.0.1",
            "ports": ports.free(1, also=ports.VALKEY_BUS),
            "password": "secret",
            "aof": False,
        }
        state.begin(valkey=setup)
        self.valkey = Valkey(state)
        self.addCleanup(self.valkey.nodes[0].kill)
        self.valkey.start()
        self.outbox = Outbox(self.valkey)

    def put(self, cut=None, **more):
        game, record = finished_game()
        self.outbox.put(text(record)[:cut], game, **more)
        return game

    def test_what_waits_is_known_by_its_game_torn_or_not(self):
        games = {self.put(), self.put(cut=100), self.put(form=UNKNOWN_FORMAT)}
        self.assertEqual(self.outbox.waiting().keys(), games)
        self.assertEqual(self.outbox.count(), 3)

    def test_tries_are_those_of_the_recorders(self):
        game = self.put()
        place = self.outbox.waiting()[game]
        key, _ = at(place, WAITING)
        node = self.valkey.nodes[0]
        node.call("XGROUP", "CREATE", key, "recorder", "0")
        self.assertEqual(self.outbox.tries(place), 0)
        node.call("XREADGROUP", "GROUP", "recorder", "a pod", "STREAMS", key, ">")
        self.assertEqual(self.outbox.tries(place), 1)

    def test_what_was_set_aside_is_found_and_can_be_taken_out(self):
        game = self.put()
        key, _ = at(self.outbox.waiting()[game], WAITING)
        aside = key.replace(WAITING, ASIDE)
        record = json.dumps({"gameId": game})
        self.valkey.nodes[0].call("XADD", aside, "*", "entry", "1-0", "why", "w", "record", record)
        self.assertEqual(self.outbox.aside().keys(), {game})
        self.outbox.remove(self.outbox.aside().values(), ASIDE)
        self.outbox.remove(self.outbox.waiting().values(), WAITING)
        self.assertEqual((self.outbox.aside(), self.outbox.waiting()), ({}, {}))


class Poison(unittest.TestCase):
    def test_one_record_in_fifty_is_bad_and_at_least_one_of_each_kind(self):
        self.assertEqual(len(poison._bad(300)), 6)
        for each in (30, 150):
            self.assertEqual({*poison._bad(each).values()}, {"torn", "long", "newer"})


if __name__ == "__main__":
    unittest.main()
