"""The validation of the box network: what it measures, and what it does with it."""

import math

import cv2
import numpy as np
import pytest
import torch
from shapes import disc

from siamtrain.box import student, train, validate
from siamtrain.errors import DataError
from siamtrain.fit import cells, watch


@pytest.fixture(scope="module")
def sequence(tmp_path_factory):
    folder = tmp_path_factory.mktemp("held") / "disc"
    (folder / "img").mkdir(parents=True)
    for i in range(6):
        cv2.imwrite(str(folder / "img" / f"{i}.png"), disc(60 + 4 * i, 70, 12, (140, 180)))
    (folder / "groundtruth_rect.txt").write_text("\n".join(f"{48 + 4 * i},58,24,24" for i in range(6)))
    return str(folder)


class Knowing:
    """Answers with the held pairs' own boxes: IoU 1 at the best cell."""

    def __init__(self, held):
        self.boxes = iter([p.box for p in held.pairs])

    def eval(self):
        return self

    def features(self, crops):
        return torch.rand(len(crops), 8, *[n // 16 for n in crops.shape[2:]])

    def locate(self, exemplar, search):
        x, y = cells.positions()
        boxes = torch.tensor([next(self.boxes) for _ in range(len(search))])
        sides = torch.stack([torch.stack([x - b[0], y - b[1], b[2] - x, b[3] - y]) for b in boxes])
        target, _ = cells.assign(boxes, torch.ones(len(boxes)))
        return (target.float() * 20 - 10)[:, None], sides


def test_a_network_that_knows_has_iou_one(sequence, tmp_path):
    held = validate.Held([sequence], str(tmp_path), math.inf)
    figures = held.figures(Knowing(held))
    assert figures["held_iou"] == pytest.approx(1, abs=1e-4) and figures["held_box"] == pytest.approx(0, abs=1e-4)
    assert figures["held_response"] < 0.05 and 0 < figures["spread"] < 1.5


def test_looks_make_a_curve_keep_the_best_and_end_the_run(sequence, tmp_path):
    trainer = train.Trainer(train.Settings(plan="tiny"), str(tmp_path))
    trainer.step_number = 7
    held = validate.Held([sequence], str(tmp_path), patience=2)
    # The same weights: no better than the first.
    assert [train.look(trainer, held) for _ in range(3)] == [False, False, True]
    rows = watch.read_curve(str(tmp_path / validate.CURVE))
    assert (
        len(validate.watch.read_curve(validate.Held([sequence], str(tmp_path), 2, step=trainer.step_number).curve.path))
        == 3
    )
    assert len(rows) == 3 and 0 <= rows[0]["held_iou"] < 0.9
    net, _ = student.load_network(str(tmp_path / validate.BEST))
    for key, value in trainer.average.model.net.state_dict().items():
        assert torch.equal(net.state_dict()[key], value), key


def test_a_collapsed_network_is_noticed(sequence, tmp_path):
    trainer = train.Trainer(train.Settings(plan="tiny"), str(tmp_path))
    for p in trainer.average.model.net.neck.parameters():
        p.zero_()
    trainer.average.model.net.neck[1].bias.fill_(1.0)
    with pytest.raises(watch.Collapsed):
        train.look(trainer, validate.Held([sequence], str(tmp_path), 2))


def test_data_without_sequences_are_refused(tmp_path):
    (tmp_path / "empty").mkdir()
    cv2.imwrite(str(tmp_path / "empty" / "a.png"), np.zeros((20, 20, 3), np.uint8))
    with pytest.raises(DataError, match="no annotated sequence"):
        validate.Held([str(tmp_path / "empty")], str(tmp_path), 2)
