"""Packs data as tars that trainmarked reads, each below a limit, with masks: what travels to a machine with a GPU."""

import csv
import io
import logging
import os
import tarfile

import cv2
import numpy as np

from siamtrain.data.readers import open_all
from siamtrain.errors import DataError
from siamtrain.marked import masks

EVERY = 4  # frames from one mask of a clip's track to the next
MASK_SIZE, ROW_SIZE = 600, 60  # bytes that a mask and a row of a csv take at most, as they are counted
STILL_COLUMNS = ("file", "x", "y", "w", "h", "class", "row")
TRACK_COLUMNS = ("clip", "track", "frame", "x", "y", "w", "h")


class Tars:
    """Tars NAME-0.tar, NAME-1.tar ... in a folder, none above `limit` bytes unless one entry alone is."""

    def __init__(self, folder, name, limit):
        self.folder, self.name, self.limit = folder, name, limit
        self.number, self.size, self.tar = -1, 0, None
        os.makedirs(folder, exist_ok=True)

    def open_for(self, size, full=None):
        """Begins another tar where `size` bytes do not fit in this one; full is called before one is closed."""
        if self.tar is not None and self.size + size <= self.limit:
            return
        if self.tar is not None and full:
            full()
        self.close()
        self.number, self.size = self.number + 1, 0
        self.tar = tarfile.open(os.path.join(self.folder, f"{self.name}-{self.number}.tar"), "w")
        if size > self.limit:
            logging.warning("%s: %d bytes that belong together, %d is the limit", self.tar.name, size, self.limit)

    def add(self, name, data):
        """Adds a file of these bytes to the open tar."""
        info = tarfile.TarInfo(name)
        info.size = len(data)
        self.tar.addfile(info, io.BytesIO(data))
        self.size += len(data) + 2 * tarfile.BLOCKSIZE

    def close(self):
        """Ends the open tar; twice is fine."""
        if self.tar is not None:
            self.tar.close()
        self.tar = None


def write(paths, folder, limit, tracks=None):
    """Writes data in any layout that is read to tars in a folder.

    tracks is a csv clip,track,frame,x,y,w,h of boxes on the clips among the data, by their names without extension.
    """
    found = open_all(paths)
    stills(found, Tars(folder, "stills", limit))
    sequences(found, Tars(folder, "sequences", limit))
    clips(found, Tars(folder, "clips", limit), tracks)


def stills(found, tars):
    """Images with their boxes, and images without."""
    by_file = {path: [] for path in found.unlabelled}
    for track in found.tracks:
        if track.boxes is not None and len(track.files) == 1:
            by_file.setdefault(track.files[0], []).append((track.boxes[0], track.label))
    rows, cut = [], []

    def finish():
        tars.add("stills.csv", _table(STILL_COLUMNS, rows))
        tars.add("masks.npz", masks.pack(cut))
        rows.clear()
        cut.clear()

    number = 0
    for count, (path, boxes) in enumerate(sorted(by_file.items())):
        data, image = _bytes(path), cv2.imread(path) if boxes else None
        tars.open_for(len(data) + (MASK_SIZE + ROW_SIZE) * (len(boxes) + 1), finish)
        name = f"stills/{count:06d}_{os.path.basename(path)}"
        tars.add(name, data)
        tars.size += (MASK_SIZE + ROW_SIZE) * (len(boxes) + 1)
        for box, label in boxes or [(None, "")]:
            rows.append([name, *("" if box is None else f"{v:g}" for v in (box if box is not None else [0] * 4))])
            rows[-1] += [label, number]
            mask = None if box is None or image is None else masks.cut(image, box)
            cut += [] if mask is None else [("still", number, mask)]
            number += 1
    if tars.tar is not None:
        finish()
    tars.close()


def sequences(found, tars):
    """Annotated sequences in the OTB layout, with masks of their boxes; those of one scene share their images."""
    scenes = {}
    for track in found.tracks:
        if track.boxes is not None and len(track.files) > 1:
            scenes.setdefault(track.scene, []).append(track)
    names = set()
    for scene, tracks in sorted(scenes.items()):
        name = os.path.basename(os.path.normpath(scene))
        while name in names:
            name += "_"
        names.add(name)
        files = sorted({f for t in tracks for f in t.files})
        entries = [(f"{name}/img/{i + 1:06d}{os.path.splitext(f)[1].lower()}", _bytes(f)) for i, f in enumerate(files)]
        cut = []
        for number, track in enumerate(tracks):
            truth = f"{name}/groundtruth_rect.{number + 1}.txt" if len(tracks) > 1 else f"{name}/groundtruth_rect.txt"
            boxes = dict(zip(track.files, track.boxes))
            lines = [",".join(f"{v:g}" for v in boxes.get(f, [np.nan] * 4)) for f in files]
            entries.append((truth, "\n".join(lines).encode()))
            cut += _of_track(masks.key(name, truth), files, boxes)
        entries.append((f"{name}/masks.npz", masks.pack(cut)))
        tars.open_for(sum(len(data) for _, data in entries))
        for entry, data in entries:
            tars.add(entry, data)
    tars.close()


def _of_track(key, files, boxes):
    """Masks of a sequence's boxes {file: box}, by the number of the frame."""
    found = []
    for number, file in enumerate(files):
        if file in boxes and np.isfinite(boxes[file]).all():
            image = cv2.imread(file)
            mask = None if image is None else masks.cut(image, boxes[file])
            found += [] if mask is None else [(key, number, mask)]
    return found


def clips(found, tars, tracks=None):
    """Video clips with their tracks, where there are some, and masks of those."""
    by_clip = {}
    if tracks:
        with open(tracks, newline="", encoding="utf-8") as file:
            reader = csv.DictReader(file)
            if not set(TRACK_COLUMNS) <= set(reader.fieldnames or ()):
                raise DataError(f"{tracks}: not a csv of tracks, whose columns are {','.join(TRACK_COLUMNS)}")
            for row in reader:
                by_clip.setdefault(row["clip"], []).append(row)
    for path in sorted(t.files[0] for t in found.tracks if t.boxes is None):
        name, data = os.path.splitext(os.path.basename(path))[0], _bytes(path)
        rows = by_clip.pop(name, [])
        cut = _of_clip(path, name, rows) if rows else []
        tars.open_for(len(data) + ROW_SIZE * len(rows) + MASK_SIZE * len(cut))
        tars.add(f"clips/{os.path.basename(path)}", data)
        if rows:
            tars.add(f"clips/{name}.csv", _table(TRACK_COLUMNS, [[r[c] for c in TRACK_COLUMNS] for r in rows]))
            tars.add(f"clips/{name}.npz", masks.pack(cut))
    if by_clip:
        logging.warning("%s: tracks of %d clips that are not there, %s first", tracks, len(by_clip), min(by_clip))
    tars.close()


def _of_clip(path, name, rows):
    """Masks of some of a clip's boxes, by its tracks and the number of the frame."""
    wanted, found, at = {}, [], 0
    for row in rows:
        if int(row["frame"]) % EVERY == 0:
            wanted.setdefault(int(row["frame"]), []).append(row)
    video = cv2.VideoCapture(path)
    while True:
        ok, image = video.read()
        if not ok:
            break
        for row in wanted.get(at, ()):
            mask = masks.cut(image, [float(row[k]) for k in "xywh"])
            if mask is not None:
                found.append((f"{name}/{row['track']}", at, mask))
        at += 1
    video.release()
    return found


def _bytes(path):
    with open(path, "rb") as file:
        return file.read()


def _table(columns, rows):
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(columns)
    writer.writerows(rows)
    return text.getvalue().encode()
