"""Two servers as overlays/aws starts them, with its own settings and secrets: moto plays AWS, a Valkey is real, and
players play. Whatever the server counts, it has counted when this is over.
"""

from __future__ import annotations

import contextlib
import json
import os
import pathlib
import re
import signal
import socket
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from typing import NamedTuple, TypeVar

from clusterlib import leaks

from .found import Found, report
from .tools import ROOT, pass_or_report, say, server, tool

REGION = "eu-central-1"
STARTS_WITHIN = 60.0
# Short games, so that two pods see the whole of one, and no balancer that a drain waits for.
QUICK = {"COUNTDOWN_SECONDS": "1", "GAME_SECONDS": "4", "GRACE_SECONDS": "5", "DRAIN_DELAY": "0"}
LOGS = {"RUST_LOG": "warn,overcookied::app=info"}
# What the providers' secrets are here.
SECRET = "in-no-log-of-any-server"
# No credentials of anybody, and nothing of the files and services that would give some.
NOBODY = {
    "AWS_ACCESS_KEY_ID": "test",
    "AWS_SECRET_ACCESS_KEY": "test",
    "AWS_EC2_METADATA_DISABLED": "true",
    "AWS_CONFIG_FILE": os.devnull,
    "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
}


class Pod(NamedTuple):
    process: subprocess.Popen
    log: pathlib.Path
    url: str
    metrics_url: str


class Shown(NamedTuple):
    """What the servers showed."""

    metrics: str
    # Status by path.
    answers: dict[str, int]


def show(settings: dict[str, str], paths: set[str]) -> Shown:
    """Starts pods with these settings, has games played and one pod drained, and says what there was to see."""
    with contextlib.ExitStack() as stack:
        folder = pathlib.Path(stack.enter_context(tempfile.TemporaryDirectory()))
        environment = _aws_and_valkey(stack, folder, settings)
        pods = [_start_pod(stack, folder, name, environment) for name in ("first", "second")]
        answers = {path: status(pods[0].url + path) for path in paths}
        # Somebody comes back from a provider without having set out.
        host = settings["PUBLIC_URL"].split("//")[1]
        for pod in pods:
            status(f"{pod.url}/api/auth/github/callback?state=none&code=none", Host=host)
        pass_or_report(say(*_players(pods, "3"), "--rate", "5", "--timeout", "60", env=clean()))
        until(lambda: not _hosts(pods), "a game does not end", pods[0].log)
        until(lambda: "overcookied_results_total{" in _metrics(pods), "no result is recorded", pods[0].log)
        metrics = _metrics(pods) + _drain(stack, folder, pods)
        report(leaks.found(folder.glob("*.log"), [SECRET, *leaks.of_keys(folder / "keys.pem")]))
        return Shown(metrics, answers)


