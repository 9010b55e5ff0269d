"""MOTChallenge: SEQ/img1/*.jpg with SEQ/gt/gt.txt, whose lines are `frame,id,x,y,w,h,conf,class,visibility`, 1-based.

Each id is one track. Lines whose conf is 0 are the benchmark's "do not count" and are left out.
`path` is one sequence or a folder of them.
"""

import glob
import os

import numpy as np

from siamtrain.data.readers.files import images_in, size_of
from siamtrain.data.track import Found, Track, check_boxes

NAME = "MOT folder"


def matches(path):
    return os.path.isdir(path) and bool(_sequences(path))


def _sequences(path):
    if os.path.isfile(os.path.join(path, "gt", "gt.txt")):
        return [path]
    return sorted(
        os.path.dirname(os.path.dirname(p)) for p in glob.glob(os.path.join(glob.escape(path), "*", "gt", "gt.txt"))
    )


def read(path):
    found = Found()
    for folder in _sequences(path):
        images = images_in(os.path.join(folder, "img1")) if os.path.isdir(os.path.join(folder, "img1")) else []
        size = size_of(images[0]) if images else None
        if size is None:
            found.problems.append(f"{folder}: no readable images in img1/; skipped")
            continue
        truth = os.path.join(folder, "gt", "gt.txt")
        for key, lines in sorted(_lines(truth, len(images), found.problems).items()):
            frames = sorted(lines)
            first, last = frames[0], frames[-1]
            rows = [lines.get(f, ([np.nan] * 4, 0)) for f in range(first, last + 1)]
            where = [f"{truth}:{number}" for _, number in rows]
            boxes = check_boxes([box for box, _ in rows], [size] * len(rows), where.__getitem__, found.problems)
            if np.isfinite(boxes).all(1).any():
                found.tracks.append(
                    Track(f"{os.path.basename(folder)}_{key}", folder, "", images[first - 1 : last], boxes)
                )
    return found


def _lines(truth, count, problems):
    """{id: {frame: (box, line number)}} of the lines that count."""
    tracks = {}
    with open(truth, encoding="utf-8", errors="replace") as file:
        for number, line in enumerate(file, 1):
            if not line.strip():
                continue
            try:
                values = [float(v) for v in line.split(",")]
                frame, key, box = int(values[0]), int(values[1]), values[2:6]
                if len(box) != 4 or not np.isfinite(box).all():
                    raise ValueError
            except (ValueError, IndexError, OverflowError):
                problems.append(f"{truth}:{number}: {line.strip()[:60]!r} is not frame,id,x,y,w,h,...; skipped")
                continue
            if not 1 <= frame <= count:
                problems.append(f"{truth}:{number}: frame {frame} of {count}; skipped")
            elif len(values) < 7 or values[6] != 0:
                tracks.setdefault(key, {})[frame] = ([box[0] - 1, box[1] - 1, box[2], box[3]], number)
    return tracks
