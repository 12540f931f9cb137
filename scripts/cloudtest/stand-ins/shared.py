"""What the stand-ins share: a log of their calls, failures on command, a state in a file, and AWS.

They stand for docker, kubectl, helm and kind in the tests of the operator's scripts. Each checks what it is
given as strictly as it can, and refuses what the real one would refuse.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import pathlib
import re
import sys
import time

HOME = pathlib.Path(os.environ["STAND_INS"])


class Refused(Exception):
    """What the stand-in says on standard error before it ends with status 1."""


@contextlib.contextmanager
def state(name: str):
    """A dictionary that outlives the process. One process at a time has it."""
    path = HOME / f"{name}.json"
    with open(HOME / f"{name}.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        kept = json.loads(path.read_text()) if path.exists() else {}
        yield kept
        draft = path.with_suffix(".new")
        draft.write_text(json.dumps(kept))
        draft.rename(path)


def meet_fault(call: str) -> None:
    """Fails, or hangs, if a test has asked for that: {"match": TEXT, "after": N, "times": N, "hang": SECONDS}."""
    with state("faults") as kept:
        faults = kept.setdefault("faults", [])
        fault = next((each for each in faults if each["match"] in call), None)
        if fault is None:
            return
        if fault.get("after", 0) > 0:
            fault["after"] -= 1
            return
        fault["times"] -= 1
        if fault["times"] <= 0:
            faults.remove(fault)
    if fault.get("hang"):
        (HOME / "hanging").write_text(call)
        time.sleep(fault["hang"])
    raise Refused(fault.get("message", "the connection to the server was refused, as asked"))


def main(program: str, carry_out) -> None:
    """Logs the call, and carries it out."""
    arguments = sys.argv[1:]
    call = " ".join([program, *arguments])
    with open(HOME / "calls.log", "a") as log:
        log.write(call.replace("\n", " ") + "\n")
    try:
        meet_fault(call)
        sys.exit(carry_out(arguments) or 0)
    except Refused as refused:
        print(f"error: {refused}", file=sys.stderr)
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)


def option(arguments: list[str], *names: str, default=None):
    """The value of an option, however it is written; removes it."""
    for at, each in enumerate(arguments):
        for name in names:
            if each == name and at + 1 < len(arguments):
                value = arguments[at + 1]
                del arguments[at : at + 2]
                return value
            if each.startswith(name + "=") and name.startswith("--"):
                del arguments[at]
                return each.split("=", 1)[1]
    return default


def flag(arguments: list[str], *names: str) -> bool:
    found = [each for each in arguments if each in names]
    for each in found:
        arguments.remove(each)
    return bool(found)


def ask_aws(service: str, body: bytes, headers: dict) -> bytes:
    """A call that needs no signature: moto looks at the service in it alone."""
    # Most calls of a stand-in need no AWS, and this takes a while to load.
    import urllib.error
    import urllib.request

    region = os.environ["AWS_REGION"]
    credential = f"Credential=test/20260101/{region}/{service}/aws4_request"
    authorization = f"AWS4-HMAC-SHA256 {credential}, SignedHeaders=host, Signature=none"
    request = urllib.request.Request(
        os.environ["AWS_ENDPOINT_URL"], body, {"Authorization": authorization, **headers}
    )
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return answer.read()
    except urllib.error.HTTPError as error:
        raise Refused(error.read().decode()) from None


def query_aws(service: str, version: str, **parameters: str) -> str:
    import urllib.parse

    form = urllib.parse.urlencode({"Version": version, **parameters}).encode()
    return ask_aws(service, form, {"Content-Type": "application/x-www-form-urlencoded"}).decode()


def json_aws(service: str, target: str, **parameters) -> dict:
    headers = {"Content-Type": "application/x-amz-json-1.1", "X-Amz-Target": target}
    return json.loads(ask_aws(service, json.dumps(parameters).encode(), headers) or b"{}")


def tell_cloud(command: str, **what):
    """Not as an operator, but behind the scenes."""
    import urllib.request

    url = f"{os.environ['AWS_ENDPOINT_URL']}/_cloud/{command}"
    with urllib.request.urlopen(url, json.dumps(what).encode(), timeout=60) as answer:
        return json.loads(answer.read())


def secret_keys() -> list[str]:
    """The session keys as a pod that starts now reads them: the first signs, all verify."""
    with state("kind") as kind:
        if "cluster" in kind:
            return []
    text = tell_cloud("secret", name="overcookied/session-keys")
    return re.findall("-----BEGIN.*?-----END[^\n]*", text, re.S)
