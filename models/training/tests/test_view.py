"""Crops lie where the geometry says: a disc drawn at a place of the image is found at its place in the crop."""

import numpy as np
import pytest
from shapes import centre_of, disc

from siamtrain.data import crop
from siamtrain.data.view import View, view_matrix


@pytest.mark.parametrize(
    "view", [View(), View(11, -7), View(3, 5, 1.2, 1.1), View(-9, 2, 0.9, 1, 0.2), View(8, 8, 1, 1, 0, True)]
)
def test_a_view_shows_the_target_where_it_says(view):
    cx, cy, radius, side = 143.3, 97.6, 9.0, 85.0
    seen = crop.warp(disc(cx, cy, radius), view_matrix(cx, cy, side, 256, view), 256)
    assert centre_of(seen) == pytest.approx((128 + view.dx, 128 + view.dy), abs=0.15)
    shown = (seen[..., 0].astype(float) - crop.mean_colour(disc(cx, cy, radius))[0]).clip(0).sum() / 255
    area = shown * (side / 256 / view.scale) ** 2
    # Of a disc whose rim of one pixel fades; aspect and turn keep it.
    assert area == pytest.approx(np.pi * (radius**2 - radius + 1 / 3), rel=0.01)


def test_an_aspect_is_that_of_width_to_height():
    seen = crop.warp(disc(143.3, 97.6), view_matrix(143.3, 97.6, 85.0, 256, View(aspect=1.21)), 256)
    ys, xs = np.nonzero(seen[..., 0] > 127)
    assert (np.ptp(xs) + 1) / (np.ptp(ys) + 1) == pytest.approx(1.21, abs=0.04)


def test_plain_view_is_the_crop_of_the_tracking_loop():
    image = np.random.default_rng(0).integers(0, 256, (120, 160, 3), np.uint8)
    side = crop.context_side(30, 40)
    ours = crop.warp(image, view_matrix(20.2, 51.7, side, 128, View()), 128)
    assert np.abs(ours.astype(int) - crop.square(image, 20.2, 51.7, side, 128)).max() <= 1
