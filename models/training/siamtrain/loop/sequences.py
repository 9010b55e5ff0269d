"""Runs a tracker over annotated sequences and scores it."""

import os

import cv2
import numpy as np

from siamtrain.data.score import score
from siamtrain.loop.follow import follow


def run(tracker, tracks, frames=None):
    """[(boxes, scores, truth), ...] of one tracker over tracks, from each one's first usable box on.

    frames is the most of each that is looked at.
    """
    out = []
    for track in tracks:
        first = int(track.visible()[0])
        last = len(track.files) if frames is None else first + frames
        images = (cv2.imread(p) for p in track.files[first:last])
        boxes, scores = follow(tracker, images, track.boxes[first])
        out.append((boxes, scores, track.boxes[first:last]))
    return out


def summary(runs):
    """(means, rows): AUC, precision at 20 px and SR.5 of each run and their means over sequences."""
    rows = np.array([score(boxes, truth) for boxes, _, truth in runs])
    return rows.mean(0), rows


def table(tracks, rows):
    """A text table, one sequence a line, the mean last."""
    lines = [f"{'sequence':<28}{'AUC':>8}{'P@20':>8}{'SR.5':>8}"]
    for name, row in [*((t.name, r) for t, r in zip(tracks, rows)), (f"mean of {len(tracks)}", rows.mean(0))]:
        lines.append(f"{name:<28}" + "".join(f"{v:8.3f}" for v in row))
    return "\n".join(lines)


def write(folder, tracks, runs):
    """Boxes as folder/NAME.txt, x,y,w,h a line."""
    os.makedirs(folder, exist_ok=True)
    for track, (boxes, _, _) in zip(tracks, runs):
        np.savetxt(os.path.join(folder, f"{track.name}.txt"), boxes, "%.3f", ",")
