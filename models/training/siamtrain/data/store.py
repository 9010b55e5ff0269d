"""Decoded frames in one file, so that a training crop costs one warp and no decoding.

A store is a folder: frames.bin (BGR bytes of every frame, one after the other) and index.json (offsets, sizes, tracks).
Several processes map the same file; the page cache holds it once.
"""

import dataclasses
import json
import logging
import os

import cv2
import numpy as np

from siamtrain.data import readers
from siamtrain.errors import DataError

FRAMES, INDEX, PSEUDO = "frames.bin", "index.json", "pseudo.json"


@dataclasses.dataclass
class Packed:
    """One object over frames of the store, or (boxes None) the frames of an unlabelled clip or image.

    frames holds numbers of frames of the store; boxes (N, 4) x, y, w, h, NaN where absent. Tracks of one picture or
    video share scene. kind is "still", "video" (annotated), "clip" (unlabelled) or "pseudo" (a clip with a teacher's
    boxes).
    """

    name: str
    scene: str
    label: str
    kind: str
    frames: np.ndarray
    boxes: np.ndarray | None

    def visible(self):
        """Indices into frames with a usable box."""
        return np.flatnonzero(np.isfinite(self.boxes).all(1))


class Store:
    """Read access to a packed folder. frame(i) is a view of (H, W, 3) uint8 BGR that must not be written."""

    def __init__(self, folder):
        path = os.path.join(folder, INDEX)
        try:
            with open(path, encoding="utf-8") as file:
                index = json.load(file)
        except FileNotFoundError as err:
            raise DataError(f"{path}: not there; run `python -m siamtrain pack` first") from err
        self.shapes = index["shapes"]
        self.tracks = [_track(t) for t in index["tracks"] + _pseudo(folder)]
        self._bytes = np.memmap(os.path.join(folder, FRAMES), np.uint8, "r")

    def __len__(self):
        return len(self.shapes)

    def frame(self, number):
        offset, height, width = self.shapes[number]
        return self._bytes[offset : offset + height * width * 3].reshape(height, width, 3)


class Frames:
    """Annotated tracks of siamtrain.data.readers with their frames in an ImageCache.

    It is what a sampler asks of a store, without packing.
    """

    def __init__(self, tracks, cache):
        self.files, self.cache, self.tracks = [f for t in tracks for f in t.files], cache, []
        begin = 0
        for t in tracks:
            numbers = np.arange(begin, begin + len(t.files))
            self.tracks.append(Packed(t.name, t.scene, t.label, "video", numbers, t.boxes))
            begin += len(t.files)

    def __len__(self):
        return len(self.files)

    def frame(self, number):
        return self.cache.load(self.files[number])


def _pseudo(folder):
    """Entries of the pseudo-tracks, where box.pseudo has made some."""
    path = os.path.join(folder, PSEUDO)
    if not os.path.exists(path):
        return []
    with open(path, encoding="utf-8") as file:
        return json.load(file)


def _track(entry):
    boxes = None if entry["boxes"] is None else np.array(entry["boxes"], float).reshape(-1, 4)
    return Packed(entry["name"], entry["scene"], entry["label"], entry["kind"], np.array(entry["frames"], int), boxes)


class _Writer:
    """Appends frames to the store and remembers where they are."""

    def __init__(self, file, longest):
        self.file, self.longest, self.shapes, self.offset, self.known = file, longest, [], 0, {}

    def add(self, image):
        """Writes a BGR image, made smaller if its longest side is above the limit; (number, scale)."""
        scale = min(1.0, self.longest / max(image.shape[:2]))
        if scale < 1:
            image = cv2.resize(image, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
        self.file.write(np.ascontiguousarray(image).data)
        self.shapes.append((self.offset, *image.shape[:2]))
        self.offset += image.size
        return len(self.shapes) - 1, scale

    def add_file(self, path):
        """As add, once for each path; (None, 1) where it does not decode."""
        if path not in self.known:
            image = cv2.imread(path)
            self.known[path] = (None, 1.0) if image is None else self.add(image)
        return self.known[path]


def _clip(writer, path):
    capture, numbers = cv2.VideoCapture(path), []
    while True:
        ok, image = capture.read()
        if not ok:
            break
        numbers.append(writer.add(image)[0])
    capture.release()
    return numbers


def _pack_track(writer, track):
    """The index entry of one track, or None when none of its files decodes."""
    if track.boxes is None:
        numbers, boxes = _clip(writer, track.files[0]), None
        kind = "clip"
    else:
        added = [writer.add_file(path) for path in track.files]
        keep = [i for i, (number, _) in enumerate(added) if number is not None]
        numbers = [added[i][0] for i in keep]
        boxes = [(track.boxes[i] * added[i][1]).tolist() for i in keep]
        kind = "video" if len(numbers) > 1 else "still"
    if not numbers:
        return None
    return {
        "name": track.name,
        "scene": track.scene,
        "label": track.label,
        "kind": kind,
        "frames": numbers,
        "boxes": boxes,
    }


def pack(paths, folder, longest=640):
    """Reads data in any layout of siamtrain.data.readers and writes a store.

    Files that do not decode are named and left out.
    """
    found = readers.open_all(paths)
    os.makedirs(folder, exist_ok=True)
    entries = []
    with open(os.path.join(folder, FRAMES), "wb") as file:
        writer = _Writer(file, longest)
        for track in found.tracks:
            entry = _pack_track(writer, track)
            if entry is None:
                logging.warning("%s: nothing in it decodes; skipped", track.name)
            else:
                entries.append(entry)
        for path in found.unlabelled:
            number = writer.add_file(path)[0]
            if number is not None:
                entries.append(
                    {"name": path, "scene": path, "label": "", "kind": "clip", "frames": [number], "boxes": None}
                )
    with open(os.path.join(folder, INDEX), "w", encoding="utf-8") as file:
        json.dump({"shapes": writer.shapes, "tracks": entries}, file)
    logging.info("%s: %d frames, %d tracks, %.1f GB", folder, len(writer.shapes), len(entries), writer.offset / 1e9)
