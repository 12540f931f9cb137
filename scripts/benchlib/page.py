"""Turns measurements into docs/BENCHMARKS.md: the goals, what was found, and the ratio of both."""

import machine

PAGE = machine.ROOT / "docs" / "BENCHMARKS.md"
BEGIN, END = "<!-- begin: {} -->", "<!-- end: {} -->"


def table(found):
    rows = [row for make in (clicks, idle, stall, cold) for row in make(found)]
    head = ["| what | measured | compared with | ratio | goal | kept |", "| --- " * 6 + "|"]
    body = ["| " + " | ".join(map(str, row)) + " |" for row in rows]
    return "\n".join(head + body)


def write(found):
    """Replaces the part of the page that these measurements are about."""
    part = "cold" if "cold" in found else "figures"
    command = "./scripts/bench --cold" if part == "cold" else "./scripts/bench"
    text = [about(command, found), "", table(found)]
    measured = found.get("clicks", {}).get("profile")
    if measured:
        text += ["", *profile_tables(measured)]
    put(part, "\n".join(text))


def about(command, found):
    """What was run, when, and on what."""
    return (
        f"`{command}` on {found['date']}, commit `{found['commit']}`: {found['machine']}; "
        f"before the run the machine was {found['busy']:.0%} busy with other things."
    )


def put(part, text):
    """Puts text into the part of the page that has this name."""
    before, rest = PAGE.read_text().split(BEGIN.format(part), 1)
    _, after = rest.split(END.format(part), 1)
    PAGE.write_text(f"{before}{BEGIN.format(part)}\n{text}\n{END.format(part)}{after}")


def profile_tables(measured):
    places, symbols = measured
    yield "Where the server's time goes while 250 duels are played (perf, self time):"
    yield ""
    yield "| place | share |"
    yield "| --- | --- |"
    yield from (f"| {name} | {share:.1f} % |" for name, share in places)
    yield ""
    yield "| symbol | share |"
    yield "| --- | --- |"
    yield from (f"| `{symbol[:90]}` | {share:.1f} % |" for share, symbol in symbols)


def row(what, measured, unit, goal=None, against=None):
    """`against`: (name, value) to divide by; `goal`: an upper bound of the ratio, else of itself."""
    ratio = measured / against[1] if against and against[1] else None
    judged = measured if ratio is None else ratio
    return [
        what,
        f"{measured:.3g} {unit}",
        f"{against[0]}: {against[1]:.3g} {unit}" if against else "",
        f"{ratio:.2f}" if ratio is not None else "",
        f"<= {goal:g}{'' if ratio is not None else ' ' + unit}" if goal is not None else "",
        "" if goal is None else ("yes" if judged <= goal else "**no**"),
    ]


def clicks(found):
    measured = found.get("clicks")
    if not measured:
        return
    each = (measured.get("server") or {}).get("cpuMicrosPerMessage")
    if each is None:
        yield ["processor time per click", "not measured", "", "", "<= 3", "**no**"]
    else:
        yield from click_cost(found, each)
    latency = measured["latencyMs"]
    yield row("click to ack, p99, 250 duels at 10/s", latency["clickToAck"]["p99"], "ms", 30)
    yield row("click to opponent, p99", latency["clickToOpponent"]["p99"], "ms", 30)
    yield row("second join to start on both, p99", latency["joinToStart"]["p99"], "ms", 100)
    broken = sum(measured["violations"].values())
    yield row("broken promises in that run", broken, "", 0)


def click_cost(found, each):
    for name, label in (("paced", "echo at the same rate"), ("full", "echo at full speed")):
        echo = found.get("echo", {}).get(name, {}).get("server")
        if echo:
            per = (label, echo["cpuMicrosPerMessage"])
            yield row("processor time per click", each, "us", 3, per)
    if "echo" not in found:
        yield row("processor time per click", each, "us")


def idle(found):
    measured = found.get("idle")
    if measured:
        label = f"memory per idle connection, {measured['connections']} of them"
        yield row(label, measured["rssKibPerConnection"], "KiB", 20)
        if measured["stillOpen"] < measured["connections"]:
            lost = measured["connections"] - measured["stillOpen"]
            yield row("idle connections lost", lost, "", 0)


def stall(found):
    measured = found.get("stall")
    if measured:
        count = measured["connections"]
        label = f"memory per client that never reads, {count} of them, kernel included"
        yield row(label, measured["kibPerConnection"], "KiB", 160)
        yield row("until it is cut off, longest", measured["longestSeconds"] or 999, "s", 12)
        yield row("never cut off", count - measured["gone"], "", 0)


def cold(found):
    measured = found.get("cold")
    if measured:
        yield row("first build and start from a clone", measured["first"], "s")
        yield row("second start", measured["second"], "s", 2)
