"""Targets and losses of the marked network on batches of pairs."""

import torch
import torch.nn.functional as F

from siamtrain.fit.losses import iou_giou, quality_focal
from siamtrain.marked.cells import CELLS, assign, corners, taught

POWER = 1.5  # of the focal weight, where the response learns an IoU
# Weights of the terms.
WEIGHTS = {"response": 1.0, "peak": 0.3, "box": 1.5, "heard": 0.7, "shown": 1.5, "fear": 0.5, "nano": 0.5, "kept": 0.25}
HIT, MISS = 0.5, 0.5  # of the binary response's two parts


def binary(logits, hit, miss, weight):
    """Cross-entropy of the response with 1 on the target and 0 beside it: sure where it is right, and only there.

    What is missed counts by how wrongly sure it is, and by the number of hits, as in focal losses: a mean over all the
    empty cells would let a look-alike's few cells be forgotten.
    """
    error = F.binary_cross_entropy_with_logits(logits, hit.float(), reduction="none") * weight
    sure = torch.sigmoid(logits).detach()
    count = (hit * weight).sum().clamp(min=1)
    return (HIT * (error * hit).sum() + MISS * (error * sure * miss).sum()) / count


def peak(logits, hit, miss, weight):
    """How improbable the target's cells are among all, by softmax: what stands higher than the target costs."""
    blocked = torch.finfo(torch.float32).min / 4
    among = torch.where(hit | miss, logits, torch.full_like(logits, blocked)).flatten(1).logsumexp(1)
    right = torch.where(hit, logits, torch.full_like(logits, blocked)).flatten(1).logsumexp(1)
    use = hit.flatten(1).any(1).float() * weight
    return ((among - right) * use).sum() / use.sum().clamp(min=1)


def quality(logits, iou, hit, miss, weight):
    """The response learns the IoU of its own box (quality focal loss, Li et al. 2020): the ablation's other target."""
    wanted = torch.where(hit, iou.clamp(min=0.05), torch.zeros_like(iou))
    error = quality_focal(logits, wanted, POWER)
    return (error * (hit | miss) * weight).sum() / (hit * weight).sum().clamp(min=1)


def located(logits, sides, lesson, positive, weight, target="binary"):
    """The head's terms by name on a batch, with the mean IoU over the target's cells as "iou".

    weight (N,) is that of each pair; target is "binary" or "quality".
    """
    logits, boxes = logits[:, 0].float(), corners(sides.float())
    hit, miss = assign(lesson.target, positive)
    each = weight[:, None, None]
    iou, giou = iou_giou(boxes, lesson.target[:, None, None].expand(-1, CELLS, CELLS, -1))
    count = (hit * each).sum().clamp(min=1)
    terms = {"box": ((1 - giou) * hit * each * lesson.label_weight[:, None, None]).sum() / count}
    if target == "binary":
        terms["response"], terms["peak"] = binary(logits, hit, miss, each), peak(logits, hit, miss, weight)
    else:
        terms["response"] = quality(logits, iou.detach(), hit, miss, each)
    if lesson.score is not None:
        trusted = lesson.trust.float() * weight
        terms["heard"], terms["shown"] = taught(logits, boxes, lesson.score, lesson.boxes, trusted)
    terms["iou"] = ((iou * hit * each).sum() / count).detach()
    return terms


def features(projections, seen, kept, lesson):
    """Squared errors to the teachers' standardised features, by name; none where nobody teaches them."""
    terms = {k: F.mse_loss(projections(seen, k).float(), v) for k, v in lesson.features.items()}
    if lesson.exemplar is not None:
        terms["kept"] = F.mse_loss(projections(kept, "nano").float(), lesson.exemplar)
    return terms


def total(terms):
    """The weighted sum of the terms that have a weight."""
    return sum(WEIGHTS[k] * v for k, v in terms.items() if k in WEIGHTS)
