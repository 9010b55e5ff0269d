"""Which crops the box network is trained on: the sampling of pairs from a store.

Crop coordinates are continuous: the search crop spans 0..256, its centre is 128; boxes are corners (x1, y1, x2, y2).
"""

import dataclasses
import math

import cv2
import numpy as np

from siamtrain.data import augment
from siamtrain.data.crop import context_side
from siamtrain.data.propose import edge_box
from siamtrain.data.store import Packed
from siamtrain.data.view import View, cut, seen_box, sides_of, view_matrix
from siamtrain.loop.box import EXEMPLAR, SEARCH

LONGEST_GAP = 60  # frames between the two of a pair; the annotated sequences keep every second frame
REGION_GAP = 8  # the same, for a place that no track follows
BENT, BEND = 0.5, 4.5  # part of the stills' search crops that are bent, and by how many pixels
SHIFT = 64.0  # pixels of the search crop; beyond it the target's centre leaves the response map


@dataclasses.dataclass
class Pair:
    """exemplar (128, 128, 3) and search (256, 256, 3) are BGR uint8.

    box holds corners in the search crop, positive says whether the search crop shows the target.
    """

    exemplar: np.ndarray
    search: np.ndarray
    box: tuple
    positive: bool


class Sampler:
    """Draws pairs and single crops from a store.

    shares gives each kind of track its part of the pairs, e.g. {"still": 0.4, "video": 0.6};

    negatives is the part of the pairs without their target, fill that of the crops whose padding shows another scene,
    crowd that of the positive pairs with another object, of the same class if there is one, pasted beside the target.
    """

    def __init__(self, store, shares, random, negatives=0.12, fill=0.5, crowd=0.0):
        self.store, self.random, self.negatives, self.fill, self.crowd = store, random, negatives, fill, crowd
        self.pools, self.by_label = {}, {}
        for track in store.tracks:
            if track.boxes is not None and len(track.visible()):
                self.pools.setdefault(track.kind, []).append(track)
                if track.label:
                    self.by_label.setdefault(track.label, []).append(track)
        self.videos = [t for t in store.tracks if len(t.frames) > 1] or store.tracks
        self.kinds = [k for k in shares if k in self.pools]
        self.weights = [shares[k] for k in self.kinds]

    def track(self):
        kind = self.random.choices(self.kinds, self.weights)[0]
        for _ in range(3):
            track = self.random.choice(self.pools[kind])
            if kind != "still" or not self._fills(track) or self.random.random() < 0.3:
                break
        return track

    def _fills(self, track):
        """Whether the box takes most of its picture: its search crop would be mostly padding."""
        height, width = self.store.frame(track.frames[0]).shape[:2]
        return context_side(*track.boxes[0][2:]) > 0.75 * min(height, width)

    def pair(self):
        """One pair; a share `negatives` of them show another object (of the same class if there is one) instead."""
        track, r = self.track(), self.random
        seen = track.visible()
        first = int(r.choice(seen))
        near = seen[np.abs(seen - first) <= LONGEST_GAP]
        second = int(r.choice(near))
        positive = r.random() >= self.negatives
        other = (track, second) if positive else self._other(track)
        flip = r.random() < 0.5
        exemplar = self._exemplar(track, first, flip)
        search, box = self._search(*other, flip, still=track.kind == "still")
        if positive and r.random() < self.crowd:
            search = self._beside(search, box, track)
        return Pair(exemplar, search, box, positive)

    def region(self):
        """A pair of any place rich in edges, labelled or not, in two frames near each other.

        A teacher has to say where it is in the second.

        The box is where the place would be had nothing moved.
        """
        r = self.random
        track = r.choice(self.store.tracks if r.random() < 0.5 else self.videos)
        first = r.randrange(len(track.frames))
        second = max(0, min(len(track.frames) - 1, first + r.randint(-REGION_GAP, REGION_GAP)))
        box = edge_box(self.store.frame(track.frames[first]), r, tries=6)
        place = Packed(track.name, track.scene, "", track.kind, track.frames[[first, second]], np.stack([box, box]))
        flip = r.random() < 0.5
        exemplar = self._exemplar(place, 0, flip)
        return Pair(exemplar, *self._search(place, 1, flip, still=first == second), True)

    def _other(self, track):
        """A box of another scene, half of the time of the same class."""
        r = self.random
        for _ in range(20):
            same = self.by_label.get(track.label) if r.random() < 0.5 else None
            other = r.choice(same) if same else self.track()
            if other.scene != track.scene:
                break
        return other, int(r.choice(other.visible()))

    def _beside(self, search, box, track):
        """The search crop with another object of about the target's size pasted outside the target's box."""
        r = self.random
        other, index = self._other(track)
        zoom = math.exp(r.uniform(-0.3, 0.3)) * math.sqrt(
            (box[2] - box[0]) * (box[3] - box[1]) / np.prod(other.boxes[index][2:])
        )
        w, h = (int(min(SEARCH, max(6, round(zoom * s)))) for s in other.boxes[index][2:])
        for _ in range(8):
            x, y = r.uniform(0, SEARCH), r.uniform(0, SEARCH)
            if x + w / 2 < box[0] or x - w / 2 > box[2] or y + h / 2 < box[1] or y - h / 2 > box[3]:
                break
        else:
            return search
        left, top, width, height = other.boxes[index]
        matrix = np.array(
            [[w / width, 0, (0.5 - left) * w / width - 0.5], [0, h / height, (0.5 - top) * h / height - 0.5]]
        )
        if r.random() < 0.5:
            matrix[0] = -matrix[0] + np.array([0, 0, w - 1])
        patch = cv2.warpAffine(
            self.store.frame(other.frames[index]),
            matrix,
            (w, h),
            flags=cv2.INTER_LINEAR,
            borderMode=cv2.BORDER_REPLICATE,
        )
        return augment.paste(search, patch, (x, y))

    def _exemplar(self, track, index, flip):
        r = self.random
        cx, cy, _, _, side = sides_of(track.boxes[index])
        view = View(
            r.uniform(-4, 4),
            r.uniform(-4, 4),
            math.exp(r.uniform(-0.07, 0.07)),
            math.exp(r.uniform(-0.06, 0.06)),
            0.0,
            flip,
        )
        return self._cut(track.frames[index], view_matrix(cx, cy, side, EXEMPLAR, view), EXEMPLAR, self.fill / 2)

    def _search(self, track, index, flip, still):
        r = self.random
        cx, cy, w, h, side = sides_of(track.boxes[index])
        # Half of the shifts are those of calm video; the other half spread the target over the whole response map.
        spread = (
            (lambda: max(-SHIFT, min(SHIFT, r.gauss(0, 16))))
            if r.random() < 0.4
            else (lambda: r.uniform(-SHIFT, SHIFT))
        )
        turn = r.uniform(-0.2, 0.2) if still and r.random() < 0.3 else 0.0
        view = View(spread(), spread(), math.exp(r.uniform(-0.28, 0.28)), math.exp(r.uniform(-0.2, 0.2)), turn, flip)
        side *= SEARCH / EXEMPLAR
        crop = self._cut(track.frames[index], view_matrix(cx, cy, side, SEARCH, view), SEARCH, self.fill)
        box = seen_box(w, h, side, SEARCH, view)
        if still and r.random() < BENT:
            return augment.bend(crop, box, np.random.default_rng(r.getrandbits(64)), BEND)
        return crop, box

    def _cut(self, frame, matrix, size, fill):
        backdrop = self._backdrop(size) if self.random.random() < fill else None
        return cut(self.store.frame(frame), matrix, size, backdrop)

    def _backdrop(self, size):
        """Another scene, for the padding: a flat padding tells where the target cannot be."""
        image = self.store.frame(self.random.randrange(len(self.store)))
        return cv2.resize(image, (size, size), interpolation=cv2.INTER_LINEAR)

    def anything(self):
        """A search crop of any place of any frame: about a box (half), else of random centre and size."""
        r = self.random
        if r.random() < 0.5:
            track = self.track()
            return self._search(track, int(r.choice(track.visible())), r.random() < 0.5, still=True)[0]
        frame = r.randrange(len(self.store))
        height, width = self.store.frame(frame).shape[:2]
        side = min(height, width) * math.exp(r.uniform(math.log(0.3), math.log(1.5)))
        view = View(
            aspect=math.exp(r.uniform(-0.2, 0.2)),
            turn=r.uniform(-0.2, 0.2) if r.random() < 0.2 else 0.0,
            flip=r.random() < 0.5,
        )
        matrix = view_matrix(r.uniform(0, width), r.uniform(0, height), side, SEARCH, view)
        return self._cut(frame, matrix, SEARCH, self.fill)
