"""A csv of still images, one box a row: file,x,y,w,h,class; an image without a box has empty fields.

Files are relative to the csv.
"""

import csv
import os

import numpy as np

from siamtrain.data.readers.files import size_of
from siamtrain.data.track import Found, Track, check_boxes

NAME = "csv of boxes (file,x,y,w,h,class)"
COLUMNS = {"file", "x", "y", "w", "h"}


def matches(path):
    if not (os.path.isfile(path) and path.lower().endswith(".csv")):
        return False
    with open(path, newline="", encoding="utf-8", errors="replace") as file:
        return COLUMNS <= set(next(csv.reader(file), []))


def read(path):
    found, root, sizes = Found(), os.path.dirname(path), {}
    with open(path, newline="", encoding="utf-8", errors="replace") as file:
        for number, row in enumerate(csv.DictReader(file), 2):
            image = os.path.join(root, row["file"] or "")
            if image not in sizes:
                sizes[image] = size_of(image)
                if sizes[image] is None:
                    found.problems.append(f"{path}:{number}: {image}: missing or not an image; skipped")
            if sizes[image] is not None:
                _row(path, number, row, image, sizes[image], found)
    return found


def _row(path, number, row, image, size, found):
    fields = [row[k] or "" for k in "xywh"]
    if not any(fields):
        found.unlabelled.append(image)
        return
    try:
        box = [float(v) for v in fields]
    except ValueError:
        found.problems.append(f"{path}:{number}: {','.join(fields)!r} is not x,y,w,h; skipped")
        return
    if np.isnan(box).any():
        found.problems.append(f"{path}:{number}: box {','.join(fields)} is not finite; skipped")
        return
    boxes = check_boxes([box], [size], lambda _: f"{path}:{number}", found.problems)
    if np.isfinite(boxes).all():
        found.tracks.append(Track(f"{row['file']}:{number}", image, row.get("class") or "", [image], boxes))
