"""Boxes to try on frames that nobody has labelled."""

import random

import numpy as np

from siamtrain.data.propose import edge_box, moving_boxes


def test_moving_part_is_proposed():
    texture = np.random.default_rng(0).integers(0, 200, (30, 40, 3), np.uint8).repeat(8, 0).repeat(8, 1)
    frames = [texture.copy(), texture.copy()]
    thing = np.random.default_rng(1).integers(0, 256, (8, 8, 3), np.uint8).repeat(6, 0).repeat(6, 1)
    for frame, x in zip(frames, (100, 108)):
        frame[80:128, x : x + 48] = thing
    x, y, w, h = moving_boxes(*frames)[0]
    assert abs(x + w / 2 - 126) < 16 and abs(y + h / 2 - 104) < 16


def test_a_place_rich_in_edges_is_proposed():
    image = np.full((240, 320, 3), 90, np.uint8)
    image[100:160, 200:260] = np.random.default_rng(2).integers(0, 256, (60, 60, 3), np.uint8)
    x, y, w, h = edge_box(image, random.Random(0), tries=60)
    assert 200 < x + w / 2 < 260 and 100 < y + h / 2 < 160
