"""Addresses that nobody should write: a notice with the field and its range, and a page."""

from __future__ import annotations

import pytest
from labs import Visit

LONG = "9" * 3_000
#: page, parameter, what the address says, what the notice must say.
HOSTILE = [
    ("robustness", "scale", "nan", "give a number from"),
    ("robustness", "scale", "NaN", "give a number from"),
    ("robustness", "scale", "inf", "give a number from"),
    ("robustness", "scale", "-Infinity", "give a number from"),
    ("robustness", "scale", "1e308", "give a number from"),
    ("robustness", "scale", "1e400", "give a number from"),
    ("robustness", "scale", "-20", "give a number from"),
    ("robustness", "scale", "0", "give a number from"),
    ("robustness", "scale", "", "give a number from"),
    ("robustness", "scale", "twenty", "give a number from"),
    ("robustness", "scale", "0x14", "give a number from"),
    ("robustness", "scale", "1,5", "give a number from"),
    ("robustness", "scale", "20;rm -rf", "give a number from"),
    ("robustness", "scale", "../../etc/passwd", "give a number from"),
    ("robustness", "scale", "<script>alert(1)</script>", "give a number from"),
    ("robustness", "scale", "🦊\u202e\u0000", "give a number from"),
    ("robustness", "scale", LONG, "give something shorter"),
    ("robustness", "seeds", "0", "give a whole number from 1 to 20"),
    ("robustness", "seeds", "21", "give a whole number from 1 to 20"),
    ("robustness", "seeds", "2.5", "give a whole number from 1 to 20"),
    ("robustness", "key", "-1", "give a whole number from 0 to 2,147,483,647"),
    ("robustness", "key", "2147483648", "give a whole number from 0 to 2,147,483,647"),
    ("robustness", "images", "99", "give a whole number from 100 to 10,000"),
    ("robustness", "images", "10001", "give a whole number from 100 to 10,000"),
    ("robustness", "points", "1e9", "give a whole number from 2 to 200"),
    ("robustness", "draws", "nan", "give a whole number from 1 to 64"),
    ("robustness", "width", "15", "give a whole number from 16 to 4,096"),
    ("robustness", "measure", "__class__", "parameter_noise, input_noise"),
    ("robustness", "recipe", "%2e%2e/quick", "quick, paper, custom"),
    ("robustness", "layers", "321", "123, 1, 2, 3, 12, 13, 23"),
    ("robustness", "anyway", "True", "yes, no"),
    ("robustness", "show", "scale,evil", "scale, duplicate, nuisance"),
    ("robustness", "show", "SCALE", "scale, duplicate, nuisance"),
    ("robustness", "parameter_range", "1~0.1", "give the lower number first"),
    ("robustness", "parameter_range", "0.1~0.1", "give the lower number first"),
    ("robustness", "parameter_range", "1e-9~1", "give a number from 1e-06 to 100"),
    ("robustness", "parameter_range", "nan~nan", "give a number from 1e-06 to 100"),
    ("robustness", "parameter_range", "0.1", "low~high"),
    ("robustness", "parameter_range", "1~2~3", "low~high"),
    ("robustness", "input_range", "~", "give a number from 0.001 to 100"),
    ("robustness", "nuisance.group", "9", "give a whole number from 1 to 8"),
    ("robustness", "scale.layer", "3", "1, 2"),
    ("transfer", "task", "multiplication", "rotation, least_prime_factor"),
    ("transfer", "probe", "", "converged, notebook"),
    ("transfer", "split", "NOTEBOOK", "shuffled, notebook"),
    ("transfer", "points", "51", "give a whole number from 1 to 50"),
    ("transfer", "duplicate", "0.99", "give a number from 1 to 4"),
    ("inputs", "digit", "10", "all, 0, 1"),
    ("inputs", "image", "10000", "give a whole number from 0 to 9,999"),
    ("inputs", "image", "-1", "give a whole number from 0 to 9,999"),
    ("inputs", "images", "1e6", "give a whole number from 1 to 40"),
    ("inputs", "source", "validation", "test, train"),
    ("inputs", "step", "-inf", "give a number from 0 to 50"),
    ("inputs", "seed", "0.1", "give a whole number from 0 to"),
]
UNKNOWN = [
    "unknown",
    "__proto__",
    "scale ",
    "<script>alert(1)</script>",
    "x" * 5_000,
    "é\u202e",
    "strength; DROP TABLE",
]


