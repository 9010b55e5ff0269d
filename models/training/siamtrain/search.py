"""Chooses the tracking loop's parameters by running a model over annotated sequences: one parameter at a time, from the best so far."""

import dataclasses
import logging

import cv2
import numpy as np

from siamtrain.peakloop import follow
from siamtrain.score import score
from siamtrain.tracking import BoxTracker

GRID = {"window_influence": (0.2, 0.28, 0.36, 0.44, 0.52), "penalty_k": (0.02, 0.06, 0.1, 0.16, 0.24), "size_rate": (0.25, 0.35, 0.45, 0.6, 0.8)}


def load(tracks, frames):
    """[(images, boxes), ...]: the first frames of each track, decoded, from its first usable box on."""
    clips = []
    for track in tracks:
        first = int(track.visible()[0])
        clips.append(([cv2.imread(p) for p in track.files[first:first + frames]], track.boxes[first:first + frames]))
    return clips


def accuracy(model, loop, clips):
    """Mean AUC of a loop over clips."""
    return float(np.mean([score(follow(BoxTracker(model, loop), images, boxes[0])[0], boxes)[0] for images, boxes in clips]))


def search(model, loop, clips, rounds=1, grid=GRID):
    """(best loop, its mean AUC): coordinate ascent over the grid. Ties keep the earlier value."""
    best, found = loop, accuracy(model, loop, clips)
    for _ in range(rounds):
        for name, values in grid.items():
            for value in values:
                trial = dataclasses.replace(best, **{name: value})
                if trial == best:
                    continue
                got = accuracy(model, trial, clips)
                logging.info("%s: AUC %.4f (best so far %.4f)", trial, got, found)
                if got > found:
                    best, found = trial, got
    return best, found


def runs(model, loop, clips):
    """[(boxes, scores, truth), ...] of a loop over clips, for siamtrain.calibrate.thresholds."""
    return [(*follow(BoxTracker(model, loop), images, boxes[0]), boxes) for images, boxes in clips]
