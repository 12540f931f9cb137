"""Floods: what becomes of them, what they cost, and how much of them the neighbours notice.

The floods are those of `overcookied swarm flood`. They get the time that the neighbours' load leaves on
its core, so that what the neighbours notice is the server. For the same reason processors do not sleep
meanwhile, and the server's directory is in memory: disks and other machines are measured elsewhere.

They come and go while the neighbours play one long game: what a run of the load costs to begin and to end
is not measured then, and each flood is compared with the time just before it.
"""

import math
import pathlib
import tempfile
import time

import machine
import neighbours

KINDS = ("messages", "empty", "pings", "fragments", "connections", "heads", "silent", "mute")
DUELS, RATE = 50, 10
# Seconds until all neighbours play; until a flood is there, and longer for those that come slowly; until it is gone.
BEGUN, COMING, SLOWLY, GOING = 5, 1, 15, 2
# Seconds of a flood before it is looked at and after. The clock on the wall, which both sides write down, is set now
# and then by some hundredths of a second.
MARGIN = 0.5
SLOW = ("heads", "silent", "mute")


def measure(seconds, times):
    """Each kind with a server of its own, so often."""
    with machine.awake():
        return {kind: one_kind(kind, seconds, times) for kind in KINDS}


def one_kind(kind, seconds, times):
    """Neighbours of one long game, and the flood so often. Before each the time without it is twice as long:
    the server allows an address as much again by then."""
    one_length = 2 * seconds + (SLOWLY if kind in SLOW else COMING) + seconds + 2 * MARGIN + GOING
    length = math.ceil(BEGUN + times * one_length)
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
        took = [tuple(map(float, line.split())) for line in clicks.read_text().splitlines()]
    looks = [neighbours.of_looks(took, turn.pop("windows")) for turn in turns]
    return {
        "turns": turns,
        "looks": [neighbours.told(of_turn) for of_turn in looks],
        "noticed": neighbours.noticed(looks),
        "broken": sum(report["violations"].values()),
    }


def one_turn(server, kind, seconds):
    """Without the flood, then with it."""
    first, second = window(seconds), window(seconds)
    began = time.time() * 1000
    flood = machine.load(server, "flood", "--kind", kind, "--seconds", math.ceil(seconds + 2 * MARGIN), leftover=True)
    machine.wait_said(flood, "is there")
    time.sleep(MARGIN)
    during = window(seconds)
    of_flood = machine.result(flood)
    time.sleep(GOING)
    windows = {"first": first, "second": second, "during": during, "whole": (began, during[1])}
    return of_flood | {"windows": windows}


def window(seconds):
    """Waits; from when until when, in milliseconds since 1970."""
    began = time.time()
    time.sleep(seconds)
    return began * 1000, time.time() * 1000
