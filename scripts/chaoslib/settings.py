"""Which phases a run has: the soak, faults alone, and those that need a rig to themselves."""

from __future__ import annotations

from dataclasses import dataclass, replace

from clusterlib.rig import Options

from .faults import FAULTS, OWN_RIG, PROXIES, SOAK
from .phase import Setting
from .schedule import LEAD, fitting, round_length, rounds_needed
from .swarm import Play

# Every class of the swarm's violations. A failover without waiting may cost anything of its last
# moments; what it may not do is leave the queue, the seats or the rooms behind.
ANY = frozenset(
    {
        "lost",
        "doubled",
        "mismatch",
        "not_recorded",
        "recorded_twice",
        "stuck",
        "matched_twice",
        "unasked",
        "lost_from_queue",
        "still_seated",
        "not_replaced",
        "void",
    }
)


@dataclass(frozen=True)
class Wishes:
    """What was asked for on the command line."""

    seed: int
    minutes: float
    # Empty: the soak, and then everything that needs a rig of its own.
    faults: tuple[str, ...]
    duels: int
    valkey: str


def settings(wishes: Wishes, options: Options) -> list[Setting]:
    """The phases, in order. `options` names the programs; each phase fills in its rig."""
    wanted = wishes.faults or (*SOAK, *OWN_RIG)
    together = tuple(name for name in SOAK if name in wanted)
    phases = [_soak(wishes, together, options)] if together else []
    return phases + [_own(wishes, name, options) for name in OWN_RIG if name in wanted]


def needs_proxies(wishes: Wishes) -> bool:
    """Whether proxies stand before Valkey: only where something is to be broken in them."""
    asked = any(PROXIES in FAULTS[name].needs for name in wishes.faults or SOAK)
    return asked and wishes.valkey == "single"


def _soak(wishes: Wishes, faults: tuple[str, ...], options: Options) -> Setting:
    whole = set(faults) == set(SOAK)
    return Setting(
        name="soak" if whole else " ".join(faults),
        faults=faults,
        minutes=wishes.minutes,
        seed=wishes.seed,
        times=rounds_needed(wishes.minutes),
        play=_play(wishes, faults),
        options=replace(
            options,
            valkey=wishes.valkey,
            # The log of a store that nobody kills would only measure the disk.
            aof="F8" in faults,
            fault_proxy=options.fault_proxy if needs_proxies(wishes) else None,
            seed=wishes.seed,
        ),
    )


def _own(wishes: Wishes, name: str, options: Options) -> Setting:
    """A phase with a rig of its own: as many strikes as rounds are asked for, or as have room."""
    fault = FAULTS[name]
    alone = wishes.faults == (name,)
    times = fitting([fault], 60 * wishes.minutes) if alone else rounds_needed(wishes.minutes)
    seconds = LEAD + times * round_length([fault]) + 1.0
    cluster = name.startswith("F9")
    waits = {"VALKEY_WAIT_REPLICAS": "1"} if name == "F9" else {}
    return Setting(
        name=name,
        faults=(name,),
        minutes=seconds / 60,
        seed=wishes.seed,
        times=times,
        play=_play(wishes, (name,)),
        options=replace(
            options,
            valkey="cluster" if cluster else "single",
            aof=False,
            fault_proxy=None,
            settings=waits,
        ),
        tolerated=ANY if name == "F9-nowait" else frozenset(),
    )


def _play(wishes: Wishes, faults: tuple[str, ...]) -> Play:
    """How players behave: what they do by themselves is a fault too, and struck harder among few."""
    few = len(faults) <= 2
    habits = {
        "absences": ("F18", 3.0 if few else 0.6),
        "two_tabs": ("F19", 3.0 if few else 0.6),
        "leaves": ("F13", 0.5 if few else 0.15),
    }
    chosen = {name: rate for name, (fault, rate) in habits.items() if fault in faults}
    if faults == ("F18",):
        # Nothing else is broken, so the longest absences may lose games.
        chosen["grace_seconds"] = 8
    return Play(duels=wishes.duels, **chosen)
