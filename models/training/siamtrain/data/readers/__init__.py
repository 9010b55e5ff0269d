"""Readers of annotated data. open_data(path) finds out which layout a path has; each layout is one file."""

import logging
import os

from siamtrain.data.readers import boxcsv, clips, coco, mot, otb, voc
from siamtrain.data.track import Found
from siamtrain.errors import DataError

# Each has NAME, matches(path) and read(path) -> Found. The order matters: the most telling file first.
LAYOUTS = (coco, boxcsv, clips, mot, voc, otb)
SHOWN = 5  # lines of problems that are logged


def open_data(path):
    """Reads one path in whichever layout it has. DataError where nothing usable is found."""
    if not os.path.exists(path):
        raise DataError(f"{path}: no such file or folder")
    for layout in LAYOUTS:
        if layout.matches(path):
            found = layout.read(path)
            break
    else:
        names = ", ".join(layout.NAME for layout in LAYOUTS)
        raise DataError(f"{path}: not a layout that is read here ({names})")
    if not found.tracks and not found.unlabelled:
        detail = "".join(f"\n  {p}" for p in found.problems[:SHOWN])
        raise DataError(f"{path}: {layout.NAME}: nothing usable in it{detail}")
    return found


def open_all(paths):
    """Reads several paths into one Found and logs what was skipped."""
    found = Found()
    for path in paths:
        one = open_data(path)
        logging.debug(
            "%s: %d tracks, %d unlabelled, %d skipped", path, len(one.tracks), len(one.unlabelled), len(one.problems)
        )
        found.add(one)
    logging.info(
        "read %d tracks, %d unlabelled images, %d entries skipped",
        len(found.tracks),
        len(found.unlabelled),
        len(found.problems),
    )
    for problem in found.problems[:SHOWN]:
        logging.warning("%s", problem)
    if len(found.problems) > SHOWN:
        logging.warning("and %d more", len(found.problems) - SHOWN)
    return found
