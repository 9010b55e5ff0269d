"""Reads a part of the data, a tar of images, videos and annotations: frames, the clips they make up, tracks over them.

A part may hold OTB-like sequences (NAME/img/*, NAME/groundtruth*.txt), clips (*.mp4), still images with a csv of boxes
(file,x,y,w,h,class), a csv of tracks on clips (clip,track,frame,x,y,w,h), and masks (*.npz: masks.pack). bundle writes
them.
"""

import csv
import dataclasses
import io
import math
import os
import re
import tarfile
import tempfile

import cv2
import numpy as np

from siamtrain.data.readers.clips import VIDEOS
from siamtrain.data.readers.files import IMAGES
from siamtrain.errors import DataError
from siamtrain.marked import masks

SIDE = 448  # longest side of a stored frame
LONGEST = 80  # frames of a clip
LEAST, LEAST_VIDEO = 6, 4  # pixels, a side of a box
LEAST_FRAMES, LEAST_SEEN = 8, 4  # of a clip and of a pseudo-track in it; of any track that is used


@dataclasses.dataclass
class Clip:
    """Frames that follow one another, or one still: `first` of `count` in the part's frames.

    scale is the stored size over the file's; every `step`-th frame of the file is there.
    """

    name: str
    first: int
    count: int
    scale: float
    step: int = 1


@dataclasses.dataclass
class Boxes:
    """A target's boxes (n, 4) x, y, w, h in stored pixels, in frames (n,) of the part.

    masks are (64, 64) bools of the box, or None.
    """

    kind: str  # still, video, pseudo
    label: str
    clip: str
    frames: np.ndarray
    boxes: np.ndarray
    masks: list


@dataclasses.dataclass
class Part:
    """What a tar holds: frames (BGR uint8), Clips and Boxes."""

    frames: list
    clips: list
    tracks: list


def shrink(image):
    """(the image with its longest side at most SIDE, the factor)."""
    height, width = image.shape[:2]
    factor = SIDE / max(height, width)
    if factor >= 1:
        return image, 1.0
    size = max(1, round(width * factor)), max(1, round(height * factor))
    return cv2.resize(image, size, interpolation=cv2.INTER_AREA), factor


def decode_image(data):
    """(image, factor) of a file's bytes, None where they are no image, or too small a one."""
    image = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR)
    return None if image is None or min(image.shape[:2]) < 24 else shrink(image)


def decode_video(data, step=1):
    """([every step-th frame], factor, how many frames there are, LONGEST at most) of a video's bytes."""
    with tempfile.NamedTemporaryFile(suffix=".mp4") as f:
        f.write(data)
        f.flush()
        video, frames, factor, count = cv2.VideoCapture(f.name), [], 1.0, 0
        while count < LONGEST and video.grab():
            if count % step == 0:
                image, factor = shrink(video.retrieve()[1])
                frames.append(image)
            count += 1
        video.release()
    return frames, factor, count


def read(path, pool, thin=1, most=None):
    """The Part in a tar, with every thin-th frame of its videos alone; pool is an executor whose map decodes.

    Of `most` frames or fewer, where given: as first says, but videos beyond them are not decoded.
    """
    try:
        with tarfile.open(path) as tar:
            files = {m.name.removeprefix("./"): tar.extractfile(m).read() for m in tar.getmembers() if m.isfile()}
    except tarfile.TarError as err:
        raise DataError(f"{path}: not a whole tar: {err}") from err
    reader = _Reader(files, pool, thin, most)
    reader.images()
    reader.videos()
    reader.sequences()
    for name, data in sorted(files.items()):
        if name.endswith(".csv"):
            reader.boxes(name, list(csv.DictReader(io.StringIO(data.decode()))))
    part = Part(reader.frames, reader.clips, reader.tracks)
    return part if most is None else first(part, most)


def first(part, count):
    """The part with its first clips alone, `count` frames of them at most, and their tracks.

    Of a very first clip that is longer there is the beginning.
    """
    clips = sorted((c for c in part.clips if c.first < count), key=lambda c: c.first)
    if clips and clips[0].first + clips[0].count > count:
        clips = [dataclasses.replace(clips[0], count=count - clips[0].first)]
    clips = [c for c in clips if c.first + c.count <= count]
    end, names = max((c.first + c.count for c in clips), default=0), {c.name for c in clips}
    tracks = [_until(t, end) for t in part.tracks if t.clip in names]
    return Part(part.frames[:end], clips, [t for t in tracks if t.kind == "still" or len(t.frames) >= LEAST_SEEN])


def _until(track, end):
    """A track with its boxes in the frames before `end` alone."""
    kept = np.flatnonzero(track.frames < end)
    masks = [track.masks[i] for i in kept]
    return dataclasses.replace(track, frames=track.frames[kept], boxes=track.boxes[kept], masks=masks)


