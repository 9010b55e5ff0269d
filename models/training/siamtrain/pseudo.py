"""Tracks on unlabelled clips: a teacher follows a proposed box forward and back; what both ways agree on is kept.

Proposals are what moves against the background (optical flow), and places rich in edges. Kalal et al., "Forward-Backward Error" (2010),
have the idea; here both ways are run by a trained tracker.
"""

import json
import logging
import os
import random

import cv2
import numpy as np

from siamtrain import score
from siamtrain.peakloop import follow
from siamtrain.tracking import BoxTracker, Loop

FLOW_GAP, FLOW_SIDE = 2, 192  # frames between the two of a flow field, its longest side
LEAST_MOTION = 0.6  # pixels of the small flow field a frame pair, against the background
LEAST_SHARE, MOST_SHARE = 0.003, 0.35  # of the frame's area
AGREE, LEAST_AGREE, LEAST_FRAMES = 0.6, 0.7, 8
LEAST_SCORE = 0.45
SNAP = Loop(0.3, 0.02, 1.0, "hann")  # takes on the teacher's size at once


def moving_boxes(first, second):
    """Boxes x, y, w, h of what moves between two BGR frames against their common affine motion, largest first."""
    scale = FLOW_SIDE / max(first.shape[:2])
    grey = [cv2.cvtColor(cv2.resize(f, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA), cv2.COLOR_BGR2GRAY) for f in (first, second)]
    flow = cv2.DISOpticalFlow_create(cv2.DISOPTICAL_FLOW_PRESET_FAST).calc(*grey, None)
    ys, xs = np.mgrid[0:flow.shape[0], 0:flow.shape[1]].astype(np.float32)
    grid = np.stack([xs, ys], -1)
    model, _ = cv2.estimateAffine2D(grid[::6, ::6].reshape(-1, 2), (grid + flow)[::6, ::6].reshape(-1, 2), ransacReprojThreshold=0.7)
    if model is None:
        return []
    rest = np.linalg.norm(grid + flow - (grid @ model[:, :2].T + model[:, 2]), axis=-1)
    mask = (rest > max(LEAST_MOTION, 0.35 * np.percentile(rest, 99))).astype(np.uint8)
    mask = cv2.morphologyEx(mask, cv2.MORPH_CLOSE, np.ones((7, 7), np.uint8))
    _, _, stats, _ = cv2.connectedComponentsWithStats(cv2.morphologyEx(mask, cv2.MORPH_OPEN, np.ones((3, 3), np.uint8)))
    parts = sorted(stats[1:].tolist(), key=lambda s: -s[4])
    area = mask.size
    return [np.array(s[:4]) / scale for s in parts if LEAST_SHARE * area < s[2] * s[3] < MOST_SHARE * area]


