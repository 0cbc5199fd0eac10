"""What a cluster costs, and what 16 machines would do, in the words of `docs/more-machines.md`."""

from __future__ import annotations

import re
from typing import Any

AIM = 0.15


def one(found: dict[str, Any]) -> str:
    """The same work by the lab alone and by a worker on the same cores."""
    own = found["machine"]
    met = "within" if found["overhead"] <= AIM else "beyond"
    return (
        f"{own['processor']}, {own['cores']} cores, {found['date']}; {found['scale']}. The median "
        "of turns by the lab alone and through a scheduler with one worker on the same cores "
        f"(others used {found['others_cores']:.1f} cores meanwhile):\n\n"
        "| | the lab alone | through the cluster |\n|---|---|---|\n"
        f"| first points | {found['first_alone_s']:.2f} s | {found['first_cluster_s']:.2f} s |\n"
        f"| everything | {found['alone_s']:.1f} s | {found['cluster_s']:.1f} s |\n\n"
        f"Turn by turn that is {found['overhead']:+.1%}, {met} the aim of at most {AIM:.0%}, and "
        f"{found['overhead_processor']:+.1%} in processor time, which others cannot take. The "
        "lab's own process, which sends, collects, adds and stores, took "
        f"{found['lab_s']:.1f} s of processor time in all."
    )


def costs(found: dict[str, Any]) -> str:
    """What a unit costs."""
    empty, weights = found["empty_ms"], found["weights_bytes"]
    rows = {
        f"arithmetic of a unit ({found['units']} of them)": f"{found['unit_s']:.2f} s",
        "laying out a network that a worker has not had yet": f"{found['layout_s']:.2f} s",
        "scheduling, sending and collecting a unit with nothing in it": f"{empty:.1f} ms",
        "weights of a network, once a machine": f"{weights / 1e6:.1f} MB",
        "what else travels for a unit, there and back": f"{found['unit_bytes'] / 1e3:.0f} kB",
    }
    return "\n".join(["| | |", "|---|---|", *(f"| {a} | {b} |" for a, b in rows.items())])


def many(found: dict[str, Any]) -> str:
    """What follows for more machines."""
    networks = found["networks"]
    head = f"| machines | {networks} networks | | {4 * networks} networks | |"
    lines = [head, "|---|---|---|---|---|"]
    for row in found["machines"]:
        cells = [f"{row['machines']:.0f}"]
        for times in (1, 4):
            cells += [f"{row[f'seconds_{times}']:.1f} s", f"{row[f'speed_up_{times}']:.1f}×"]
        lines.append(f"| {' | '.join(cells)} |")
    last = found["machines"][-1]
    most = 1e3 / found["empty_ms"]
    busy = found["unit_s"] * most
    reason = (
        f"So {last['machines']:.0f} machines would do {networks} networks "
        f"{last['speed_up_1']:.1f} times as fast as one, and {4 * networks} networks "
        f"{last['speed_up_4']:.1f} times. What is missing is the laying out, which every machine "
        "does for every network that it meets, the sending of weights, and units that do not come "
        f"out even at the end. The scheduler and the lab hand out at most {most:,.0f} units a "
        f"second, one after the other, and would keep about {busy:,.0f} machines busy with units "
        "of this size."
    )
    return "\n".join(lines) + "\n\n" + reason


PARTS = {"one machine": one, "unit costs": costs, "many machines": many}


def filled(text: str, found: dict[str, Any]) -> str:
    """A text with its parts written anew. **Raises:** `ValueError` if a part has no place in it."""
    for name, words in PARTS.items():
        begin, end = f"<!-- {name}: written by benchmarks/report.py -->", f"<!-- /{name} -->"
        pattern = re.compile(re.escape(begin) + ".*?" + re.escape(end), re.DOTALL)
        if len(pattern.findall(text)) != 1:
            raise ValueError(f"no place for {name}")
        made = f"{begin}\n{words(found)}\n{end}"
        text = pattern.sub(lambda _, made=made: made, text)
    return text
