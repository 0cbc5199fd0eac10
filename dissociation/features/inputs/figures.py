"""What the page on inputs draws: images as tiles, the spectrum, null directions, a step, tasks."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from dissociation.core.data.datasets import CLASSES, PIXELS, mnist_test, mnist_train
from dissociation.core.data.tasks import LEAST_PRIME_FACTOR, TRANSFER_KEY, rotation_task
from dissociation.core.networks.null_spaces import (
    NullSpace,
    input_null_space,
    lengths_within,
    unit_direction,
)
from dissociation.core.shares import percent, percents
from dissociation.core.validation import DamagedData
from dissociation.features.inputs.tiles import (
    SIDE,
    Row,
    Tile,
    diverging,
    grey,
    png,
    rows_html,
    scale_html,
    tiles_html,
)
from dissociation.web.shell.state import plain

#: Singular values at or under this are drawn at the foot of the logarithmic axis.
FOOT = 1e-3

STEP_WORDS = """
Take a random direction **v** of length 1 in the null space, and a step of length **s** along it.

- **On a weight row**, w → w + s·v, hardly anything happens: its response to an image x changes by
  s·(v·x), and most images have next to no part along v. Rows changed like this are the rewrite
  *input-null noise*.
- **On an image**, x → x + s·v, anything can happen: the response changes by s·(w·v), and no image
  ever said what w should do there. Training moves w only along the images it sees, so along v the
  weights stay about where chance put them. This is why noise on the inputs tells the rewrite from
  the original.
