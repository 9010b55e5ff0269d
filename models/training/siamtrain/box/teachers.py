"""The networks that teach: FEAR-XS's search features, NanoTrack v3's features, response and boxes.

FEAR-XS (MIT) and NanoTrack (Apache-2.0) are read as ONNX files; their outputs are targets, their weights are never
copied. Both, and NanoTrack v2, are also models to measure beside one's own.
"""

import os

import numpy as np
import onnx

from siamtrain.file import export
from siamtrain.loop.box import SEARCH, STRIDE, Loop

FEAR_TENSOR, FEAR_DEPTH = "input.125", 256  # output of its search backbone and neck, (1, 256, 16, 16)
NANO_DEPTH = 96
NANO_EXEMPLAR, NANO_SEARCH = 127, 255
NANO_CELLS = 15  # its cells are cells 1 to 15 of ours
# Cells of NanoTrack's maps and the loop that was published with it, by version.
NANO = {2: (16, Loop(0.490, 0.150, 0.385, "hann")), 3: (NANO_CELLS, Loop(0.455, 0.138, 0.348, "hann"))}
FEAR_EXEMPLAR, FEAR_SEARCH = 1.4, 5.0  # what its crops show, in sizes of the box: they are stretched to squares


def planar(crop):
    """A crop (S, S, 3) as (1, 3, S, S) float32."""
    return np.ascontiguousarray(crop.transpose(2, 0, 1)[None], np.float32)


def cut_fear(models, path):
    """Writes the part of fear_track.onnx in a folder that gives its search features."""
    onnx.utils.extract_model(os.path.join(models, "fear_track.onnx"), path, ["image"], [FEAR_TENSOR])


class Fear:
    """FEAR-XS's search features of any 256x256 crop."""

    def __init__(self, models, cache):
        path = os.path.join(cache, "fear_features.onnx")
        if not os.path.exists(path):
            cut_fear(models, path)
        self._session = export.session(path)

    def features(self, search):
        """(256, 16, 16) of a BGR uint8 crop."""
        return self._session.run(None, {"image": planar(search[..., ::-1])})[0][0]


class FearBoxes:
    """FEAR-XS whole, a model of loop.box but for its crops, which are stretched (FEAR_EXEMPLAR, FEAR_SEARCH)."""

    side, cells, origin = SEARCH, SEARCH // STRIDE, -SEARCH / 2.0

    def __init__(self, models):
        self._exemplar, self._search = (
            export.session(os.path.join(models, f"fear_{part}.onnx")) for part in ("init", "track")
        )

    def exemplar(self, crop, mark=None):
        """Features (1, 256, 8, 8) of a 128x128 BGR crop."""
        return self._exemplar.run(None, {"image": planar(crop[..., ::-1])})[0]

    def locate(self, exemplar, crop):
        """Response (16, 16) in 0..1 and sides (4, 16, 16) in pixels of a 256x256 BGR crop."""
        feeds = {"image": planar(crop[..., ::-1]), "template_features": exemplar}
        sides, logits = self._search.run(["bbox", "cls"], feeds)
        return 1 / (1 + np.exp(-logits[0, 0])), sides[0]


class Nano:
    """NanoTrack v3 (or v2) on our crops: they differ from its own by the last row and column."""

    side = SEARCH

    def __init__(self, models, version=3):
        self._exemplar, self._search, self._head = (
            export.session(os.path.join(models, f"nano{version}_{part}.onnx"))
            for part in ("backbone_z", "backbone_x", "head")
        )
        self.cells, self.loop = NANO[version]
        self.origin = -(self.cells // 2) * float(STRIDE) + (NANO_SEARCH - SEARCH) / 2
        at = self.origin + SEARCH / 2 + STRIDE * np.arange(self.cells)
        self._x, self._y = np.meshgrid(at, at)

    def exemplar(self, crop, mark=None):
        """Features (1, 96, 8, 8) of a 128x128 BGR crop."""
        return self._exemplar.run(None, {"input": planar(crop[:NANO_EXEMPLAR, :NANO_EXEMPLAR])})[0]

    def search(self, crop):
        """Features (1, 96, 16, 16) of a 256x256 BGR crop."""
        return self._search.run(None, {"input": planar(crop[:NANO_SEARCH, :NANO_SEARCH])})[0]

    def head(self, exemplar, search):
        """Response (n, n) in 0..1 and sides (4, n, n) in crop pixels, from both crops' features."""
        response, sides = self._head.run(None, {"input1": exemplar, "input2": search})
        return 1 / (1 + np.exp(response[0, 0] - response[0, 1])), sides[0]

    def locate(self, exemplar, crop):
        """As head, from the exemplar's features and the search crop: what loop.box asks of a model."""
        return self.head(exemplar, self.search(crop))

    def corners(self, sides):
        """Corners (4, n, n) of the boxes in the search crop's continuous coordinates, cell by cell."""
        left, top, right, bottom = sides
        return np.stack([self._x - left, self._y - top, self._x + right, self._y + bottom])
