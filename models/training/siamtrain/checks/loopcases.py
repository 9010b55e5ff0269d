"""Cases that the box loops of Python and Go share: what a network said on real frames, and what the loop made of it.

A file of cases holds no pixels: the network's maps are recorded, and either loop replays them, so that the arithmetic
alone is compared. siamfc/loopcases_test.go of the Go program reads the same file.
"""

import base64
import copy
import dataclasses
import json
import re

import cv2
import numpy as np

from siamtrain.errors import DataError
from siamtrain.file import export
from siamtrain.loop import box as loop
from siamtrain.loop.box import RETIRED, BoxTracker, Loop, OnnxModel
from siamtrain.loop.target import MIN_SIDE

FORMAT = 1
# Steps of a recorded response and side; sides are crop pixels.
RESPONSE_STEP, SIDE_STEP = 1 / 65535, 1 / 64
FRAMES, LOST_FRAMES = 26, 34  # of the clip, of the clip in which the target is covered
COVERED = range(8, 16)  # its frames that show grey
THIN_FRAMES, THIN_SIDES = 12, (4.0, 7.0)  # of the drawn maps; half sides of what they show, crop pixels


@dataclasses.dataclass
class Look:
    """One call of the network: its crop's side in pixels, the square (centre x, y, side) in the frame, and its maps."""

    size: int
    square: list
    response: np.ndarray
    sides: np.ndarray


class Recorder(BoxTracker):
    """A tracker that keeps what its network says, rounded to the steps of the file before the loop sees it."""

    def __init__(self, model, about):
        self.looks = []
        super().__init__(_Rounded(model, about), Loop.of(about))

    def look(self, image, centre, factor, view):
        square = [*map(float, centre), float(self.searched(view, factor))]
        seen = super().look(image, centre, factor, view)
        self.looks.append(Look(view.side, square, *self.model.said))
        return seen


class _Rounded:
    """A model whose maps are rounded to the file's steps; .said are the last, as whole numbers."""

    def __init__(self, model, about):
        self.model, self.said = model, None
        self.side, self.cells, self.origin = about["search"]["size"], about["grid"]["size"], about["grid"]["origin"]

    def exemplar(self, image, mark=None):
        return self.model.exemplar(image, mark)

    def locate(self, kept, image):
        maps = zip(self.model.locate(kept, image), (RESPONSE_STEP, SIDE_STEP))
        self.said = [np.clip(np.rint(np.asarray(m, float) / step), 0, 65535).astype("<u2") for m, step in maps]
        return values(*self.said)


class Replay:
    """A model that says again what was recorded, in order, and checks that it is asked for the same crops."""

    def __init__(self, clip):
        about = clip["manifest"]
        self.looks = iter(clip["looks"])
        self.side, self.cells, self.origin = about["search"]["size"], about["grid"]["size"], about["grid"]["origin"]

    def exemplar(self, image, mark=None):
        return None

    def locate(self, kept, image):
        look = next(self.looks)
        if image.shape[0] != look["size"]:
            raise DataError(f"a search crop of {image.shape[0]} pixels, {look['size']} were recorded")
        said = (np.frombuffer(base64.b64decode(look[k]), "<u2") for k in ("response", "sides"))
        cells = loop.cells_on(self, image.shape[0])
        return values(*(s.reshape(-1, cells, cells) for s in said))


def values(response, sides):
    """Recorded whole numbers as the maps of a network: single precision, as Go holds them."""
    response, sides = response.astype(np.float64) / 65535, sides.astype(np.float64) / 64
    return response.reshape(response.shape[-2:]).astype(np.float32), sides.astype(np.float32)


def record(name, about, model, images, box):
    """One clip of the file: the loop of the manifest `about` over images, the first of which holds box."""
    tracker = Recorder(model, about)
    tracker.init(images[0], box)
    found = [tracker.update(image) for image in images[1:]]
    height, width = images[0].shape[:2]
    return {
        "name": name,
        "manifest": about,
        "frame": [width, height],
        "init": list(map(float, box)),
        "looks": [_written(look) for look in tracker.looks],
        "boxes": [b.tolist() for b, _ in found],
        "scores": [score for _, score in found],
    }


