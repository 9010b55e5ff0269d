"""Losses of the marked network by hand, and the rate by the clock."""

import math

import pytest
import torch

from siamtrain.marked import losses
from siamtrain.marked.cells import assign, corners, positions
from siamtrain.marked.learner import Learner, rate_at
from siamtrain.marked.teachers import Lesson

BOX = torch.tensor([[96.0, 64, 160, 192]])


def maps(*cells):
    """(hit, miss) bool (1, 2, 2): the first cell is the target's, the second between, the others beside it."""
    hit, miss = torch.zeros(1, 2, 2, dtype=torch.bool), torch.zeros(1, 2, 2, dtype=torch.bool)
    hit[0, 0, 0], miss[0, 1] = True, True
    return torch.tensor(cells).reshape(1, 2, 2), hit, miss


def test_binary_is_the_mean_cross_entropy_of_hits_and_the_sure_misses():
    logits, hit, miss = maps(2.0, 9.0, 0.0, -1.0)
    one = torch.ones(1, 1, 1)

    def sigmoid(v):
        return 1 / (1 + math.exp(-v))

    missed = sum(sigmoid(v) * -math.log(1 - sigmoid(v)) for v in (0.0, -1.0))
    want = 0.5 * -math.log(sigmoid(2.0)) + 0.5 * missed
    assert losses.binary(logits, hit, miss, one).item() == pytest.approx(want, rel=1e-5)
    assert losses.binary(logits, hit, miss, one * 0).item() == 0


def test_peak_is_the_softmax_over_cells_that_are_judged():
    logits, hit, miss = maps(2.0, 9.0, 0.0, -1.0)
    total = math.exp(2) + math.exp(0) + math.exp(-1)  # the cell between does not count
    assert losses.peak(logits, hit, miss, torch.ones(1)).item() == pytest.approx(math.log(total) - 2, rel=1e-5)
    none = torch.zeros_like(hit)
    assert losses.peak(logits, none, miss, torch.ones(1)).item() == 0, "a pair without its target"


def lesson(**more):
    one = torch.ones(1)
    return Lesson(BOX, one, one, **more)


def sides_of(box):
    x, y = positions()
    x1, y1, x2, y2 = box[0]
    return torch.stack([x - x1, y - y1, x2 - x, y2 - y])[None]


def test_targets_are_ellipses_and_negative_pairs_have_none():
    """Of a box of 64 x 128 about (128, 128), which is cell (8, 8)."""
    hit, miss = assign(BOX.repeat(2, 1), torch.tensor([True, False]))
    assert hit[0, 8, 8] and hit[0, 10, 8] and not hit[0, 11, 8] and hit[0, 8, 9] and not hit[0, 8, 10]
    assert miss[0, 13, 8] and not miss[0, 11, 8] and not hit[1].any() and miss[1].all()


def test_labels_alone_teach_a_box_and_a_response():
    terms = losses.located(torch.zeros(1, 1, 16, 16), sides_of(BOX), lesson(), torch.tensor([True]), torch.ones(1))
    assert set(terms) == {"box", "response", "peak", "iou"}
    assert terms["box"].item() == pytest.approx(0, abs=1e-6) and terms["iou"].item() == pytest.approx(1)


def test_a_teacher_that_agrees_adds_nothing_and_one_that_is_not_trusted_is_not_heard():
    shown = corners(sides_of(BOX))[:, 1:, 1:]
    score = torch.full((1, 15, 15), 0.8)
    logits = torch.full((1, 1, 16, 16), math.log(4.0))
    for trust, other in ((True, 0.0), (False, 3.0)):
        told = lesson(score=score, boxes=shown, trust=torch.tensor([trust]))
        terms = losses.located(logits + other, sides_of(BOX), told, torch.tensor([True]), torch.ones(1))
        assert terms["heard"].item() == pytest.approx(0, abs=1e-5)
        assert terms["shown"].item() == pytest.approx(0, abs=1e-5)


def test_the_total_weighs_known_terms():
    terms = {"response": torch.tensor(1.0), "box": torch.tensor(2.0), "iou": torch.tensor(9.0)}
    assert losses.total(terms).item() == pytest.approx(1.0 + 1.5 * 2.0)


def test_the_ablation_s_target_is_the_iou():
    sides = torch.full((1, 4, 16, 16), 32.0)
    told, yes = lesson(), torch.tensor([True])
    terms = losses.located(torch.zeros(1, 1, 16, 16), sides, told, yes, torch.ones(1), "quality")
    assert "peak" not in terms and terms["response"] > 0


def test_the_rate_warms_up_and_falls_to_a_250th():
    assert rate_at(0.0, 0, 1.0, warm=10) == pytest.approx(0.1)
    assert rate_at(0.0, 99, 1.0, warm=10) == pytest.approx(1.0)
    assert rate_at(0.5, 99, 1.0, warm=10) == pytest.approx(0.004 + 0.996 / 2)
    assert rate_at(1.0, 99, 1.0, warm=10) == rate_at(7.0, 99, 1.0, warm=10) == pytest.approx(0.004)


def test_a_learner_steps_down_its_terms_and_its_average_follows():
    module, copy = torch.nn.Linear(2, 1), torch.nn.Linear(2, 1)
    learner, start = Learner(module, copy, [(module, 0.5)]), module.weight.detach().clone()
    learner.share(0, 0.25)
    learner.step({"box": module(torch.ones(1, 2)).sum(), "iou": module.weight.sum()}, 0.1)
    # AdamW's first step is the rate, whatever the gradient, after the decay of the weights.
    want = start * (1 - 0.1 * 0.25 * 2e-2) - 0.1 * 0.25
    torch.testing.assert_close(module.weight, want, atol=1e-6, rtol=0)
    decay = (1 + 1) / (10 + 1)
    torch.testing.assert_close(copy.weight, start * decay + module.weight * (1 - decay))
