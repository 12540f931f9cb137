"""What all scenes share: one stage for a module, cleared before each scene, and words to judge by."""

from __future__ import annotations

import fcntl
import json
import os
import pathlib
import re
import unittest

from .settings import BUCKET, why_skipped
from .stage import Ended, Stage


class Scene(unittest.TestCase):
    """A test of scripts that were run for real."""

    stage: Stage
    # operator.env beside account, region and mail.
    settings: dict[str, str] = {}
    needs_terraform = True

    @classmethod
    def setUpClass(cls):
        why = why_skipped() if cls.needs_terraform else None
        if why:
            raise unittest.SkipTest(why)
        cls.stage = Stage()
        cls.addClassCleanup(cls.stage.close)

    def setUp(self):
        self.stage.clear(**self.settings)
        self.cloud = self.stage.cloud

    def succeeds(self, script: str, *arguments: str, **how) -> str:
        ended = self.stage.run(script, *arguments, **how)
        self.assertEqual(ended.status, 0, ended.text)
        return ended.text

    def fails(self, script: str, *arguments: str, status: int = 1, **how) -> str:
        ended = self.stage.run(script, *arguments, **how)
        self.assertEqual(ended.status, status, ended.text)
        return ended.text

    def says(self, text: str, *words: str) -> None:
        for each in words:
            self.assertIn(each, text)

    def is_interrupted(self, ended: Ended) -> None:
        """It ended by Ctrl-C, said so, and said what to do."""
        self.assertEqual(ended.status, 130, ended.text)
        self.says(ended.text, "interrupted", "stopped at")

    def given_it_is_up(self) -> None:
        """What `scripts/up` leaves behind with these settings."""
        self.given("up", lambda: self.succeeds("up"))

    def given_the_base_is_up(self) -> None:
        """The same after the eks layer was destroyed: the password of its Valkey is known still."""
        taken = self.kept("up", lambda: self.succeeds("up"))
        states = {key: state for key, state in taken["aws"]["states"].items() if key != "eks.tfstate"}
        self.stage.clear(**self.settings)
        self.cloud.tell("put_back", taken={**taken["aws"], "states": states, "passwords": {}})
        self.cloud.tell("forget_log")

    def given_it_runs(self) -> str:
        """Up, an image of this commit pushed, and deployed. Answers with the image."""

        def run():
            self.given_it_is_up()
            self.succeeds("build-and-push")
            self.succeeds("deploy")

        self.given("run", run)
        return self.stage.state_of("docker")["images"][0]

    def given_another_image(self) -> str:
        """Of a later commit."""
        self.stage.commit("something new")
        return self.succeeds("build-and-push").splitlines()[-1]

    def given(self, name: str, make) -> None:
        taken = self.kept(name, make)
        self.stage.clear(**self.settings)
        self.cloud.tell("put_back", taken=taken["aws"])
        self.stage.put_back(taken["stand-ins"])
        self.cloud.tell("forget_log")

    def kept(self, name: str, make) -> dict:
        """What is there after `make`, which runs once in all modules: for whoever needs it first."""
        name = "-".join([name, *sorted(self.settings.values())]).replace("/", "_")
        kept = pathlib.Path(os.environ["CLOUDTEST_RUN"]) / f"{name}.json"
        with open(kept.with_suffix(".lock"), "w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not kept.exists():
                make()
                taken = {"aws": self.cloud.tell("take", bucket=BUCKET), "stand-ins": self.stage.take()}
                kept.write_text(json.dumps(taken))
            return json.loads(kept.read_text())

    def changes(self) -> list[str]:
        """What was changed in AWS since the scene was set, without the locks of Terraform."""
        return [change for change in self.cloud.changes() if ".tflock" not in change]

    def keys(self) -> list[str]:
        """The session keys in Secrets Manager: the first signs."""
        text = self.cloud.tell("secret", name="overcookied/session-keys")
        return re.findall("-----BEGIN.*?-----END[^\n]*", text, re.S)
