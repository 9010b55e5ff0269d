"""What every reader gives: tracks, and what was wrong with the data."""

import dataclasses

import numpy as np

USABLE_SIDE = 4.0  # pixels; a smaller box holds nothing to learn from
INSIDE = 0.5  # least share of a box that must lie within its image


@dataclasses.dataclass
class Track:
    """One object over frames; a box of a still image is a track of one frame.

    boxes is (N, 4) float, x, y, w, h; a row is NaN where the object is absent or its box is unusable. Where boxes is
    None the frames are unlabelled. Files of one video share `scene`, so that another object of the same scene can be
    found.
    """

    name: str
    scene: str
    label: str
    files: list
    boxes: np.ndarray | None = None

    def visible(self):
        """Indices of the frames with a usable box."""
        return np.flatnonzero(np.isfinite(self.boxes).all(1))


@dataclasses.dataclass
class Found:
    """Tracks of one source, unlabelled files, and one line for everything that was skipped."""

    tracks: list = dataclasses.field(default_factory=list)
    unlabelled: list = dataclasses.field(default_factory=list)
    problems: list = dataclasses.field(default_factory=list)

    def add(self, other):
        self.tracks += other.tracks
        self.unlabelled += other.unlabelled
        self.problems += other.problems


def check_boxes(boxes, sizes, where, problems):
    """Boxes (N, 4) with unusable rows set to NaN, each named in problems.

    sizes is [(width, height) or None, ...]; None skips the look at the image's borders. NaN rows pass silently: they
    say "absent". A box that stands out by less than half is cut at the border.
    """
    boxes = np.array(boxes, float).reshape(-1, 4)
    for i, (box, size) in enumerate(zip(boxes, sizes)):
        if np.isnan(box).any():
            boxes[i] = np.nan
            continue
        fault = _fault(box, size)
        if fault:
            problems.append(f"{where(i)}: box {', '.join(f'{v:g}' for v in box)} {fault}; skipped")
            boxes[i] = np.nan
        elif size is not None:
            low, high = np.clip(box[:2], 0, size), np.clip(box[:2] + box[2:], 0, size)
            boxes[i] = [*low, *(high - low)]
    return boxes


def _fault(box, size):
    x, y, w, h = box
    if not np.isfinite(box).all():
        return "is not finite"
    if w < USABLE_SIDE or h < USABLE_SIDE:
        return f"is thinner than {USABLE_SIDE:g} pixels"
    if size is not None:
        inside = max(0, min(x + w, size[0]) - max(x, 0)) * max(0, min(y + h, size[1]) - max(y, 0))
        if inside < INSIDE * w * h:
            return f"lies mostly outside its {size[0]}x{size[1]} image"
    return ""
