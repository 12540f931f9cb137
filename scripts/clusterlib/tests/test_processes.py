"""A program is known by pid and start time, and outlives nobody's patience."""

import json
import os
import pathlib
import signal
import subprocess
import sys
import tempfile
import time
import unittest

from clusterlib import processes
from clusterlib.processes import Program, wait_for

DEAF = """
import signal, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
print("up", flush=True)
time.sleep(60)
"""
STARTER = """
import dataclasses, json, pathlib, sys
from clusterlib import processes
program = processes.start(["sleep", "60"], pathlib.Path(sys.argv[1]))
print(json.dumps(dataclasses.astuple(program)))
"""


class Processes(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.log = pathlib.Path(folder.name) / "logs" / "program.log"

    def start(self, *command):
        program = processes.start(command, self.log)
        self.addCleanup(program.kill)
        return program

    def test_a_killed_program_is_gone_though_nobody_waited_for_it(self):
        program = self.start("sleep", "60")
        self.assertTrue(program.alive())
        program.kill()
        self.assertFalse(program.alive())
        self.assertFalse(program.signal(signal.SIGTERM))

    def test_somebody_elses_process_with_the_same_pid_is_never_signalled(self):
        program = self.start("sleep", "60")
        earlier = Program(program.pid, "1@before")
        self.assertFalse(earlier.alive())
        self.assertFalse(earlier.signal(signal.SIGKILL))
        earlier.kill()
        self.assertTrue(program.alive())

    def test_a_program_goes_on_when_the_one_that_started_it_ends(self):
        scripts = pathlib.Path(processes.__file__).parent.parent
        said = subprocess.run(
            [sys.executable, "-c", STARTER, self.log],
            capture_output=True,
            text=True,
            check=True,
            env={**os.environ, "PYTHONPATH": str(scripts)},
        ).stdout
        program = Program(*json.loads(said))
        self.addCleanup(program.kill)
        self.assertTrue(program.alive())

    def test_who_does_not_listen_to_sigterm_is_killed_when_patience_ends(self):
        program = self.start(sys.executable, "-c", DEAF)
        self.assertTrue(wait_for(lambda: self.log.read_text() == "up\n", 20))
        self.assertFalse(program.end(patience=0.2))
        self.assertFalse(program.alive())

    def test_a_stopped_program_lives_and_still_ends_when_told(self):
        program = self.start("sleep", "60")
        program.signal(signal.SIGSTOP)
        self.assertTrue(wait_for(program.stopped, 5))
        self.assertTrue(program.alive())
        self.assertTrue(program.end(patience=10))

    def test_waiting_ends_when_the_time_is_up(self):
        began = time.monotonic()
        self.assertFalse(wait_for(lambda: False, 0.1))
        self.assertGreaterEqual(time.monotonic() - began, 0.1)


if __name__ == "__main__":
    unittest.main()
