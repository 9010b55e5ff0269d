"""Times of networks side by side."""

import os
import time

import pytest

from siamtrain.checks import timing
from siamtrain.errors import DataError


def test_turns_measure_the_work_not_the_waiting():
    def busy(n):
        return lambda: sum(i * i for i in range(n))

    found = timing.turns({"little": busy(2_000), "much": busy(20_000), "asleep": lambda: time.sleep(0.002)}, 15)
    assert found["much"] > 4 * found["little"] and found["asleep"] < found["much"]


def test_files_that_cannot_be_timed_are_named(tmp_path):
    broken = tmp_path / "nano2_backbone_x.onnx"
    broken.write_text("hello")
    with pytest.raises(DataError, match="nano2_backbone_x.onnx: ONNX Runtime cannot open it"):
        timing.nanotrack(str(tmp_path), 2)
    with pytest.raises(DataError, match="nano3_backbone_x.onnx: ONNX Runtime cannot open it"):
        timing.nanotrack(str(tmp_path), 3)


def test_each_size_of_search_crop_is_timed():
    path = os.path.join(os.path.dirname(__file__), "..", "..", "siamtrack-s.onnx")
    passes = timing.own(path)
    assert list(passes) == [path, f"{path}, 192 pixels"]
    shapes = [[part.shape for part in run()] for run in passes.values()]
    assert shapes == [[(1, 1, n, n), (1, 4, n, n)] for n in (16, 12)]
