"""Changes of crops that leave the target where it is do leave it there."""

import cv2
import numpy as np
import pytest
from shapes import centre_of, disc

from siamtrain.data import augment


@pytest.mark.parametrize("factor", [0.2, 0.37, 0.7])
@pytest.mark.parametrize("quality", [None, 60])
def test_a_distant_target_stays_in_place_and_loses_detail(factor, quality):
    sharp = disc(100.3, 141.8, 24, (256, 256))
    far = augment.distant(sharp, factor, quality)
    assert far.shape == sharp.shape
    assert centre_of(np.where(far > 60, far, 0)) == pytest.approx(centre_of(sharp), abs=0.6)
    assert cv2.Laplacian(far, cv2.CV_64F).std() < 0.7 * cv2.Laplacian(sharp, cv2.CV_64F).std()


def test_what_is_pasted_lies_about_its_centre_and_is_cut_at_the_border():
    image = np.zeros((64, 64, 3), np.uint8)
    patch = np.full((20, 30, 3), 200, np.uint8)
    out = augment.paste(image, patch, (40, 24))
    assert centre_of(out) == pytest.approx((40, 24), abs=1) and out[24, 40].min() == 200 and not image.any()
    corner = augment.paste(image, patch, (0, 0))
    assert corner[0, 0].min() > 150 and not corner[15:, :].any()
    assert not augment.paste(image, patch, (-80, 10)).any()


def test_a_bent_box_follows_what_it_holds():
    image = np.zeros((256, 256, 3), np.uint8)
    image[90:150, 80:170] = 255
    moved = []
    for seed in range(6):
        bent, box = augment.bend(image, (80.0, 90.0, 170.0, 150.0), np.random.default_rng(seed), 5.0)
        ys, xs = np.nonzero(bent[..., 0] > 127)
        # The rim is no longer straight: its mean position, from the share of each row and column that is covered.
        inside = bent[110:130, :, 0] > 127
        left, right = 125 - inside[:, :125].sum(1).mean(), 125 + inside[:, 125:].sum(1).mean()
        assert abs(left - box[0]) < 5 and abs(right - box[2]) < 5 and xs.min() < box[0] + 12 and ys.max() > box[3] - 12
        moved.append(abs(left - 80) + abs(right - 170))
    assert max(moved) > 4
