"""Opens an exported model as a tracker, whichever kind it is, and follows a target with it."""

import numpy as np

from siamtrain.data.score import overlaps
from siamtrain.errors import DataError
from siamtrain.file import export
from siamtrain.loop import peak
from siamtrain.loop.box import BoxTracker, Loop, OnnxModel
from siamtrain.loop.target import inside


def open_tracker(path):
    """A tracker over an exported file and the loop of its manifest: init(image, box), update(image) -> box, score."""
    about = export.manifest_of(path)
    if about["kind"] == "peak":
        return peak.open_tracker(path)
    if about["kind"] == "box":
        return BoxTracker(OnnxModel(path), Loop.of(about))
    raise DataError(f"{path}: a model of kind {about['kind']} cannot track")


def returned(tracker, frames, forward, least):
    """(boxes (N, 4), which of them agree (N,)): means of the way `forward` (N, 4) over frames and of the way back.

    A box agrees where the two ways overlap by more than `least` (IoU); the others are NaN. Nothing agrees where the way
    forward ends outside the image.
    """
    if inside(forward[-1], frames[-1].shape) is None:
        return np.full(forward.shape, np.nan), np.zeros(len(forward), bool)
    backward = follow(tracker, frames[::-1], forward[-1])[0][::-1]
    agree = overlaps(forward, backward) > least
    return np.where(agree[:, None], (forward + backward) / 2, np.nan), agree


def follow(tracker, frames, box):
    """Boxes (N, 4) and scores (N,) over an iterable of images, the first of which holds box."""
    boxes, scores = [list(map(float, box))], [1.0]
    frames = iter(frames)
    tracker.init(next(frames), box)
    for frame in frames:
        found, score = tracker.update(frame)
        boxes.append(found)
        scores.append(score)
    return np.array(boxes), np.array(scores)
