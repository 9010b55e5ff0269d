"""Pseudo-tracks in batches: places rich in edges that NanoTrack v3 follows through a clip and back to the start.

Kalal et al., "Forward-Backward Error" (2010), have the idea; here both ways are run by a trained tracker.
"""

import time

import numpy as np
import torch

from siamtrain.fit.losses import iou_giou
from siamtrain.loop.box import EXEMPLAR, SEARCH
from siamtrain.loop.peers import NANO_CELLS
from siamtrain.loop.peers import NANO_LOOP as LOOP
from siamtrain.marked.crops import centre_side, sample
from siamtrain.marked.frames import edge_boxes

BACK, LOWEST, MEAN = 0.6, 0.3, 0.65  # least IoU with where it began, least score of any frame, least mean score
FAR, GROWN = 0.35, 1.2  # above one of them a track is lively: moved by this part of its size, or grown by this factor
LEAST_SIDE = 6.0  # pixels


def change(ratio):
    """loop.box.change of tensors: how much a ratio differs from 1, at least 1."""
    return torch.maximum(ratio, 1 / ratio.clamp(min=1e-6))


class Follower:
    """NanoTrack v3's loop on many targets at once."""

    def __init__(self, frames, teachers):
        self.frames, self.teachers = frames, teachers
        line = torch.hann_window(NANO_CELLS, periodic=False, device=frames.device)
        self.window = (line[:, None] * line[None]).flatten()

    def _crop(self, index, centre, side, size):
        matrix = torch.zeros(len(index), 2, 3, device=centre.device)
        step = side / size
        matrix[:, 0, 0] = matrix[:, 1, 1] = step
        matrix[:, :, 2] = centre - (step * size / 2)[:, None]
        crops, inside = sample(self.frames, index, matrix, size)
        return crops * inside + self.frames.mean[index][:, :, None, None] * (1 - inside)

    def follow(self, index, box):
        """Boxes (N, L, 4) and scores (N, L) through frames `index` (N, L), from boxes (N, 4) x, y, w, h."""
        centre, size = box[:, :2] + box[:, 2:] / 2, box[:, 2:].clone()
        side = centre_side(box)[4]
        kept = self.teachers.exemplar(self._crop(index[:, 0], centre, side, EXEMPLAR))
        limit = self.frames.size[index[:, 0]].flip(1)
        boxes, scores = [box], [torch.ones(len(box), device=box.device)]
        for t in range(1, index.shape[1]):
            centre, size, score = self._step(kept, index[:, t], centre, size, limit)
            boxes.append(torch.cat([centre - size / 2, size], 1))
            scores.append(score)
        return torch.stack(boxes, 1), torch.stack(scores, 1)

    def _step(self, kept, index, centre, size, limit):
        side = centre_side(torch.cat([centre, size], 1))[4]
        zoom = (EXEMPLAR / side)[:, None]
        score, corners = self.teachers.head(kept, self.teachers.search(self._crop(index, centre, side * 2, SEARCH)))
        score, corners = score.flatten(1), corners.flatten(1, 2)
        w, h = (corners[..., 2:] - corners[..., :2]).unbind(-1)
        padded = ((w + (w + h) / 2) * (h + (w + h) / 2)).clamp(min=1).sqrt() / EXEMPLAR
        shape = (w / h.clamp(min=1e-3)) / (size[:, 0] / size[:, 1])[:, None]
        penalty = torch.exp(-LOOP.penalty_k * (change(padded) * change(shape) - 1))
        best = (penalty * score * (1 - LOOP.window_influence) + self.window * LOOP.window_influence).argmax(
            1, keepdim=True
        )

        def at(v):
            return v.gather(1, best)

        rate = at(penalty) * at(score) * LOOP.size_rate
        box = corners.gather(1, best[..., None].expand(-1, 1, 4))[:, 0]
        centre = centre + ((box[:, :2] + box[:, 2:]) / 2 - SEARCH / 2) / zoom
        centre = torch.minimum(centre.clamp(min=0), limit)
        size = size * (1 - rate) + (box[:, 2:] - box[:, :2]) / zoom * rate
        return centre, torch.minimum(size.clamp(min=LEAST_SIDE), limit), at(score)[:, 0]


def _corners(box):
    return torch.cat([box[..., :2], box[..., :2] + box[..., 2:]], -1)


@torch.no_grad()
def make(store, teachers, random, per_clip, seconds, longest=60, batch=1024):
    """Adds tracks of kind "pseudo" (lively) and "calm" to the store, tried for at most `seconds`.

    (found as add takes it, how many of them are lively, how many were tried.)
    """
    begin, follower, found, tried = time.monotonic(), Follower(store.frames, teachers), [], 0
    jobs = np.repeat(store.free_videos, per_clip)
    random.shuffle(jobs)
    for at in range(0, len(jobs), batch):
        if time.monotonic() - begin > seconds:
            break
        clips = jobs[at : at + batch]
        found += _try(store, follower, random, clips, longest)
        tried += len(clips)
    return found, add(store, found), tried


def add(store, found):
    """Adds [(clip, frames (L,), boxes (L, 4))] as tracks; how many are lively."""
    lively = 0
    for clip, frames, boxes in found:
        centre, extent = boxes[:, :2] + boxes[:, 2:] / 2, np.sqrt(boxes[:, 2] * boxes[:, 3])
        far = np.linalg.norm(centre - centre[:1], axis=1).max() / extent[0]
        moves = far > FAR or extent.max() / extent.min() > GROWN
        lively += moves
        store.track("pseudo" if moves else "calm", "", clip, frames, boxes)
    store.index()
    return lively


def _try(store, follower, random, clips, longest):
    """[(clip, frames (L,), boxes (L, 4))] of one batch that came back to where they began."""
    d = store.device
    length = np.minimum(store.clip_sizes[clips], longest)
    order = np.argsort(length)
    clips, length = clips[order], length[order]
    first = store.clip_starts[clips] + (random.random(len(clips)) * (store.clip_sizes[clips] - length + 1)).astype(
        np.int64
    )
    most = int(length.max())
    there = first[:, None] + np.minimum(np.arange(most)[None], length[:, None] - 1)
    back = first[:, None] + np.maximum(length[:, None] - 1 - np.arange(most)[None], 0)
    box = edge_boxes(store.frames, torch.as_tensor(there[:, 0], device=d), 6)
    forward, scores = follower.follow(torch.as_tensor(there, device=d), box)
    rows, last = torch.arange(len(clips), device=d), torch.as_tensor(length - 1, device=d)
    returned, again = follower.follow(torch.as_tensor(back, device=d), forward[rows, last])
    iou, _ = iou_giou(_corners(returned[rows, last]), _corners(box))
    valid = torch.as_tensor(np.arange(most)[None] < length[:, None], device=d)
    one = torch.ones_like(scores)
    lowest = torch.minimum(torch.where(valid, scores, one).min(1)[0], torch.where(valid, again, one).min(1)[0])
    mean = (scores * valid).sum(1) / valid.sum(1)
    kept = ((iou > BACK) & (lowest > LOWEST) & (mean > MEAN)).cpu().numpy()
    forward = forward.cpu().numpy()
    return [(int(clips[i]), there[i, : length[i]], forward[i, : length[i]]) for i in np.flatnonzero(kept)]
