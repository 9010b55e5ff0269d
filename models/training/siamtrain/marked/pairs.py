"""Batches of training pairs: an exemplar crop with its mark, a search crop with the target's box.

Crop coordinates are continuous; marks and boxes are corners x1, y1, x2, y2 in pixels of their crops.
"""

import dataclasses

import numpy as np
import torch

from siamtrain.errors import DataError
from siamtrain.loop.box import EXEMPLAR, SEARCH
from siamtrain.marked.crops import View, bend, centre_side, sample, uniform
from siamtrain.marked.frames import edge_boxes
from siamtrain.marked.pasted import Pasted
from siamtrain.marked.scene import Scene, distant

SOURCES = ("still", "video", "pseudo", "calm", "regions")  # kinds of tracks, and places without one
HURRIED = -0.12, 0.35  # of the target's width or height
GONE = 0.6  # of the search crop's half side: how far beyond its edge a target is that is gone


@dataclasses.dataclass
class Shares:
    """Parts of the whole that each kind of pair and each change has."""

    kinds: dict = dataclasses.field(default_factory=lambda: {"still": 0.34, "video": 0.2, "pseudo": 0.38, "calm": 0.08})
    regions: float = 0.2  # any place rich in edges; a teacher says where it is
    negatives: float = 0.1  # the target is not there
    swap: float = 0.6  # of stills before another scene, where there is a mask
    swap_video: float = 0.25  # the same of targets in video, whose scene does change
    moved: float = 0.0  # of the swapped: the other scene is its own, moved, so that the target leaves it
    crowd: float = 0.35  # something alike pasted beside
    occlusion: float = 0.2  # something pasted in front
    distant: float = 0.4  # of small targets
    turned: float = 0.06  # search crop mirrored against the exemplar: the target seen from its other side
    long: float = 0.5  # two frames from anywhere in the track; the others are near each other
    middle: float = 0.4  # of search crops with the target near the middle; in the others it is up to `far` from it
    far: float = 66.0  # pixels
    gone: float = 0.0  # the target lies outside its search crop, which shows its surroundings
    loose: float = 0.0  # of exemplars whose box was drawn in a hurry
    hidden: float = 0.0  # of exemplars with something pasted in front
    beside: float = 0.0  # of what is there: it stands by the target in the search crop, too
    covered: float = 0.0  # of targets wholly behind something: what stands in their place is not they


def shares_with(shares, settings):
    """Shares changed by settings ["swap=0.4", "still=0.3", ...]; DataError names one that is none."""
    values, kinds = {}, dict(shares.kinds)
    known = {f.name for f in dataclasses.fields(Shares)} - {"kinds"}
    for setting in settings:
        name, _, text = setting.partition("=")
        try:
            value = float(text)
        except ValueError:
            value = -1.0
        if name not in known | set(kinds) or not 0 <= value < np.inf:
            raise DataError(f"{setting!r}: NAME=PART of {', '.join(sorted(known | set(kinds)))} is expected")
        (kinds if name in kinds else values)[name] = value
    return dataclasses.replace(shares, kinds=kinds, **values)


@dataclasses.dataclass
class Batch:
    """Tensors of N pairs: crops RGB 0..255, mark and box as corners in their crops."""

    exemplar: torch.Tensor
    mark: torch.Tensor
    search: torch.Tensor
    box: torch.Tensor
    positive: torch.Tensor  # the target is in the search crop
    region: torch.Tensor  # no one has labelled it
    swapped: torch.Tensor  # before another scene
    source: torch.Tensor  # number among SOURCES

    def joined(self, other):
        return Batch(*(torch.cat([getattr(self, f.name), getattr(other, f.name)]) for f in dataclasses.fields(self)))


def hurried(box):
    """Boxes (N, 4) x, y, w, h as people draw them in a hurry: each side too far out, by up to HURRIED[1], or in."""
    n, d = len(box), box.device
    low, high = HURRIED
    out = [uniform(n, low, high, d) * box[:, 2 + k % 2] for k in range(4)]  # left, top, right, bottom
    x, y, w, h = box.unbind(-1)
    return torch.stack([x - out[0], y - out[1], w + out[0] + out[2], h + out[1] + out[3]], -1)


