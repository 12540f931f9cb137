"""The command line of scripts/cluster."""

from __future__ import annotations

import argparse
import os
import pathlib
import sys

from . import building
from .errors import RigError
from .network import DIRECTIONS, WHATS
from .pods import Pod
from .rig import Options, Rig
from .state import exclusive
from .valkey import KINDS

# Settings that are handed on to every pod, and kept for pods that are started again.
SETTINGS = (
    "GAME_SECONDS",
    "COUNTDOWN_SECONDS",
    "GRACE_SECONDS",
    "GOLDEN_COOKIE_MIN_SECONDS",
    "GOLDEN_COOKIE_MAX_SECONDS",
    "BONUS_SECONDS",
    "DRAIN_DELAY",
    "VALKEY_WAIT_REPLICAS",
    "MAX_CONNECTIONS_PER_ADDRESS",
    "GOOGLE_CLIENT_ID",
    "GOOGLE_CLIENT_SECRET",
    "GOOGLE_CLIENT_SECRET_FILE",
    "GOOGLE_ISSUER",
    "GITHUB_CLIENT_ID",
    "GITHUB_CLIENT_SECRET",
    "GITHUB_CLIENT_SECRET_FILE",
    "GITHUB_URL",
    "GITHUB_API_URL",
    "RUST_LOG",
    "LOG_FORMAT",
    "OTEL_EXPORTER_OTLP_ENDPOINT",
)
LINES = 40


