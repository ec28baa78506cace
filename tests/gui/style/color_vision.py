"""How far apart two colours are, to everybody's eyes.

Sources: IEC 61966-2-1 (sRGB); CIE 142-2001 (CIEDE2000, as Sharma, Wu & Dalal 2005 write it);
Machado, Oliveira & Fernandes 2009 (colour vision deficiency, severity 1); WCAG 2.2 (contrast).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

# Of linear RGB.
VISIONS: dict[str, Floats] = {
    "everybody": np.eye(3),
    "protan": np.array(
        [
            [0.152286, 1.052583, -0.204868],
            [0.114503, 0.786281, 0.099216],
            [-0.003882, -0.048116, 1.051998],
        ]
    ),
    "deutan": np.array(
        [
            [0.367322, 0.860646, -0.227968],
            [0.280085, 0.672501, 0.047413],
            [-0.011820, 0.042940, 0.968881],
        ]
    ),
    "tritan": np.array(
        [
            [1.255528, -0.076749, -0.178779],
            [-0.078411, 0.930809, 0.147602],
            [0.004733, 0.691367, 0.303900],
        ]
    ),
}
_TO_XYZ = np.array(
    [
        [0.4124564, 0.3575761, 0.1804375],
        [0.2126729, 0.7151522, 0.0721750],
        [0.0193339, 0.1191920, 0.9503041],
    ]
)
_WHITE = _TO_XYZ.sum(axis=1)


def linear_rgb(colors: list[str]) -> Floats:
    """Return ``"#rrggbb"`` as linear RGB, shape (n, 3)."""
    values = [[int(color[start : start + 2], 16) for start in (1, 3, 5)] for color in colors]
    srgb = np.array(values, dtype=np.float64).reshape(-1, 3) / 255
    return np.where(srgb <= 0.04045, srgb / 12.92, ((srgb + 0.055) / 1.055) ** 2.4)


def lab(linear: Floats) -> Floats:
    """Return CIELAB (D65) of linear RGB, shape (..., 3)."""
    scaled = linear @ _TO_XYZ.T / _WHITE
    epsilon = 216 / 24389
    f = np.where(scaled > epsilon, np.cbrt(scaled), (24389 / 27 * scaled + 16) / 116)
    x, y, z = f[..., 0], f[..., 1], f[..., 2]
    return np.stack((116 * y - 16, 500 * (x - y), 200 * (y - z)), axis=-1)


def linear_of_lab(values: Floats) -> Floats:
    """Return linear RGB of CIELAB (D65), outside of [0, 1] where no screen shows it."""
    y = (values[..., 0] + 16) / 116
    f = np.stack((y + values[..., 1] / 500, y, y - values[..., 2] / 200), axis=-1)
    scaled = np.where(f**3 > 216 / 24389, f**3, (116 * f - 16) * 27 / 24389)
    linear: Floats = (scaled * _WHITE) @ np.linalg.inv(_TO_XYZ).T
    return linear


def as_seen(linear: Floats, vision: str) -> Floats:
    """Return CIELAB of linear RGB as people of this vision see it."""
    return lab(np.clip(linear @ VISIONS[vision].T, 0, 1))


def contrast(color: str, other: str) -> float:
    """Return the contrast of two colours, from 1 to 21."""
    dark, light = sorted((linear_rgb([color, other]) @ _TO_XYZ[1]).tolist())
    return float((light + 0.05) / (dark + 0.05))


def difference(one: Floats, other: Floats) -> Floats:
    """Return CIEDE2000 between CIELAB values, whose shapes are broadcast."""
    l1, a1, b1 = np.moveaxis(one, -1, 0)
    l2, a2, b2 = np.moveaxis(other, -1, 0)
    mean_c = (np.hypot(a1, b1) + np.hypot(a2, b2)) / 2
    g = 0.5 * (1 - np.sqrt(mean_c**7 / (mean_c**7 + 25.0**7)))
    a1, a2 = (1 + g) * a1, (1 + g) * a2
    c1, c2 = np.hypot(a1, b1), np.hypot(a2, b2)
    h1, h2 = np.degrees(np.arctan2(b1, a1)) % 360, np.degrees(np.arctan2(b2, a2)) % 360
    grey = c1 * c2 == 0
    turn = np.where(grey, 0.0, (h2 - h1 + 180) % 360 - 180)
    dl, dc = l2 - l1, c2 - c1
    dh = 2 * np.sqrt(c1 * c2) * np.sin(np.radians(turn) / 2)
    mean_l, mean_c = (l1 + l2) / 2, (c1 + c2) / 2
    mean_h = np.where(grey, h1 + h2, (h1 + turn / 2) % 360)
    t = (
        1
        - 0.17 * np.cos(np.radians(mean_h - 30))
        + 0.24 * np.cos(np.radians(2 * mean_h))
        + 0.32 * np.cos(np.radians(3 * mean_h + 6))
        - 0.20 * np.cos(np.radians(4 * mean_h - 63))
    )
    rotation = -np.sin(np.radians(60 * np.exp(-(((mean_h - 275) / 25) ** 2)))) * (
        2 * np.sqrt(mean_c**7 / (mean_c**7 + 25.0**7))
    )
    light, chroma, hue = (
        dl / (1 + 0.015 * (mean_l - 50) ** 2 / np.sqrt(20 + (mean_l - 50) ** 2)),
        dc / (1 + 0.045 * mean_c),
        dh / (1 + 0.015 * mean_c * t),
    )
    return np.sqrt(np.maximum(light**2 + chroma**2 + hue**2 + rotation * chroma * hue, 0))


def differences(colors: list[str], vision: str) -> Floats:
    """Return CIEDE2000 between all of them as people of this vision see them, shape (n, n)."""
    seen = as_seen(linear_rgb(colors), vision)
    return difference(seen[:, None], seen[None])
