"""A run of reliability in words and tables: load, soak, kills, faults, inputs."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

BEGIN, END = "<!-- reliability: written by benchmarks/report.py -->", "<!-- /reliability -->"
KILLED = {"writes": "store writes", "trainings": "training", "curves": "a curve"}
#: What a soak tells: its figure, in words, unit, and aim.
SOAK = (
    ("visits", "visits", "", ""),
    ("visits that failed", "visits that failed", "", "0"),
    ("files taken", "files taken home", "", ""),
    ("bad inputs tried", "bad inputs among them", "", ""),
    ("control acknowledged, median s", "a control's change acknowledged, median", "s", ""),
    ("control acknowledged, p95 s", "a control's change acknowledged, 95th percentile", "s", ""),
    ("first points, p95 s", "first points, 95th percentile", "s", ""),
    ("memory at the end, MB", "memory of the server at the end", "MB", ""),
    ("entries lost", "entries lost when the server was killed at work", "", "0"),
)


def figure(value: float, unit: str) -> str:
    """A number with its unit, as exact as it deserves."""
    form = {"s": ".2f", "MB": ",.1f", "×": ".1f"}.get(unit, ",.0f")
    space = "" if unit in ("", "×") else " "
    return f"{value:{form}}{space}{unit}"


def tolls(found: dict[str, Any]) -> dict[str, int]:
    """What all kills have cost together."""
    every = found["kills"]["tolls"].values()
    return {name: sum(toll[name] for toll in every) for name in next(iter(every))}


def _tests(rows: Iterable[dict[str, Any]]) -> str:
    passed, failed, skipped = (
        sum(row[name] for row in rows) for name in ("passed", "failed", "skipped")
    )
    return f"{passed:,} tests passed, {failed} failed" + (f", {skipped} skipped" if skipped else "")


def summary(found: dict[str, Any]) -> str:
    """Visitors held, faults survived, bad inputs tried, entries lost."""
    soak, toll, trials = found["soak"], tolls(found), found["trials"]
    each = ", ".join(
        f"{own['kills']} in the middle of {KILLED[what]}"
        for what, own in found["kills"]["tolls"].items()
    )
    rows = {
        "visitors held at once": (
            f"60 on one link and 60 with twelve experiments; {soak['visitors at once']} of a mixed "
            f"class for {soak['minutes']:g} minutes: {soak['visits']:,} visits, "
            f"{soak['visits that failed']} failed"
        ),
        "faults survived": (
            f"{toll['kills']} × `kill -9` ({each}): {toll['broken']} entries broken, "
            f"{toll['different']} numbers different; {len(trials['faults'])} kinds of fault, each "
            f"done for real: {_tests(trials['faults'])}"
        ),
        "bad inputs tried": (
            f"{trials['catalogue']:,} by hand, on every page and parameter they fit, and those "
            f"that are drawn: {_tests(trials['hostile'])}; {soak['bad inputs tried']:,} in the "
            "visits of the mixed class"
        ),
        "entries lost": (
            f"{toll['lost']} of {toll['checked']:,} found after the kills, {soak['entries lost']} "
            f"of {soak['entries in the store']:,} after the mixed class"
        ),
    }
    lines = ["| | |", "|---|---|", *(f"| {what} | {text} |" for what, text in rows.items())]
    return "\n".join(lines)


def load_table(found: dict[str, Any]) -> str:
    """What a class measured, scenario by scenario, and the soak."""
    lines = ["| a class of 60 | measured | aim |", "|---|---|---|"]
    for row in found["load"]["rows"]:
        shown = figure(row["measured"], row["unit"])
        lines.append(f"| {row['what']} | {shown} | {row['aim'] or '–'} |")
    soak = found["soak"]
    name = f"{soak['visitors at once']} visitors of a mixed class, {soak['minutes']:g} minutes"
    for key, what, unit, aim in SOAK:
        lines.append(f"| {name}: {what} | {figure(soak[key], unit)} | {aim or '–'} |")
    return "\n".join(lines)


def where(found: dict[str, Any]) -> str:
    """The machines, the days, and how much of them others took, in a sentence or two."""
    own = found["load"]["machine"]
    other = found["soak"]["machine"]["processor"]
    processor = own["processor"] + (f" ({other} for the mixed class)" * (other != own["processor"]))
    days = sorted({section["date"] for section in found.values()})
    scenarios: dict[str, float] = {}
    for row in found["load"]["rows"]:
        scenarios[row["scenario"]] = row["others_cores"]
    scenarios["mixed class"] = found["soak"]["cores used by others"]
    shares = ", ".join(f"{name.replace('_', ' ')} {cores:.1f}" for name, cores in scenarios.items())
    return (
        f"{processor}, {own['cores']} cores, {own['system']}, Python {own['python']}; "
        f"{' and '.join(days)}. Visitors and browsers ran on the same cores; others used, in "
        f"cores: {shares}."
    )


def section(found: dict[str, Any]) -> str:
    """What `docs/reliability.md` says of a kept run."""
    return "\n\n".join([BEGIN, where(found), summary(found), load_table(found), END])