def main() -> int:
    args = _arguments()
    rig = Rig(args.state)
    try:
        if args.command in ("status", "logs"):
            return _show(rig, args)
        with exclusive(rig.folder):
            return args.run(Rig(args.state), args)
    except RigError as error:
        print(f"cluster: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("cluster: interrupted", file=sys.stderr)
        return 130


def _show(rig: Rig, args: argparse.Namespace) -> int:
    try:
        code = args.run(rig, args)
        sys.stdout.flush()
        return code
    except BrokenPipeError:
        # Whoever reads, such as `head`, has seen enough. Python would flush once more at its end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0


def start(rig: Rig, args: argparse.Namespace) -> int:
    if rig.running():
        print("cluster: it runs already; ./scripts/cluster stop ends it", file=sys.stderr)
        return status(rig, args)
    if not args.loopback:
        building.network_tools()
    with_valkey = args.valkey != "none"
    port = os.environ.get("PORT")
    if port is not None and not port.isdecimal():
        raise RigError(f"PORT={port} is no port")
    rig.start(
        Options(
            pages=building.pages(),
            binary=building.server(),
            haproxy=building.haproxy(),
            valkey_server=building.valkey_server() if with_valkey else None,
            fault_proxy=building.fault_proxy() if args.fault_proxies else None,
            moto=building.moto() if args.results == "dynamodb" else None,
            pods=args.pods,
            valkey=args.valkey,
            aof=args.aof,
            port=int(port) if port else None,
            loopback=args.loopback,
            settings=_settings(),
        )
    )
    print(GREETING.format(url=rig.url, other=rig.url.replace("localhost", "127.0.0.1")))
    return status(rig, args)


GREETING = """
  Overcookied is served by several pods at

    {url}     one player
    {other}     another one: two addresses are two players on one machine

  Open both side by side and press Play. Then `./scripts/cluster kill 2`, `restart 2`, `drain 2`
  or `cut 2`, and watch both play on. `./scripts/cluster stop` ends it.
"""


def kill(rig: Rig, args: argparse.Namespace) -> int:
    pod = _pod(rig, args)
    if not pod.alive():
        raise RigError(f"{pod.name} does not run")
    pod.kill()
    print(f"{pod.name} was killed")
    return 0


def restart(rig: Rig, args: argparse.Namespace) -> int:
    pod = _pod(rig, args)
    given = os.environ.get("OVERCOOKIED_BIN")
    pod.restart(pathlib.Path(given).resolve() if given else None, _settings())
    print(f"{pod.name} runs again")
    return 0


def drain(rig: Rig, args: argparse.Namespace) -> int:
    pod = _pod(rig, args)
    if not pod.drain():
        raise RigError(f"{pod.name} is still there; its log says why")
    print(f"{pod.name} gave its games away and is gone")
    return 0


def cut(rig: Rig, args: argparse.Namespace) -> int:
    rig.cut(_pod(rig, args).number, args.what, args.direction)
    print(f"pod{args.pod} is cut off from {args.what} ({args.direction})")
    return 0


def heal(rig: Rig, args: argparse.Namespace) -> int:
    rig.heal(_pod(rig, args).number)
    print(f"pod{args.pod} is connected again")
    return 0


def logs(rig: Rig, args: argparse.Namespace) -> int:
    if args.pod is None:
        paths = sorted((rig.folder / "logs").glob("*.log"))
    else:
        paths = [rig.state.log(f"pod{args.pod}")]
    paths = [path for path in paths if path.exists()]
    if not paths:
        raise RigError(f"there are no logs in {rig.folder}")
    sys.stdout.flush()
    follow = ["-F"] if args.follow else []
    command = ["tail", "-n", str(LINES if args.pod is None else 5 * LINES), *follow]
    os.execvp("tail", [*command, *map(str, paths)])


def status(rig: Rig, _args: argparse.Namespace) -> int:
    _running(rig)
    balancer = rig.balancer
    seen = balancer.servers() if balancer.alive() else {}
    print(f"{'pod':5} {'process':>8} {'state':9} {'balancer':9} address")
    for pod in rig.pods:
        cuts = ", ".join(f"{what} {way}" for what, way in rig.network.cuts(pod.number))
        note = f"  cut: {cuts}" if cuts else ""
        words, pid = _state(pod)
        print(f"{pod.number:<5} {pid:>8} {words:9} {seen.get(pod.number, '?'):9} {pod.url}{note}")
    names = set(rig.running())
    others = [name for name in rig.state.programs() if not name.startswith("pod")]
    print("\n".join(f"{name}: {'runs' if name in names else 'dead'}" for name in others))
    if rig.has_dynamodb:
        print(f"dynamodb: {rig.dynamodb.url}, tables {rig.dynamodb.prefix}...")
    print(f"players: {rig.url}")
    print(f"folder: {rig.folder}")
    return 0


def stop(rig: Rig, _args: argparse.Namespace) -> int:
    if not rig.exists:
        print("cluster: nothing runs", file=sys.stderr)
        return 0
    rig.stop()
    print(f"stopped; results and logs are in {rig.folder}")
    return 0


def _running(rig: Rig) -> None:
    if not rig.exists:
        raise RigError(f"nothing runs (looked in {rig.folder}); ./scripts/cluster starts it")


def _state(pod: Pod) -> tuple[str, str]:
    """In which state a pod is, and its process."""
    program = pod.program
    if program is None or not program.alive():
        return "dead", "-"
    if program.stopped():
        return "stopped", str(program.pid)
    return "ready" if pod.ready() else "not ready", str(program.pid)


def _pod(rig: Rig, args: argparse.Namespace) -> Pod:
    _running(rig)
    return rig.pod(args.pod)


def _settings() -> dict[str, str]:
    return {name: os.environ[name] for name in SETTINGS if os.environ.get(name)}


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="cluster",
        description="Pods, Valkey and a load balancer on this machine. Without a command: start.",
        epilog=f"PORT sets the balancer's port. Handed on to the pods: {', '.join(SETTINGS)}.",
    )
    folder = os.environ.get("CLUSTER_STATE") or building.ROOT / ".overcookied" / "cluster"
    parser.add_argument(
        "--state",
        type=pathlib.Path,
        default=pathlib.Path(folder),
        metavar="DIR",
        help="folder of this cluster; several may run side by side (CLUSTER_STATE)",
    )
    commands = parser.add_subparsers(dest="command", metavar="COMMAND")

    def command(run, text: str, with_pod: bool = True) -> argparse.ArgumentParser:
        added = commands.add_parser(run.__name__, help=text, description=text)
        added.set_defaults(run=run)
        if with_pod:
            added.add_argument("pod", type=int, help="its number, from 1")
        return added

    begin = command(start, "start everything, building and installing what is missing", False)
    begin.add_argument("--pods", type=int, default=3, help="how many (3)")
    begin.add_argument("--valkey", choices=[*KINDS], default="single", help="how many servers")
    begin.add_argument("--aof", action="store_true", help="Valkey keeps its data over a kill")
    begin.add_argument(
        "--results",
        choices=("sqlite", "dynamodb"),
        default="sqlite",
        help="where results are recorded; moto plays DynamoDB, in memory",
    )
    begin.add_argument("--loopback", action="store_true", help="no network namespaces")
    begin.add_argument("--fault-proxies", action="store_true", help=argparse.SUPPRESS)
    begin.add_argument(
        "--without-valkey",
        dest="valkey",
        action="store_const",
        const="none",
        help=argparse.SUPPRESS,
    )
    command(kill, "kill a pod (SIGKILL)")
    command(restart, "start a pod again, killing it first if it lives")
    command(drain, "let a pod give its games away and end (SIGTERM), and wait for it")
    cutting = command(cut, "drop a pod's packets (needs root)")
    cutting.add_argument("what", nargs="?", choices=WHATS, default="everything")
    cutting.add_argument(
        "direction", nargs="?", choices=DIRECTIONS, default="both", help="as the pod sees it"
    )
    command(heal, "connect a pod again")
    shown = command(logs, "show the end of the logs, of all or of one pod", False)
    shown.add_argument("pod", type=int, nargs="?")
    shown.add_argument("-f", "--follow", action="store_true", help="go on showing")
    command(status, "show what runs", False)
    command(stop, "end everything; results and logs stay", False)
    words = sys.argv[1:]
    args = parser.parse_args(words)
    return args if args.command else parser.parse_args([*words, "start"])


sys.exit(main())
