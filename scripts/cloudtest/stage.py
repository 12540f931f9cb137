"""What a scene plays on: a copy of the repository, an AWS, the stand-ins, and an operator at a terminal."""

from __future__ import annotations

import dataclasses
import fcntl
import json
import os
import pathlib
import pty
import shutil
import signal
import subprocess
import sys
import tempfile

from .cloud_process import Cloud, wait_for
from .settings import ACCOUNT, HERE, KUBERNETES_SCHEMA, REGION, REPOSITORY, with_fake_aws

STAND_INS = ("docker", "kubectl", "helm", "kind")
COPIED = ("scripts", "terraform", "k8s", "operator.env.example", ".gitignore", "Dockerfile")
# No run of a script takes longer, in seconds, on the busiest machine: one that does hangs.
AT_MOST = 600


def the_same_for_all() -> pathlib.Path:
    """A copy of the repository that no stage changes: whoever edits it meanwhile does not confuse the tests."""
    run = pathlib.Path(os.environ["CLOUDTEST_RUN"])
    copy = run / "repository"
    with open(run / "repository.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if copy.exists():
            return copy
        draft = run / "draft"
        draft.mkdir()
        unwanted = shutil.ignore_patterns(".terraform", "*.tfstate*", "__pycache__", "cloudtest")
        for name in COPIED:
            source = REPOSITORY / name
            if source.is_dir():
                shutil.copytree(source, draft / name, ignore=unwanted)
            elif source.exists():
                shutil.copy(source, draft / name)
        return draft.rename(copy)


@dataclasses.dataclass
class Ended:
    """How a script ended, and what was on the screen."""

    status: int
    text: str


class Stage:
    """Made once for a module; `clear` before each scene."""

    def __init__(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="cloudtest."))
        self.tree = self.folder / "overcookied"
        self.stand_ins = self.folder / "stand-ins"
        self.cloud_log = open(self.folder / "cloud.log", "w")
        self.cloud = Cloud(self.cloud_log)
        self.make_tree()
        self.make_stand_ins()
        self.start_aws()

    def make_tree(self) -> None:
        shutil.copytree(the_same_for_all(), self.tree)
        self.git("init", "--quiet")
        self.first_commit = self.commit("as it is")

    def git(self, *arguments: str) -> str:
        who = ["-c", "user.name=test", "-c", "user.email=test@example.com", "-c", "commit.gpgsign=false"]
        run = ["git", *who, "-C", str(self.tree), *arguments]
        # So the same files are the same commit on every stage, and its image the same.
        dates = {"GIT_AUTHOR_DATE": "2026-01-01T00:00:00Z", "GIT_COMMITTER_DATE": "2026-01-01T00:00:00Z"}
        done = subprocess.run(run, check=True, capture_output=True, text=True, env={**os.environ, **dates})
        return done.stdout.strip()

    def commit(self, subject: str) -> str:
        self.git("add", "--all")
        self.git("commit", "--quiet", "--allow-empty", "--message", subject)
        return self.git("rev-parse", "HEAD")

    def make_stand_ins(self) -> None:
        """Programs of these names, in front of all others on PATH."""
        (self.folder / "bin").mkdir()
        for name in STAND_INS:
            self.make_program(name, f'{HERE}/stand-ins/{name}.py "$@"')

    def make_program(self, name: str, command: str) -> None:
        """In this Python, without what only makes it start slowly."""
        program = self.folder / "bin" / name
        program.write_text(f"#!/bin/sh\nexec {os.path.realpath(sys.executable)} -S -E {command}\n")
        program.chmod(0o755)

    def start_aws(self) -> None:
        """The real one, loaded once: see quick_aws.py. Its client is this Python's, which starts quickly."""
        with open(f"{os.environ['REAL_PROGRAMS']}/aws", "rb") as aws:
            python = aws.readline().decode().strip().removeprefix("#!")
        where, quick = self.folder / "aws.socket", HERE / "quick_aws.py"
        self.aws = subprocess.Popen([python, quick, "serve", where], stdout=subprocess.PIPE, text=True)
        self.aws.stdout.readline()
        self.make_program("aws", f'{quick} {where} "$@"')

    def clear(self, **settings: str) -> None:
        """As on the first day of an operator, with these settings."""
        self.cloud.tell("reset")
        shutil.rmtree(self.stand_ins, ignore_errors=True)
        self.stand_ins.mkdir()
        self.settings(**settings)
        self.git("reset", "--quiet", "--hard", self.first_commit)
        self.git("clean", "--quiet", "--force", "-d")

    def settings(self, **settings: str) -> None:
        known = {"AWS_ACCOUNT_ID": ACCOUNT, "AWS_REGION": REGION, "BUDGET_EMAIL": "ada@example.com", **settings}
        lines = [f"{name}={value}\n" for name, value in known.items()]
        (self.tree / "operator.env").write_text("".join(lines))

    def environment(self, **more: str) -> dict[str, str]:
        """Nothing of whoever runs the tests but their programs; credentials of nobody."""
        home = self.folder / "home"
        home.mkdir(exist_ok=True)
        programs = [str(self.folder / "bin"), "/usr/local/bin", "/usr/bin", "/bin"]
        terraforms = {name: value for name, value in os.environ.items() if name.startswith("TF_")}
        return {
            **terraforms,
            "PATH": ":".join(programs),
            "HOME": str(home),
            "TMPDIR": str(self.folder),
            "LANG": "C.UTF-8",
            "CHECKPOINT_DISABLE": "1",
            "AWS_ENDPOINT_URL": self.cloud.url,
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",
            "AWS_EC2_METADATA_DISABLED": "true",
            "AWS_CONFIG_FILE": os.devnull,
            "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
            "OVERCOOKIED_BIN": os.environ["OVERCOOKIED_BIN"],
            "LOCK_TIMEOUT": "2s",
            "POLL_SECONDS": "0.3",
            "BALANCER_MINUTES": "1",
            "PACKAGES": self.packages(),
            "STAND_INS": str(self.stand_ins),
            "REAL_KUBECTL": os.environ["REAL_KUBECTL"],
            "KUBERNETES_VALIDATE": os.environ["KUBERNETES_VALIDATE"],
            "KUBERNETES_SCHEMA": KUBERNETES_SCHEMA,
            "CHECKED_SCHEMAS": f"{os.environ['CLOUDTEST_RUN']}/checked",
            "TERRAFORM_CHECK_CACHE": os.environ["TERRAFORM_CHECK_CACHE"],
            **more,
        }

    def packages(self) -> str:
        """Where PyYAML is: beside kubernetes-validate, which needs it too."""
        venv = pathlib.Path(os.environ["KUBERNETES_VALIDATE"]).parent.parent
        return str(next(venv.glob("lib/python3*/site-packages")))

    def start(self, script: str, *arguments: str, answers: list[str] | None = None, fails: str = "", **more: str):
        """Begins a script in a session of its own. With `answers` there is a terminal to type them at; with
        `fails`, Terraform cannot apply that type of resource."""
        command = [f"./scripts/{script}", *arguments]
        if fails:
            command, more = [with_fake_aws(), *command], {**more, "FAKE_AWS_FAIL": fails}
        keyboard = subprocess.DEVNULL
        if answers is not None:
            typed, keyboard = pty.openpty()
            os.write(typed, "".join(f"{line}\n" for line in answers).encode())
        process = subprocess.Popen(
            command,
            cwd=self.tree,
            env=self.environment(**more),
            stdin=keyboard,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        if answers is not None:
            os.close(keyboard)
            process.terminal = typed
        return process

    def end(self, process) -> Ended:
        try:
            text, _ = process.communicate(timeout=AT_MOST)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            text, _ = process.communicate()
            text += "\n(it hung, and was killed)"
        if hasattr(process, "terminal"):
            os.close(process.terminal)
        if os.environ.get("CLOUDTEST_VERBOSE"):
            print(text, file=sys.stderr)
        return Ended(process.returncode, text)

    def run(self, script: str, *arguments: str, **how) -> Ended:
        return self.end(self.start(script, *arguments, **how))

    def shell(self, command: str, typed: str = "") -> Ended:
        """A command that a script has named, typed by the operator."""
        where = {"cwd": self.tree, "env": self.environment(AWS_REGION=REGION)}
        done = subprocess.run(["bash", "-c", command], input=typed, capture_output=True, text=True, **where)
        return Ended(done.returncode, done.stdout + done.stderr)

    def press_ctrl_c(self, process) -> None:
        """As a terminal does it: to every process in the foreground."""
        os.killpg(process.pid, signal.SIGINT)

    def kill(self, process) -> None:
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()

    def fault(self, match: str, times: int = 1, **what) -> None:
        """The next calls of a stand-in that hold these words fail, or hang for `hang` seconds."""
        path = self.stand_ins / "faults.json"
        kept = json.loads(path.read_text()) if path.exists() else {"faults": []}
        kept["faults"].append({"match": match, "times": times, **what})
        path.write_text(json.dumps(kept))

    def outbox(self, *looks: dict) -> None:
        """What pods find in it, a look after the other: {"waiting": 2}, {"setAside": 1}."""
        (self.stand_ins / "outbox.json").write_text(json.dumps({"looks": looks}))

    def wait_until_hanging(self) -> None:
        wait_for((self.stand_ins / "hanging").exists, "a stand-in hangs")

    def take(self) -> dict:
        """What the stand-ins know: what is built, installed and applied."""
        files = ("cluster.json", "helm.json", "docker.json")
        return {name: (self.stand_ins / name).read_text() for name in files if (self.stand_ins / name).exists()}

    def put_back(self, taken: dict) -> None:
        for name, text in taken.items():
            (self.stand_ins / name).write_text(text)

    def calls(self, program: str) -> list[str]:
        log = self.stand_ins / "calls.log"
        lines = log.read_text().splitlines() if log.exists() else []
        return [line for line in lines if line.startswith(program)]

    def state_of(self, program: str) -> dict:
        path = self.stand_ins / f"{program}.json"
        return json.loads(path.read_text()) if path.exists() else {}

    def close(self) -> None:
        self.aws.terminate()
        self.aws.wait()
        self.aws.stdout.close()
        self.cloud.stop()
        self.cloud_log.close()
        trouble = (self.folder / "cloud.log").read_text()
        shutil.rmtree(self.folder, ignore_errors=True)
        if trouble:
            raise AssertionError(f"the cloud had trouble of its own:\n{trouble}")
