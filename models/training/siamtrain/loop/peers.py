"""NanoTrack (Apache-2.0) and FEAR-XS (MIT), read as ONNX files: models of loop.box to measure beside one's own.

Both also teach: marked.teachers.
"""

import os

import numpy as np

from siamtrain.data import crop
from siamtrain.file import export
from siamtrain.loop.box import SEARCH, STRIDE, Loop

NANO_EXEMPLAR, NANO_SEARCH = 127, 255
NANO_CELLS = 15  # of version 3: cells 1 to 15 of ours
NANO_LOOP = Loop(0.455, 0.138, 0.348, "hann")  # as it was published with version 3
FEAR_EXEMPLAR, FEAR_SEARCH = 1.4, 5.0  # what its crops show, in sizes of the box: they are stretched to squares


def planar(patch):
    """A BGR crop (S, S, 3) as (1, 3, S, S) float32, BGR."""
    return np.ascontiguousarray(patch.transpose(2, 0, 1)[None], np.float32)


class FearBoxes:
    """FEAR-XS whole, a model of loop.box but for its crops, which are stretched (FEAR_EXEMPLAR, FEAR_SEARCH)."""

    side, cells, origin = SEARCH, SEARCH // STRIDE, -SEARCH / 2.0

    def __init__(self, models):
        self._exemplar, self._search = (
            export.session(os.path.join(models, f"fear_{part}.onnx")) for part in ("init", "track")
        )

    def exemplar(self, patch, mark=None):
        """Features (1, 256, 8, 8) of a 128x128 BGR crop."""
        return self._exemplar.run(None, {"image": crop.planar([patch])})[0]

    def locate(self, exemplar, patch):
        """Response (16, 16) in 0..1 and sides (4, 16, 16) in pixels of a 256x256 BGR crop."""
        feeds = {"image": crop.planar([patch]), "template_features": exemplar}
        sides, logits = self._search.run(["bbox", "cls"], feeds)
        return 1 / (1 + np.exp(-logits[0, 0])), sides[0]


class Nano:
    """NanoTrack v2 or v3 on our crops: they differ from its own by the last row and column."""

    side = SEARCH

    def __init__(self, models, version):
        self._exemplar, self._search, self._head = (
            export.session(os.path.join(models, f"nano{version}_{part}.onnx"))
            for part in ("backbone_z", "backbone_x", "head")
        )
        self.cells = {2: 16, 3: NANO_CELLS}[version]
        self.origin = -(self.cells // 2) * float(STRIDE) + (NANO_SEARCH - SEARCH) / 2

    def exemplar(self, patch, mark=None):
        """Features (1, 96, 8, 8) of a 128x128 BGR crop."""
        return self._exemplar.run(None, {"input": planar(patch[:NANO_EXEMPLAR, :NANO_EXEMPLAR])})[0]

    def locate(self, exemplar, patch):
        """Response (n, n) in 0..1 and sides (4, n, n) in pixels of a 256x256 BGR crop."""
        seen = self._search.run(None, {"input": planar(patch[:NANO_SEARCH, :NANO_SEARCH])})[0]
        response, sides = self._head.run(None, {"input1": exemplar, "input2": seen})
        return 1 / (1 + np.exp(response[0, 0] - response[0, 1])), sides[0]
