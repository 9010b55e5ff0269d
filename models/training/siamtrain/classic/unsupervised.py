"""Training tracks without labels: regions of stills, and tracks on clips that lead back to where they began.

A region of a still is seen twice through different changes of the crop. On a clip, the network itself, as far as it has
learned, follows a region forward and from there backward in time; where it comes back to its start, both frames show
the same thing (Wang et al., "Unsupervised Deep Tracking", 2019, use the same consistency as their loss). No box or
class that a person drew is looked at.
"""

import logging
import random

import cv2
import numpy as np

from siamtrain.data.propose import edge_box, moving_boxes
from siamtrain.data.track import Track
from siamtrain.loop.follow import follow, returned

EVERY = 3  # frames of a clip between two that are kept
LENGTH = 12  # kept frames of a track, at most
RETURNS = 0.7  # least IoU of the way back with the way there
LEAST = 5  # kept frames of a track, at least


def still_tracks(files, cache, per_image, seed):
    """Regions of still images as tracks of one frame.

    Every second one rich in edges with a quiet rim, every other random.
    """
    rng, tracks = random.Random(seed), []
    for file in files:
        image = cache.load(file)
        for k in range(per_image):
            box = edge_box(image, rng, tries=12 if k % 2 == 0 else 1)
            tracks.append(Track(f"{file}#{k}", file, "", [file], box[None]))
    return tracks


def read_clip(path, cache):
    """Every third frame of a video, put into the cache; their keys."""
    video, keys, index = cv2.VideoCapture(path), [], 0
    while True:
        ok, frame = video.read()
        if not ok:
            break
        if index % EVERY == 0:
            keys.append(f"{path}#{index}")
            cache.put(keys[-1], frame)
        index += 1
    video.release()
    return keys


def cycle(tracker, frames, box):
    """Boxes (N, 4) of the way forward over a prefix of frames, NaN where the way back is elsewhere.

    None where it does not return.
    """
    forward, _ = follow(tracker, frames, box)
    boxes, agree = returned(tracker, frames, forward, RETURNS)
    return boxes if agree[0] and agree.sum() >= LEAST else None


def clip_tracks(paths, cache, tracker, rounds, seed):
    """Tracks on video clips that the tracker follows there and back."""
    rng, tracks, tried = random.Random(seed), [], 0
    for path in paths:
        keys = read_clip(path, cache)
        if len(keys) < LEAST:
            continue
        for _ in range(rounds):
            start = rng.randrange(max(1, len(keys) - LENGTH))
            part = keys[start : start + LENGTH]
            frames = [cache.load(k) for k in part]
            moving = moving_boxes(frames[0], frames[1])[:1]
            for box in [*moving, edge_box(frames[0], rng)]:
                tried += 1
                boxes = cycle(tracker, frames, np.asarray(box, float))
                if boxes is not None:
                    tracks.append(Track(f"{path}@{start}.{tried}", path, "", part, boxes))
    logging.info("clips: %d of %d regions came back to where they began", len(tracks), tried)
    return tracks
