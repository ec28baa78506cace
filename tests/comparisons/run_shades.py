"""Searches the shades by which eight runs are told apart, for `rnnviz/gui/style/palette.py`.

    python tests/comparisons/run_shades.py 1 2 3 4

Each theme has eight blues for what goes forward and eight oranges for what comes back; the first of
each is the theme's own. Shades of one run lie on the same side of it in both families (towards
green and yellow, or towards red) and in the same order of lightness. What is made as large as
possible is the least CIEDE2000 between any two of a family, to all eyes, where the earlier of two
runs ask for more: most races have two or three.
"""

from __future__ import annotations

import sys
from itertools import combinations, product
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

sys.path.insert(0, str(Path(__file__).parents[1] / "gui" / "style"))
from color_vision import (
    VISIONS,
    as_seen,
    contrast,
    difference,
    differences,
    lab,
    linear_of_lab,
    linear_rgb,
)

from rnnviz.gui.style.palette import DARK_PALETTE, LIGHT_PALETTE, Palette

Floats = NDArray[np.float64]

COUNT = 8
# How far apart the n-th shade should be from those before it.
WANTED = np.array([0, 19, 16, 13, 10, 9, 8, 7.5])
# The other theme's shade of a run drifts to the same side: towards green and yellow, or red.
SIDES = np.array([0, 1, -1, 1, -1, 1, -1, 1])
# Hue of CIELAB in degrees, and least chroma: what is still called blue, or orange.
FAMILIES = {"forward": ((220.0, 303.0), 27.0), "backward": ((40.0, 90.0), 33.0)}
LEAST_CONTRAST, LEGIBLE = 3.1, 4.3
FROM_OTHERS = 9.0
ROUNDS = 20000
ACROSS = 15.0
_PAIRS = np.array(list(combinations(range(COUNT), 2)))
# Of 2 * COUNT shades and two others: within the families, to the others, across the families.
_SHADES = [n for n in range(2 * COUNT) if n % COUNT]
_COMPARED = np.concatenate(
    (
        _PAIRS,
        _PAIRS + COUNT,
        list(product(_SHADES, (2 * COUNT, 2 * COUNT + 1))),
        list(product(range(COUNT), range(COUNT, 2 * COUNT))),
    )
)
_EYES = np.array([eye.T for eye in VISIONS.values()])


def to_hex(polar: Floats) -> list[str]:
    linear = np.clip(to_linear(polar), 0, 1)
    srgb = np.where(linear <= 0.0031308, 12.92 * linear, 1.055 * linear ** (1 / 2.4) - 0.055)
    return ["#" + "".join(f"{round(255 * v):02x}" for v in row) for row in srgb.tolist()]


def to_linear(polar: Floats) -> Floats:
    light, chroma, hue = polar[..., 0], polar[..., 1], np.radians(polar[..., 2])
    return linear_of_lab(np.stack((light, chroma * np.cos(hue), chroma * np.sin(hue)), -1))


def polar_of(color: str) -> list[float]:
    light, a, b = lab(linear_rgb([color]))[0].tolist()
    return [light, float(np.hypot(a, b)), float(np.degrees(np.arctan2(b, a)) % 360)]


