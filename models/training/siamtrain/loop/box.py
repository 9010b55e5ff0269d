"""The tracking loop of the box kind in numpy: the twin of the Go pipeline, for parameters, pseudo-tracks and scores.

A model is anything with .side (of its search crop), .cells, .origin (crop pixels from the crop's centre to cell 0),
.exemplar(crop, mark) -> what is kept of it; mark holds the target's corners x0, y0, x1, y1 in the exemplar crop, and
.locate(kept, crop) -> response (n, n) in 0..1 and sides (4, n, n): left, top, right, bottom in search-crop pixels. On
the smaller crops of a loop that has them, n is as many cells less as they are shorter.
Crops are BGR uint8; boxes are x, y, w, h in continuous image pixels.

Of Go's re-detection (state.unlike, state.redetect and their like in the manifest) it has nothing: parameters are chosen
on targets that stay, and where boxes are compared with Go's, Go runs without it (--no-redetect).
"""

import dataclasses

import numpy as np

from siamtrain.data import crop
from siamtrain.errors import DataError
from siamtrain.file import export
from siamtrain.loop.target import MIN_SIDE, begin

STRIDE = 16  # crop pixels between two cells of the response
EXEMPLAR, SEARCH = 128, 256  # sides of the crops that box networks are trained on
# IoU with the best cell's box, and share of its response, above which a cell votes on the box.
AGREE, NEAR_BEST = 0.6, 0.5
# How the first frame is looked at to learn the box's error: shift of the crop's centre in crop pixels, and factor on
# its side.
VIEWS = ((0, 0, 1.0), (20, 0, 1.05), (-20, 0, 0.95), (0, 20, 0.95), (0, -20, 1.05))
# Of the box's size, and of the logarithm of its sides: beyond them a view has not found the target.
MOST_SHIFT, MOST_CHANGE = 0.3, 0.5
# The logarithm of a side's change about which it is as likely the network's as the target's.
SMALL_CHANGE = 0.25
PACE_DECAY = 0.9  # what a frame leaves of how far from the crop's middle the target was found before
# Parameters of the loop that a manifest has in another part of it than "loop".
ELSEWHERE = {"calm": "search", "uncertain": "state"}
RETIRED = ("hold",)  # parameters in files of earlier versions, read over


@dataclasses.dataclass(frozen=True)
class Loop:
    """Parameters of the loop; siamfc/manifest.go describes each."""

    window_influence: float = 0.4
    penalty_k: float = 0.1
    size_rate: float = 0.4
    window: str = "centred"
    vote: float = 0.0
    calibration: float = 0.0
    told_rate: float = 0.0
    steady: float = 0.0
    refresh: int = 0
    refresh_share: float = 0.0
    refresh_around: float = 0.0
    refresh_score: float = 0.0
    calm_shift: float = 0.0
    calm: int = 0
    uncertain: float = 0.0

    @classmethod
    def of(cls, about):
        """The loop in a manifest, with the defaults of the Go program. DataError names what this loop does not have."""
        given = {k: v for k, v in about["loop"].items() if k not in RETIRED}
        unknown = sorted(set(given) - {f.name for f in dataclasses.fields(cls)})
        if unknown:
            raise DataError(f"model {about['name']}: loop.{unknown[0]}: the loop in Python does not have it")
        elsewhere = {k: about.get(part, {}).get(k, 0) for k, part in ELSEWHERE.items()}
        return dataclasses.replace(cls(0.0, 0.0, 0.0, "hann"), **given, **elsewhere)

    def manifest(self):
        """The loop as a manifest holds it under "loop"."""
        own = {k: v for k, v in dataclasses.asdict(self).items() if k not in ELSEWHERE}
        return {k: round(v, 4) if isinstance(v, float) else v for k, v in own.items()}


