"""The geometry of an augmented crop: how it differs from the plain one about its target.

Crop coordinates are continuous: a crop of S pixels spans 0..S, its centre is S / 2.
"""

import dataclasses
import math

import numpy as np


@dataclasses.dataclass
class View:
    """How a crop differs from the one centred on its target.

    Shift in crop pixels, scale and aspect as factors, turn in radians.
    """

    dx: float = 0.0
    dy: float = 0.0
    scale: float = 1.0
    aspect: float = 1.0
    turn: float = 0.0
    flip: bool = False


def view_matrix(cx, cy, side, size, view):
    """(2, 3) map of image pixel indices to crop pixel indices.

    The crop shows the square of `side` about (cx, cy) seen by `view` in `size` pixels.
    """
    zoom = size / side * view.scale
    sx, sy = zoom * math.sqrt(view.aspect), zoom / math.sqrt(view.aspect)
    cos, sin = math.cos(view.turn), math.sin(view.turn)
    linear = np.array([[sx * cos, -sy * sin], [sx * sin, sy * cos]])
    if view.flip:
        linear[:, 0] = -linear[:, 0]
    target = np.array([size / 2 + view.dx, size / 2 + view.dy])
    offset = target - linear @ np.array([cx, cy])
    # Continuous coordinates are indices + 0.5 on both sides.
    return np.c_[linear, offset + linear @ np.array([0.5, 0.5]) - 0.5]
