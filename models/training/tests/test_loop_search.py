"""The choice of the loop's parameters among those that were tried."""

import time

import numpy as np
import pytest

from siamtrain.checks import timing
from siamtrain.errors import DataError
from siamtrain.loop import search
from siamtrain.loop.box import Loop
from siamtrain.loop.search import careful


def test_the_most_careful_loop_within_one_standard_error_is_taken():
    auc = np.array([0.7, 0.6, 0.8, 0.5])
    noise = np.array([0.1, -0.1, 0.1, -0.1])  # its standard error over four clips is 0.2 / sqrt(3) / 2 = 0.0577
    tried = {
        Loop(0.2): auc + 0.02,
        Loop(0.3): auc + noise,
        Loop(0.4): auc - 0.03 + noise,
        Loop(0.5): auc - 0.08 + noise,
    }
    assert careful(tried) == Loop(0.4)


def test_a_sure_difference_is_respected():
    auc = np.array([0.7, 0.6, 0.8])
    assert careful({Loop(0.2): auc, Loop(0.5): auc - 0.01}) == Loop(0.2)
    assert careful({Loop(0.3, 0.1): auc, Loop(0.3, 0.2): auc, Loop(0.3, 0.2, 0.3): auc}) == Loop(0.3, 0.2, 0.3)


def test_one_clip_alone_decides_by_its_figure():
    assert careful({Loop(0.2): np.array([0.7]), Loop(0.5): np.array([0.69])}) == Loop(0.2)


def test_pick_takes_the_value_with_the_best_mean(monkeypatch):
    monkeypatch.setattr(search, "accuracy", lambda model, loop, clips: np.array([0.5, 0.7 - abs(loop.vote - 1)]))
    assert search.pick(None, Loop(0.3), [], "vote", (0.0, 1.0, 3.0)) == Loop(0.3, vote=1.0)


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
