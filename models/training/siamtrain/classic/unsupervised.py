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
STILLS = 6  # frames of a clip from which regions are taken


def still_tracks(files, cache, per_image, seed):
    """Regions of images {scene: [file, ...]} as tracks of one frame.

    Every second one is rich in edges with a quiet rim, every other is random.
    """
    rng, tracks = random.Random(seed), []
    for scene, file in ((s, f) for s, group in files.items() for f in group):
        image = cache.load(file)
        for k in range(per_image):
            box = edge_box(image, rng, tries=12 if k % 2 == 0 else 1)
            tracks.append(Track(f"{file}@{k}", scene, "", [file], box[None]))
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


def clips_of(found, cache):
    """{scene: keys of the frames that are kept} of video files and of sequences of images."""
    clips = {}
    for track in found.tracks:
        if track.boxes is None:
            clips[track.scene] = read_clip(track.files[0], cache)
        elif len(track.files) > 1:
            clips[track.scene] = track.files[::EVERY]
    return {scene: keys for scene, keys in clips.items() if keys}


def frames_of(clips):
    """Some frames of each clip, to take regions from as from stills: evenly over it."""
    return {
        s: [keys[i] for i in np.unique(np.linspace(0, len(keys) - 1, STILLS).astype(int))] for s, keys in clips.items()
    }


def clip_tracks(clips, cache, tracker, rounds, seed):
    """Tracks on clips (as of clips_of) that the tracker follows there and back."""
    rng, tracks, tried = random.Random(seed), [], 0
    for scene, keys in clips.items():
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
                    tracks.append(Track(f"{scene}@{start}.{tried}", scene, "", part, boxes))
    logging.info("clips: %d of %d regions came back to where they began", len(tracks), tried)
    return tracks
