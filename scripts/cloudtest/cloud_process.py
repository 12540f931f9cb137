"""Starts and stops the AWS of a test, and tells it what to do."""

from __future__ import annotations

import json
import os
import subprocess
import time
import urllib.request

from .settings import HERE, REGION

# A test that waits for the cloud longer than that has failed, in seconds.
PATIENCE = 240


class Cloud:
    def __init__(self, log_file):
        with open(os.environ["MOTO_SERVER"], "rb") as program:
            python = program.readline().decode().strip().removeprefix("#!").split()
        environment = {**os.environ, "AWS_REGION": REGION, "PYTHONPATH": str(HERE)}
        self.process = subprocess.Popen(
            [*python, "-m", "cloud"], cwd=HERE, env=environment, stdout=subprocess.PIPE, stderr=log_file, text=True
        )
        self.port = int(self.process.stdout.readline() or "0")
        if not self.port:
            raise RuntimeError("the cloud did not start: see its log")
        self.url = f"http://127.0.0.1:{self.port}"

    def tell(self, command: str, **what):
        request = urllib.request.Request(f"{self.url}/_cloud/{command}", json.dumps(what).encode())
        with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
            return json.loads(answer.read())

    def refuse(self, match: str, **how) -> None:
        """The next request whose name matches is refused."""
        self.tell("fault", match=match, do="refuse", **how)

    def hold(self, match: str, after: int = 0) -> None:
        """The next request whose name matches, but for the first so many, waits for `release`."""
        self.tell("fault", match=match, do="hold", after=after)

    def wait_until_held(self) -> None:
        wait_for(lambda: self.tell("held"), "a request is held")

    def release(self, drop: bool = False) -> None:
        self.tell("release", drop=drop)

    def changes(self) -> list[str]:
        """What was more than a look at things."""
        return self.tell("changes")

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait()
        self.process.stdout.close()


def wait_for(condition, what: str):
    deadline = time.monotonic() + PATIENCE
    while not (found := condition()):
        if time.monotonic() > deadline:
            raise AssertionError(f"{what}: not within {PATIENCE} s")
        time.sleep(0.05)
    return found
