"""The tracking loop of peak networks in Python, to choose parameters and measure accuracy without the Go program.

It follows section 5.1 of Bertinetto et al. (2016): several scales, one response map each, a cosine window, the size
followed by a rate.
"""

import dataclasses

import cv2
import numpy as np

from siamtrain.data import crop
from siamtrain.file import export
from siamtrain.loop.target import MIN_SIDE, begin


@dataclasses.dataclass
class Loop:
    """Parameters of the loop, as stored in a model's metadata."""

    scales: int = 3
    scale_step: float = 1.0375
    scale_penalty: float = 0.9745
    scale_rate: float = 0.59
    window_influence: float = 0.176
    upsample: int = 16


def open_tracker(path, loop=None):
    """A PeakTracker over an exported file, with the loop of its manifest unless another is given."""
    session, m = export.session(path), export.manifest_of(path)
    known = {f.name for f in dataclasses.fields(Loop)}
    loop = loop or Loop(**{k: v for k, v in m["loop"].items() if k in known}, upsample=m["upsample"])
    return PeakTracker(
        lambda images: session.run(["features"], {"image": images})[0],
        m["correlation"]["scale"],
        m["correlation"]["bias"],
        loop,
        m["exemplar"]["size"],
        m["search"]["size"],
        m["grid"]["stride"],
        m["exemplar"]["context"],
    )


class PeakTracker:
    """Follows one target. features: (N, 3, S, S) RGB 0..255 float32 to (N, C, h, w), numpy."""

    def __init__(self, features, scale, bias, loop=None, exemplar=127, search=255, stride=8, context=0.5):
        self.features, self.gain, self.bias = features, scale, bias
        self.loop = loop or Loop()
        self.exemplar, self.search, self.stride, self.context = exemplar, search, stride, context
        offsets = np.arange(self.loop.scales) - self.loop.scales // 2
        self.steps = self.loop.scale_step ** offsets.astype(float)
        self.penalties = np.where(offsets == 0, 1.0, self.loop.scale_penalty)

    def init(self, image, box):
        self.centre, self.size = begin(box, image.shape)
        self.fill = crop.mean_colour(image)
        patch = crop.square(image, *self.centre, crop.context_side(*self.size, self.context), self.exemplar, self.fill)
        self.template = self.features(crop.planar([patch]))[0]

    def update(self, image):
        """The next frame's (box, score); the score is the sigmoid of the logit at the place that was chosen."""
        side = crop.context_side(*self.size, self.context) * self.search / self.exemplar
        patches = [crop.square(image, *self.centre, side * s, self.search, self.fill) for s in self.steps]
        maps = self.gain * correlate(self.features(crop.planar(patches)), self.template) + self.bias
        maps = np.stack([upsample(m, self.loop.upsample) for m in maps])
        best = int(np.argmax((maps.max((1, 2)) - maps.min()) * self.penalties))
        row, column = locate(maps[best], maps.min(), self.loop.window_influence)
        offset = (np.array([column, row]) + 0.5 - maps.shape[1] / 2) * self.stride / self.loop.upsample
        height, width = image.shape[:2]
        self.centre = np.clip(self.centre + offset * self.steps[best] * side / self.search, 0, [width, height])
        self.size = np.clip(self.size * (1 + self.loop.scale_rate * (self.steps[best] - 1)), MIN_SIDE, [width, height])
        score = 1 / (1 + np.exp(-float(maps[best][row, column])))
        return [*(self.centre - self.size / 2), *self.size], score


def correlate(features, template):
    """Valid cross-correlation of (N, C, H, W) with (C, h, w): (N, H-h+1, W-w+1)."""
    windows = np.lib.stride_tricks.sliding_window_view(features, template.shape[1:], axis=(2, 3))
    return np.einsum("nchwij,cij->nhw", windows, template, optimize=True)


def upsample(response, factor):
    """A square map enlarged by a whole factor, bicubically."""
    side = response.shape[0] * factor
    return cv2.resize(response.astype(np.float32), (side, side), interpolation=cv2.INTER_CUBIC)


def locate(response, lowest, influence):
    """(row, column) of the peak of a map that was normalised to a sum of one and blended with a cosine window."""
    hann = np.hanning(response.shape[0])
    window = np.outer(hann, hann)
    above = response - lowest
    blended = (1 - influence) * above / max(above.sum(), 1e-16) + influence * window / window.sum()
    return np.unravel_index(np.argmax(blended), response.shape)
