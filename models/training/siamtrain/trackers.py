"""Opens an exported model as a tracker, whichever kind it is."""

from siamtrain import export, peakloop, tracking
from siamtrain.errors import DataError


def open_tracker(path):
    """A tracker over an exported file, with init(image, box) and update(image) -> (box, score), with the loop of its manifest."""
    about = export.manifest_of(path)
    if about["kind"] == "peak":
        return peakloop.open_tracker(path)
    if about["kind"] == "box":
        return tracking.BoxTracker(tracking.OnnxModel(path), tracking.Loop(**about["loop"]))
    raise DataError(f"{path}: a model of kind {about['kind']} cannot track")
