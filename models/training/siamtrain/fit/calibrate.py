"""Fits what turns correlations into scores, and the scores between tracking, uncertain and lost, on training data."""

import numpy as np
import torch

from siamtrain.data.score import overlaps
from siamtrain.fit import losses


def scale_and_bias(raw, positive, rounds=50):
    """(scale, bias) of the logistic regression from correlations (N, h, w) to cells that hold the target.

    Both sides weigh one half.
    """
    spread, middle = raw.std(), raw.mean()
    raw = (raw - middle) / spread
    scale, bias = torch.ones((), requires_grad=True), torch.zeros((), requires_grad=True)
    fit = torch.optim.LBFGS([scale, bias], max_iter=rounds, line_search_fn="strong_wolfe")

    def closure():
        fit.zero_grad()
        loss = losses.balanced_logistic(scale * raw + bias, positive)
        loss.backward()
        return loss

    fit.step(closure)
    scale, bias = scale.item(), bias.item()
    return float(scale / spread), float(bias - scale * middle / spread)


def thresholds(runs):
    """The state thresholds of a manifest from runs [(boxes, scores, truth), ...] on training sequences.

    uncertain parts frames on the target (IoU above 0.3) from those off it (IoU 0) best, by Youden's index; below lost
    lie two in a hundred of the frames on the target.
    """
    on, off = [], []
    for boxes, scores, truth in runs:
        n = min(len(boxes), len(truth))
        seen = np.isfinite(truth[:n]).all(1)
        seen[0] = False
        iou = overlaps(boxes[:n][seen], truth[:n][seen])
        on += list(scores[:n][seen][iou > 0.3])
        off += list(scores[:n][seen][iou <= 0])
    on, off = np.sort(on), np.sort(off)
    lost = float(np.quantile(on, 0.02))
    if len(off) == 0:
        return {"uncertain": round(lost, 4), "lost": round(lost, 4), "patience": 3}
    levels = np.unique(np.concatenate([on, off]))
    youden = np.searchsorted(off, levels) / len(off) - np.searchsorted(on, levels) / len(on)
    uncertain = float(levels[int(np.argmax(youden))])
    return {"uncertain": round(max(uncertain, lost), 4), "lost": round(min(uncertain, lost), 4), "patience": 3}
