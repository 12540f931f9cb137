"""Which phases a run has: the soak, faults alone, and those that need a rig to themselves."""

from __future__ import annotations

from dataclasses import dataclass, replace

from clusterlib.rig import Options

from .faults import AOF, DYNAMODB, FAULTS, OWN_RIG, PROXIES, SOAK, Fault
from .faults import brief as brief_fault
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


# What these faults may honestly cost.
TOLERATED = {"F9-nowait": ANY}
# More games than moto can list in time: what is recorded is looked up in the tables alone.
BY_TABLES = ("F14", "F15")
# More environment for the pods of these.
OF_PODS = {
    "F9": {"VALKEY_WAIT_REPLICAS": "1"},
    # What cannot be recorded is given up after five tries, and not only when it is old as well.
    "F16": {"OUTBOX_ASIDE_AFTER_SECONDS": "5"},
}
# Games that must end in an outage of F14, for each duel at a time and second: 200 in a minute.
ENDED = 200 / 40 / 60


@dataclass(frozen=True)
class Wishes:
    """What was asked for on the command line."""

    seed: int
    minutes: float
    # Empty: the soak, and then everything that needs a rig of its own.
    faults: tuple[str, ...]
    duels: int
    valkey: str
    # How often each fault with a rig of its own strikes, if it may; None: as often as fits.
    times: int | None = None
    # Strikes that last are short.
    brief: bool = False


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


def needs_dynamodb(wishes: Wishes) -> bool:
    """Whether any phase has its results there."""
    return any(DYNAMODB in FAULTS[name].needs for name in wishes.faults or OWN_RIG)


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
            moto=None,
            seed=wishes.seed,
        ),
    )


def _own(wishes: Wishes, name: str, options: Options) -> Setting:
    """A phase with a rig of its own: as many strikes as rounds are asked for, or as have room."""
    fault = brief_fault(FAULTS[name]) if wishes.brief else FAULTS[name]
    times = _times(wishes, fault)
    seconds = LEAD + times * round_length([fault]) + 1.0
    cluster = name.startswith("F9")
    dynamodb = DYNAMODB in fault.needs
    return Setting(
        name=name,
        faults=(name,),
        minutes=seconds / 60,
        seed=wishes.seed,
        times=times,
        play=_play_recorded(wishes, name) if dynamodb else _play(wishes, (name,)),
        options=replace(
            options,
            valkey="cluster" if cluster else "single",
            aof=AOF in fault.needs,
            fault_proxy=None,
            moto=options.moto if dynamodb else None,
            settings=OF_PODS.get(name, {}),
        ),
        tolerated=TOLERATED.get(name, frozenset()),
        brief=wishes.brief,
        wanted=round(ENDED * wishes.duels * fault.lasts) if name == "F14" else 0,
    )


def _times(wishes: Wishes, fault: Fault) -> int:
    alone = wishes.faults == (fault.name,)
    if alone and wishes.times is not None:
        return wishes.times
    fit = fitting([fault], 60 * wishes.minutes) if alone else rounds_needed(wishes.minutes)
    times = fit if wishes.times is None else wishes.times
    return min(times, fault.most or times)


def _play_recorded(wishes: Wishes, name: str) -> Play:
    """Short games, and as many as moto can write down; where they must end in an outage, more.

    By few players, since what is recorded of each is looked up at the end, and moto is slow.
    """
    duels = wishes.duels if name == "F14" else max(2, wishes.duels // 4)
    extra = ["--no-results"] if name in BY_TABLES else []
    return Play(duels=duels, games=None, game_seconds=8, extra=extra)


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