def _written(look):
    maps = {k: base64.b64encode(getattr(look, k).tobytes()).decode("ascii") for k in ("response", "sides")}
    return {"size": look.size, "square": look.square, **maps}


def replay(clip):
    """(boxes, scores) of the loop over a recorded clip, on frames without content."""
    width, height = clip["frame"]
    blank = np.zeros((height, width, 3), np.uint8)
    tracker = BoxTracker(Replay(clip), Loop.of(clip["manifest"]))
    tracker.init(blank, clip["init"])
    found = [tracker.update(blank) for _ in clip["boxes"]]
    return np.array([b for b, _ in found]), np.array([score for _, score in found])


def constants():
    """What both programs hold as constants, by the names of the file."""
    return {
        "least_side": MIN_SIDE,
        "views": [list(v) for v in loop.VIEWS],
        "most_shift": loop.MOST_SHIFT,
        "most_change": loop.MOST_CHANGE,
        "small_change": loop.SMALL_CHANGE,
        "agreeing": loop.AGREE,
        "near_best": loop.NEAR_BEST,
        "pace_decay": loop.PACE_DECAY,
    }


class Thin:
    """A network that always sees a thing of a few crop pixels, so that the box shrinks as far as it may."""

    def exemplar(self, image, mark=None):
        return None

    def locate(self, kept, image):
        cells = image.shape[0] // loop.STRIDE
        far = np.hypot(*(np.indices((cells, cells)) - cells // 2))
        sides = np.broadcast_to(np.array(2 * THIN_SIDES)[:, None, None], (4, cells, cells))
        return np.exp(-far / 3), sides


def still(about):
    """The manifest without new views of the target, which a replay, that has no pixels, cannot take."""
    about = copy.deepcopy(about)
    about["loop"] = {k: v for k, v in about["loop"].items() if k not in RETIRED and not k.startswith("refresh")}
    return about


def plain(about, penalty_k=0.1, size_rate=0.4):
    """The manifest without what corrects the box, waits or takes smaller crops, with the window by index."""
    about = copy.deepcopy(about)
    about["loop"] = {"window_influence": 0.4, "penalty_k": penalty_k, "size_rate": size_rate, "window": "hann"}
    about["search"].pop("calm", None)
    return about


def make(path, video, box):
    """The cases of a model file and a video whose first frame holds box."""
    about, model = still(export.manifest_of(path)), OnnxModel(path)
    images = read(video, LOST_FRAMES)
    covered = [np.full_like(m, 128) if i in COVERED else m for i, m in enumerate(images)]
    height, width = images[0].shape[:2]
    small = [width / 2 - 20, height / 2 - 15, 40, 30]
    name = about["name"]
    return {
        "format": FORMAT,
        "by": "python -m siamtrain loopcases, in models/training",
        "constants": constants(),
        "clips": [
            record(f"{name} on the clip, as shipped but for new views", about, model, images[:FRAMES], box),
            record(f"{name} on the clip, without corrections", plain(about), model, images[:FRAMES], box),
            record(f"{name} on the clip, target covered for a while", about, model, covered, box),
            record("a thing of a few pixels", plain(about, 0.02, 0.9), Thin(), images[:1] * THIN_FRAMES, small),
        ],
    }


def read(video, count):
    """The first frames of a video, BGR."""
    capture, frames = cv2.VideoCapture(video), []
    while len(frames) < count:
        ok, frame = capture.read()
        if not ok:
            raise DataError(f"{video}: frame {len(frames)} cannot be read, {count} are needed")
        frames.append(frame)
    capture.release()
    return frames


def write(cases, path):
    """Writes the file, one look a line, so that a change of it can be read."""
    text = json.dumps(cases, separators=(",", ":"))
    text = re.sub(r'(\{"size":\d+,"square"|\{"name":"[^"]*","manifest"|"boxes":|"clips":)', r"\n\1", text)
    with open(path, "w", encoding="utf-8") as file:
        file.write(text + "\n")
