"""What does not train, of each sequence its last part."""

import cv2
import pytest
import shapes

from siamtrain.data import split
from siamtrain.errors import DataError


def test_halves_of_a_sequence_do_not_overlap(tmp_path):
    first, last = split.parts([shapes.wandering(tmp_path / "disc")], 0.25)
    assert len(first[0].files) == 30 and len(last[0].files) == 10 and not set(first[0].files) & set(last[0].files)


def test_data_without_a_second_half_are_refused(tmp_path):
    folder = tmp_path / "short"
    (folder / "img").mkdir(parents=True)
    for i in range(2):
        cv2.imwrite(str(folder / "img" / f"{i}.png"), shapes.disc(40, 40))
    (folder / "groundtruth_rect.txt").write_text("30,30,20,20\n30,30,20,20")
    with pytest.raises(DataError, match="both its first and its last part"):
        split.parts([str(folder)], 0.5)
