"""Parts of the data that do not train: whole scenes, or the last frames of each sequence."""

import numpy as np

from siamtrain.data.readers import open_all
from siamtrain.data.track import Track
from siamtrain.errors import DataError


def hold_back(tracks, share, seed):
    """(training tracks, held-back tracks): no scene is on both sides, and each kind, video and stills, is on both."""
    rng = np.random.default_rng(seed)
    held = set()
    for kind in (True, False):
        scenes = sorted({t.scene for t in tracks if (len(t.files) > 1) == kind})
        count = max(1, round(share * len(scenes))) if len(scenes) > 1 else 0
        held |= {scenes[i] for i in rng.permutation(len(scenes))[:count]}
    return [t for t in tracks if t.scene not in held], [t for t in tracks if t.scene in held]


def part(track, share):
    """(first part, last part) of a track's frames; the last `share` of them never trains."""
    cut = int(round(len(track.files) * (1 - share)))
    halves = (slice(0, cut), slice(cut, None))
    return [Track(track.name, track.scene, track.label, track.files[p], track.boxes[p]) for p in halves]


def parts(paths, share):
    """(first parts, last parts) of all sequences that have boxes in both."""
    tracks = [t for t in open_all(paths).tracks if t.boxes is not None and len(t.files) > 1]
    halves = [part(t, share) for t in tracks]
    halves = [p for p in halves if all(len(half.visible()) > 1 for half in p)]
    if not halves:
        raise DataError(f"{', '.join(paths)}: no sequence with boxes in both its first and its last part")
    return tuple([p[k] for p in halves] for k in (0, 1))
