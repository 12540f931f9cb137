"""The rig as a whole: real Valkey, HAProxy, proxies and namespaces, with stand-ins for pods."""

import collections
import http.client
import json
import os
import pathlib
import socket
import subprocess
import tempfile
import time
import unittest
import urllib.error
from concurrent.futures import ThreadPoolExecutor
from unittest import mock

from clusterlib import building, network, ports
from clusterlib.dynamodb import NOBODY
from clusterlib.errors import RigError
from clusterlib.processes import wait_for
from clusterlib.rig import Options, Rig

HERE = pathlib.Path(__file__).resolve().parent
PATIENCE = 30
OURS_OF_AWS = {*NOBODY, "AWS_ENDPOINT_URL_DYNAMODB"}


class Rigs(unittest.TestCase):
    loopback = True

    def setUp(self):
        self.rig = self.make()
        self.rig.start(self.options())

    def make(self) -> Rig:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        rig = Rig(pathlib.Path(folder.name) / "a folder")
        self.addCleanup(rig.stop, now=True)
        return rig

    def options(self, **more) -> Options:
        return Options(
            **{
                "binary": HERE / "stand_in.py",
                "pages": HERE,
                "haproxy": building.haproxy(),
                "valkey_server": building.valkey_server(),
                "loopback": self.loopback,
                "check_every": "2s",
                **more,
            }
        )

    def ask(self, path: str, pod=None) -> str:
        if pod is not None:
            return self.rig.pod(pod).get(self.rig.pod(pod).port, path, within=PATIENCE)[1]
        return self.through_balancer(path)[1]

    def through_balancer(self, path: str) -> tuple[int, str]:
        connection = http.client.HTTPConnection("127.0.0.1", self.rig.balancer.port, timeout=10)
        connection.request("GET", path)
        answer = connection.getresponse()
        found = answer.status, answer.read().decode()
        connection.close()
        return found

    def served_by(self, requests: int) -> collections.Counter:
        """Which pods answered so many requests through the balancer."""
        told = [json.loads(self.ask("/env"))["DATA_DIR"] for _ in range(requests)]
        return collections.Counter(pathlib.Path(folder).name for folder in told)


class OnLoopback(Rigs):
    def test_the_balancer_gives_every_pod_its_turn(self):
        self.assertEqual(self.served_by(6), {"pod1": 2, "pod2": 2, "pod3": 2})

    def test_all_pods_share_keys_results_and_valkey_but_no_data(self):
        told = [json.loads(self.ask("/env", pod)) for pod in (1, 2, 3)]
        for name in ("SESSION_KEYS_FILE", "RESULTS_DB", "VALKEY_URL", "PUBLIC_URL", "WEB_DIR"):
            self.assertEqual(len({env[name] for env in told}), 1, name)
        for name in ("DATA_DIR", "PORT", "METRICS_PORT"):
            self.assertEqual(len({env[name] for env in told}), 3, name)
        self.assertEqual(self.ask("/valkey", 1), "PONG")
        self.assertTrue(pathlib.Path(told[0]["SESSION_KEYS_FILE"]).is_file())

    def test_the_balancer_takes_a_dead_pod_out_and_back_in(self):
        self.rig.pod(2).kill()
        self.assertTrue(wait_for(lambda: self.rig.balancer.servers()[2] == "DOWN", PATIENCE))
        self.assertEqual(self.served_by(4), {"pod1": 2, "pod3": 2})
        self.rig.pod(2).start()
        self.assertTrue(wait_for(lambda: self.rig.balancer.servers()[2] == "UP", PATIENCE))

    def test_the_balancer_can_be_told_who_gets_what_comes_next(self):
        self.rig.balancer.only(2)
        self.assertEqual(self.served_by(3), {"pod2": 3})
        self.rig.balancer.only(1, 3)
        self.assertEqual(self.served_by(4), {"pod1": 2, "pod3": 2})
        self.rig.balancer.only(1, 2, 3)
        self.assertEqual(self.served_by(6), {"pod1": 2, "pod2": 2, "pod3": 2})

    def test_clients_meet_a_dead_pod_and_that_alone_does_not_take_it_out(self):
        rig = self.make()
        # The last pod is looked at two thirds of this time after the start.
        rig.start(self.options(check_every="1800s"))
        self.rig = rig
        rig.pod(3).kill()
        seen = collections.Counter(self.through_balancer("/env")[0] for _ in range(60))
        self.assertEqual(seen, {200: 40, 503: 20})
        self.assertNotEqual(rig.balancer.servers()[3], "DOWN")

    def test_another_command_finds_the_rig_again_and_can_act_on_it(self):
        again = Rig(self.rig.folder)
        self.assertEqual(again.url, self.rig.url)
        again.pod(3).kill()
        self.assertFalse(self.rig.pod(3).alive())
        again.pod(3).start(env={"MORE": "1"})
        self.assertEqual(json.loads(self.ask("/env", 3))["MORE"], "1")
        again.pod(3).restart()
        self.assertNotIn("MORE", json.loads(self.ask("/env", 3)))
        with self.assertRaises(RigError):
            again.start(self.options())

    def test_a_drained_pod_is_waited_for(self):
        self.assertTrue(self.rig.pod(1).drain())
        self.assertFalse(self.rig.pod(1).alive())

    def test_a_stopped_pod_answers_nothing_until_it_goes_on(self):
        pod = self.rig.pod(1)
        pod.stop()
        self.assertTrue(pod.alive())
        self.assertFalse(pod.ready())
        pod.cont()
        pod.wait_ready()

    def test_a_cut_without_namespaces_says_what_it_needs(self):
        with self.assertRaisesRegex(RigError, "cannot be cut off"):
            self.rig.cut(2)

    def test_nothing_stays_after_a_stop_but_files(self):
        programs = self.rig.state.programs()
        self.rig.stop()
        self.assertEqual([name for name, program in programs.items() if program.alive()], [])
        self.assertFalse(Rig(self.rig.folder).exists)
        self.assertTrue((self.rig.folder / "session-keys.pem").exists())

    def test_a_stop_tells_of_secrets_in_the_logs(self):
        with self.rig.state.log("pod2").open("a") as log:
            log.write(f"connecting to {self.rig.valkey_url}\n")
        with self.assertRaisesRegex(RigError, "secrets are in the logs: .*pod2.log"):
            self.rig.stop(now=True)
        self.assertEqual(self.rig.running(), [])

    def test_a_start_that_fails_says_why_and_leaves_nothing(self):
        rig = self.make()
        with self.assertRaisesRegex(RigError, "told to fail"):
            rig.start(self.options(settings={"FAIL_AT_START": "1"}))
        self.assertEqual(rig.running(), [])
        with self.assertRaisesRegex(RigError, "in use"):
            rig.start(self.options(port=self.rig.balancer.port))

    def test_a_pod_that_is_not_there_is_named(self):
        with self.assertRaisesRegex(RigError, "no pod 4"):
            self.rig.pod(4)


