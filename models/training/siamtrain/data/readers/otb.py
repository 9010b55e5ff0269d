"""OTB layout: NAME/img/*.jpg with groundtruth_rect.txt, one `x,y,w,h` a line; groundtruth_rect.K.txt for target K.

`path` is one such folder or a folder of them. Boxes are taken as they are written, without the toolbox's shift by one.
"""

import glob
import os
import re

import numpy as np

from siamtrain.data.readers.files import images_in, size_of
from siamtrain.data.track import Found, Track, check_boxes
from siamtrain.errors import DataError

NAME = "OTB folder"
TRUTH = "groundtruth_rect*.txt"


def matches(path):
    return os.path.isdir(path) and bool(_sequences(path))


def _sequences(path):
    """Sequence folders: path itself or its children."""
    if glob.glob(os.path.join(glob.escape(path), TRUTH)):
        return [path]
    return sorted(os.path.dirname(p) + os.sep for p in glob.glob(os.path.join(glob.escape(path), "*", "img")))


def read(path, raw=False):
    """The sequences of a folder.

    raw keeps every finite box as it is written, as scoring must; training drops what it cannot use.
    """
    found = Found()
    for folder in _sequences(path):
        folder = folder.rstrip(os.sep)
        truths = sorted(glob.glob(os.path.join(glob.escape(folder), TRUTH)))
        images = images_in(os.path.join(folder, "img")) if os.path.isdir(os.path.join(folder, "img")) else []
        if not images or not truths:
            found.problems.append(
                f"{folder}: {'no images in img/' if not images else 'no groundtruth_rect.txt'}; skipped"
            )
            continue
        for truth in truths:
            track = _track(folder, truth, images, raw, found.problems)
            if track is not None:
                found.tracks.append(track)
    return found


def named(tracks, path=None):
    """The tracks that a file names, one a line, in its order; without a file all. DataError names what is missing."""
    if path is not None:
        with open(path, encoding="utf-8") as file:
            names = file.read().split()
        known = {t.name: t for t in tracks}
        missing = [n for n in names if n not in known]
        if missing:
            raise DataError(f"{path}: {', '.join(missing[:5])}: no such sequence in the data")
        tracks = [known[n] for n in names]
    if not tracks:
        raise DataError("no sequence in the OTB layout (NAME/img, groundtruth_rect.txt) in the data")
    return tracks


def _track(folder, truth, images, raw, problems):
    suffix = os.path.basename(truth)[len("groundtruth_rect") : -len(".txt")].strip(".")
    base = os.path.basename(folder)
    boxes = parse(truth, problems)
    if len(boxes) != len(images):
        problems.append(
            f"{truth}: {len(boxes)} boxes for {len(images)} images; the first {min(len(boxes), len(images))} are used"
        )
    n = min(len(boxes), len(images))
    size = size_of(images[0])
    if size is None:
        problems.append(f"{images[0]}: not an image; sequence skipped")
        return None
    boxes = boxes[:n] if raw else check_boxes(boxes[:n], [size] * n, lambda i: f"{truth}:{i + 1}", problems)
    if np.isfinite(boxes).all(1).sum() == 0:
        problems.append(f"{truth}: no usable box; skipped")
        return None
    return Track(f"{base}_{suffix}" if suffix else base, folder, "", images[:n], boxes)


def parse(truth, problems):
    """Boxes of a ground-truth file, separated by commas, tabs or blanks; a line that is no box is NaN and named."""
    boxes = []
    with open(truth, encoding="utf-8", errors="replace") as file:
        # An empty line is a line: left out, it would shift all later boxes to earlier frames.
        for number, line in enumerate(file.read().rstrip().splitlines(), 1):
            try:
                values = [float(v) for v in re.split(r"[,\s]+", line.strip())]
                if len(values) != 4:
                    raise ValueError
            except ValueError:
                problems.append(f"{truth}:{number}: {line.strip()[:60]!r} is not x,y,w,h; skipped")
                values = [np.nan] * 4
            boxes.append(values)
    return np.array(boxes, float).reshape(-1, 4)
