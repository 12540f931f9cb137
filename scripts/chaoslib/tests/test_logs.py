"""What pods said."""

import unittest

from chaoslib import logs
from chaoslib.journal import Window

ERROR = '{"timestamp":"2026-01-01T00:00:10.500Z","level":"ERROR","message":"bad"}'
INFO = '{"timestamp":"2026-01-01T00:00:10.500Z","level":"INFO","message":"good"}'
AT = 1_767_225_610_500.0


class Logs(unittest.TestCase):
    def test_panics_and_errors_are_found(self):
        lines = [INFO, ERROR, "thread 'main' panicked at src/x.rs:1:1:"]
        found = list(logs.scan("pod1", lines))
        self.assertEqual([(line.at, line.panic) for line in found], [(AT, False), (None, True)])

    def test_an_error_is_explained_by_a_fault_and_a_panic_by_nothing(self):
        lines = list(logs.scan("pod1", [ERROR, "thread 'main' panicked at src/x.rs:1:1:"]))
        near = [Window("F8", "", 1, AT - 100, AT - 50)]
        far = [Window("F8", "", 1, AT + 100, AT + 200)]
        self.assertEqual([line.panic for line in logs.unexplained(lines, near)], [True])
        self.assertEqual(len(logs.unexplained(lines, far)), 2)
