"""Pairs for the classic network.

An exemplar crop, a search crop of the same object, and where the object lies in it.
"""

import collections
import dataclasses
import math
import zlib

import cv2
import numpy as np

from siamtrain.classic.network import EXEMPLAR, SEARCH
from siamtrain.data import augment, crop
from siamtrain.data.view import View, view_matrix


@dataclasses.dataclass
class Augmentation:
    """How far a pair is changed.

    Shifts are pixels of the search crop, the others natural logarithms, radians or chances.
    """

    shift: float = 40.0
    scale: float = 0.18
    aspect: float = 0.08
    rotation: float = 0.15
    exemplar_shift: float = 3.0
    exemplar_scale: float = 0.05
    flip: float = 0.5
    grey: float = 0.1
    occlude: float = 0.12
    # What lies outside the image becomes another scene: a flat border would give the target's place away.
    refill: float = 0.6
    gap: int = 50  # frames between the two of a pair, at most


@dataclasses.dataclass
class Batch:
    """exemplars (N, 127, 127, 3) and searches (N, 255, 255, 3) BGR uint8.

    offset (N, 2) x, y of the target from the search crop's centre in crop pixels; group (N,) equal where two pairs show
    the same scene, which then are no negatives of each other.
    """

    exemplars: np.ndarray
    searches: np.ndarray
    offset: np.ndarray
    group: np.ndarray


class PairMaker:
    """Draws batches of pairs from tracks.

    Batch k of a seed is always the same, so a resumed run sees what it would have seen.

    Half of the pairs come from video where there is any. Among stills a class of n boxes weighs sqrt(n), so no class
    dominates; with chance `alike` a pair takes the class of the one before it, which makes the two each other's
    look-alike negatives.
    """

    def __init__(self, tracks, cache, seed=0, video=0.5, alike=0.5, changes=None):
        self.cache, self.seed, self.alike = cache, seed, alike
        self.changes = changes or Augmentation()
        self.videos = [t for t in tracks if len(t.files) > 1 and len(t.visible()) > 1]
        stills = [t for t in tracks if len(t.visible()) and not (len(t.files) > 1 and len(t.visible()) > 1)]
        self.video = video if stills and self.videos else float(bool(self.videos))
        self.classes = collections.defaultdict(list)
        for t in stills:
            self.classes[t.label].append(t)
        self.labels = sorted(self.classes)
        weights = np.array([math.sqrt(len(self.classes[k])) for k in self.labels])
        self.weights = weights / weights.sum() if len(weights) else weights
        self.everything = self.videos + stills

    def batch(self, step, size):
        """Batch number `step`."""
        rng = np.random.default_rng([self.seed, step])
        rows, last = [], None
        for _ in range(size):
            track = self._track(rng, last)
            rows.append((*self._pair(rng, track), zlib.crc32(track.scene.encode())))
            last = track
        z, x, offset, group = zip(*rows)
        return Batch(np.stack(z), np.stack(x), np.array(offset, np.float32), np.array(group))

    def _track(self, rng, last):
        if rng.random() < self.video:
            return self.videos[rng.integers(len(self.videos))]
        label = self.labels[rng.choice(len(self.labels), p=self.weights)]
        if last is not None and last.label in self.classes and rng.random() < self.alike:
            label = last.label
        members = self.classes[label]
        return members[rng.integers(len(members))]

    def _pair(self, rng, track):
        c = self.changes
        seen = track.visible()
        i = seen[rng.integers(len(seen))]
        near = seen[np.abs(seen - i) <= c.gap]
        j = near[rng.integers(len(near))]
        images = [self.cache.load(track.files[k]) for k in (i, j)]
        flip = rng.random() < c.flip
        shift = rng.uniform(-c.exemplar_shift, c.exemplar_shift, 2)
        z = self._crop(
            rng, images[0], track.boxes[i], EXEMPLAR, shift, (rng.uniform(-1, 1) * c.exemplar_scale, 0, 0), flip
        )
        offset = rng.uniform(-c.shift, c.shift, 2)
        change = (
            rng.uniform(-1, 1) * c.scale,
            rng.uniform(-1, 1) * c.aspect,
            rng.uniform(-1, 1) * c.rotation * (rng.random() < 0.5),
        )
        x = self._crop(rng, images[1], track.boxes[j], SEARCH, offset, change, flip)
        if rng.random() < c.occlude:
            side = crop.context_side(*track.boxes[j][2:])
            x = augment.occlude(x, rng, SEARCH / 2 + offset, track.boxes[j][2:] * EXEMPLAR / side)
        grey = rng.random() < c.grey
        return (
            augment.photometric(z, rng, 0.6, grey),
            augment.degrade(augment.photometric(x, rng, 1.0, grey), rng),
            offset,
        )

    def _crop(self, rng, image, box, size, offset, change, flip):
        """A crop with the box's centre at `offset` from its middle; change is (log scale, log aspect, rotation)."""
        x, y, w, h = box
        scale, aspect, turn = change
        view = View(offset[0], offset[1], math.exp(scale), math.exp(2 * aspect), turn, flip)
        side = crop.context_side(w, h) * size / EXEMPLAR
        matrix = view_matrix(x + w / 2, y + h / 2, side, size, view)
        out = crop.warp(image, matrix, size)
        if rng.random() < self.changes.refill:
            out = self._refill(rng, out, image, matrix, size)
        return out

    def _refill(self, rng, out, image, matrix, size):
        inside = cv2.warpAffine(np.full(image.shape[:2], 255, np.uint8), matrix, (size, size))
        if inside.min() == 255:
            return out
        other = self.everything[rng.integers(len(self.everything))]
        scene = self.cache.load(other.files[rng.integers(len(other.files))])
        side = min(scene.shape[:2])
        x0, y0 = rng.integers(scene.shape[1] - side + 1), rng.integers(scene.shape[0] - side + 1)
        scene = cv2.resize(scene[y0 : y0 + side, x0 : x0 + side], (size, size), interpolation=cv2.INTER_AREA)
        return np.where((inside == 255)[..., None], out, scene)
