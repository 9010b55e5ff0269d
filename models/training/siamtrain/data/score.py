"""Scores of a track against its ground truth, by the OTB protocol (one pass, first frame counted)."""

import numpy as np

THRESHOLDS = np.linspace(0, 1, 21)
PRECISION_PIXELS = 20


def overlaps(boxes, truth):
    """IoU of (N, 4) boxes with truth, frame by frame; boxes of no area have 0."""
    low = np.maximum(boxes[:, :2], truth[:, :2])
    high = np.minimum(boxes[:, :2] + boxes[:, 2:], truth[:, :2] + truth[:, 2:])
    inter = np.clip(high - low, 0, None).prod(1)
    union = boxes[:, 2:].prod(1) + truth[:, 2:].prod(1) - inter
    return inter / np.maximum(union, 1e-9)


def score(boxes, truth):
    """(AUC, precision at 20 px, share of IoU above 0.5), frames without a finite, non-empty truth left out.

    AUC is the mean of the success curve at 21 thresholds with a strict >, so a perfect track has 20/21.
    """
    n = min(len(boxes), len(truth))
    boxes, truth = np.asarray(boxes[:n], float), np.asarray(truth[:n], float)
    visible = np.isfinite(truth).all(1) & (truth[:, 2:] > 0).all(1)
    boxes, truth = np.nan_to_num(boxes[visible]), truth[visible]
    iou = overlaps(boxes, truth)
    error = np.hypot(*(boxes[:, :2] + boxes[:, 2:] / 2 - truth[:, :2] - truth[:, 2:] / 2).T)
    return (
        float(np.mean([(iou > t).mean() for t in THRESHOLDS])),
        float((error <= PRECISION_PIXELS).mean()),
        float((iou > 0.5).mean()),
    )
