"""Targets and losses of the marked network on batches of pairs."""

import torch
import torch.nn.functional as F

from siamtrain.marked.net import SEARCH, STRIDE

CELLS = SEARCH // STRIDE
INNER, OUTER = 9.0, 14.0  # pixels: least half axes of the inner and the outer ellipse
POWER = 1.5  # of the focal weight, where the response learns an IoU
CONFIDENT = 0.3  # least response of the teacher at which its box counts
# Weights of the terms.
WEIGHTS = {"response": 1.0, "peak": 0.3, "box": 1.5, "heard": 0.7, "shown": 1.5, "fear": 0.5, "nano": 0.5, "kept": 0.25}
HIT, MISS = 0.5, 0.5  # of the binary response's two parts


def iou_giou(a, b):
    """IoU and GIoU (Rezatofighi et al. 2019) of boxes as corners (..., 4)."""
    low, high = torch.maximum(a[..., :2], b[..., :2]), torch.minimum(a[..., 2:], b[..., 2:])
    shared = (high - low).clamp(min=0).prod(-1)

    def area(c):
        return (c[..., 2:] - c[..., :2]).clamp(min=0).prod(-1)

    union = area(a) + area(b) - shared + 1e-6
    hull = (torch.maximum(a[..., 2:], b[..., 2:]) - torch.minimum(a[..., :2], b[..., :2])).clamp(min=0).prod(-1) + 1e-6
    iou = shared / union
    return iou, iou - (hull - union) / hull


def positions(device):
    """x and y (16, 16) of the cells in the search crop's continuous coordinates."""
    at = torch.arange(CELLS, device=device).float() * STRIDE
    y, x = torch.meshgrid(at, at, indexing="ij")
    return x, y


def corners(sides):
    """Corners (N, 16, 16, 4) in the search crop of sides (N, 4, 16, 16)."""
    x, y = positions(sides.device)
    return torch.stack([x - sides[:, 0], y - sides[:, 1], x + sides[:, 2], y + sides[:, 3]], -1)


def assign(box, positive):
    """(hit, miss) bool (N, 16, 16): cells in the ellipse of half the box, cells outside that of the whole box."""
    x, y = positions(box.device)
    centre, size = (box[:, :2] + box[:, 2:]) / 2, box[:, 2:] - box[:, :2]
    dx, dy = x - centre[:, 0, None, None], y - centre[:, 1, None, None]

    def ellipse(part, least):
        axes = (size * part).clamp(min=least)[:, :, None, None]
        return (dx / axes[:, 0]) ** 2 + (dy / axes[:, 1]) ** 2

    held = positive[:, None, None]
    return (ellipse(0.25, INNER) <= 1) & held, (ellipse(0.5, OUTER) > 1) | ~held


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
    """Quality focal loss (Li et al. 2020): the response learns the IoU of its own box. The ablation's other target."""
    wanted = torch.where(hit, iou.clamp(min=0.05), torch.zeros_like(iou))
    focus = (wanted - torch.sigmoid(logits)).abs().detach() ** POWER
    error = focus * F.binary_cross_entropy_with_logits(logits, wanted, reduction="none")
    return (error * (hit | miss) * weight).sum() / (hit * weight).sum().clamp(min=1)


def located(logits, sides, lesson, positive, weight, target="binary"):
    """The head's terms by name on a batch, with the mean IoU over the target's cells as "iou"; weight (N,) of each pair."""
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
    trusted = lesson.trust.float()[:, None, None] * each
    ours = logits[:, 1:, 1:]
    wrong = (lesson.score - torch.sigmoid(ours)).abs().detach()
    heard = wrong * F.binary_cross_entropy_with_logits(ours, lesson.score, reduction="none")
    terms["heard"] = (heard * trusted).sum() / (lesson.score * trusted).sum().clamp(min=1)
    sure = lesson.score * (lesson.score > CONFIDENT) * trusted
    _, taught = iou_giou(boxes[:, 1:, 1:], lesson.boxes)
    terms["shown"] = ((1 - taught) * sure).sum() / sure.sum().clamp(min=1)
    terms["iou"] = ((iou * hit * each).sum() / count).detach()
    return terms


def features(projections, seen, kept, lesson):
    """Squared errors to the teachers' standardised features."""
    terms = {k: F.mse_loss(projections(seen, k).float(), v) for k, v in lesson.features.items()}
    terms["kept"] = F.mse_loss(projections(kept, "nano").float(), lesson.exemplar)
    return terms


def total(terms):
    return sum(WEIGHTS[k] * v for k, v in terms.items() if k in WEIGHTS)
