"""The geometry of an augmented crop: how it differs from the plain one about its target.

Crop coordinates are continuous: a crop of S pixels spans 0..S, its centre is S / 2; boxes in it
are corners (x1, y1, x2, y2).
"""

import dataclasses
import math

import cv2
import numpy as np

from siamtrain.data.crop import context_side, mean_colour


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


def seen_box(width, height, side, size, view):
    """Corners of a box of width x height image pixels, centred on the square's centre, in the crop.

    The turn is left out.
    """
    zoom = size / side * view.scale
    w, h = width * zoom * math.sqrt(view.aspect), height * zoom / math.sqrt(view.aspect)
    x, y = size / 2 + view.dx, size / 2 + view.dy
    return x - w / 2, y - h / 2, x + w / 2, y + h / 2


def cut(image, matrix, size, backdrop=None):
    """The crop; what lies outside the image is its mean colour, or the picture `backdrop` (size, size, 3)."""
    if backdrop is None:
        return cv2.warpAffine(
            image,
            matrix,
            (size, size),
            flags=cv2.INTER_LINEAR,
            borderMode=cv2.BORDER_CONSTANT,
            borderValue=mean_colour(image),
        )
    return cv2.warpAffine(
        image, matrix, (size, size), dst=backdrop.copy(), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_TRANSPARENT
    )


def sides_of(box):
    """(centre x, centre y, width, height, context side) of an x, y, w, h box."""
    x, y, w, h = box
    return x + w / 2, y + h / 2, w, h, context_side(w, h)
