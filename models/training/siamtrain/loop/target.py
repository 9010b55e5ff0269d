"""What both loops hold of a target's box: the part inside the frame, and how thin it may be."""

import numpy as np

from siamtrain.errors import DataError

MIN_SIDE = 2.0  # pixels; tracker.MinSide of the Go program: below it an exemplar holds no texture


def inside(box, shape):
    """The part of an x, y, w, h box inside an image of `shape` (H, W, ...), None where it is thinner than MIN_SIDE."""
    box, limit = np.asarray(box, float), np.array([shape[1], shape[0]], float)
    low, high = np.clip(box[:2], 0, limit), np.clip(box[:2] + box[2:], 0, limit)
    return np.concatenate([low, high - low]) if (high - low >= MIN_SIDE).all() else None


def begin(box, shape):
    """(centre, size) of the part inside the image, from which a loop begins. DataError where there is too little."""
    part = inside(box, shape)
    if part is None:
        numbers = ",".join(f"{v:g}" for v in box)
        raise DataError(f"box {numbers}: less than {MIN_SIDE:g}x{MIN_SIDE:g} pixels of it lie inside the image")
    return part[:2] + part[2:] / 2, part[2:]
