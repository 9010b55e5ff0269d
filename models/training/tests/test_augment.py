"""Changes of crops that leave the target where it is do leave it there."""

import cv2
import numpy as np
import pytest

from shapes import centre_of, disc
from siamtrain import augment


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
