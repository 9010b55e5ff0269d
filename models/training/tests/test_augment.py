"""Changes of crops that leave the target where it is do leave it there."""

import cv2
import numpy as np
import pytest
from shapes import centre_of, disc

from siamtrain.data import augment


@pytest.mark.parametrize("factor", [0.2, 0.37, 0.7])
def test_a_distant_target_stays_in_place_and_loses_detail(factor):
    sharp = disc(100.3, 141.8, 24, (256, 256))
    far = augment.distant(sharp, factor)
    assert far.shape == sharp.shape
    assert centre_of(np.where(far > 60, far, 0)) == pytest.approx(centre_of(sharp), abs=0.6)
    assert cv2.Laplacian(far, cv2.CV_64F).std() < 0.7 * cv2.Laplacian(sharp, cv2.CV_64F).std()