class WithFaultProxies(Rigs):
    def options(self, **more) -> Options:
        return super().options(pods=2, fault_proxy=building.fault_proxy(), **more)

    def test_each_pod_talks_to_a_real_valkey_through_a_proxy_of_its_own(self):
        first, second = self.rig.proxies[1], self.rig.proxies[2]
        self.assertEqual(self.ask("/valkey", 1), "PONG")
        first.cut()
        self.assertIn("cut", self.ask("/valkey", 1))
        self.assertEqual(self.ask("/valkey", 2), "PONG")
        first.heal()
        self.assertEqual(self.ask("/valkey", 1), "PONG")
        second.lose_replies(1)
        self.assertIn("closed", self.ask("/valkey", 2))
        self.assertGreaterEqual(second.stats()["lostReplies"], 1)
        second.heal()
        second.stall("down")
        self.assertIn("timed out", self.ask("/valkey/briefly", 2))
        second.heal()
        with self.assertRaises(RigError):
            second.delay("sideways", 5)


class WithDynamoDB(Rigs):
    def options(self, **more) -> Options:
        return super().options(pods=2, moto=building.moto(), **more)

    def written(self) -> set[str]:
        return {item["GameID"]["S"] for item in self.rig.dynamodb.scan("Games")}

    def test_pods_record_there_and_know_nothing_of_the_accounts_of_whoever_started_them(self):
        with mock.patch.dict(os.environ, {"AWS_PROFILE": "mine", "AWS_ENDPOINT_URL": "http://x"}):
            self.rig.pod(2).restart()
        env = json.loads(self.ask("/env", 2))
        self.assertEqual({name for name in env if name.startswith("AWS")}, {*OURS_OF_AWS})
        self.assertEqual(env["RESULTS"], "dynamodb")
        self.assertEqual({self.ask("/dynamodb", 1), self.ask("/dynamodb", 2)}, self.written())

    def test_each_pod_has_a_door_of_its_own_that_can_be_shut(self):
        door = self.rig.dynamodb.door(1)
        for shut in (door.cut, door.silence):
            shut()
            self.assertIn("cut", self.ask("/dynamodb", 1))
            self.assertNotIn("cut", self.ask("/dynamodb", 2))
            door.heal()
            self.assertNotIn("cut", self.ask("/dynamodb", 1))
        self.assertEqual(len(self.written()), 4)
        with self.assertRaises(RigError):
            door.say("delay soon")

    def test_an_answer_that_is_lost_is_one_to_something_that_was_done(self):
        door = self.rig.dynamodb.door(1)
        door.lose_replies(1)
        self.assertIn("cut", self.ask("/dynamodb", 1))
        self.assertEqual(len(self.written()), 1)
        self.assertEqual(door.stats()["lost"], {"TransactWriteItems": 1})
        door.lose_replies(0)
        door.delay(1000)
        began = time.monotonic()
        self.assertNotIn("cut", self.ask("/dynamodb", 1))
        self.assertGreater(time.monotonic() - began, 1)

    def test_an_answer_can_be_held_until_the_pod_is_dead(self):
        door = self.rig.dynamodb.door(1)
        self.assertFalse(door.hold("TransactWriteItems", 0.1), "nobody asked")
        with ThreadPoolExecutor(1) as another:
            asked = another.submit(self.ask, "/dynamodb", 2)
            held = self.rig.dynamodb.door(2).hold("TransactWriteItems", PATIENCE)
            self.assertTrue(held)
            self.assertEqual(len(self.written()), 1)
            self.rig.pod(2).kill()
            with self.assertRaises(OSError):
                asked.result(PATIENCE)
        self.rig.dynamodb.heal()
        self.rig.pod(2).start()
        self.assertNotIn("cut", self.ask("/dynamodb", 2))

    def test_a_transaction_that_fails_leaves_everything_as_it_was(self):
        dynamodb = self.rig.dynamodb
        first, other = ({"GameID": {"S": name}, "PlayerID": {"S": "p"}} for name in "ab")
        table = {"TableName": dynamodb.prefix + "Games"}
        dynamodb.ask("PutItem", Item={**first, "Points": {"N": "1"}}, **table)
        change = {
            "Key": first,
            "UpdateExpression": "SET Points = :n",
            "ExpressionAttributeValues": {":n": {"N": "2"}},
        }
        put = {"Item": first, "ConditionExpression": "attribute_not_exists(GameID)"}
        for last in (put, {"Item": other, "ConditionExpression": "attribute_exists(GameID)"}):
            operations = [{"Put": {"Item": {**other, "GameID": {"S": "c"}}}}, {"Put": last}]
            if last is not put:
                operations.append({"Update": change})
            items = [{kind: {**one, **table}} for each in operations for kind, one in each.items()]
            with self.assertRaises(urllib.error.HTTPError) as refused:
                dynamodb.ask("TransactWriteItems", TransactItems=items)
            self.assertIn(b"ConditionalCheckFailed", refused.exception.read())
            self.assertEqual([*dynamodb.scan("Games")], [{**first, "Points": {"N": "1"}}])

    def test_what_was_recorded_can_be_read_until_the_rig_is_stopped(self):
        written = self.ask("/dynamodb", 1)
        self.rig.end_pods()
        self.assertEqual(self.written(), {written})
        self.rig.stop()
        self.assertEqual(self.rig.running(), [])


