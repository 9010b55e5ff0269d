"""Opens an exported model as a tracker, whichever kind it is, and follows a target with it."""

import numpy as np

from siamtrain.errors import DataError
from siamtrain.file import export
from siamtrain.loop import peak
from siamtrain.loop.box import BoxTracker, Loop, OnnxModel


def open_tracker(path):
    """A tracker over an exported file and the loop of its manifest: init(image, box), update(image) -> box, score."""
    about = export.manifest_of(path)
    if about["kind"] == "peak":
        return peak.open_tracker(path)
    if about["kind"] == "box":
        return BoxTracker(OnnxModel(path), Loop(**about["loop"]))
    raise DataError(f"{path}: a model of kind {about['kind']} cannot track")


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
