"""Times of networks side by side."""

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
