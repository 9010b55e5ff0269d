"""A thing whose place is known exactly, to draw and to find."""

import numpy as np


def disc(cx, cy, radius=9.0, shape=(240, 320)):
    """A white disc on black, drawn by its continuous centre with soft edges."""
    y, x = np.mgrid[0 : shape[0], 0 : shape[1]] + 0.5
    value = np.clip(radius - np.hypot(x - cx, y - cy), 0, 1) * 255
    return np.repeat(value[..., None], 3, 2).astype(np.uint8)


def centre_of(image):
    """Centre of brightness in continuous coordinates; the dim filling of a crop does not count."""
    weight = np.clip(image[..., 0].astype(float) - 40, 0, None)
    y, x = np.mgrid[0 : weight.shape[0], 0 : weight.shape[1]] + 0.5
    return (x * weight).sum() / weight.sum(), (y * weight).sum() / weight.sum()