class OnnxModel:
    """A box network in this project's layout, shown search crops of the sizes in its manifest.

    Its file holds one graph for both crops, or the search graph, with the exemplar graph inside or beside it. What is
    kept of an exemplar are the search graph's other inputs by name.
    """

    def __init__(self, path):
        about = export.manifest_of(path)
        self.side = about["search"]["size"]
        self.cells, self.origin = self.side // STRIDE, -self.side / 2
        self.session, apart = export.session(path), export.exemplar_graph(path)
        self._exemplar = self.session if apart is None else export.session(apart)
        self._asked = [i.name for i in self._exemplar.get_inputs()]
        self._taken = [i.name for i in self.session.get_inputs() if i.name != "image"]
        if apart is None:
            width = next(i.shape[1] for i in self.session.get_inputs() if i.name == "exemplar")
            self._blank = np.zeros([1, width, *[EXEMPLAR // STRIDE] * 2], np.float32)

    def exemplar(self, image, mark=None):
        """What is kept of an exemplar crop; mark holds its target's corners, zeros where it is not given."""
        mark = np.zeros(4) if mark is None else mark
        given = {"image": crop.planar([image]), "mark": np.asarray(mark, np.float32)[None]}
        if self._exemplar is self.session:
            given["exemplar"] = self._blank
            feeds = {name: given[name] for name in self._asked}
            kept = {**given, "exemplar": self.session.run(["features"], feeds)[0]}
            return {name: kept[name] for name in self._taken}
        found = self._exemplar.run(self._taken, {name: given[name] for name in self._asked})
        return dict(zip(self._taken, found))

    def locate(self, kept, image):
        """Response (n, n) and sides (4, n, n) of a search crop."""
        response, sides = self.session.run(["response", "sides"], {"image": crop.planar([image]), **kept})
        return response[0, 0], sides[0]


def window_of(kind, cells, origin):
    """The window over the cells: Hann's by index ("hann"), or by distance from the crop's centre ("centred")."""
    if kind == "hann":
        line = np.hanning(cells)
    else:
        at = (origin + STRIDE * np.arange(cells)) / (STRIDE * (cells + 1) / 2)
        line = 0.5 + 0.5 * np.cos(np.pi * np.clip(at, -1, 1))
    return np.outer(line, line)


def mark_of(size, side):
    """The corners x0, y0, x1, y1 of a target of size (w, h) in the exemplar crop that shows a square of `side`."""
    reach = np.asarray(size, float) * EXEMPLAR / side / 2
    return np.concatenate([EXEMPLAR / 2 - reach, EXEMPLAR / 2 + reach])


def change(ratio):
    """How much a ratio differs from 1, at least 1."""
    return np.maximum(ratio, 1 / ratio)


def cells_on(model, side):
    """How many cells a response has along the side of a search crop: the model's, and whole ones more or fewer."""
    return model.cells + (side - model.side) // STRIDE


class View:
    """Search crops of one side: the window, and where cells lie about the crop's centre, in crop pixels."""

    def __init__(self, model, side, window):
        self.side, cells, origin = side, cells_on(model, side), model.origin - (side - model.side) / 2
        at = origin + STRIDE * np.arange(cells)
        self.window = window_of(window, cells, origin)
        self.x, self.y = np.meshgrid(at, at)


class BoxTracker:
    """One target in a sequence of frames."""

    def __init__(self, model, loop):
        self.model, self.loop = model, loop
        self.near = View(model, model.side, loop.window)
        self.calm = View(model, loop.calm, loop.window) if loop.calm else self.near

    def init(self, image, box):
        """Takes the target's box in the first image."""
        self.centre, self.size = begin(box, image.shape)
        self.marked = self.size
        self.fill = crop.mean_colour(image)
        side = crop.context_side(*self.size)
        patch = crop.square(image, *self.centre, side, EXEMPLAR, self.fill)
        self.first = self.kept = self.model.exemplar(patch, mark_of(self.size, side))
        self.bias, self.frames, self.pace = np.zeros(4), 0, None
        if self.loop.calibration:
            self.bias = self.calibrate(image) * self.loop.calibration

    def update(self, image):
        """(box, score) in the next frame."""
        view = self.next_view()
        dx, dy, w, h, score, rate = self.look(image, self.centre, 1.0, view)
        w, h = np.array([w, h]) * np.exp(-self.bias[2:])
        shift = np.array([dx, dy]) - self.bias[:2] * [w, h]
        self.learn_pace(shift * view.side / self.searched(view), score)
        limit = np.array([image.shape[1], image.shape[0]], float)
        self.centre = np.clip(self.centre + shift, 0, limit)
        before, self.size = self.size, self._resized(self.size, [w, h], rate, limit)
        self.take_view(image, score)
        told = self.told(self._resized(before, [w, h], self.told_rate(rate), limit))
        return np.array([*(self.centre - told / 2), *told]), score

    def next_view(self):
        """The view in which the target is searched for, as siamfc/pace.go chooses it."""
        return self.calm if self.pace is not None and self.pace < self.loop.calm_shift else self.near

    def learn_pace(self, shift, score):
        """Is told where a search found the target, in crop pixels from the middle."""
        far = np.abs(shift).max() if score >= self.loop.uncertain else self.near.side / 2
        self.pace = far if self.pace is None else max(far, self.pace * PACE_DECAY)

    @staticmethod
    def _resized(size, found, rate, limit):
        return np.clip(size * (1 - rate) + np.array(found) * rate, MIN_SIDE, limit)

    def told_rate(self, rate):
        """The rate of the size that is told, where the search's is `rate`."""
        loop = self.loop
        return min(rate * loop.told_rate / loop.size_rate, 1.0) if loop.told_rate and loop.size_rate else rate

    def told(self, size):
        """A size with small changes since the first frame taken back in part, as siamfc/told.go does."""
        change = np.log(size / self.marked)
        return size * np.exp(-self.loop.steady * change * np.exp(-((change / SMALL_CHANGE) ** 2)))

    def take_view(self, image, score):
        """Mixes the target as it looks now into what the search compares with, as siamfc/refresh.go does."""
        self.frames += 1
        loop = self.loop
        if not loop.refresh or self.frames % loop.refresh or score <= loop.refresh_score:
            return
        side = crop.context_side(*self.size)
        patch = crop.square(image, *self.centre, side, EXEMPLAR, self.fill)
        seen = self.model.exemplar(patch, mark_of(self.size, side))
        self.kept = {name: self._mixed(name, first, seen[name]) for name, first in self.first.items()}

    def _mixed(self, name, first, seen):
        """A tensor of the first exemplar mixed with that of a new view; the mark itself stays the first one's."""
        if name == "mark":
            return first
        share = self.loop.refresh_around if name.startswith("around") else self.loop.refresh_share
        return first + share * (seen - first)

    def searched(self, view, factor=1.0):
        """The side in the image of the square that becomes a view's search crop, times factor."""
        return crop.context_side(*self.size) * view.side / EXEMPLAR * factor

    def look(self, image, centre, factor, view):
        """What a view of the square about `centre`, its side times factor, shows: best's answer, in image pixels."""
        side = self.searched(view, factor)
        zoom = view.side / side
        maps = self.model.locate(self.kept, crop.square(image, *centre, side, view.side, self.fill))
        response, sides = (np.asarray(m, float) for m in maps)
        dx, dy, w, h, score, rate = self.best(response, sides, self.size * zoom, view)
        return dx / zoom, dy / zoom, w / zoom, h / zoom, score, rate

    def calibrate(self, image):
        """The network's error on the first frame, whose box is known: centre in box sizes, sides as logarithms.

        The mean over VIEWS, without those that do not find the target.
        """
        side, errors = crop.context_side(*self.size) / EXEMPLAR, []
        for dx, dy, factor in VIEWS:
            move = np.array([dx, dy]) * side * factor
            x, y, w, h, _, _ = self.look(image, self.centre + move, factor, self.near)
            error = np.array(
                [
                    (move[0] + x) / self.size[0],
                    (move[1] + y) / self.size[1],
                    *np.log(np.maximum([w, h], 1e-9) / self.size),
                ]
            )
            if np.abs(error[:2]).max() <= MOST_SHIFT and np.abs(error[2:]).max() <= MOST_CHANGE:
                errors.append(error)
        return np.mean(errors, 0) if errors else np.zeros(4)

    def best(self, response, sides, size, view):
        """The best cell's box about the crop's centre: centre x, y, width, height, and its score and rate."""
        left, top, right, bottom = sides
        w, h = left + right, top + bottom
        with np.errstate(all="ignore"):
            padded = np.sqrt((w + (w + h) / 2) * (h + (w + h) / 2)) / crop.context_side(*size)
            penalty = np.exp(-self.loop.penalty_k * (change(padded) * change((w / h) / (size[0] / size[1])) - 1))
        usable = (w > 0) & (h > 0) & ~np.isnan(response)
        influence = self.loop.window_influence
        rank = np.where(usable, penalty * response * (1 - influence) + view.window * influence, -np.inf)
        if not usable.any():
            return 0.0, 0.0, *size, 0.0, 0.0
        i = np.unravel_index(int(np.argmax(rank)), rank.shape)
        rate = penalty[i] * response[i] * self.loop.size_rate if self.loop.size_rate else 1.0
        x1, y1, x2, y2 = corners = np.stack([view.x - left, view.y - top, view.x + right, view.y + bottom])
        if self.loop.vote:
            width, height = np.minimum(x2, x2[i]) - np.maximum(x1, x1[i]), np.minimum(y2, y2[i]) - np.maximum(y1, y1[i])
            shared = np.clip(width, 0, None) * np.clip(height, 0, None)
            iou = np.where(usable, shared / np.maximum(w * h + w[i] * h[i] - shared, 1e-9), 0)
            share = response / max(response[i], 1e-9)
            weight = response**self.loop.vote * np.clip(share - NEAR_BEST, 0, None) * np.clip(iou - AGREE, 0, None)
            weight[i] = max(weight[i], 1e-12)
            voters = weight > 0  # not those that are no numbers
            box = (corners[:, voters] * weight[voters]).sum(1) / weight[voters].sum()
        else:
            box = corners[(slice(None), *i)]
        return (
            (box[0] + box[2]) / 2,
            (box[1] + box[3]) / 2,
            box[2] - box[0],
            box[3] - box[1],
            float(response[i]),
            float(rate),
        )