class Sampler:
    """Draws batches from a Store; random is numpy's, torch's own generator serves the rest."""

    def __init__(self, store, shares=None, seed=0):
        self.store, self.shares, self.device = store, shares or Shares(), store.device
        self.random = np.random.default_rng(seed)
        self.scene = Scene(store, self.random)
        self.pasted = Pasted(self.scene, self.random, self.other)

    def batch(self, n):
        """n pairs, the regions' share of them without a label."""
        regions = int(round(n * self.shares.regions))
        pairs = self.pairs(n - regions)
        return pairs.joined(self.regions(regions)) if regions else pairs

    def pick(self, n, held=False):
        """Observations (first, second, track) of n tracks."""
        store, random, shares = self.store, self.random, self.shares
        if held:
            track = random.choice(store.held_tracks, n)
        else:
            kinds = [k for k in shares.kinds if len(store.pools.get(k, ()))]
            parts = np.array([shares.kinds[k] for k in kinds])
            which, track = random.choice(len(kinds), n, p=parts / parts.sum()), np.empty(n, np.int64)
            for i, kind in enumerate(kinds):
                track[which == i] = self._of_pool(store.pools[kind], int((which == i).sum()), kind == "still")
        first = (random.random(n) * store.count[track]).astype(np.int64)
        anywhere = (random.random(n) * store.count[track]).astype(np.int64)
        near = np.where(random.random(n) < 0.5, random.integers(-30, 31, n), random.integers(-8, 9, n))
        near = np.clip(first + near, 0, store.count[track] - 1)
        second = np.where(random.random(n) < shares.long, anywhere, near)
        return store.first[track] + first, store.first[track] + second, track

    def _of_pool(self, pool, n, still):
        track = self.random.choice(pool, n)
        for _ in range(2 if still else 0):  # fewer of those that fill their picture: little of it is scene
            again = self.store.fills[track] & (self.random.random(n) < 0.7)
            track[again] = self.random.choice(pool, again.sum())
        return track

    def other(self, track):
        """An observation of another track for each, half of the time of the same class.

        It has a mask if a few tries find one.
        """
        store, random, n = self.store, self.random, len(track)
        _, any_other, _ = self.pick(n)
        label = store.label[track]
        for _ in range(3):
            bare = store.mask[any_other] < 0
            if not bare.any():
                break
            any_other[bare] = self.pick(int(bare.sum()))[1]
        at = store.label_first[label] + (random.random(n) * store.label_count[label]).astype(np.int64)
        alike = store.label_members[np.minimum(at, len(store.label_members) - 1)]
        usable = (random.random(n) < 0.5) & store.named[label] & (store.label_count[label] > 1) & (alike != track)
        seen = store.first[alike] + (random.random(n) * store.count[alike]).astype(np.int64)
        return np.where(usable, seen, any_other)

    def pairs(self, n, held=False):
        """n pairs with a label; held ones are of held-back sequences, without changes of the scene."""
        store, random, d, shares = self.store, self.random, self.device, self.shares
        first, second, track = self.pick(n, held)
        positive = np.ones(n, bool) if held else random.random(n) >= shares.negatives
        if not positive.all():
            second = np.where(positive, second, self.other(track))
        still = store.tensor(store.count[track] == 1)
        flip = torch.rand(n, device=d) < 0.5
        exemplar, mark, matrix = self._exemplar(first, flip, 0.0 if held else shares.loose)
        if not held:
            flip = flip ^ (torch.rand(n, device=d) < shares.turned)
        chance = np.where(store.count[track] == 1, shares.swap, shares.swap_video)
        swap = np.zeros(n, bool) if held else (random.random(n) < chance) & (store.mask[second] >= 0)
        gone = np.zeros(n, bool) if held else positive & ~swap & (random.random(n) < shares.gone)
        search, box = self._search(second, flip, still & store.tensor(positive), swap, store.tensor(gone))
        positive &= ~gone
        if not held:
            if shares.swap:  # the exemplar too, at times: or its own scene says which picture was pasted
                chosen = np.flatnonzero((random.random(n) < 0.15) & (store.mask[first] >= 0))
                at = store.tensor(chosen)
                exemplar = self.scene.swap(exemplar, at, first[chosen], matrix[at])
            search = self.pasted.crowd(search, box, track, shares.crowd)
            search, _ = self.pasted.front(search, box, track, positive, shares.occlusion)
            if shares.hidden:
                exemplar, front = self.pasted.front(exemplar, mark, track, positive, shares.hidden)
                search = self.pasted.beside(search, box, front, shares.beside)
            if shares.covered:
                search, covered = self.pasted.cover(search, box, track, positive, shares.covered)
                positive &= ~covered
            exemplar, search = distant(exemplar, search, shares.distant)
        no = torch.zeros(n, dtype=torch.bool, device=d)
        source = store.tensor(np.array([SOURCES.index(kind) for kind in store.kind[track]]))
        return Batch(exemplar, mark, search, box, store.tensor(positive), no, store.tensor(swap), source)

    def regions(self, n):
        """n pairs of any place rich in edges, in two frames near each other or in one."""
        store, random, d = self.store, self.random, self.device
        pool = random.choice(store.free_clips, n)
        if len(store.free_videos):
            pool = np.where(random.random(n) < 0.6, random.choice(store.free_videos, n), pool)
        first = (random.random(n) * store.clip_sizes[pool]).astype(np.int64)
        second = np.clip(first + random.integers(-8, 9, n), 0, store.clip_sizes[pool] - 1)
        one, two = (store.tensor(store.clip_starts[pool] + i) for i in (first, second))
        box, flip = edge_boxes(store.frames, one, 4), torch.rand(n, device=d) < 0.5
        exemplar, mark, _ = self._exemplar_at(one, box, flip)
        search, where, _, _ = self._search_at(two, box, flip, one == two)
        exemplar, search = distant(exemplar, search, self.shares.distant / 2)
        yes, no = torch.ones(n, dtype=torch.bool, device=d), torch.zeros(n, dtype=torch.bool, device=d)
        source = torch.full((n,), SOURCES.index("regions"), device=d)
        return Batch(exemplar, mark, search, where, yes, yes.clone(), no, source)

    def _exemplar(self, observed, flip, loose):
        store = self.store
        box = store.tensor(store.box[observed])
        if loose:
            chosen = torch.rand(len(box), device=self.device) < loose
            box = torch.where(chosen[:, None], hurried(box), box)
        return self._exemplar_at(store.tensor(store.frame[observed]), box, flip)

    def _exemplar_at(self, frame, box, flip):
        """(crops, corners of the target in them, matrices)."""
        n, d = len(frame), self.device
        cx, cy, w, h, side = centre_side(box)
        view = View(n, d)
        view.dx, view.dy = uniform(n, -4, 4, d), uniform(n, -4, 4, d)
        view.zoom, view.aspect, view.flip = uniform(n, -0.07, 0.07, d).exp(), uniform(n, -0.06, 0.06, d).exp(), flip
        matrix = view.matrix(cx, cy, side, EXEMPLAR)
        crops = self.scene.fill(*sample(self.store.frames, frame, matrix, EXEMPLAR), frame, 0.3)
        return crops, view.box(w, h, side, EXEMPLAR), matrix

    def _search(self, observed, flip, still, swap, gone):
        store = self.store
        frame, box = store.tensor(store.frame[observed]), store.tensor(store.box[observed])
        chosen = np.flatnonzero(swap)

        def behind(crops, matrix):
            at = store.tensor(chosen)
            return self.scene.swap(crops, at, observed[chosen], matrix[at], self.shares.moved)

        crops, corners, _, _ = self._search_at(frame, box, flip, still, behind, gone)
        return crops, corners

    def _leave(self, view, gone, w, h, side):
        """Moves the view so that targets (N,) bool `gone` lie outside the crop, to one side or above or below."""
        n, d = len(gone), self.device
        sx, sy = view.scales(side * 2, SEARCH)
        across = torch.rand(n, device=d) < 0.5
        reach = SEARCH / 2 * (1 + uniform(n, 0, GONE, d)) + torch.where(across, w * sx, h * sy) / 2
        away = reach * torch.where(torch.rand(n, device=d) < 0.5, -1.0, 1.0)
        view.dx = torch.where(gone & across, away, view.dx)
        view.dy = torch.where(gone & ~across, away, view.dy)

    def _search_at(self, frame, box, flip, still, behind=None, gone=None):
        """(crops, corners of the target in them, matrices, view); behind changes the crops before they are bent."""
        n, d, far = len(frame), self.device, self.shares.far
        cx, cy, w, h, side = centre_side(box)
        view, calm = View(n, d), torch.rand(n, device=d) < self.shares.middle

        def shift():
            return torch.where(calm, (torch.randn(n, device=d) * 16).clamp(-64, 64), uniform(n, -far, far, d))

        view.dx, view.dy, view.zoom = shift(), shift(), uniform(n, -0.3, 0.3, d).exp()
        if gone is not None and gone.any():
            self._leave(view, gone, w, h, side)
        view.aspect = torch.where(still, uniform(n, -0.25, 0.25, d), uniform(n, -0.12, 0.12, d)).exp()
        turned = still & (torch.rand(n, device=d) < 0.35)
        view.turn, view.flip = torch.where(turned, uniform(n, -0.25, 0.25, d), torch.zeros(n, device=d)), flip
        matrix = view.matrix(cx, cy, side * 2, SEARCH)
        corners = view.box(w, h, side * 2, SEARCH)
        crops = self.scene.fill(*sample(self.store.frames, frame, matrix, SEARCH), frame, 0.5)
        if behind:
            crops = behind(crops, matrix)
        bent = still & (torch.rand(n, device=d) < 0.5)
        crops, corners = bend(crops, corners, bent.nonzero()[:, 0])
        return crops, corners, matrix, view
