"""The cells of a search crop's maps: where they lie, which are the target's, and what a teacher's maps teach them.

Cell (i, j) lies at (16 j, 16 i) in the crop's continuous coordinates; boxes are corners x1, y1, x2, y2 in crop pixels.
"""

import torch
import torch.nn.functional as F

from siamtrain.fit.losses import iou_giou
from siamtrain.loop.box import SEARCH, STRIDE

CELLS = SEARCH // STRIDE
INNER, OUTER = 9.0, 14.0  # pixels: least half axes of the inner and outer ellipse
CONFIDENT = 0.3  # least response of the teacher at which its box counts


def positions(device=None):
    """x and y (16, 16) of the cells in the search crop's continuous coordinates."""
    at = torch.arange(CELLS, device=device).float() * STRIDE
    y, x = torch.meshgrid(at, at, indexing="ij")
    return x, y


def assign(boxes, positive):
    """(positive, negative) bool (N, 16, 16): cells in the ellipse of half the box, cells outside that of the whole box.

    boxes (N, 4) are corners, positive (N,) says which pairs hold their target. Cells between the two are left out.
    """
    x, y = positions(boxes.device)
    centre, size = (boxes[:, :2] + boxes[:, 2:]) / 2, boxes[:, 2:] - boxes[:, :2]
    dx, dy = x - centre[:, 0, None, None], y - centre[:, 1, None, None]

    def ellipse(part, least):
        axes = (size * part).clamp(min=least)[:, :, None, None]
        return (dx / axes[:, 0]) ** 2 + (dy / axes[:, 1]) ** 2

    held = (positive > 0)[:, None, None]
    return (ellipse(0.25, INNER) <= 1) & held, (ellipse(0.5, OUTER) > 1) | ~held


def corners(sides):
    """Corners (N, 16, 16, 4) in the search crop of sides (N, 4, 16, 16)."""
    x, y = positions(sides.device)
    return torch.stack([x - sides[:, 0], y - sides[:, 1], x + sides[:, 2], y + sides[:, 3]], -1)


def best_boxes(logits, boxes):
    """(boxes (N, 4) of the best cells, their logits (N,)) of maps (N, 1, H, W) or (N, H, W) and (N, H, W, 4)."""
    top, best = logits.float().flatten(1).max(1)
    return boxes.flatten(1, 2)[torch.arange(len(best), device=best.device), best], top


def taught(logits, boxes, score, shown, weight):
    """Response and box loss against a teacher's response (N, 15, 15) in 0..1 and boxes (N, 15, 15, 4).

    logits (N, 16, 16) and boxes (N, 16, 16, 4) are the student's, weight (N,) is 0 where the teacher is not trusted.
    The teacher's cells are our cells 1 to 15.
    """
    weight, ours = weight[:, None, None], logits[:, 1:, 1:].float()
    wrong = (score - torch.sigmoid(ours)).abs().detach()
    response = (wrong * F.binary_cross_entropy_with_logits(ours, score, reduction="none") * weight).sum()
    sure = score * (score > CONFIDENT) * weight
    _, giou = iou_giou(boxes[:, 1:, 1:], shown)
    return response / (score * weight).sum().clamp(min=1), ((1 - giou) * sure).sum() / sure.sum().clamp(min=1)