"""
FACTOR_WORDS = (
    "The digits are named anew by the smallest prime that divides them. 0 and 1 have none and are "
    "classes of their own. The classes are of unequal size, so guessing the largest errs less "
    "than guessing at random."
)
ROTATION_WORDS = (
    "A quarter of the test images each is turned by 0°, 90°, 180° and 270°, then all are shuffled. "
    "In the *notebook* split the quarters are consecutive, so rotation and place in the test set "
    "go together, and its first half is known to be easier: a probe may profit from that. The "
    "*shuffled* split mixes the images first, so that every rotation gets the same kind of images."
)


def _digit_tile(number: int) -> Tile:
    data = mnist_test()
    image = data.pixels[number].reshape(SIDE, SIDE)
    return Tile(png(image), f"A {data.labels[number]}: test image {number:,}")


def pick(members: np.ndarray, count: int, *seed: int) -> np.ndarray:
    """`count` of `members`, without repetition, in an order that the seeds decide."""
    return np.random.default_rng(seed).permutation(members)[:count]


def images_by_class(digits: Sequence[int], count: int, seed: int) -> str:
    """One row of test images a digit. **Raises:** `DamagedData`."""
    labels = mnist_test().labels
    rows = [
        Row(
            str(digit),
            "",
            [_digit_tile(n) for n in pick(np.flatnonzero(labels == digit), count, seed, digit)],
        )
        for digit in digits
    ]
    return rows_html(rows, head="1.2rem")


def class_counts() -> pd.DataFrame:
    """How many images of each digit there are. **Raises:** `DamagedData`."""
    test, train = (
        np.bincount(data.labels, minlength=CLASSES) for data in (mnist_test(), mnist_train())
    )
    return pd.DataFrame({"Digit": range(CLASSES), "Test images": test, "Training images": train})


@dataclass(frozen=True)
class Spectrum:
    """A null space with what is said about it.

    - `images`: how many it comes from; `dark`: pixels that are 0 in all of them.
    - `lengths`: of the parts of the test images that lie in it.
    """

    space: NullSpace
    images: int
    dark: int
    lengths: np.ndarray


# One visitor computes, all others wait for the same: a resource has a lock, functools.cache none.
@st.cache_resource(show_spinner="Finding the directions that no image uses …")
def spectrum(source: str) -> Spectrum:
    """The null space of the test or the training images. **Raises:** `DamagedData`."""
    space = input_null_space(source)
    data = mnist_test() if source == "test" else mnist_train()
    dark = int(np.sum(~data.pixels.any(axis=0)))
    return Spectrum(space, len(data), dark, lengths_within(space, mnist_test().images))


def spectrum_metrics(found: Spectrum) -> dict[str, str]:
    """What the spectrum comes to: rank, null dimension, black pixels, share of white noise."""
    space, size = found.space, len(found.space.singular_values)
    return {
        "Rank": f"{space.rank}",
        "Null dimension": f"{space.dimension} of {size}",
        "Always black pixels": f"{found.dark}",
        "Power of white noise in it": percent(space.dimension / size),
    }


def threshold_words(found: Spectrum) -> str:
    """By which convention a direction counts as null."""
    return (
        f"A singular value of the {found.images:,} images counts as zero if it is at most the "
        "largest × max(n, d) × the precision of float32 (the convention of `matrix_rank`), here "
        f"{found.space.threshold:.3g}. The threshold grows with the number of images n, the "
        "singular values only with its root, so more images can have *more* null directions. "
        f"Values under {FOOT:g} are drawn at the foot."
    )


def spectrum_alt(found: Spectrum) -> str:
    """The chart in words."""
    values, space = found.space.singular_values, found.space
    return (
        f"Singular values of {found.images:,} images on a logarithmic axis, falling from "
        f"{values[0]:.3g}. {space.rank} lie above the threshold of {space.threshold:.3g}, "
        f"{space.dimension} at or below it. The values are in the table below."
    )


def leak_words(found: Spectrum) -> str:
    """How far the test images reach into the null space after all."""
    worst = int(found.lengths.argmax())
    length = float(np.linalg.norm(mnist_test().images[worst]))
    why = (
        "small singular values count as zero"
        if found.images == len(found.lengths)
        else "small singular values count as zero, and these directions come from other images"
    )
    return (
        f"Bx is the part of an image in the null space. It is not quite nothing, because {why}: "
        f"at most {found.lengths[worst]:.2g} (test image {worst:,}, of length {length:.2g}), and "
        f"{np.median(found.lengths):.2g} or less for half of the test images."
    )


def spectrum_figure(found: Spectrum, scale: float = 1.0) -> go.Figure:
    """Singular values in descending order on a logarithmic axis; `scale` above 1 for lectures."""
    values, threshold = found.space.singular_values, found.space.threshold
    rank, count = found.space.rank, len(values)
    top = float(values[0]) * 2
    figure = go.Figure(
        go.Scatter(
            x=np.arange(1, count + 1),
            y=np.maximum(values, FOOT),
            customdata=values,
            mode="lines",
            line={"color": "#0072B2", "width": 3},
            hovertemplate="No. %{x}: %{customdata:.3g}<extra></extra>",
        )
    )
    figure.add_vrect(rank + 0.5, count, fillcolor="#D55E00", opacity=0.13, line_width=0)
    figure.add_hline(threshold, line={"color": "#D55E00", "width": 2, "dash": "dash"})
    sides = ((rank / 2, f"{rank} directions in use"), ((rank + count) / 2, f"{count - rank} null"))
    for x, text in sides:
        figure.add_annotation(x=x, y=np.log10(top), yanchor="top", text=text, showarrow=False)
    figure.add_annotation(
        x=2, xanchor="left", y=np.log10(threshold), yanchor="bottom", showarrow=False,
        text=f"threshold {threshold:.3g}",
    )  # fmt: skip
    figure.update_layout(
        height=round(380 * scale),
        margin={"l": 10, "r": 10, "t": 40, "b": 10},  # on top the bar of tools
        dragmode=False,  # under a finger a drag must scroll the page
        **{f"{part}_bgcolor": "rgba(0,0,0,0)" for part in ("paper", "plot")},
    )
    fonts = {"tickfont_size": 13 * scale, "title_font_size": 15 * scale}
    figure.update_annotations(font_size=13 * scale)
    figure.update_xaxes(title="Direction, by size", range=[0, count + 1], zeroline=False, **fonts)
    figure.update_yaxes(
        title="Singular value", type="log", range=[np.log10(FOOT), np.log10(top)], dtick=1, **fonts
    )
    return figure


def spectrum_table(found: Spectrum) -> pd.DataFrame:
    """The numbers of [`spectrum_figure`][]."""
    values = found.space.singular_values
    return pd.DataFrame(
        {
            "Direction": np.arange(1, len(values) + 1),
            "Singular value": values,
            "Counts as": np.where(values > found.space.threshold, "in use", "null"),
        }
    )


def basis_tiles(space: NullSpace, count: int) -> str:
    """Null directions evenly spaced from the least used to those just under the threshold."""
    tiles = []
    for row in np.linspace(0, space.dimension - 1, min(count, space.dimension)).astype(int):
        vector = space.basis[row]
        limit = float(np.abs(vector).max())
        value = space.singular_values[len(space.singular_values) - 1 - row]
        size = "0" if value < FOOT else f"{value:.2g}"
        caption = f"σ = {size}, ±{limit:.2f}"
        alt = f"Null direction {row + 1}: singular value {size}, entries up to {limit:.2f}"
        tiles.append(Tile(png(diverging(vector, limit)), alt, caption))
    return tiles_html(tiles, 112, 112) + scale_html("− largest", "0", "+ largest")


def null_step(found: Spectrum, number: int, size: float, seed: int) -> tuple[str, pd.DataFrame]:
    """A step of length `size` along a random null direction. **Raises:** `DamagedData`.

    **Returns:** tiles of test image `number` before and after it, and their difference; and a table
    of what a weight row's response to images changes by, if the row takes the step.
    """
    data = mnist_test()
    image, digit = data.images[number], int(data.labels[number])
    direction = unit_direction(found.space, seed)
    step = size * direction
    limit = float(np.abs(step).max())
    drawn = np.random.default_rng((seed, 1)).normal(size=PIXELS)
    anywhere = (drawn / np.linalg.norm(drawn)).astype(np.float32)
    tiles = [
        Tile(png(grey(image)), f"Before: a {digit}", "x, before"),
        Tile(png(grey(image + step)), f"After: the {digit} with the step", "x + s·v, after"),
        Tile(png(diverging(step, limit)), "Difference: the step", f"s·v, up to ±{limit:.2g}"),
    ]
    changes = {
        "this null direction: s·|v·x|": np.abs(data.images @ direction),
        "the worst null direction: s·‖Bx‖": found.lengths,
        "a direction drawn from all pixels: s·|u·x|": np.abs(data.images @ anywhere),
    }
    table = pd.DataFrame(
        {
            "Along": list(changes),
            "On this image": [f"{size * values[number]:.2g}" for values in changes.values()],
            "Median of 10,000": [f"{size * np.median(v):.2g}" for v in changes.values()],
            "Largest of 10,000": [f"{size * values.max():.2g}" for values in changes.values()],
        }
    )
    return tiles_html(tiles, 140, 112), table


# Kept, because the task turns and shuffles all 10,000 images (and loads JAX for its permutation).
@st.cache_data(show_spinner="Turning the images …", max_entries=64)
def rotation_rows(split: str, count: int, seed: int) -> str:
    """Examples of the four rotations, as the probe gets them. **Raises:** `DamagedData`."""
    task = rotation_task(mnist_test().images, split=split, seed=TRANSFER_KEY)
    quarter = len(task.classes) // len(task.names)
    rows = []
    for turn, name in enumerate(task.names):
        members = np.flatnonzero(task.classes == turn)
        first, last = quarter * turn, quarter * (turn + 1) - 1
        drawn = f"test images {first:,} – {last:,}" if split == "notebook" else "drawn from all"
        tiles = [
            Tile(png(grey(task.images[i])), f"A digit turned by {name} anticlockwise")
            for i in pick(members, count, seed, turn)
        ]
        rows.append(Row(name, f"{len(members):,} images, {drawn}", tiles))
    return rows_html(rows, head="8rem")


def prime_factor_rows(count: int, seed: int) -> str:
    """Which digits make which class of the re-labelled task. **Raises:** `DamagedData`."""
    labels = mnist_test().labels
    factors = LEAST_PRIME_FACTOR[labels]
    rows = []
    classes = np.unique(LEAST_PRIME_FACTOR)
    shares = percents([np.mean(factors == factor) for factor in classes])
    for factor, share in zip(classes, shares, strict=True):
        members = np.flatnonzero(factors == factor)
        digits = ", ".join(map(str, np.flatnonzero(LEAST_PRIME_FACTOR == factor)))
        note = f"{digits}: {len(members):,} images ({share})"
        tiles = [_digit_tile(n) for n in pick(members, count, seed, int(factor))]
        rows.append(Row(f"Class {factor}", note, tiles))
    return rows_html(rows, head="8rem")


def attempt(draw: Callable[..., Any], *arguments: Any) -> None:
    """Draws a part of the page; damaged data become a friendly line, and the other parts stay."""
    try:
        draw(*arguments)
    except DamagedData as problem:
        st.error(plain(str(problem)), icon=":material/error:")