class Search:
    """Simulated annealing of both families of one theme at once."""

    def __init__(self, palette: Palette, seed: int) -> None:
        self.rng = np.random.default_rng(seed)
        self.palette = palette
        panel = lab(linear_rgb([palette.panel]))[0, 0]
        self.lightness = (18.0, 62.0) if panel > 50 else (48.0, 92.0)
        away = linear_rgb([palette.threshold, palette.faint])
        self.away = lab(np.clip(away @ _EYES, 0, 1))
        self.panel = linear_rgb([palette.panel])[0] @ np.array([0.2126729, 0.7151522, 0.072175])
        own = WANTED[_PAIRS.max(axis=1)]
        others = [[FROM_OTHERS] * 2 * 2 * (COUNT - 1), [ACROSS] * COUNT**2]
        self.wanted = np.concatenate((own, own, *others))
        self.state = self.first()

    def first(self) -> Floats:
        """Return shades to begin with, shape (2, COUNT, 3): lightness, chroma, hue."""
        state = np.zeros((2, COUNT, 3))
        for family, name in enumerate(FAMILIES):
            (low, high), chroma = FAMILIES[name]
            state[family, :, 0] = self.rng.uniform(*self.lightness, COUNT)
            state[family, :, 1] = self.rng.uniform(chroma, 70, COUNT)
            state[family, :, 2] = self.rng.uniform(low, high, COUNT)
            state[family, 0] = polar_of(getattr(self.palette, name))
        return state

    def cost(self, state: Floats) -> float:
        """Return how bad they are: what is missing, relative to what is wanted."""
        linear = to_linear(state)
        penalty = 40 * float(np.maximum(-linear, 0).sum() + np.maximum(linear - 1, 0).sum())
        linear = np.clip(linear, 0, 1)
        light = linear @ np.array([0.2126729, 0.7151522, 0.072175])
        ratio = (np.maximum(light, self.panel) + 0.05) / (np.minimum(light, self.panel) + 0.05)
        penalty += 5 * float(np.maximum(LEAST_CONTRAST - ratio, 0).sum())
        for family, (hues, chroma) in enumerate(FAMILIES.values()):
            h, c = state[family, :, 2], state[family, :, 1]
            penalty += 0.2 * float(np.maximum(hues[0] - h, 0).sum())
            penalty += 0.2 * float(np.maximum(h - hues[1], 0).sum())
            penalty += 0.2 * float(np.maximum(chroma - c, 0).sum())
            dark = np.maximum(self.lightness[0] - state[family, :, 0], 0)
            penalty += 0.3 * float(dark.sum())
        # The same side, and the same order of lightness.
        drift = (state[:, :, 2] - state[:, :1, 2]) * np.array([[-1.0], [1.0]])
        penalty += 0.04 * float(np.maximum(-drift * SIDES, 0).sum())
        rise = state[:, _PAIRS[:, 0], 0] - state[:, _PAIRS[:, 1], 0]
        against = np.sqrt(np.maximum(-rise[0] * rise[1], 0))
        penalty += 0.02 * float(against.sum())
        # Of all eyes at once: the shades of both families, and what they keep away from.
        seen = lab(np.clip(linear.reshape(-1, 3) @ _EYES, 0, 1))
        seen = np.concatenate((seen, self.away), axis=1)
        apart = difference(seen[:, _COMPARED[:, 0]], seen[:, _COMPARED[:, 1]])
        all_shares = apart / self.wanted
        # Mostly the worst, and a little all that is missing.
        return (
            penalty
            - 10 * float(all_shares.min())
            + 0.1 * float(np.maximum(1.2 - all_shares, 0).sum())
        )

    def run(self, rounds: int = ROUNDS) -> tuple[float, Floats]:
        state, cost = self.state, self.cost(self.state)
        best, best_cost = state, cost
        for turn in range(rounds):
            heat = (1 - turn / rounds) ** 2
            other = state.copy()
            which = self.rng.integers(1, COUNT), self.rng.integers(0, 2)
            other[which[1], which[0]] += self.rng.normal(size=3) * (14, 16, 20) * (heat + 0.03)
            other_cost = self.cost(other)
            if other_cost < cost or self.rng.random() < np.exp(
                (cost - other_cost) / (0.3 * heat + 1e-3)
            ):
                state, cost = other, other_cost
                if cost < best_cost:
                    best, best_cost = state, cost
        return best_cost, best


def in_order(palette: Palette, families: dict[str, list[str]]) -> dict[str, list[str]]:
    """Return the same shades, those first that everybody tells apart most easily.

    The names of runs are written in them: of those that most races have, in legible ones.
    """
    apart = np.min([differences(c, v) for c in families.values() for v in VISIONS], axis=0)
    legible = np.min([[contrast(s, palette.panel) for s in c] for c in families.values()], axis=0)
    able = [n for n in range(1, COUNT) if legible[n] >= LEGIBLE]
    pairs = combinations(able, 2)
    second, third = max(pairs, key=lambda p: min(apart[0, p[0]], apart[0, p[1]], apart[p]))
    best = [0, *sorted((second, third), key=lambda n: -apart[0, n])]
    while len(best) < COUNT:
        left = [n for n in range(COUNT) if n not in best]
        best.append(max(left, key=lambda n: float(apart[n, best].min())))
    return {name: [colors[n] for n in best] for name, colors in families.items()}


def report(palette: Palette, families: dict[str, list[str]]) -> None:
    for name, colors in families.items():
        colors = [getattr(palette, name), *colors[1:]]
        print(name, colors)
        print("  lightness", lab(linear_rgb(colors))[:, 0].round().astype(int).tolist())
        print("  contrast", round(min(contrast(c, palette.panel) for c in colors), 2))
        for vision in VISIONS:
            seen = as_seen(linear_rgb(colors), vision)
            table = difference(seen[:, None], seen[None]) + 1e3 * np.eye(COUNT)
            order = np.argsort(seen[:, 0])
            in_order = table[order[:-1], order[1:]].min()
            panel = difference(seen, as_seen(linear_rgb([palette.panel]), vision)).min()
            firsts = [round(float(table[:n, :n].min()), 1) for n in range(2, COUNT + 1)]
            print(
                f"  {vision}: least of the first 2 to 8 {firsts}, "
                f"in order of lightness {in_order:.1f}, to the panel {panel:.1f}"
            )


if __name__ == "__main__":
    seeds = [int(seed) for seed in sys.argv[1:]] or [1]
    for palette in (LIGHT_PALETTE, DARK_PALETTE):
        cost, best = min((Search(palette, seed).run() for seed in seeds), key=lambda r: r[0])
        print(f"cost {cost:.2f}")
        families = {name: to_hex(best[n]) for n, name in enumerate(FAMILIES)}
        report(palette, in_order(palette, families))
