"""Tracks on unlabelled clips: a teacher follows a proposed box forward and back; what both ways agree on is kept.

Kalal et al., "Forward-Backward Error" (2010), have the idea; here both ways are run by a trained tracker.
"""

import json
import logging
import os
import random

import numpy as np

from siamtrain.data import score
from siamtrain.data.propose import edge_box, moving_boxes
from siamtrain.loop.box import BoxTracker, Loop
from siamtrain.loop.follow import follow, returned

FLOW_GAP = 2  # frames between the two of a flow field
AGREE, LEAST_AGREE, LEAST_FRAMES = 0.6, 0.7, 8
LEAST_SCORE = 0.45
SNAP = Loop(0.3, 0.02, 1.0, "hann")  # takes on the teacher's size at once


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
    boxes, same = returned(BoxTracker(model, model.loop), frames[:length], forward[:length], AGREE)
    return boxes if same[0] and same.mean() >= LEAST_AGREE and same.sum() >= LEAST_FRAMES else None


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
            entries.append(
                {
                    "name": name,
                    "scene": track.scene,
                    "label": "",
                    "kind": "pseudo",
                    "frames": [int(i) for i in track.frames[start : start + len(boxes)]],
                    "boxes": boxes.round(2).tolist(),
                }
            )
    return entries


def make(store, model, path, seed=0, rounds=2):
    """Writes the pseudo-tracks of every clip of a store to `path`, growing after each clip.

    Every clip has had its turn in one round before the next begins.
    """
    rng, entries = random.Random(seed), []
    clips = [t for t in store.tracks if t.kind == "clip" and len(t.frames) >= LEAST_FRAMES]
    for number in range(rounds):
        rng.shuffle(clips)
        for clip in clips:
            latest = len(clip.frames) // 3 if number == 0 else len(clip.frames) - LEAST_FRAMES
            start = rng.randrange(max(1, latest))
            entries += tracks_of(store, clip, model, rng, [start])
            with open(path + ".part", "w", encoding="utf-8") as file:
                json.dump(entries, file)
            os.replace(path + ".part", path)
        count = sum(len(e["frames"]) for e in entries)
        logging.info("%s: %d tracks, %d frames after round %d", path, len(entries), count, number + 1)
