"""The catalogue of faults: what each is called, what it does, and what it needs.

Pure data. How a fault is struck is in `strikes`; when, in `schedule`. The numbers are those of the
fault table that the documentation of the benchmarks refers to.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

# Strikes of one lane come one after the other; lanes run side by side.
PODS, STORE, PLAYERS = "pods", "store", "players"

# What a rig must have for a fault to be possible.
NAMESPACES, PROXIES, AOF, SINGLE, CLUSTER = "namespaces", "proxies", "aof", "single", "cluster"
DYNAMODB = "dynamodb"


@dataclass(frozen=True)
class Fault:
    """One kind of fault."""

    name: str
    what: str
    lane: str
    # Seconds that one strike takes, until the next one of the lane may come.
    lasts: float = 0.0
    needs: tuple[str, ...] = ()
    # Ways to strike, taken in turns; each as often as the others.
    variants: tuple[str, ...] = ("",)
    # Its data or its topology go: it has a rig, and a phase, to itself.
    own_rig: bool = False
    # Seconds that a strike takes in a brief run, where that is less.
    brief: float | None = None
    # The most strikes of a run that does not ask for more.
    most: int | None = None


FAULTS = {
    fault.name: fault
    for fault in (
        Fault("F1", "a pod that hosts is killed", PODS, 4.5),
        Fault("F2", "the same, and the balancer goes on sending to it for 10 s", PODS, 11.5),
        Fault("F3", "a pod that hosts stands still for 5 s and comes back", PODS, 6.5),
        Fault("F4", "a pod is cut off from Valkey", PODS, 4.5, (NAMESPACES,)),
        Fault(
            "F5",
            "a pod is cut off from the balancer",
            PODS,
            4.5,
            (NAMESPACES,),
            ("in", "out", "both"),
        ),
        Fault("F6", "two pods are killed at once", PODS, 5.5),
        Fault("F7", "every pod is restarted, one after the other (SIGTERM)", PODS, 6.0),
        Fault("F8", "Valkey is killed and comes back with its data", STORE, 3.5, (AOF, SINGLE)),
        Fault(
            "F8-wiped",
            "Valkey is killed and comes back empty",
            STORE,
            10.0,
            (SINGLE,),
            own_rig=True,
        ),
        Fault(
            "F9",
            "a primary is killed, its replica lagging, alone or with a pod; commits wait",
            STORE,
            12.0,
            (CLUSTER,),
            ("with a pod", "alone"),
            own_rig=True,
        ),
        Fault(
            "F9-nowait",
            "the same, and commits do not wait",
            STORE,
            12.0,
            (CLUSTER,),
            ("with a pod", "alone"),
            own_rig=True,
        ),
        Fault("F10", "Valkey takes no writes for 1.5 s", STORE, 3.0),
        Fault("F10-late", "every answer of Valkey is 80 ms late for 4 s", STORE, 5.0, (PROXIES,)),
        Fault("F11", "one reply of Valkey in 20 is lost for 3 s", STORE, 4.0, (PROXIES,)),
        Fault(
            "F12",
            "publish/subscribe breaks: once, for 2 s or 12 s, and one pod's links for 2 s or 12 s",
            STORE,
            15.0,
            (PROXIES, SINGLE),
            ("kill", "silence 2", "cut 2", "silence 12", "cut 12"),
        ),
        Fault("F13", "pods stand still just as somebody waits there in the queue", PODS, 5.5),
        Fault(
            "F14",
            "DynamoDB is away while games end, for a minute",
            STORE,
            60.0,
            (DYNAMODB,),
            own_rig=True,
            brief=10.0,
            most=1,
        ),
        Fault(
            "F15",
            "a pod is killed when DynamoDB has recorded a game, before it has heard so",
            PODS,
            4.0,
            (DYNAMODB,),
            own_rig=True,
        ),
        Fault(
            "F15-lost",
            "one reply of DynamoDB in 3 is lost for 8 s",
            STORE,
            8.0,
            (DYNAMODB,),
            own_rig=True,
            brief=4.0,
            most=2,
        ),
        Fault(
            "F16",
            "one finished game in 50 cannot be recorded",
            STORE,
            150.0,
            (DYNAMODB, SINGLE),
            own_rig=True,
            brief=30.0,
            most=1,
        ),
        Fault(
            "F17",
            "DynamoDB and Valkey are both away for 30 s: gone, or silent",
            STORE,
            35.0,
            (DYNAMODB, AOF, SINGLE),
            ("gone", "silent"),
            own_rig=True,
            brief=12.0,
            most=2,
        ),
        Fault("F18", "players lose the network for 1, 5 or 20 s; times are from its return", PLAYERS),
        Fault("F19", "players open a second tab; times are until it plays", PLAYERS),
    )
}

SOAK = tuple(name for name, fault in FAULTS.items() if not fault.own_rig)
OWN_RIG = tuple(name for name, fault in FAULTS.items() if fault.own_rig)


def brief(fault: Fault) -> Fault:
    """The same fault, as long as it is in a brief run."""
    return replace(fault, lasts=fault.brief) if fault.brief else fault


def impossible(fault: Fault, offered: set[str]) -> str | None:
    """Why a rig that offers so much cannot have this fault; None when it can."""
    missing = [need for need in fault.needs if need not in offered]
    return f"it needs {' and '.join(WORDS[need] for need in missing)}" if missing else None


WORDS = {
    NAMESPACES: "a network namespace per pod (root, and nftables)",
    PROXIES: "proxies between pods and Valkey (one server, not a cluster)",
    AOF: "a Valkey that keeps its data",
    SINGLE: "a single Valkey server",
    CLUSTER: "a Valkey cluster",
    DYNAMODB: "results in DynamoDB",
}
