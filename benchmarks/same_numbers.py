"""The numbers of every kind of result, stored before code is moved and compared after.

`python -m benchmarks.same_numbers store FILE` on the commit before, and `… compare FILE` on the one
after. Every named experiment is run by the command line on small networks, into the files that it
writes; a number must come out as it was. Small networks have all that large ones have.
"""

from __future__ import annotations

import argparse
import gzip
import json
import math
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from dissociation.address.links import Link, read_address
from dissociation.address.presets import PRESETS

#: What is small, by the names of parameters; a page takes those that it has.
SMALL = {"recipe": "custom", "width": 24, "epochs": 1, "batch": 512, "seeds": 2}
FEW = {"images": 600, "points": 3, "draws": 2}
#: Beside those that are named: every manipulation, and what no named experiment asks for.
MORE = (
    "Robustness?measure=input_noise&show=scale,rescale,permute,duplicate,nuisance,balance,phantom",
    "Robustness?show=scale,rescale,permute,duplicate,nuisance,input_null,hidden_null,balance,phantom",
    "Transfer?show=scale,nuisance",
    "Transfer?probe=notebook&show=scale",
    "Map?across=parameter_noise",
    "Causes?rewrite=nuisance",
    "Phantom?noise=parameter_noise",
    "Linear?task=random",
)


def addresses() -> list[str]:
    """All that is run, small."""
    links = [known.link for known in PRESETS.values()]
    for text in MORE:
        link, complaints = read_address(text)
        assert not complaints, complaints
        links.append(link)
    found = []
    for link in links:
        # Studies of a linear network and of similarity have no curve to make short.
        few = FEW if link.table.conditions is not None else {"images": 200}
        own = {name: value for name, value in {**SMALL, **few}.items() if name in link.values}
        found.append(Link(link.table, {**link.values, **own}).path)
    return list(dict.fromkeys(found))


def numbers(address: str, cache: Path, folder: Path) -> dict[str, str]:
    """What the command line writes for an address: one CSV and one JSON file."""
    found = {}
    for ending in ("csv", "json"):
        file = folder / f"out.{ending}"
        command = [sys.executable, "-m", "dissociation", "run", address, "--out", str(file)]
        subprocess.run([*command, "--cache", str(cache)], check=True, stderr=subprocess.DEVNULL)
        found[ending] = file.read_text()
    return found


def _plain(text: str, ending: str) -> Any:
    return json.loads(text) if ending == "json" else [row.split(",") for row in text.splitlines()]


def _number(value: Any) -> float | None:
    try:
        return float(value)
    except (TypeError, ValueError):
        return None


def differences(before: Any, after: Any, where: str = "") -> list[str]:
    """Where two values differ that were read from files; nothing is forgiven."""
    if isinstance(before, dict) and isinstance(after, dict):
        names = [f"{where}.{n}: only before" for n in before.keys() - after.keys()]
        names += [f"{where}.{n}: only after" for n in after.keys() - before.keys()]
        both = before.keys() & after.keys()
        return names + [d for n in both for d in differences(before[n], after[n], f"{where}.{n}")]
    if isinstance(before, list) and isinstance(after, list) and len(before) == len(after):
        pairs = enumerate(zip(before, after, strict=True))
        return [d for n, (b, a) in pairs for d in differences(b, a, f"{where}[{n}]")]
    if before == after:
        return []
    one, other = _number(before), _number(after)
    if one is not None and other is not None:
        if math.isnan(one) and math.isnan(other):
            return []
        size = max(abs(one), abs(other))
        return [f"{where}: {before} → {after} ({abs(one - other) / size:.1e} of it)"]
    return [f"{where}: {str(before)[:60]!r} → {str(after)[:60]!r}"]


def main() -> int:
    """See the module. **Returns:** 1 if a number is different."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.same_numbers")
    parser.add_argument("what", choices=("store", "compare"))
    parser.add_argument("file", type=Path)
    parser.add_argument("--ignore", nargs="*", default=[], help="words of places that may differ")
    given = parser.parse_args()
    kept = {}
    if given.what == "compare":
        kept = json.loads(gzip.decompress(given.file.read_bytes()))
    found, different = {}, 0
    with tempfile.TemporaryDirectory() as folder:
        for address in kept or addresses():
            found[address] = numbers(address, Path(folder) / "cache", Path(folder))
            told: list[str] = []
            for ending, text in kept.get(address, {}).items():
                told += differences(_plain(text, ending), _plain(found[address][ending], ending))
            told = [line for line in told if not any(word in line for word in given.ignore)]
            different += len(told)
            print(f"{len(told):4} {address}", flush=True)
            print(*(f"     {line}" for line in told[:10]), sep="\n", end="\n" if told else "")
    if given.what == "store":
        given.file.write_bytes(gzip.compress(json.dumps(found).encode(), mtime=0))
    print(f"{len(found)} addresses, {different} differences.")
    return int(different > 0)


if __name__ == "__main__":
    sys.exit(main())
