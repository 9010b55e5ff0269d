"""What the robustness curves measure, with an embedding whose answers are known."""

import numpy as np

from siamtrain.data import synthetic
from siamtrain.data.images import ImageCache
from siamtrain.matching import robustness


def by_colour(crops):
    """The mean colour as a unit vector: blind to turns, misled by nothing else that keeps the colours."""
    rows = crops.mean((2, 3)) - 128
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def test_the_plain_view_is_the_plain_crop_and_every_change_is_measured():
    cache = ImageCache()
    tracks = synthetic.tracks(range(3), cache, 3)
    got = robustness.measure(by_colour, tracks, cache.load, 64, 0.1, queries=2)
    assert list(got) == list(robustness.CHANGES)
    neutral = {kind: dict(points)[1 if kind == "scale" else 0] for kind, points in got.items()}
    assert len(set(neutral.values())) == 1
    assert all(0 <= accuracy <= 1 for points in got.values() for _, accuracy in points)


def test_half_a_turn_turns_the_crop():
    image = np.zeros((80, 80, 3), np.uint8)
    image[20:40, 20:40] = 200
    plain, turned = (robustness.view(image, [20, 20, 40, 40], 64, 0.1, "rotation", a) for a in (0, 180))
    np.testing.assert_allclose(turned[::-1, ::-1], plain, atol=1)
