"""The gate before DynamoDB, with something simpler behind it."""

import http.client
import http.server
import threading
import time
import unittest
from concurrent.futures import ThreadPoolExecutor

from clusterlib import ports
from clusterlib.gate import Door

PATIENCE = 20


class Behind(http.server.BaseHTTPRequestHandler):
    """Answers with what it was asked, and ends its answer as moto may: by closing, if told to."""

    protocol_version = "HTTP/1.1"
    at_once, most, served = 0, 0, 0

    def do_POST(self):
        Behind.served += 1
        Behind.at_once += 1
        Behind.most = max(Behind.most, Behind.at_once)
        body = self.rfile.read(int(self.headers["Content-Length"]))
        time.sleep(0.05)
        Behind.at_once -= 1
        self.send_response(400 if body == b"bad" else 200)
        self.send_header("X-Said", self.headers["x-amz-target"])
        self.end_headers()
        self.wfile.write(body)
        self.close_connection = self.headers.get("Connection") == "close"

    def log_message(self, *_):
        """Says nothing about requests."""


class Doors(unittest.TestCase):
    def setUp(self):
        behind, self.port = ports.free(2)
        self.moto = http.server.ThreadingHTTPServer(("127.0.0.1", behind), Behind)
        self.moto.daemon_threads = True
        threading.Thread(target=self.moto.serve_forever, args=(0.02,), daemon=True).start()
        self.addCleanup(self.moto.server_close)
        self.addCleanup(self.moto.shutdown)
        self.turn = threading.Lock()
        self.door = Door("127.0.0.1", self.port, ("127.0.0.1", behind), self.turn)
        self.addCleanup(self.door.cut)

    def connect(self) -> http.client.HTTPConnection:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        self.addCleanup(connection.close)
        return connection

    def ask(self, connection=None, body=b"body"):
        connection = connection or self.connect()
        # As the SDK spells it.
        connection.request("POST", "/", body, {"x-amz-target": "DynamoDB_20120810.Scan"})
        answer = connection.getresponse()
        return answer.status, answer.headers["X-Said"], answer.read()

    def test_requests_of_one_connection_are_answered_one_after_the_other(self):
        connection = self.connect()
        for body in (b"one", b"", b"three"):
            self.assertEqual(self.ask(connection, body), (200, "DynamoDB_20120810.Scan", body))
        self.assertEqual(self.door.stats(), '{"requests": {"Scan": 3}, "lost": {}}')

    def test_only_one_request_at_a_time_comes_through(self):
        Behind.most = 0
        with ThreadPoolExecutor(4) as together:
            list(together.map(lambda _: self.ask(), range(4)))
        self.assertEqual(Behind.most, 1)

    def test_a_request_that_was_given_up_in_its_queue_does_not_come_through(self):
        with self.turn:
            impatient = self.connect()
            impatient.request("POST", "/", b"body")
            # It waits for its turn, and is given up.
            while self.door.stats() == '{"requests": {}, "lost": {}}':
                time.sleep(0.01)
            impatient.close()
        Behind.served = 0
        self.ask()
        self.assertEqual(Behind.served, 1)

    def test_a_door_that_is_cut_ends_what_is_open_and_refuses_what_is_new(self):
        connection = self.connect()
        self.ask(connection)
        self.door.cut()
        with self.assertRaises((OSError, http.client.HTTPException)):
            self.ask(connection)
        with self.assertRaises(ConnectionRefusedError):
            self.ask()
        self.door.heal()
        self.assertEqual(self.ask()[0], 200)

    def test_only_an_answer_that_tells_of_success_is_held_back(self):
        with ThreadPoolExecutor(2) as another:
            held = another.submit(self.door.hold, "Scan", PATIENCE)
            while self.ask(body=b"bad")[0] == 400 and not self.door._wanted:
                time.sleep(0.01)
            self.assertEqual(self.ask(body=b"bad")[0], 400)
            asked = another.submit(self.ask)
            self.assertEqual(held.result(PATIENCE), "held")
            self.door.heal()
            with self.assertRaises((OSError, http.client.HTTPException)):
                asked.result(PATIENCE)
        self.assertEqual(self.door.hold("Scan", "0.1"), "none")


if __name__ == "__main__":
    unittest.main()
