"""A few lines of Python that compute a chart's numbers again from nothing."""

from __future__ import annotations

import json

from dissociation import __version__
from dissociation.address.names import condition_names
from dissociation.dashboard.take_home.stored import Taken

_SCRIPT = '''"""Computes again, from nothing, what the lab showed at
{address}

Needs the package dissociation {version}; prints one line a point.
"""

import json

from dissociation import from_json, run, seed_key, trained

CURVES = json.loads(
    r"""
{curves}
"""
)

networks = {{}}
print("condition\\tx\\terror")
for name, description in CURVES.items():
    experiment = from_json(description)
    plan = experiment.recipe, experiment.seeds
    if plan not in networks:
        seeds = range(experiment.seeds)
        networks[plan] = [trained(experiment.recipe, seed_key(seed)) for seed in seeds]
    curve = run(experiment, networks[plan])
    for x, error in zip(curve.x, curve.mean):
        print(f"{{name}}\\t{{x:.6g}}\\t{{error:.6f}}")
'''


def as_script(taken: Taken) -> str:
    """The script. Descriptions stand in it as JSON, so that nothing in them is code."""
    names = condition_names(taken.conditions)
    curves = {
        name: condition.experiment.to_json()
        for name, condition in zip(names, taken.conditions, strict=True)
    }
    text = json.dumps(curves, indent=1, allow_nan=False)
    return _SCRIPT.format(address=taken.link.path, version=__version__, curves=text)
