"""Losses against closed forms worked out by hand and against torch's own."""

import math

import pytest
import torch
import torch.nn.functional as F

from siamtrain.fit import losses


def test_balanced_logistic_weighs_both_sides_one_half():
    logits = torch.tensor([[[2.0, -1.0], [0.5, 0.0]]])
    positive = torch.tensor([[[True, False], [False, False]]])

    def softplus(v):
        return math.log1p(math.exp(v))

    want = 0.5 * softplus(-2.0) + 0.5 * (softplus(-1.0) + softplus(0.5) + softplus(0.0)) / 3
    assert losses.balanced_logistic(logits, positive).item() == pytest.approx(want, rel=1e-6)


def test_balanced_logistic_without_positives_is_the_mean_over_negatives():
    logits = torch.randn(2, 5, 5, generator=torch.Generator().manual_seed(1))
    none = torch.zeros(2, 5, 5, dtype=torch.bool)
    want = F.binary_cross_entropy_with_logits(logits, torch.zeros_like(logits))
    assert losses.balanced_logistic(logits, none).item() == pytest.approx(want.item(), rel=1e-5)


def test_balanced_logistic_leaves_ignored_cells_out():
    logits = torch.tensor([[3.0, -3.0, 50.0]])
    positive, ignore = torch.tensor([[True, False, False]]), torch.tensor([[False, False, True]])
    want = losses.balanced_logistic(logits[:, :2], positive[:, :2])
    assert losses.balanced_logistic(logits, positive, ignore).item() == pytest.approx(want.item(), rel=1e-6)


def test_focal_is_cross_entropy_at_gamma_zero_and_the_papers_formula_else():
    logits = torch.tensor([-2.0, 0.3, 1.7])
    targets = torch.tensor([0.0, 1.0, 1.0])
    bce = F.binary_cross_entropy_with_logits(logits, targets, reduction="none")
    torch.testing.assert_close(losses.focal(logits, targets, 0.0, 0.5), 0.5 * bce)
    p = torch.sigmoid(logits)
    want = torch.stack(
        [
            -0.75 * p[0] ** 2 * torch.log(1 - p[0]),
            -0.25 * (1 - p[1]) ** 2 * torch.log(p[1]),
            -0.25 * (1 - p[2]) ** 2 * torch.log(p[2]),
        ]
    )
    torch.testing.assert_close(losses.focal(logits, targets), want)


def test_quality_focal_vanishes_where_the_score_equals_the_quality():
    quality = torch.tensor([0.2, 0.7])
    logits = torch.log(quality / (1 - quality))
    torch.testing.assert_close(losses.quality_focal(logits, quality), torch.zeros(2), atol=1e-7, rtol=0)
    hard = torch.tensor([0.0, 1.0])
    torch.testing.assert_close(losses.quality_focal(logits, hard), 2 * losses.focal(logits, hard, 2.0, 0.5))


@pytest.mark.parametrize(
    "b, iou, giou",
    [
        ((0, 0, 2, 2), 1.0, 1.0),
        ((1, 1, 3, 3), 1 / 7, 1 / 7 - 2 / 9),
        ((3, 0, 5, 2), 0.0, -2 / 10),
        ((1, 1, 1, 1), 0.0, 0.0),
    ],
)
def test_iou_giou_by_hand(b, iou, giou):
    got = losses.iou_giou(torch.tensor([0.0, 0, 2, 2]), torch.tensor(b, dtype=torch.float32))
    assert got[0].item() == pytest.approx(iou, abs=1e-6)
    assert got[1].item() == pytest.approx(giou, abs=1e-6)


def test_contrastive_by_hand():
    got = losses.contrastive(torch.tensor([0.6, 0.4, 2.0]), torch.tensor([True, False, False]), margin=1.0)
    assert got.item() == pytest.approx((0.18 + 0.18 + 0.0) / 3, rel=1e-6)


def test_pair_cross_entropy_by_hand():
    logits, same = torch.tensor([2.0, -1.0, 0.5]), torch.tensor([True, False, False])
    want = 0.5 * math.log1p(math.exp(-2.0)) + 0.5 * (math.log1p(math.exp(-1.0)) + math.log1p(math.exp(0.5))) / 2
    assert losses.pair_cross_entropy(logits, same).item() == pytest.approx(want, rel=1e-6)


def test_pair_cross_entropy_of_equal_shares_is_torchs_own():
    logits, same = torch.tensor([0.3, -2.0, 1.1, 4.0]), torch.tensor([True, False, True, False])
    want = F.binary_cross_entropy_with_logits(logits, same.float())
    assert losses.pair_cross_entropy(logits, same).item() == pytest.approx(want.item(), rel=1e-6)


def test_triplet_hard_equals_torch_on_the_hardest_triplets():
    g = torch.Generator().manual_seed(3)
    embeddings, labels = F.normalize(torch.randn(9, 6, generator=g), dim=1), torch.tensor([0, 0, 0, 1, 1, 1, 2, 2, 2])
    d = torch.cdist(embeddings, embeddings)
    anchors, positives, negatives = [], [], []
    for i in range(9):
        same = [j for j in range(9) if labels[j] == labels[i] and j != i]
        other = [j for j in range(9) if labels[j] != labels[i]]
        anchors.append(i)
        positives.append(max(same, key=lambda j: d[i, j]))
        negatives.append(min(other, key=lambda j: d[i, j]))
    want = F.triplet_margin_loss(embeddings[anchors], embeddings[positives], embeddings[negatives], margin=0.3)
    got, active = losses.triplet_hard(embeddings, labels, 0.3)
    assert got.item() == pytest.approx(want.item(), rel=1e-4)
    assert 0 < active <= 1


def test_triplet_hard_of_one_identity_is_zero_and_differentiable():
    embeddings = torch.randn(4, 3, requires_grad=True)
    loss, active = losses.triplet_hard(embeddings, torch.zeros(4, dtype=torch.long))
    loss.backward()
    assert loss.item() == 0 and active == 0


@pytest.mark.parametrize(
    "loss",
    [
        lambda x: losses.balanced_logistic(x.view(2, 2, 2), torch.tensor([[[True, False], [False, False]]] * 2)),
        lambda x: losses.focal(x, (torch.arange(8) % 2).to(x.dtype)).sum(),
        lambda x: losses.triplet_hard(x.view(4, 2), torch.tensor([0, 0, 1, 1]))[0],
    ],
)
def test_gradients_are_finite_at_extreme_logits(loss):
    for scale in (0.0, 1.0, 80.0):
        x = (torch.linspace(-1, 1, 8) * scale).requires_grad_()
        loss(x).backward()
        assert torch.isfinite(x.grad).all()
