"""DynamoDB as pods meet it: moto's server in memory, behind a gate with a door for each pod."""

from __future__ import annotations

import json
import os
import pathlib
import subprocess
import sys
import urllib.request
from collections.abc import Iterator, Mapping
from typing import Any

from . import ports
from .control import tell
from .errors import RigError
from .processes import wait_for
from .state import State

# Moto imports a good part of AWS before it answers.
READY_WITHIN = 60.0
TABLES_WITHIN = 60.0
ASK_WITHIN = 60.0
# The door of the rig itself, which nothing ever breaks.
OWN = 0
PREFIX, REGION = "Overcookied", "eu-west-1"
# No credentials of anybody, and nothing of the files and services that would give some.
NOBODY = {
    "AWS_REGION": REGION,
    "AWS_ACCESS_KEY_ID": "test",
    "AWS_SECRET_ACCESS_KEY": "test",
    "AWS_EC2_METADATA_DISABLED": "true",
    "AWS_CONFIG_FILE": os.devnull,
    "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
}
AUTHORIZATION = (
    f"AWS4-HMAC-SHA256 Credential=test/20260101/{REGION}/dynamodb/aws4_request, "
    "SignedHeaders=host, Signature=none"
)


HERE = pathlib.Path(__file__).resolve().parent


def python_of(program: str) -> list[str]:
    """The Python that an installed program runs on: its first line names it."""
    with open(program, "rb") as script:
        first = script.readline().decode(errors="replace").strip()
    if not first.startswith("#!") or "python" not in first:
        raise RigError(f"{program} is not a program in Python")
    return first[2:].split()


def is_theirs(name: str) -> bool:
    """Whether a variable is of whoever started the rig, and would send pods to a real DynamoDB."""
    return name.startswith("AWS_") or name == "DYNAMODB_TABLE_PREFIX"


