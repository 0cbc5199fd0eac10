"""Pictures of the running lab: `make screenshots` takes those of the manual and every page's views.

The manual's go to `docs/`; each page in light, dark, phone and lecture view goes to `screenshots/`,
to be looked at before anything is called done.
"""

from __future__ import annotations

import argparse
import shutil
import tempfile
from pathlib import Path
from typing import NamedTuple

from playwright.sync_api import Browser, Page, sync_playwright

from benchmarks.journey import MINUTES, ROOT, complete, server
from dissociation.address.links import Link, curves_of
from dissociation.web.classroom.predicting import guess_of

DOCS, VIEWS = ROOT / "docs", ROOT / "screenshots"
#: A prediction that is nearly right, for the picture of one.
ERRORS = (0.016, 0.016, 0.017, 0.02, 0.04, 0.2, 0.7, 0.9, 0.9)


class Shot(NamedTuple):
    """One page in one state.

    - `where`: its address; `charts`: how many are complete when it is; `height`: of its picture
      in the manual, in pixels.
    - `manual`: whether the manual shows it.
    """

    where: str
    charts: int
    height: int = 2_200
    manual: bool = False


def _revealed() -> str:
    """The address of a page on which the prediction was handed in."""
    link = Link.of("robustness", show=["scale"], predict="scale", revealed=True)
    asked = curves_of(link)[0][1]
    return link._replace(values={**link.values, "guess": guess_of(asked, ERRORS)}).path


SHOTS = {
    "start": Shot("/", 2, manual=True),
    "robustness": Shot("/Robustness", 1, manual=True),
    "prediction": Shot("/Robustness?show=scale&predict=scale", 1),
    "revealed": Shot(_revealed(), 1, 1_000, manual=True),
    "compared": Shot("/Robustness?show=scale&pin=scale:3", 1),
    "transfer": Shot("/Transfer", 1),
    "inputs": Shot("/Inputs", 0),
    "hypothesis": Shot("/Hypothesis", 1),
    "representation": Shot("/Representation?rewrite=nuisance", 1, 1_900, manual=True),
    "map": Shot("/Map", 1, 900, manual=True),
    "phantom": Shot("/Phantom", 1, 1_500, manual=True),
    "linear": Shot("/Linear", 1, 1_250, manual=True),
    "causes": Shot("/Causes?rewrite=phantom", 1, 1_650, manual=True),
    "bridge": Shot("/Bridge?compute=all", 1, 1_500, manual=True),
    "sweep": Shot("/Sweep", 1, 1_250, manual=True),
}
LOOKS = {
    "light": {"viewport": {"width": 1440, "height": 900}},
    "dark": {"viewport": {"width": 1440, "height": 900}, "color_scheme": "dark"},
    "phone": {"viewport": {"width": 390, "height": 844}, "has_touch": True},
    "lecture": {"viewport": {"width": 1920, "height": 1080}},
}


def _open(browser: Browser, url: str, shot: Shot, look: str, **more) -> Page:
    page = browser.new_context(**{**LOOKS[look], **more}).new_page()
    where = shot.where
    if look == "lecture":
        where += ("&" if "?" in where else "?") + "view=lecture"
    page.goto(url + where)
    page.wait_for_selector("h1")
    complete(page, shot.charts, 3 * MINUTES)
    page.wait_for_timeout(3_000)
    return page


def _whole(page: Page, most: int) -> None:
    height = page.evaluate("document.querySelector('[data-testid=stMain]').scrollHeight")
    width = page.viewport_size["width"]
    page.set_viewport_size({"width": width, "height": min(int(height), most)})
    page.wait_for_timeout(1_500)


def main() -> None:
    """Takes the pictures that the command line asks for; by default all."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.screenshots", description=__doc__)
    parser.add_argument("names", nargs="*", help=f"of {', '.join(SHOTS)}; all if none")
    looks = ["manual", *LOOKS]
    parser.add_argument("--looks", nargs="*", choices=looks, default=looks)
    parser.add_argument("--cache", type=Path, help="a store that is kept; by default a fresh one")
    wanted = parser.parse_args()
    unknown = set(wanted.names) - set(SHOTS)
    if unknown:
        parser.error(f"no such picture: {', '.join(sorted(unknown))}")
    DOCS.mkdir(exist_ok=True)
    VIEWS.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as fresh, sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox"]
        )
        with server(wanted.cache or Path(fresh)) as (url, _):
            for name in wanted.names or SHOTS:
                for look in wanted.looks:
                    _take(browser, url, name, look)
        browser.close()


def _take(browser: Browser, url: str, name: str, look: str) -> None:
    shot = SHOTS[name]
    if look != "manual":
        page = _open(browser, url, shot, look)
        if look != "lecture":  # A lecture hall sees one screen.
            _whole(page, 4_000)
        path = VIEWS / f"{name}-{look}.png"
    elif shot.manual:
        page = _open(browser, url, shot, "light", viewport={"width": 1280, "height": 900})
        _whole(page, shot.height)
        path = DOCS / f"{name}.png"
    else:
        return
    page.screenshot(path=path)
    page.context.close()
    print(path.relative_to(ROOT), flush=True)


if __name__ == "__main__":
    main()
