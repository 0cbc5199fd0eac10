"""What there is: presets, manipulations and measures, for people or for programs."""

from __future__ import annotations

import json
from typing import Any

from dissociation.address.presets import PRESETS
from dissociation.core.digests import SCHEMA
from dissociation.core.manipulations import REGISTRY as MANIPULATIONS
from dissociation.core.measures import REGISTRY as MEASURES


def listed() -> dict[str, Any]:
    """Everything there is as plain values."""
    return {
        "schema": SCHEMA,
        "presets": [
            {
                "name": preset.name,
                "title": preset.title,
                "address": preset.link.path,
                "expect": preset.expect,
                "why": preset.why,
            }
            for preset in PRESETS.values()
        ],
        "manipulations": [
            {
                "name": name,
                "label": cls.label,
                "rule": cls.rule,
                "exact_on": cls(cls.strength_range.default, layer=cls.layers[-1]).exact_on,
            }
            for name, cls in MANIPULATIONS.items()
        ],
        "measures": [
            {"name": name, "label": cls.label, "about": cls.about} for name, cls in MEASURES.items()
        ],
    }


def show(*, as_json: bool) -> None:
    """Prints what there is."""
    found = listed()
    if as_json:
        print(json.dumps(found, ensure_ascii=False, indent=1))
        return
    print("Presets (for run, warm and export)")
    for preset in found["presets"]:
        print(f"  {preset['name']}: {preset['title']}\n    {preset['address']}")
    print("\nManipulations")
    for step in found["manipulations"]:
        print(f"  {step['name']}: {step['label']}; exact on {step['exact_on']}")
        print(f"    {step['rule']}")
    print("\nMeasures")
    for measure in found["measures"]:
        print(f"  {measure['name']}: {measure['label']}")
