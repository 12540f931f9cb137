"""What is written for other programs: nft rules, HAProxy's configuration, keys, RESP, the state."""

import base64
import ipaddress
import itertools
import pathlib
import shutil
import subprocess
import tempfile
import unittest

from clusterlib import haproxy, keys, network, resp
from clusterlib.errors import RigError
from clusterlib.state import State, exclusive

SETUP = {"port": 8080, "check_every": "5s", "check_fall": 2}


def subnets(*texts):
    return [ipaddress.IPv4Network(text) for text in texts]


class Rules(unittest.TestCase):
    def test_without_a_cut_nothing_is_dropped(self):
        self.assertNotIn("drop", network.rules([]))

    def test_a_cut_drops_in_its_own_chain_only(self):
        for what, way in itertools.product(network.WHATS, ("in", "out")):
            text = network.rules([(what, way)])
            inbound, outbound = text.split("chain o", 1)
            self.assertEqual("drop" in inbound, way == "in", text)
            self.assertEqual("drop" in outbound, way == "out", text)

    def test_a_cut_from_valkey_leaves_dynamodb_alone(self):
        text = network.rules([("valkey", "in"), ("valkey", "out")], dynamodb=8000)
        self.assertEqual(text.count("!= 8000 drop"), 2, text)
        self.assertIn("sport != 8000", text.split("chain o", 1)[0])

    def test_what_or_where_nobody_knows_is_refused(self):
        for what, way in (("redis", "in"), ("valkey", "up")):
            with self.assertRaises(RigError):
                network._cuts(what, way)

    def test_a_network_in_use_is_left_alone(self):
        free = network.free_subnet(subnets("10.203.0.0/24", "10.203.1.7/32"))
        self.assertEqual(str(free), "10.203.2.0/24")
        free = network.free_subnet(subnets("10.0.0.0/8"))
        self.assertEqual(str(free), "172.29.0.0/24")
        with self.assertRaises(RigError):
            network.free_subnet(subnets("0.0.0.0/0"))


class Balancer(unittest.TestCase):
    def test_it_neither_sticks_nor_hides_a_dead_pod(self):
        text = haproxy.config(SETUP, {1: ("10.203.0.11", 8080), 2: ("10.203.0.12", 8080)})
        for line in ("balance roundrobin", "retries 0", "no option redispatch"):
            self.assertIn(f"    {line}\n", text)
        for word in ("cookie", "stick", "observe", "hash"):
            self.assertNotIn(word, text)
        self.assertIn("    server pod2 10.203.0.12:8080\n", text)


class Keys(unittest.TestCase):
    def test_no_two_are_alike_and_each_holds_a_number_of_the_curve(self):
        made = {keys.new_key() for _ in range(20)}
        self.assertEqual(len(made), 20)
        for pem in made:
            der = base64.b64decode("".join(pem.splitlines()[1:-1]))
            self.assertTrue(0 < int.from_bytes(der[-32:], "big") < keys.ORDER)

    @unittest.skipUnless(shutil.which("openssl"), "no openssl to ask")
    def test_openssl_reads_them(self):
        asked = subprocess.run(
            ["openssl", "pkey", "-noout", "-text"],
            input=keys.new_key(),
            capture_output=True,
            text=True,
            check=True,
        )
        self.assertIn("prime256v1", asked.stdout)

    def test_the_file_is_made_once_and_is_its_owners(self):
        with tempfile.TemporaryDirectory() as folder:
            path = keys.session_keys(pathlib.Path(folder) / "rig" / "keys.pem")
            text = path.read_text()
            self.assertEqual(path.stat().st_mode & 0o777, 0o600)
            self.assertEqual(keys.session_keys(path).read_text(), text)


class Words(unittest.TestCase):
    def test_a_command_is_an_array_of_strings(self):
        self.assertEqual(
            resp.encode(("SET", "ä", 1)), b"*3\r\n$3\r\nSET\r\n$2\r\n\xc3\xa4\r\n$1\r\n1\r\n"
        )


class States(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name) / "rig"

    def test_what_was_written_is_found_again(self):
        State(self.folder).begin(id="abc")
        again = State(self.folder)
        self.assertTrue(again.read())
        self.assertEqual(again.get("id"), "abc")
        self.assertEqual(again.file.stat().st_mode & 0o777, 0o600)
        again.forget_all()
        self.assertFalse(State(self.folder).read())

    def test_a_file_of_another_version_is_refused(self):
        state = State(self.folder)
        state.begin(id="abc")
        state.put("format", 99)
        with self.assertRaises(RigError):
            State(self.folder).read()

    def test_two_commands_never_change_one_rig_together(self):
        with (
            exclusive(self.folder),
            self.assertRaises(RigError),
            exclusive(self.folder, within=0.1),
        ):
            self.fail("both got in")


if __name__ == "__main__":
    unittest.main()