class DynamoDB:
    """The DynamoDB of a rig. It forgets everything when it ends."""

    def __init__(self, state: State):
        self._state = state
        self._setup: dict[str, Any] = state.get("dynamodb")
        self.prefix: str = self._setup["prefix"]

    @classmethod
    def prepare(cls, state: State, server: pathlib.Path, host: str, pods: int) -> DynamoDB:
        """Chooses its ports."""
        moto, control, *doors = ports.free(3 + pods)
        numbers = map(str, range(OWN, pods + 1))
        state.put(
            "dynamodb",
            {
                "server": str(server),
                "host": host,
                "moto": moto,
                "control": control,
                "doors": dict(zip(numbers, doors)),
                "prefix": PREFIX,
            },
        )
        return cls(state)

    @property
    def url(self) -> str:
        """Where it is for everybody but pods."""
        return self._url(OWN)

    @property
    def port(self) -> int:
        """The port of the rig's own door."""
        return self._setup["doors"][str(OWN)]

    def door_port(self, pod: int) -> int:
        return self._setup["doors"][str(pod)]

    def environment(self, pod: int = OWN) -> dict[str, str]:
        """What tells the server to record there, through the door of a pod."""
        return {
            "RESULTS": "dynamodb",
            "DYNAMODB_TABLE_PREFIX": self.prefix,
            "AWS_ENDPOINT_URL_DYNAMODB": self._url(pod),
            **NOBODY,
        }

    def start(self, binary: pathlib.Path) -> None:
        """Starts it and makes the tables, by the server's own command."""
        here = {name: value for name, value in os.environ.items() if not is_theirs(name)}
        elsewhere = {name: value for name, value in here.items() if name != "PYTHONPATH"}
        setup = self._setup
        moto = [*python_of(setup["server"]), HERE / "quick_moto.py", "-H", "127.0.0.1"]
        self._state.launch("moto", [*moto, "-p", str(setup["moto"])], env=elsewhere)
        doors = [f"{name}={port}" for name, port in setup["doors"].items()]
        gate = [sys.executable, "-m", "clusterlib.gate", setup["host"], str(setup["moto"])]
        command = [*gate, str(setup["control"]), *doors]
        self._state.launch("gate", command, env=here, cwd=HERE.parent)
        if not wait_for(self._answers, READY_WITHIN):
            raise RigError(f"moto does not answer:\n{self._state.said('moto')}")
        self._make_tables(binary, elsewhere)

    def ask(self, call: str, **arguments: Any) -> dict[str, Any]:
        """One request, past the server and its API."""
        headers = {
            "X-Amz-Target": f"DynamoDB_20120810.{call}",
            "Content-Type": "application/x-amz-json-1.0",
            "Authorization": AUTHORIZATION,
        }
        body = json.dumps(arguments).encode()
        request = urllib.request.Request(self.url, body, headers, method="POST")
        straight = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with straight.open(request, timeout=ASK_WITHIN) as answer:
            return json.load(answer)

    def scan(self, table: str) -> Iterator[dict[str, Any]]:
        """Every item of a table (named without the prefix), as DynamoDB spells items."""
        more: dict[str, Any] = {"ConsistentRead": True}
        while True:
            told = self.ask("Scan", TableName=self.prefix + table, **more)
            yield from told["Items"]
            if not (last := told.get("LastEvaluatedKey")):
                return
            more["ExclusiveStartKey"] = last

    def door(self, pod: int) -> DoorOf:
        """The way of one pod."""
        return DoorOf(self._setup["control"], pod)

    def heal(self) -> None:
        """Ends every fault of every door."""
        for name in self._setup["doors"]:
            self.door(int(name)).heal()

    def _url(self, door: int) -> str:
        return f"http://{self._setup['host']}:{self.door_port(door)}"

    def _answers(self) -> bool:
        for name in ("moto", "gate"):
            program = self._state.program(name)
            if program is None or not program.alive():
                raise RigError(f"{name} ended:\n{self._state.said(name)}")
        return "TableNames" in self.ask("ListTables")

    def _make_tables(self, binary: pathlib.Path, env: Mapping[str, str]) -> None:
        command = [str(binary), "tables", "create"]
        try:
            done = subprocess.run(
                command,
                env={**env, **self.environment()},
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                check=False,
                timeout=TABLES_WITHIN,
            )
        except subprocess.TimeoutExpired:
            raise RigError(f"{' '.join(command)} does not come back") from None
        if done.returncode != 0:
            raise RigError(f"{' '.join(command)}: {(done.stderr or done.stdout).strip()[-2000:]}")


class DoorOf:
    """How the door of one pod is told what to break: see `gate`. Faults add up."""

    def __init__(self, control: int, pod: int):
        self._control = control
        self._pod = pod

    def cut(self) -> None:
        """Resets every connection and refuses new ones."""
        self.say("cut")

    def silence(self) -> None:
        """Takes requests and neither carries them out nor answers."""
        self.say("silence")

    def delay(self, milliseconds: int) -> None:
        """Every answer comes so much later. 0 ends it."""
        self.say(f"delay {milliseconds}")

    def lose_replies(self, one_in: int) -> None:
        """One request in so many is carried out, but its answer is lost. 0 ends it."""
        self.say(f"lose-replies {one_in}")

    def hold(self, call: str, within: float) -> bool:
        """Waits until the next such call has succeeded, and keeps its answer back until healing.

        False when there was none within so many seconds.
        """
        return self.say(f"hold {call} {within}", within + 5) == "held"

    def heal(self) -> None:
        """Ends every fault. What was kept back is lost."""
        self.say("heal")

    def stats(self) -> dict[str, dict[str, int]]:
        """`requests` and `lost` replies by call."""
        return json.loads(self.say("stats"))

    def say(self, line: str, within: float = 5) -> str:
        """One line to the control port; its answer, without `ok`."""
        return tell(self._control, f"{self._pod} {line}", "the gate", within)
