"""Crops with what the teachers say of them, made by one process and read by another through a ring in shared memory.

The generator writes fresh samples, each of which the trainer uses about REUSE times with new colours, before it is
written over. Features are stored as int8 in units of 1/25 of each channel's standard deviation.
"""

import dataclasses
import json
import logging
import os
import random
import time

import cv2
import numpy as np

from siamtrain.box import pairs, teachers
from siamtrain.data import augment
from siamtrain.loop.box import EXEMPLAR, SEARCH

UNIT = 25.0
STATISTICS_CROPS = 300
DISTANT = 0.35
# Least score, and least IoU with where it was, of a place that NanoTrack is believed to find again.
SURE, ABOUT = 0.6, 0.4
WRITTEN, USED, STOP = 0, 1, 2  # counters in the ring
_SHAPES = {
    "exemplar": ((EXEMPLAR, EXEMPLAR, 3), np.uint8),
    "search": ((SEARCH, SEARCH, 3), np.uint8),
    "fear": ((teachers.FEAR_DEPTH, 16, 16), np.int8),
    "nano": ((teachers.NANO_DEPTH, 16, 16), np.int8),
    "nano_exemplar": ((teachers.NANO_DEPTH, 8, 8), np.int8),
    "located": ((5, teachers.NANO_CELLS, teachers.NANO_CELLS), np.float16),
    "truth": ((6,), np.float32),  # box corners, 1 for a positive pair, IoU of NanoTrack's best box with the truth
}


class Ring:
    """Arrays in files of a folder (best in /dev/shm). Opened by one writer (size given) and any number of readers."""

    def __init__(self, folder, size=None):
        meta = os.path.join(folder, "ring.json")
        if size is not None and not os.path.exists(meta):
            os.makedirs(folder, exist_ok=True)
            self._open(folder, size, "w+")
            with open(meta, "w", encoding="utf-8") as file:
                json.dump({"size": size}, file)
        else:
            with open(meta, encoding="utf-8") as file:
                self._open(folder, json.load(file)["size"], "r+")

    def _open(self, folder, size, mode):
        self.size = size
        self.arrays = {
            k: np.memmap(os.path.join(folder, k), t, mode, shape=(size, *s)) for k, (s, t) in _SHAPES.items()
        }
        self.counters = np.memmap(os.path.join(folder, "counters"), np.int64, mode, shape=(4,))

    def filled(self):
        return min(int(self.counters[WRITTEN]), self.size)

    def put(self, **sample):
        """Writes one sample over the oldest."""
        slot = int(self.counters[WRITTEN]) % self.size
        for key, value in sample.items():
            self.arrays[key][slot] = value
        self.counters[WRITTEN] += 1

    def draw(self, count, rng):
        """`count` different samples, as a dict of arrays, and counts them as used."""
        slots = np.sort(rng.choice(self.filled(), count, replace=False))
        self.counters[USED] += count
        return {key: array[slots] for key, array in self.arrays.items()}


class Standard:
    """Mean and standard deviation of a teacher's channels, measured once and kept in a file."""

    def __init__(self, path, features, crops):
        if not os.path.exists(path):
            flat = np.stack([features(c) for c in crops()]).swapaxes(0, 1)
            flat = flat.reshape(flat.shape[0], -1)
            np.save(path, np.stack([flat.mean(1), flat.std(1) + 1e-6]))
        self._mean, self._deviation = np.load(path)[:, :, None, None]

    def __call__(self, features):
        """Standardised features as int8."""
        return np.clip(np.rint((features - self._mean) / self._deviation * UNIT), -127, 127)


def overlap(a, b):
    """IoU of two boxes given by corners."""
    w = max(0.0, min(a[2], b[2]) - max(a[0], b[0]))
    h = max(0.0, min(a[3], b[3]) - max(a[1], b[1]))
    return w * h / ((a[2] - a[0]) * (a[3] - a[1]) + (b[2] - b[0]) * (b[3] - b[1]) - w * h + 1e-6)


@dataclasses.dataclass
class Lesson:
    """What NanoTrack says of a pair.

    Features of both crops, its maps as the ring stores them, its best box (corners) and that one's score.
    """

    exemplar: np.ndarray
    search: np.ndarray
    located: np.ndarray
    box: np.ndarray
    score: float


