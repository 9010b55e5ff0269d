"""PASCAL VOC: Annotations/*.xml with JPEGImages/*, or xml files beside their images.

Corners are 1-based and inclusive, as VOC has them.
"""

import glob
import os
import xml.etree.ElementTree as ET

import numpy as np

from siamtrain.data.readers.files import IMAGES, size_of
from siamtrain.data.track import Found, Track, check_boxes

NAME = "VOC folder of xml"


def matches(path):
    return os.path.isdir(path) and bool(_annotations(path))


def _annotations(path):
    for folder in (os.path.join(path, "Annotations"), path):
        files = sorted(glob.glob(os.path.join(glob.escape(folder), "*.xml")))
        if files:
            return files
    return []


def read(path):
    found = Found()
    for xml in _annotations(path):
        try:
            tree = ET.parse(xml).getroot()
        except ET.ParseError as err:
            found.problems.append(f"{xml}: not xml ({err}); skipped")
            continue
        image = _image(path, xml, tree)
        size = None if image is None else size_of(image)
        if size is None:
            found.problems.append(f"{xml}: its image {tree.findtext('filename')!r} is missing or not an image; skipped")
            continue
        objects = tree.findall("object")
        if not objects:
            found.unlabelled.append(image)
        for i, item in enumerate(objects):
            _object(xml, i, item, image, size, found)
    return found


def _image(path, xml, tree):
    names = [tree.findtext("filename") or ""] + [os.path.splitext(os.path.basename(xml))[0] + e for e in IMAGES]
    for folder in (os.path.join(path, "JPEGImages"), os.path.join(path, "images"), os.path.dirname(xml)):
        for name in names:
            if name and os.path.isfile(os.path.join(folder, name)):
                return os.path.join(folder, name)
    return None


def _object(xml, index, item, image, size, found):
    where = f"{xml}: object {index + 1}"
    try:
        x1, y1, x2, y2 = (float(item.findtext(f"bndbox/{k}")) for k in ("xmin", "ymin", "xmax", "ymax"))
    except (TypeError, ValueError):
        found.problems.append(f"{where}: no bndbox of four numbers; skipped")
        return
    box = [x1 - 1, y1 - 1, x2 - x1 + 1, y2 - y1 + 1]
    if np.isnan(box).any():
        found.problems.append(f"{where}: box is not finite; skipped")
        return
    boxes = check_boxes([box], [size], lambda _: where, found.problems)
    if np.isfinite(boxes).all():
        found.tracks.append(
            Track(f"{os.path.basename(image)}:{index + 1}", image, item.findtext("name") or "", [image], boxes)
        )
