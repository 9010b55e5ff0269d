"""Chooses the tracking loop's parameters by running a model over annotated sequences.

One parameter at a time, from the best so far.
"""

import dataclasses
import logging

import cv2
import numpy as np

from siamtrain.data.score import overlaps, score
from siamtrain.loop.box import BoxTracker
from siamtrain.loop.follow import follow

GRID = {
    "window_influence": (0.2, 0.28, 0.36, 0.44, 0.52),
    "penalty_k": (0.02, 0.06, 0.1, 0.16, 0.24),
    "size_rate": (0.25, 0.35, 0.45, 0.6, 0.8),
}

VOTE = (1.0, 3.0)
FOUND = 0.5  # least IoU with the truth of a box whose error counts


def load(tracks, frames):
    """[(images, boxes), ...]: the first frames of each track, decoded, from its first usable box on."""
    clips = []
    for track in tracks:
        first = int(track.visible()[0])
        clips.append(
            ([cv2.imread(p) for p in track.files[first : first + frames]], track.boxes[first : first + frames])
        )
    return clips


def accuracy(model, loop, clips):
    """AUC of a loop on each clip."""
    return np.array([score(follow(BoxTracker(model, loop), images, boxes[0])[0], boxes)[0] for images, boxes in clips])


def search(model, loop, clips, rounds=1, grid=GRID):
    """(loop, its mean AUC) by coordinate ascent over the grid from `loop`; of equally good ones the most careful."""
    tried = {loop: accuracy(model, loop, clips)}
    best = loop
    for _ in range(rounds):
        for name, values in grid.items():
            for value in values:
                trial = dataclasses.replace(best, **{name: value})
                if trial in tried:
                    continue
                tried[trial] = accuracy(model, trial, clips)
                logging.info("%s: AUC %.4f (best so far %.4f)", trial, tried[trial].mean(), tried[best].mean())
                best = max(best, trial, key=lambda k: tried[k].mean())
    chosen = careful(tried)
    return chosen, float(tried[chosen].mean())


def careful(tried):
    """Of the loops {loop: AUC on each clip} within one standard error of the best, that with the strongest window.

    Among those of one window the strongest penalty decides, then the slowest size.

    The network was trained on these clips, so it needs less guidance there than on new video: the one-standard-error
    rule (Breiman et al., 1984) gives the doubt to the simpler choice. The error is that of the difference on the same
    clips.
    """
    best = max(tried, key=lambda k: tried[k].mean())

    def as_good(loop):
        difference = tried[best] - tried[loop]
        return (
            difference.mean() <= difference.std(ddof=1) / np.sqrt(len(difference))
            if len(difference) > 1
            else difference.mean() <= 0
        )

    return max(filter(as_good, tried), key=lambda k: (k.window_influence, k.penalty_k, -k.size_rate))


def pick(model, loop, clips, name, values):
    """The loop with the one of some values of a parameter that gives the highest mean AUC."""
    found = {}
    for value in values:
        trial = dataclasses.replace(loop, **{name: value})
        found[trial] = accuracy(model, trial, clips)
        logging.info("%s: AUC %.4f", trial, found[trial].mean())
    return max(found, key=lambda k: found[k].mean())


def lasting(model, loop, clips):
    """The share of a model's error on the first frame that its later boxes still have: what loop.calibration should be.

    It is the slope, through the origin, of the later boxes' median error (of centre in box sizes, of sides as
    logarithms) on the first frame's (BoxTracker.calibrate), over all clips and all four. (slope, its standard error by
    bootstrap over clips); (0, 0) of a model that follows nothing.
    """
    first, later = [], []
    for images, boxes in clips:
        tracker = BoxTracker(model, dataclasses.replace(loop, calibration=0.0))
        found = follow(tracker, images, boxes[0])[0][1:]
        usable = np.isfinite(boxes[1:]).all(1) & (overlaps(found, boxes[1:]) > FOUND)
        if not usable.any():
            continue
        found, truth = found[usable], boxes[1:][usable]
        tracker.init(images[0], boxes[0])
        first.append(tracker.calibrate(images[0]))

        def middle(b):
            return b[:, :2] + b[:, 2:] / 2

        later.append(
            np.median(np.c_[(middle(found) - middle(truth)) / truth[:, 2:], np.log(found[:, 2:] / truth[:, 2:])], 0)
        )
    if not first:
        return 0.0, 0.0
    first, later = np.array(first), np.array(later)

    def slope(rows):
        return float((first[rows] * later[rows]).sum() / (first[rows] ** 2).sum())

    draws = np.random.default_rng(0).integers(0, len(first), (1000, len(first)))
    return slope(np.arange(len(first))), float(np.std([slope(rows) for rows in draws]))


def runs(model, loop, clips):
    """[(boxes, scores, truth), ...] of a loop over clips, for fit.calibrate.thresholds."""
    return [(*follow(BoxTracker(model, loop), images, boxes[0]), boxes) for images, boxes in clips]
