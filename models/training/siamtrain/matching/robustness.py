"""How well a matcher names objects when the query is turned, shifted, scaled, blurred or lit otherwise."""

import math

import cv2
import numpy as np

from siamtrain.data import crop
from siamtrain.data.view import View, view_matrix

CHANGES = {
    "rotation": (0, 15, 30, 60, 90, 135, 180),  # degrees
    "translation": (0, 8, 16, 24, 32, 48),  # pixels of the crop
    "scale": (0.5, 0.71, 1, 1.41, 2),
    "blur": (0, 1, 2, 4, 8),  # deviation of a Gaussian, pixels of the crop
    "brightness": (-80, -40, 0, 40, 80),  # grey levels added
}


def view(image, box, size, context, kind, value):
    """The crop of a box with one change; the neutral value gives the plain crop."""
    x, y, w, h = box
    change = View(
        value if kind == "translation" else 0,
        0,
        value if kind == "scale" else 1,
        1,
        math.radians(value) if kind == "rotation" else 0,
        False,
    )
    out = crop.warp(image, view_matrix(x + w / 2, y + h / 2, crop.context_side(w, h, context), size, change), size)
    if kind == "blur" and value:
        out = cv2.GaussianBlur(out, (0, 0), value)
    if kind == "brightness":
        out = np.clip(out.astype(int) + value, 0, 255).astype(np.uint8)
    return out


def measure(embed, tracks, load, size, context, queries=6):
    """{kind: [(value, accuracy), ...]}: each query is named by the nearest of all tracks' first views.

    embed takes (N, 3, S, S) and gives unit rows; load(path) gives an image.
    """

    def first(t):
        i = t.visible()[0]
        return view(load(t.files[i]), t.boxes[i], size, context, "plain", 0)

    gallery = embed(crop.planar([first(t) for t in tracks]))
    rows = [
        (label, t, i)
        for label, t in enumerate(tracks)
        for i in t.visible()[np.linspace(1, len(t.visible()) - 1, queries).astype(int)]
    ]
    labels, out = np.array([r[0] for r in rows]), {}
    for kind, values in CHANGES.items():
        out[kind] = []
        for value in values:
            crops = [view(load(t.files[i]), t.boxes[i], size, context, kind, value) for _, t, i in rows]
            found = (embed(crop.planar(crops)) @ gallery.T).argmax(1)
            out[kind].append((value, float((found == labels).mean())))
    return out
