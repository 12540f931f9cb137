"""Valkey in its three shapes, started for real."""

import pathlib
import tempfile
import unittest

from clusterlib import building, ports
from clusterlib.errors import RigError
from clusterlib.processes import wait_for
from clusterlib.resp import Client, ReplyError
from clusterlib.state import State
from clusterlib.valkey import KINDS, Valkey


class Running(unittest.TestCase):
    """Starts a Valkey of a kind for each test."""

    kind, aof = "single", False

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.state = State(pathlib.Path(folder.name))
        setup = {
            "server": str(building.valkey_server()),
            "kind": self.kind,
            "host": "127.0.0.1",
            "ports": ports.free(KINDS[self.kind], also=ports.VALKEY_BUS),
            "password": "very-secret",
            "aof": self.aof,
        }
        self.state.begin(valkey=setup)
        self.addCleanup(self.kill)
        self.valkey = Valkey(self.state)
        self.valkey.start()

    def kill(self):
        for program in self.state.programs().values():
            program.kill()


class Single(Running):
    aof = True

    def test_data_is_kept_over_a_kill_or_wiped_as_told(self):
        node = self.valkey.nodes[0]
        node.call("SET", "k", "v")
        node.kill()
        with self.assertRaises(OSError):
            node.call("PING")
        node.restart()
        self.assertEqual(node.call("GET", "k"), "v")
        node.restart(wipe=True)
        self.assertIsNone(node.call("GET", "k"))

    def test_nobody_comes_in_without_the_password(self):
        node = self.valkey.nodes[0]
        with Client(node.host, node.port) as client, self.assertRaises(ReplyError):
            client.call("GET", "k")

    def test_a_paused_server_lets_writes_wait(self):
        node = self.valkey.nodes[0]
        self.valkey.pause(60_000)
        with node.client(timeout=0.3) as client, self.assertRaises(OSError):
            client.call("SET", "k", "v")
        self.assertIsNone(node.call("GET", "k"))
        self.valkey.unpause()
        self.assertEqual(node.call("SET", "k", "w"), "OK")

    def test_subscriptions_are_broken_and_counted(self):
        with self.valkey.nodes[0].client() as client:
            client.call("SUBSCRIBE", "c")
            self.assertEqual(self.valkey.kill_pubsub(), 1)
            with self.assertRaises(OSError):
                client.call("PING")
        self.assertEqual(self.valkey.kill_pubsub(), 0)


class Forgetful(Running):
    def test_a_server_without_aof_does_not_promise_to_keep_anything(self):
        with self.assertRaises(RigError):
            self.valkey.nodes[0].restart()


class WithReplica(Running):
    kind = "replica"

    def test_the_replica_takes_over_when_it_is_told_to(self):
        primary, replica = self.valkey.nodes
        self.assertEqual(self.valkey.replicas_of(primary), [replica])
        primary.call("SET", "k", "v")
        self.assertEqual(primary.call("WAIT", 1, 5000), 1)
        primary.kill()
        with self.assertRaises(ReplyError):
            replica.call("SET", "k", "w")
        self.valkey.promote(replica)
        self.assertEqual(replica.call("GET", "k"), "v")
        self.assertEqual(self.valkey.primaries(), [replica])


class SixNodes(Running):
    kind, aof = "cluster", True

    def test_a_killed_primary_is_replaced_and_comes_back_as_a_replica(self):
        self.assertEqual(self.valkey.primaries(), self.valkey.nodes[:3])
        dead = self.valkey.primary_of("k")
        dead.call("SET", "k", "v")
        self.assertEqual(dead.call("WAIT", 1, 5000), 1)
        dead.kill()

        def replaced():
            return self.valkey.primary_of("k") is not dead

        self.assertTrue(wait_for(replaced, 20))
        after = self.valkey.primary_of("k")
        self.assertEqual(after.call("GET", "k"), "v")
        dead.restart()
        self.valkey.wait_whole()
        self.assertTrue(wait_for(lambda: self.valkey.replicas_of(after) == [dead], 20))
        self.assertEqual(len(self.valkey.url().split(",")), 6)


if __name__ == "__main__":
    unittest.main()
