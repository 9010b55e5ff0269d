"""Losses of the box network on pairs: what each term compares."""

import torch

from siamtrain.fit import losses
from siamtrain.fit.cells import CELLS, assign, corners
from siamtrain.fit.cells import taught as taught_by

POWER = 1.5  # of the focal weight
TRUSTED = 0.5  # least IoU with the truth at which the teacher's maps are used


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
    """Response and box loss against the teacher's maps (N, 5, 15, 15), on pairs where trusted (N,) is true."""
    return taught_by(logits[:, 0], corners(sides), located[:, 0], located[:, 1:].permute(0, 2, 3, 1), trusted.float())
