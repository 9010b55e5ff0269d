"""Targets and losses of the box network on pairs: which cells are the target's, and what each term compares."""

import torch
import torch.nn.functional as F

from siamtrain.fit import losses
from siamtrain.loop.box import SEARCH, STRIDE

CELLS = SEARCH // STRIDE
POWER = 1.5  # of the focal weight
INNER, OUTER = 9.0, 14.0  # pixels: least half axes of the inner and outer ellipse
TRUSTED = 0.5  # least IoU with the truth at which the teacher's maps are used
CONFIDENT = 0.3  # least response of the teacher at which its box counts


def positions():
    """x and y (16, 16) of the cells in the search crop's continuous coordinates."""
    at = torch.arange(CELLS).float() * STRIDE
    y, x = torch.meshgrid(at, at, indexing="ij")
    return x, y


def assign(boxes, positive):
    """(positive, negative) bool (N, 16, 16): cells in the ellipse of half the box, cells outside that of the whole box.

    boxes (N, 4) are corners, positive (N,) says which pairs hold their target. Cells between the two are left out.
    """
    x, y = positions()

    def wide(v):
        return v[:, None, None]

    dx, dy = x - wide((boxes[:, 0] + boxes[:, 2]) / 2), y - wide((boxes[:, 1] + boxes[:, 3]) / 2)
    w, h = boxes[:, 2] - boxes[:, 0], boxes[:, 3] - boxes[:, 1]

    def ellipse(part, least):
        return (dx / wide((w * part).clamp(min=least))) ** 2 + (dy / wide((h * part).clamp(min=least))) ** 2

    held = wide(positive > 0)
    return (ellipse(0.25, INNER) <= 1) & held, (ellipse(0.5, OUTER) > 1) | ~held


def corners(sides):
    """Corners (N, 16, 16, 4) in the search crop of sides (N, 4, 16, 16)."""
    x, y = positions()
    return torch.stack([x - sides[:, 0], y - sides[:, 1], x + sides[:, 2], y + sides[:, 3]], -1)


def supervised(logits, sides, boxes, positive):
    """Response loss, box loss and mean IoU over the positive cells.

    The response learns the IoU of its own box (quality focal loss, Li et al. 2020), the sides GIoU.
    """
    hit, miss = assign(boxes, positive)
    iou, giou = losses.iou_giou(corners(sides), boxes[:, None, None, :].expand(-1, CELLS, CELLS, -1))
    count = hit.sum().clamp(min=1).float()
    quality = torch.where(hit, iou.detach().clamp(min=0.05), torch.zeros_like(iou))
    response = (losses.quality_focal(logits[:, 0].float(), quality, POWER) * (hit | miss)).sum() / count
    return response, ((1 - giou) * hit).sum() / count, (iou.detach() * hit).sum() / count


def taught(logits, sides, located, trusted):
    """Response and box loss against the teacher's maps (N, 5, 15, 15), on pairs where trusted (N,) is true.

    The teacher's cells are our cells 1 to 15.
    """
    weight = trusted.float()[:, None, None]
    score, ours = located[:, 0], logits[:, 0, 1:, 1:].float()
    wrong = (score - torch.sigmoid(ours)).abs().detach()
    response = (wrong * F.binary_cross_entropy_with_logits(ours, score, reduction="none") * weight).sum() / (
        score * weight
    ).sum().clamp(min=1)
    sure = score * (score > CONFIDENT) * weight
    _, giou = losses.iou_giou(corners(sides)[:, 1:, 1:], located[:, 1:].permute(0, 2, 3, 1))
    return response, ((1 - giou) * sure).sum() / sure.sum().clamp(min=1)