def _aws_and_valkey(stack: contextlib.ExitStack, folder: pathlib.Path, settings: dict[str, str]) -> dict[str, str]:
    valkey_port, moto_port = free_port(), free_port()
    valkey = [tool("valkey"), "--port", str(valkey_port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
    _start(stack, folder / "valkey.log", valkey, cwd=folder)
    _start(stack, folder / "moto.log", [tool("moto"), "-H", "127.0.0.1", "-p", str(moto_port)])
    aws = f"http://127.0.0.1:{moto_port}"
    until(lambda: status(f"{aws}/moto-api/") == 200, "moto does not answer", folder / "moto.log")
    environment = {**clean(), **NOBODY, **settings, **QUICK, **LOGS, "AWS_ENDPOINT_URL": aws, "AWS_REGION": REGION}
    keys = folder / "keys.pem"
    pass_or_report(say(server(), "keys", "create", "--file", keys, env=clean()))
    pass_or_report(say(server(), "tables", "create", env=environment))
    values = {"SESSION_KEYS": keys.read_text(), "VALKEY_URL": f"redis://127.0.0.1:{valkey_port}"}
    for name, place in settings.items():
        if place.startswith("aws-secretsmanager:"):
            _put_secret(aws, place.split(":", 1)[1], values.get(name, SECRET))
    return environment


def _put_secret(aws: str, name: str, value: str) -> None:
    # moto reads who is meant, and verifies nothing.
    signed = f"AWS4-HMAC-SHA256 Credential=test/20260101/{REGION}/secretsmanager/aws4_request, "
    headers = {
        "Content-Type": "application/x-amz-json-1.1",
        "X-Amz-Target": "secretsmanager.CreateSecret",
        "Authorization": signed + "SignedHeaders=host, Signature=none",
    }
    body = json.dumps({"Name": name, "SecretString": value, "ClientRequestToken": "0" * 32}).encode()
    urllib.request.urlopen(urllib.request.Request(aws, body, headers), timeout=10).read()


def _start_pod(stack: contextlib.ExitStack, folder: pathlib.Path, name: str, environment: dict[str, str]) -> Pod:
    port, metrics_port, log = free_port(), free_port(), folder / f"{name}.log"
    here = {
        "HOST": "127.0.0.1",
        "PORT": str(port),
        "METRICS_PORT": str(metrics_port),
        "DATA_DIR": str(folder / name),
        "WEB_DIR": str(ROOT / "frontend/out"),
    }
    process = _start(stack, log, [str(server())], env=environment | here)
    pod = Pod(process, log, f"http://127.0.0.1:{port}", f"http://127.0.0.1:{metrics_port}/metrics")
    until(lambda: status(f"{pod.url}/health/ready") == 200, f"the {name} server does not get ready", log, process)
    return pod


def _players(pods: list[Pod], duels: str) -> list[str]:
    """What plays so many duels over all pods."""
    urls = [word for pod in pods for word in ("--url", pod.url)]
    return [str(server()), "swarm", *urls, "--duels", duels, "--no-results"]


def _drain(stack: contextlib.ExitStack, folder: pathlib.Path, pods: list[Pod]) -> str:
    """Games in the middle of which a pod with some is told to go. Returns the metrics of the other one, which takes
    them over.
    """
    log = folder / "players.log"
    _start(stack, log, _players(pods, "4"), env=clean())
    # A game is where the later of its players is served: nobody knows beforehand which pods have one.
    goes = until(lambda: _hosts(pods), "no game begins", log)[0]
    stays = next(pod for pod in pods if pod is not goes)
    goes.process.send_signal(signal.SIGTERM)
    until(lambda: "overcookied_takeovers_total{" in read(stays.metrics_url), "no game is taken over", stays.log)
    until(lambda: goes.process.poll() is not None, "a pod does not go", goes.log)
    return _metrics([stays])


def _metrics(pods: list[Pod]) -> str:
    return "".join(read(pod.metrics_url) for pod in pods)


def _hosts(pods: list[Pod]) -> list[Pod]:
    """The pods in which games are."""
    return [pod for pod in pods if re.search(r"^overcookied_rooms [1-9]", read(pod.metrics_url), re.M)]


def _start(stack: contextlib.ExitStack, log: pathlib.Path, command: list[str], **options) -> subprocess.Popen:
    out = stack.enter_context(open(log, "wb"))
    process = subprocess.Popen(command, stdout=out, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, **options)
    stack.callback(_end, process)
    return process


def _end(process: subprocess.Popen) -> None:
    process.kill()
    process.wait()


def clean() -> dict[str, str]:
    """The environment without what would be taken for a setting."""
    return {name: os.environ[name] for name in ("PATH", "HOME", "TMPDIR", "LANG") if name in os.environ}


Something = TypeVar("Something")


def until(
    done: Callable[[], Something], otherwise: str, log: pathlib.Path, process: subprocess.Popen | None = None
) -> Something:
    """Asks until it is so, and returns the answer."""
    deadline = time.monotonic() + STARTS_WITHIN
    while not (answer := done()):
        if time.monotonic() > deadline or (process and process.poll() is not None):
            raise Found([otherwise, *log.read_text(errors="replace").splitlines()[-8:]])
        time.sleep(0.1)
    return answer


def status(url: str, **headers: str) -> int:
    """What an address answers; 0 for nothing."""
    try:
        return _open(url, headers).status
    except urllib.error.HTTPError as error:
        return error.code
    except OSError:
        return 0


def read(url: str) -> str:
    try:
        return _open(url, {}).read().decode()
    except OSError:
        return ""


class _Stay(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_):
        return None


def _open(url: str, headers: dict[str, str]):
    return urllib.request.build_opener(_Stay).open(urllib.request.Request(url, headers=headers), timeout=5)


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]