class Generator:
    """Fills a ring: with single crops (the feature phase) or with pairs."""

    def __init__(self, store, ring, models, cache, shares, seed, crowd=0.0, regions=0.0):
        cv2.setNumThreads(1)
        self.random, self.rng = random.Random(seed), np.random.default_rng(seed)
        self.sampler = pairs.Sampler(store, shares, self.random, crowd=crowd)
        self.ring, self.regions = ring, regions
        self.fear, self.nano = teachers.Fear(models, cache), teachers.Nano(models)

        def crops():
            return [self.sampler.anything() for _ in range(STATISTICS_CROPS)]

        self.fear_standard = Standard(os.path.join(cache, "fear.npy"), self.fear.features, crops)
        self.nano_standard = Standard(os.path.join(cache, "nano3.npy"), lambda c: self.nano.search(c)[0], crops)

    def crop(self):
        """Writes one crop of any place, for the feature phase."""
        search = self.sampler.anything()
        self.ring.put(
            search=augment.degrade(search, self.rng),
            fear=self.fear_standard(self.fear.features(search)),
            nano=self.nano_standard(self.nano.search(search)[0]),
        )

    def pair(self):
        """Writes one pair; returns the IoU of NanoTrack's best box, or None of a pair without a label for it."""
        if self.rng.random() < self.regions:
            return self._region()
        pair = self._distant(self.sampler.pair())
        if pair.positive and self.rng.random() < 0.15:
            x1, y1, x2, y2 = pair.box
            pair.search = augment.occlude(pair.search, self.rng, ((x1 + x2) / 2, (y1 + y2) / 2), (x2 - x1, y2 - y1))
        seen = self._teach(pair)
        iou = overlap(seen.box, pair.box) if pair.positive else 0.0
        self._put(pair, seen, (*pair.box, float(pair.positive), iou))
        return iou if pair.positive else None

    def _region(self):
        """Writes a pair of a place that NanoTrack finds again about where it was; its box is the truth."""
        while True:
            pair = self._distant(self.sampler.region())
            seen = self._teach(pair)
            if seen.score > SURE and overlap(seen.box, pair.box) > ABOUT:
                self._put(pair, seen, (*seen.box, 1.0, 1.0))
                return None

    def _distant(self, pair):
        """A third of the pairs as of a target a fifth to two thirds as large.

        The stills show few small ones, video many.
        """
        if self.rng.random() < DISTANT:
            factor, quality = (
                np.exp(self.rng.uniform(np.log(0.2), np.log(0.7))),
                int(self.rng.integers(40, 90)) if self.rng.random() < 0.5 else None,
            )
            pair.exemplar, pair.search = (
                augment.distant(crop, factor, quality) for crop in (pair.exemplar, pair.search)
            )
        return pair

    def _teach(self, pair):
        exemplar, search = self.nano.exemplar(pair.exemplar), self.nano.search(pair.search)
        response, sides = self.nano.head(exemplar, search)
        located = np.stack([response, *self.nano.corners(sides)])
        best = int(np.argmax(response))
        return Lesson(exemplar[0], search[0], located, located[1:].reshape(4, -1)[:, best], float(response.flat[best]))

    def _put(self, pair, seen, truth):
        self.ring.put(
            exemplar=pair.exemplar,
            search=augment.degrade(pair.search, self.rng),
            fear=self.fear_standard(self.fear.features(pair.search)),
            nano=self.nano_standard(seen.search),
            nano_exemplar=self.nano_standard(seen.exemplar),
            located=np.clip(seen.located, -500, 700),
            truth=truth,
        )

    def run(self, what, reuse, ahead=2500):
        """Keeps the ring ahead of the trainer until its stop counter is set. what is "crop" or "pair"."""
        make, counters, recent, start, made = getattr(self, what), self.ring.counters, [], time.process_time(), 0
        counters[STOP] = 0
        while not counters[STOP]:
            if counters[WRITTEN] > ahead + counters[USED] / reuse:
                time.sleep(0.05)
                continue
            value = make()
            made += 1
            if value is not None:
                recent.append(value)
            if made % 1000 == 0:
                agree = f", NanoTrack's mean IoU {np.mean(recent):.3f}" if recent else ""
                logging.info(
                    "%d samples, %.1f ms of CPU each%s",
                    counters[WRITTEN],
                    (time.process_time() - start) / made * 1e3,
                    agree,
                )
                recent.clear()
