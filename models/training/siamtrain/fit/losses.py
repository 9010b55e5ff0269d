"""Losses of every trainer.

Each returns a scalar tensor unless it says otherwise; logits are unbounded, before a sigmoid.

Corners are (x1, y1, x2, y2) in the last dimension.
"""

import torch
import torch.nn.functional as F


def balanced_logistic(logits, positive, ignore=None):
    """Logistic loss of a response map whose positives and negatives weigh one half each, in every map of the batch.

    Bertinetto et al., "Fully-Convolutional Siamese Networks for Object Tracking" (2016), sections 2.2 and 4.1.
    logits (N, ...), positive bool of the same shape, ignore bool or None. A map without positives counts its negatives
    whole.
    """
    keep = torch.ones_like(positive) if ignore is None else ~ignore
    pos, neg = (positive & keep).float(), (~positive & keep).float()
    dims = tuple(range(1, logits.dim()))
    npos, nneg = pos.sum(dims, keepdim=True), neg.sum(dims, keepdim=True)
    half = torch.where((npos > 0) & (nneg > 0), torch.full_like(npos, 0.5), torch.ones_like(npos))
    weight = half * (pos / npos.clamp(min=1) + neg / nneg.clamp(min=1))
    loss = F.binary_cross_entropy_with_logits(logits.float(), pos, reduction="none")
    return (loss * weight).sum() / logits.shape[0]


def focal(logits, targets, gamma=2.0, alpha=0.25):
    """Sigmoid focal loss, element by element. Lin et al., "Focal Loss for Dense Object Detection" (2017), equation 5.

    targets are 0 or 1; alpha weighs the positives, 1 - alpha the negatives.
    """
    p = torch.sigmoid(logits)
    bce = F.binary_cross_entropy_with_logits(logits, targets, reduction="none")
    missed = 1 - (p * targets + (1 - p) * (1 - targets))
    return (alpha * targets + (1 - alpha) * (1 - targets)) * missed.pow(gamma) * bce


def quality_focal(logits, quality, beta=2.0):
    """Focal loss with a soft target (the IoU of the predicted box at positives, 0 at negatives), element by element.

    Li et al., "Generalized Focal Loss" (2020), equation 2: |quality - sigmoid|^beta times the cross entropy.
    """
    bce = F.binary_cross_entropy_with_logits(logits, quality, reduction="none")
    return (quality - torch.sigmoid(logits)).abs().pow(beta) * bce


def iou_giou(a, b):
    """IoU and generalised IoU of corner boxes (..., 4), each (...). Rezatofighi et al. (2019), algorithm 1.

    Boxes of no area have an IoU of 0, never NaN.
    """
    low, high = torch.max(a[..., :2], b[..., :2]), torch.min(a[..., 2:], b[..., 2:])
    inter = (high - low).clamp(min=0).prod(-1)

    def area(c):
        return (c[..., 2:] - c[..., :2]).clamp(min=0).prod(-1)

    union = area(a) + area(b) - inter
    hull = (torch.max(a[..., 2:], b[..., 2:]) - torch.min(a[..., :2], b[..., :2])).clamp(min=0).prod(-1)
    iou = inter / union.clamp(min=1e-6)
    return iou, iou - (hull - union) / hull.clamp(min=1e-6)


def contrastive(distance, same, margin=1.0):
    """Mean contrastive loss of pairs.

    Hadsell et al. (2006), equation 4: d^2/2 for the same, max(0, margin - d)^2/2 else.

    distance (N,) non-negative, same bool (N,).
    """
    pull = distance.pow(2)
    push = (margin - distance).clamp(min=0).pow(2)
    return 0.5 * torch.where(same, pull, push).mean()


def pair_cross_entropy(logits, same):
    """Cross entropy of the sigmoid of pairs' logits; pairs of the same and pairs of others weigh one half each.

    The sigmoid loss of Zhai et al., "Sigmoid Loss for Language Image Pre-Training" (2023), equation 1, but for the
    weights: of P identities with K views only one pair in P or so is of the same. logits (N,), same bool (N,).
    """
    return balanced_logistic(logits[None], same[None])


def pairwise_distances(embeddings):
    """Euclidean distances (N, N) between rows (N, D); the square root's gradient is finite at 0."""
    squared = (embeddings[:, None] - embeddings[None]).pow(2).sum(-1)
    return squared.clamp(min=1e-12).sqrt()


def triplet_hard(embeddings, labels, margin=0.3):
    """Batch-hard triplet loss and the share of anchors whose triplet is still active (loss above 0).

    Hermans et al., "In Defense of the Triplet Loss" (2017), equation 5: each anchor's farthest positive and nearest
    negative. embeddings (N, D), labels (N,). Anchors without a positive or a negative in the batch do not count.
    """
    distances = pairwise_distances(embeddings)
    same = labels[:, None] == labels[None]
    other = torch.eye(len(labels), dtype=torch.bool, device=labels.device)
    positive, negative = same & ~other, ~same
    valid = positive.any(1) & negative.any(1)
    if not valid.any():
        return embeddings.sum() * 0, 0.0
    farthest = distances.masked_fill(~positive, -1).max(1).values[valid]
    nearest = distances.masked_fill(~negative, float("inf")).min(1).values[valid]
    loss = (farthest - nearest + margin).clamp(min=0)
    return loss.mean(), float((loss > 0).float().mean())
