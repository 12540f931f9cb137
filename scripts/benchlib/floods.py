"""Floods: what becomes of them, what they cost, and how much of them the neighbours notice.

The floods are those of `overcookied swarm flood`. They get the time that the neighbours' load leaves on
its core, so that what the neighbours notice is the server. For the same reason processors do not sleep
meanwhile, and the server's directory is in memory: disks and other machines are measured elsewhere.

They come and go while the neighbours play one long game: what a run of the load costs to begin and to end
is not measured then, and the floods are compared with the times just before each of them.
"""

import pathlib
import tempfile
import time

import floodtable
import machine
import neighbours

DUELS, RATE = 50, 10
# Seconds until all neighbours play; until a flood is there, and longer for those that come slowly; until it is gone.
BEGUN, COMING, SLOWLY, GOING = 5, 1, 15, 2
SLOW = ("heads", "silent", "mute")


def measure(seconds, times):
    """Each kind with a server of its own, so often."""
    with machine.awake():
        return {kind: one_kind(kind, seconds, times) for kind in floodtable.NAMES}


def one_kind(kind, seconds, times):
    """Neighbours of one long game, and the flood so often. Before each the time without it is twice as long:
    the server allows an address as much again by then."""
    length = BEGUN + times * (2 * seconds + (SLOWLY if kind in SLOW else COMING) + seconds + GOING)
    with (
        tempfile.TemporaryDirectory(dir=machine.memory()) as directory,
        machine.server(machine.memory(), GAME_SECONDS=str(length), COUNTDOWN_SECONDS="1") as server,
    ):
        clicks = pathlib.Path(directory) / "clicks"
        load = machine.load(
            server, "--duels", DUELS, "--rate", RATE, "--ramp", 250, "--golden-share", 0, "--json",
            "--timeout", 2 * length, "--clicks", clicks)
        time.sleep(BEGUN)
        turns = [one_turn(server, kind, seconds) for _ in range(times)]
        if load.poll() is not None:
            raise SystemExit(f"bench: the neighbours' game was over before the last flood ({kind})")
        report = machine.result(load, broken_is_fine=True)
        windows = [on_the_wall(turn.pop("windows")) for turn in turns]
        took = [tuple(map(float, line.split())) for line in clicks.read_text().splitlines()]
    looks = [neighbours.of_looks(took, of_turn) for of_turn in windows]
    return {
        "turns": turns,
        "looks": [neighbours.told(of_turn) for of_turn in looks],
        "noticed": neighbours.noticed(looks),
        "broken": sum(report["violations"].values()),
    }


def one_turn(server, kind, seconds):
    """Without the flood, then with it."""
    first, second = window(seconds), window(seconds)
    flood = machine.load(server, "flood", "--kind", kind, "--seconds", seconds, leftover=True)
    machine.wait_said(flood, "is there")
    during = window(seconds)
    of_flood = machine.result(flood)
    time.sleep(GOING)
    return of_flood | {"windows": {"first": first, "second": second, "during": during}}


def window(seconds):
    """Waits; from when until when. The clock on the wall is set now and then, this one is not."""
    began = time.monotonic()
    time.sleep(seconds)
    return began, time.monotonic()


def on_the_wall(windows):
    """In milliseconds since 1970, as the load writes them down at its end: for use right after it."""
    set_to = time.time() - time.monotonic()
    return {name: tuple((set_to + at) * 1000 for at in window) for name, window in windows.items()}
