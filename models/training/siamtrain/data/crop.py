"""The crop every network sees: one geometry for training, for the Python loop and for Go.

Coordinates are continuous and 0-based: pixel k of an image covers [k, k+1), its centre is k + 0.5.
"""

import math

import cv2
import numpy as np


def context_side(width, height, context=0.5):
    """Side in pixels of the square about a target that becomes the exemplar.

    Bertinetto et al. (2016), section 3.4: sqrt((w + p)(h + p)), p = context * (w + h).
    """
    p = context * (width + height)
    return math.sqrt((width + p) * (height + p))


def mean_colour(image):
    """Mean of each channel of a (H, W, 3) image, the colour of what lies outside it."""
    return cv2.mean(image)[:3]


def square(image, cx, cy, side, size, fill=None):
    """The square of `side` pixels about the continuous point (cx, cy), bilinear, as (size, size, 3) uint8.

    What lies outside the image has the colour `fill`, by default the image's mean.
    """
    scale = size / side
    matrix = np.array(
        [[scale, 0, (0.5 - cx) * scale + size / 2 - 0.5], [0, scale, (0.5 - cy) * scale + size / 2 - 0.5]]
    )
    return warp(image, matrix, size, fill)


def warp(image, matrix, size, fill=None):
    """cv2.warpAffine to (size, size, 3); matrix (2, 3) maps pixel indices of the image to those of the crop."""
    fill = mean_colour(image) if fill is None else fill
    return cv2.warpAffine(
        image, matrix, (size, size), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT, borderValue=fill
    )


def planar(crops):
    """BGR uint8 crops [(S, S, 3), ...] as the networks' input: RGB float32 0..255, (N, 3, S, S)."""
    return np.ascontiguousarray(np.stack(crops)[..., ::-1].transpose(0, 3, 1, 2), dtype=np.float32)