@unittest.skipIf(network.why_no_namespaces(), network.why_no_namespaces() or "")
class InNamespaces(Rigs):
    loopback = False

    def test_each_direction_can_be_cut_and_healed_by_itself(self):
        rig = self.rig
        for direction in ("in", "out", "both"):
            rig.cut(2, "valkey", direction)
            self.assertIn("timed out", self.ask("/valkey/briefly", 2), direction)
            rig.heal(2, "valkey", direction)
            self.assertEqual(self.ask("/valkey", 2), "PONG", direction)
            rig.cut(2, "balancer", direction)
            self.assertFalse(rig.pod(2).ready(), direction)
            rig.heal(2)
            rig.pod(2).wait_ready()

    def test_only_the_pod_that_is_cut_is_cut(self):
        self.rig.cut(2)
        self.assertEqual(self.rig.network.cuts(2), [("everything", "in"), ("everything", "out")])
        self.assertFalse(self.rig.pod(2).ready())
        for pod in (1, 3):
            self.assertEqual(self.ask("/valkey", pod), "PONG")

    def test_two_rigs_live_side_by_side_and_stop_by_themselves(self):
        other = self.make()
        other.start(self.options())
        self.assertNotEqual(other.network.hub, self.rig.network.hub)
        self.assertNotEqual(other.url, self.rig.url)
        other.cut(1)
        other.stop()
        self.assertEqual(self.ask("/valkey", 1), "PONG")

    def test_a_stop_removes_namespaces_and_links_though_somebody_left_a_program_in_one(self):
        left = subprocess.Popen([*self.rig.network.prefix(1), "sleep", "60"])
        self.addCleanup(left.wait)
        self.addCleanup(left.kill)
        mine = self.rig.state.get("id")
        self.assertIn(mine, self.everything())
        self.rig.stop()
        self.assertNotIn(mine, self.everything())

    def everything(self) -> str:
        commands = (["ip", "netns", "list"], ["ip", "-brief", "link"])
        return "".join(subprocess.check_output(command, text=True) for command in commands)


class Ports(unittest.TestCase):
    def test_a_port_that_somebody_listens_on_is_not_free(self):
        with socket.socket() as listener:
            listener.bind(("127.0.0.1", 0))
            listener.listen()
            port = listener.getsockname()[1]
            self.assertFalse(ports.is_free(port))
            self.assertGreater(ports.first_free_from(port), port)
        self.assertTrue(ports.is_free(port))


if __name__ == "__main__":
    unittest.main()
