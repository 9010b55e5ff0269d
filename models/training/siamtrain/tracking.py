"""The tracking loop of the box kind in numpy: the twin of the Go pipeline, for parameters, pseudo-tracks and scores.

A model is anything with .cells, .origin (crop pixels from the crop's centre to cell 0), .exemplar(crop) -> kept features and
.locate(kept, crop) -> response (n, n) in 0..1 and sides (4, n, n): left, top, right, bottom in search-crop pixels.
Crops are BGR uint8; boxes are x, y, w, h in continuous image pixels.
"""

import dataclasses

import numpy as np

from siamtrain import crop, export
from siamtrain.boxnet import EXEMPLAR, SEARCH, STRIDE

MIN_SIDE = 4.0


@dataclasses.dataclass(frozen=True)
class Loop:
    """Parameters of the loop; siamfc/manifest.go describes each."""

    window_influence: float = 0.4
    penalty_k: float = 0.1
    size_rate: float = 0.4
    window: str = "centred"

    def manifest(self):
        return {k: round(v, 4) if isinstance(v, float) else v for k, v in dataclasses.asdict(self).items()}


class OnnxModel:
    """A box network in this project's one-file layout."""

    cells, origin = SEARCH // STRIDE, -SEARCH / 2

    def __init__(self, path):
        self._session = export.session(path)
        self._blank = np.zeros([1, self._session.get_inputs()[1].shape[1], *[EXEMPLAR // STRIDE] * 2], np.float32)

    def exemplar(self, image):
        return self._session.run(["features"], {"image": crop.planar([image]), "exemplar": self._blank})[0]

    def locate(self, kept, image):
        response, sides = self._session.run(["response", "sides"], {"image": crop.planar([image]), "exemplar": kept})
        return response[0, 0], sides[0]


def window_of(kind, cells, origin):
    """The window over the cells: Hann's by index ("hann"), or by distance from the crop's centre ("centred")."""
    if kind == "hann":
        line = np.hanning(cells)
    else:
        at = (origin + STRIDE * np.arange(cells)) / (STRIDE * (cells + 1) / 2)
        line = 0.5 + 0.5 * np.cos(np.pi * np.clip(at, -1, 1))
    return np.outer(line, line)


def change(ratio):
    """How much a ratio differs from 1, at least 1."""
    return np.maximum(ratio, 1 / ratio)


class BoxTracker:
    """One target in a sequence of frames."""

    def __init__(self, model, loop):
        self.model, self.loop = model, loop
        self.window = window_of(loop.window, model.cells, model.origin)
        at = model.origin + STRIDE * np.arange(model.cells)
        self.x, self.y = np.meshgrid(at, at)

    def init(self, image, box):
        x, y, w, h = (float(v) for v in box)
        self.centre, self.size = np.array([x + w / 2, y + h / 2]), np.array([w, h])
        self.fill = crop.mean_colour(image)
        self.kept = self.model.exemplar(crop.square(image, *self.centre, crop.context_side(w, h), EXEMPLAR, self.fill))

    def update(self, image):
        """(box, score) in the next frame."""
        side = crop.context_side(*self.size) * SEARCH / EXEMPLAR
        zoom = SEARCH / side
        response, sides = self.model.locate(self.kept, crop.square(image, *self.centre, side, SEARCH, self.fill))
        dx, dy, w, h, score, rate = self.best(response, sides, self.size * zoom)
        limit = np.array([image.shape[1], image.shape[0]], float)
        self.centre = np.clip(self.centre + np.array([dx, dy]) / zoom, 0, limit)
        self.size = np.clip(self.size * (1 - rate) + np.array([w, h]) / zoom * rate, MIN_SIDE, limit)
        return np.array([*(self.centre - self.size / 2), *self.size]), score

    def best(self, response, sides, size):
        """The best cell's box about the crop's centre: centre x, y, width, height, and its score and rate."""
        left, top, right, bottom = sides
        w, h = left + right, top + bottom
        with np.errstate(all="ignore"):
            padded = np.sqrt((w + (w + h) / 2) * (h + (w + h) / 2)) / crop.context_side(*size)
            penalty = np.exp(-self.loop.penalty_k * (change(padded) * change((w / h) / (size[0] / size[1])) - 1))
        usable = (w > 0) & (h > 0)
        influence = self.loop.window_influence
        rank = np.where(usable, penalty * response * (1 - influence) + self.window * influence, -np.inf)
        if not usable.any():
            return 0.0, 0.0, *size, 0.0, 0.0
        i = np.unravel_index(int(np.argmax(rank)), rank.shape)
        rate = penalty[i] * response[i] * self.loop.size_rate
        return (self.x[i] + (right[i] - left[i]) / 2, self.y[i] + (bottom[i] - top[i]) / 2, w[i], h[i], float(response[i]), float(rate))
