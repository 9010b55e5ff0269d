"""COCO's instances json: images, annotations with bbox [x, y, w, h], categories.

Images lie beside it, or in a folder named in `path`.

A path of `annotations.json` looks for file_name in the json's folder, in `images/` and in its parent's `images/`.
"""

import json
import os

import numpy as np

from siamtrain.data.readers.files import size_of
from siamtrain.data.track import Found, Track, check_boxes
from siamtrain.errors import DataError

NAME = "COCO json"


def matches(path):
    return os.path.isfile(path) and path.lower().endswith(".json")


def read(path):
    try:
        with open(path, encoding="utf-8") as file:
            data = json.load(file)
        images = {i["id"]: i["file_name"] for i in data["images"]}
        labels = {c["id"]: c["name"] for c in data.get("categories", [])}
        annotations = data["annotations"]
    except (ValueError, KeyError, TypeError) as err:
        raise DataError(f"{path}: not a COCO json: {err!r}; it needs images, annotations and categories") from err
    found, files = Found(), {}
    for key, name in images.items():
        files[key] = _find(path, name)
        if files[key] is None:
            found.problems.append(f"{path}: image {name!r} is missing or not an image; skipped")
    seen = set()
    for a in annotations:
        if a.get("iscrowd"):
            continue
        _annotation(path, a, files, labels, found, seen)
    found.unlabelled += [f[0] for k, f in files.items() if f is not None and k not in seen]
    return found


def _find(path, name):
    root = os.path.dirname(os.path.abspath(path))
    for folder in (root, os.path.join(root, "images"), os.path.join(os.path.dirname(root), "images")):
        size = size_of(os.path.join(folder, name))
        if size is not None:
            return os.path.join(folder, name), size
    return None


def _annotation(path, annotation, files, labels, found, seen):
    where = f"{path}: annotation {annotation.get('id')}"
    image = annotation.get("image_id")
    if image not in files:
        found.problems.append(f"{where}: its image {image!r} is not listed; skipped")
        return
    if files[image] is None:
        return
    seen.add(image)
    file, size = files[image]
    try:
        box = np.array(annotation["bbox"], float).reshape(4)
    except (KeyError, ValueError, TypeError):
        found.problems.append(f"{where}: no bbox of four numbers; skipped")
        return
    if np.isnan(box).any():
        found.problems.append(f"{where}: box is not finite; skipped")
        return
    boxes = check_boxes([box], [size], lambda _: where, found.problems)
    if np.isfinite(boxes).all():
        label = labels.get(annotation.get("category_id"), "")
        found.tracks.append(Track(f"{os.path.basename(file)}:{annotation.get('id')}", file, label, [file], boxes))