@pytest.mark.parametrize(("page", "name", "text", "allowed"), HOSTILE)
def test_bad_value(page, name, text, allowed, lab):
    visit = Visit(page, {name: text})
    parameter = visit.parameters[name]
    assert len(visit.notices) == 1
    notice = visit.notices[0]
    assert notice.startswith(f"{name} = ") and allowed in notice
    default = parameter.format(parameter.default) or "none"
    assert notice.endswith(f"The page uses {default} instead.")
    assert len(notice) < 400
    assert visit.values[name] == parameter.default
    assert visit.query == {} and not visit.errors


@pytest.mark.parametrize("name", UNKNOWN)
@pytest.mark.parametrize("page", ["robustness", "inputs"])
def test_unknown_parameter(page, name, lab):
    visit = Visit(page, {name: "1"})
    assert len(visit.notices) == 1
    assert name[:40] in visit.notices[0] and len(visit.notices[0]) < 200
    assert visit.query == {} and not visit.errors


def test_the_good_ones_stay_beside_the_bad(lab):
    visit = Visit("robustness", {"scale": "nan", "seeds": "3", "nobody": "x", "points": "7"})
    assert len(visit.notices) == 2
    assert visit.query == {"seeds": "3", "points": "7"}
    assert lab.curves[-1][0].seeds == 3 and lab.curves[-1][0].measure.points == 7


def test_a_notice_stays_until_a_control_is_moved(lab):
    # The script runs again whenever a chart is complete; nobody has read the notice by then.
    visit = Visit("robustness", {"scale": "nan"})
    assert visit.notices and visit.run().notices == visit.notices
    visit.widget("seeds").set_value(3)
    assert not visit.run().notices


@pytest.mark.parametrize(
    ("given", "used"), [(["3", "4"], "4"), (["4", "3"], "3"), (["nan", "5"], "5")]
)
def test_repeated_keys_the_last_one_counts(given, used, lab):
    visit = Visit("robustness", {"seeds": given})
    assert len(visit.notices) == 1 and "“seeds” 2 times" in visit.notices[0]
    assert visit.query == {"seeds": used}
    assert lab.curves[-1][0].seeds == int(used)


def test_markdown_and_html_are_shown_as_they_are(lab):
    visit = Visit("robustness", {"scale": "**[x](http://evil.example)**<img src=x>$y$:fire:"})
    raw = visit.test.warning[0].value
    for character in "*[](<>$:":
        assert f"\\{character}" in raw
        assert raw.count(character) == raw.count(f"\\{character}")


@pytest.mark.parametrize(
    "query",
    [
        {"show": "duplicate", "duplicate": "4", "recipe": "custom", "width": "4096"},
        {"show": "nuisance", "nuisance": "4096", "nuisance.group": "8"},
        {"show": "scale,duplicate", "duplicate": "4", "recipe": "custom", "width": "2049"},
    ],
)
@pytest.mark.parametrize("page", ["robustness", "transfer"])
def test_too_wide_together(page, query, lab):
    visit = Visit(page, query)
    assert visit.notices == [] and len(visit.errors) == 1
    assert "strength of " in visit.errors[0] and "keep it to 8,192" in visit.errors[0]
    assert lab.curves == []
    # The controls are there to mend it.
    visit.widget("show").set_value([])
    assert not visit.run().errors and len(lab.curves) == 1


def test_budgets_too_small_together(lab):
    visit = Visit("transfer", {"images": "500", "points": "8"})
    assert visit.notices == [] and "give at most 5" in visit.errors[0]