def edge_box(image, rng, tries=12):
    """The one of some random boxes that holds most edges for its area, and whose rim holds few: likely a whole thing."""
    height, width = image.shape[:2]
    grey = cv2.GaussianBlur(cv2.cvtColor(image, cv2.COLOR_BGR2GRAY), (3, 3), 0)
    edges = cv2.integral(np.hypot(cv2.Sobel(grey, cv2.CV_32F, 1, 0), cv2.Sobel(grey, cv2.CV_32F, 0, 1)))
    total = lambda x1, y1, x2, y2: edges[y2, x2] - edges[y1, x2] - edges[y2, x1] + edges[y1, x1]
    best, chosen = -1.0, None
    for _ in range(tries):
        side, aspect = min(height, width) * rng.uniform(0.12, 0.5), np.exp(rng.uniform(-0.6, 0.6))
        w, h = int(min(width - 2, side * aspect**0.5)), int(min(height - 2, side / aspect**0.5))
        x, y = rng.randrange(width - w), rng.randrange(height - h)
        m = max(2, min(w, h) // 6)
        inside = total(x, y, x + w, y + h)
        core = total(x + m, y + m, x + w - m, y + h - m)
        value = (core - (inside - core)) / (w * h)
        if value > best or chosen is None:
            best, chosen = value, np.array([x, y, w, h], float)
    return chosen


def snapped(model, image, box):
    """The teacher's own box for what the proposal shows, or None where it sees nothing in it."""
    tracker = BoxTracker(model, SNAP)
    tracker.init(image, box)
    refined, confidence = tracker.update(image)
    good = confidence > LEAST_SCORE and score.overlaps(refined[None], box[None])[0] > 0.35 and refined[2:].min() > 10
    return refined if good else None


def agreed(model, frames, box):
    """(boxes with NaN where the two ways disagree) over a prefix of frames, or None where too little agrees."""
    forward, scores = follow(BoxTracker(model, model.loop), frames, box)
    low = np.flatnonzero(scores < LEAST_SCORE)
    length = int(low[0]) if len(low) else len(frames)
    if length < LEAST_FRAMES:
        return None
    forward = forward[:length]
    backward, _ = follow(BoxTracker(model, model.loop), frames[length - 1::-1], forward[-1])
    backward = backward[::-1]
    same = score.overlaps(forward, backward) > AGREE
    if not same[0] or same.mean() < LEAST_AGREE or same.sum() < LEAST_FRAMES:
        return None
    boxes = (forward + backward) / 2
    boxes[~same] = np.nan
    return boxes


def travelled(boxes):
    """How far the box went or grew over its track, in units of its size."""
    seen = boxes[np.isfinite(boxes).all(1)]
    centres, size = seen[:, :2] + seen[:, 2:] / 2, np.sqrt(seen[:, 2:].prod(1))
    return float(np.ptp(centres, axis=0).max() / size.mean() + np.ptp(np.log(size)))


def proposals(store, track, start, rng):
    """Boxes to try at a frame of a clip: up to two that move, and one of edges."""
    frames = track.frames
    later = min(start + FLOW_GAP, len(frames) - 1)
    moving = moving_boxes(store.frame(frames[start]), store.frame(frames[later])) if later > start else []
    return [*moving[:2], edge_box(store.frame(frames[start]), rng)]


def tracks_of(store, track, model, rng, starts):
    """Pseudo-tracks of one clip as index entries."""
    entries = []
    for start in starts:
        for box in proposals(store, track, start, rng):
            refined = snapped(model, store.frame(track.frames[start]), np.asarray(box, float))
            if refined is None:
                continue
            boxes = agreed(model, [store.frame(i) for i in track.frames[start:]], refined)
            # A still part of a still scene teaches little: few of them are kept.
            if boxes is None or (travelled(boxes) < 0.15 and rng.random() < 0.7):
                continue
            name = f"{track.name}@{start}#{len(entries)}"
            entries.append({"name": name, "scene": track.scene, "label": "", "kind": "pseudo",
                            "frames": [int(i) for i in track.frames[start:start + len(boxes)]], "boxes": boxes.round(2).tolist()})
    return entries


def make(store, model, path, seed=0, rounds=2):
    """Writes the pseudo-tracks of every clip of a store to `path`, growing after each clip; earlier rounds are whole first."""
    rng, entries = random.Random(seed), []
    clips = [t for t in store.tracks if t.kind == "clip" and len(t.frames) >= LEAST_FRAMES]
    for number in range(rounds):
        rng.shuffle(clips)
        for clip in clips:
            start = rng.randrange(max(1, len(clip.frames) // 3)) if number == 0 else rng.randrange(max(1, len(clip.frames) - LEAST_FRAMES))
            entries += tracks_of(store, clip, model, rng, [start])
            with open(path + ".part", "w", encoding="utf-8") as file:
                json.dump(entries, file)
            os.replace(path + ".part", path)
        logging.info("%s: %d tracks, %d frames after round %d", path, len(entries), sum(len(e["frames"]) for e in entries), number + 1)
