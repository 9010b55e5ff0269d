"""The networks that teach: FEAR-XS's search features, NanoTrack v3's features, response and boxes.

FEAR-XS (MIT) and NanoTrack v3 (Apache-2.0) are read as ONNX files; their outputs are targets,
their weights are never copied.
"""

import os

import numpy as np
import onnx

from siamtrain.file import export
from siamtrain.loop.box import SEARCH, Loop

FEAR_TENSOR, FEAR_DEPTH = "input.125", 256  # output of its search backbone and neck, (1, 256, 16, 16)
NANO_DEPTH = 96
NANO_EXEMPLAR, NANO_SEARCH = 127, 255
NANO_CELLS = 15  # its cells are cells 1 to 15 of ours


def planar(crop):
    """A crop (S, S, 3) as (1, 3, S, S) float32."""
    return np.ascontiguousarray(crop.transpose(2, 0, 1)[None], np.float32)


class Fear:
    """FEAR-XS's search features of any 256x256 crop."""

    def __init__(self, models, cache):
        path = os.path.join(cache, "fear_features.onnx")
        if not os.path.exists(path):
            onnx.utils.extract_model(os.path.join(models, "fear_track.onnx"), path, ["image"], [FEAR_TENSOR])
        self._session = export.session(path)

    def features(self, search):
        """(256, 16, 16) of a BGR uint8 crop."""
        return self._session.run(None, {"image": planar(search[..., ::-1])})[0][0]


class Nano:
    """NanoTrack v3 on our crops: they differ from its own by the last row and column."""

    side, cells = SEARCH, NANO_CELLS
    origin = -(NANO_CELLS // 2) * 16.0 + (NANO_SEARCH - SEARCH) / 2
    loop = Loop(0.455, 0.138, 0.348, "hann")  # as published with it

    def __init__(self, models):
        self._exemplar, self._search, self._head = (
            export.session(os.path.join(models, f"nano3_{part}.onnx")) for part in ("backbone_z", "backbone_x", "head")
        )
        at = self.origin + SEARCH / 2 + 16.0 * np.arange(NANO_CELLS)
        self._x, self._y = np.meshgrid(at, at)

    def exemplar(self, crop, mark=None):
        """Features (1, 96, 8, 8) of a 128x128 BGR crop."""
        return self._exemplar.run(None, {"input": planar(crop[:NANO_EXEMPLAR, :NANO_EXEMPLAR])})[0]

    def search(self, crop):
        """Features (1, 96, 16, 16) of a 256x256 BGR crop."""
        return self._search.run(None, {"input": planar(crop[:NANO_SEARCH, :NANO_SEARCH])})[0]

    def head(self, exemplar, search):
        """Response (15, 15) in 0..1 and sides (4, 15, 15) in crop pixels, from both crops' features."""
        response, sides = self._head.run(None, {"input1": exemplar, "input2": search})
        return 1 / (1 + np.exp(response[0, 0] - response[0, 1])), sides[0]

    def locate(self, exemplar, crop):
        """As head, from the exemplar's features and the search crop: what loop.box asks of a model."""
        return self.head(exemplar, self.search(crop))

    def corners(self, sides):
        """Corners (4, 15, 15) of the boxes in the search crop's continuous coordinates, cell by cell."""
        left, top, right, bottom = sides
        return np.stack([self._x - left, self._y - top, self._x + right, self._y + bottom])