class _Reader:
    def __init__(self, files, pool, thin, most):
        self.files, self.pool, self.thin, self.most = files, pool, thin, most
        self.frames, self.clips, self.tracks = [], [], []
        self.place, self.scale = {}, {}  # of each image file: its frame, its factor
        self.by_stem = {}  # clips of videos
        self.masks = {}
        for name, data in files.items():
            if name.endswith(".npz"):
                self.masks.update(masks.unpack(data))

    def images(self):
        names = sorted(n for n in self.files if n.lower().endswith(IMAGES))
        for name, got in zip(names, self.pool.map(lambda n: decode_image(self.files[n]), names)):
            if got is not None:
                self.place[name], self.scale[name] = len(self.frames), got[1]
                self.frames.append(got[0])
                if "/img/" not in name:
                    self.clips.append(Clip(name, self.place[name], 1, got[1]))

    def videos(self):
        names = sorted(n for n in self.files if n.lower().endswith(VIDEOS))
        # A tar's videos take a hundred times its size in memory. So where not all are wanted, few are decoded at once.
        few = len(names) if self.most is None else 2 * os.cpu_count()
        while names and (self.most is None or len(self.frames) < self.most):
            self._videos(names[:few])
            del names[:few]

    def _videos(self, names):
        decoded = self.pool.map(lambda n: decode_video(self.files[n], self.thin), names)
        for name, (frames, factor, count) in zip(names, decoded):
            if count >= LEAST_FRAMES:
                clip = Clip(name, len(self.frames), len(frames), factor, self.thin)
                self.clips.append(clip)
                self.by_stem[os.path.splitext(os.path.basename(name))[0]] = clip
                self.frames.extend(frames)

    def sequences(self):
        folders = {}
        for name in sorted(self.files):
            match = re.match(r"(.*)/img/[^/]+$", name)
            if match and name.lower().endswith(IMAGES):
                folders.setdefault(match.group(1), []).append(name)
        for folder, names in sorted(folders.items()):
            whole = [n for n in names if n in self.place]
            if not whole:
                continue
            self.clips.append(Clip(folder, self.place[whole[0]], len(whole), self.scale[whole[0]]))
            for truth in sorted(n for n in self.files if n.startswith(folder + "/groundtruth")):
                self._sequence(folder, names, truth)

    def _sequence(self, folder, names, truth):
        # An empty line is a frame without a box, and an image that cannot be read has its line, too.
        lines, rows = self.files[truth].decode().rstrip().splitlines(), []
        for i, (name, line) in enumerate(zip(names, lines)):
            try:
                box = [float(v) for v in re.split(r"[,\s;]+", line.strip())[:4]]
            except ValueError:
                continue
            if name in self.place and len(box) == 4 and all(map(math.isfinite, box)) and min(box[2:]) >= LEAST_VIDEO:
                scaled = [v * self.scale[name] for v in box]
                rows.append((self.place[name], scaled, self.masks.get((masks.key(folder, truth), i))))
        self._track("video", "", folder, rows)

    def boxes(self, name, rows):
        if rows and "track" in rows[0]:
            self._tracks(rows)
            return
        base = os.path.dirname(name)
        for i, row in enumerate(rows):
            file = os.path.join(base, row.get("file") or "")
            if file not in self.place or not row.get("x"):
                continue
            box = [float(row[k]) * self.scale[file] for k in "xywh"]
            if min(box[2:]) >= LEAST and all(map(math.isfinite, box)):
                number = int(row.get("row") or i)
                seen = [(self.place[file], box, self.masks.get(("still", number)))]
                self._track("still", row.get("class") or "", file, seen)

    def _tracks(self, rows):
        tracks = {}
        for row in rows:
            tracks.setdefault((row["clip"], row["track"]), []).append(row)
        for (name, track), seen in sorted(tracks.items()):
            clip = self.by_stem.get(name)
            if clip is None:
                continue
            kept = []
            for row in seen:
                frame, box = int(row["frame"]), [float(row[k]) * clip.scale for k in "xywh"]
                at, between = divmod(frame, clip.step)
                if not between and 0 <= at < clip.count and min(box[2:]) >= LEAST:
                    kept.append((clip.first + at, box, self.masks.get((f"{name}/{track}", frame))))
            if len(kept) >= (LEAST_FRAMES if clip.step == 1 else LEAST_SEEN):
                self._track("pseudo", "", clip.name, kept)

    def _track(self, kind, label, clip, rows):
        if len(rows) < (1 if kind == "still" else LEAST_SEEN):
            return
        frames, boxes, masks = zip(*rows)
        self.tracks.append(Boxes(kind, label, clip, np.array(frames), np.array(boxes, np.float32), list(masks)))
