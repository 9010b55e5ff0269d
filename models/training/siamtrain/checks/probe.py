"""The long-gap probe: does a network find its target again, and box it, long after the frame of its exemplar?

The exemplar is cut from a sequence's first frame. Then the network is shown crops about the true place (moved a little,
so that the middle is no answer) all over the sequence, and its best cell is compared with the truth. No loop, no
window and no history help it: what it gets wrong is its own. Of 40 targets it takes about a minute a network.
"""

import dataclasses
import zlib

import cv2
import numpy as np

from siamtrain.data import crop
from siamtrain.data.score import overlaps
from siamtrain.errors import DataError
from siamtrain.loop import peers
from siamtrain.loop.box import EXEMPLAR, SEARCH, STRIDE, mark_of
from siamtrain.marked import probe as packed

LOOKS = 25  # crops of a sequence
MOVED = 0.24  # most that a crop lies beside the target, in sides of the exemplar's square
HIT = 0.5  # IoU above which a target counts as found
THINNEST = 3.0  # pixels; a truth thinner than that is passed over


@dataclasses.dataclass
class Found:
    """What a network made of the crops of one sequence: IoU (N,) with the truth and response (N,) of its best cells."""

    iou: np.ndarray
    response: np.ndarray

    def figures(self):
        """(mean IoU, share of hits, mean response)."""
        return float(self.iou.mean()), float((self.iou > HIT).mean()), float(self.response.mean())


class Probed:
    """A model of loop.box, with the crops that it expects."""

    def __init__(self, model):
        self.model, self.stretched = model, isinstance(model, peers.FearBoxes)

    def begin(self, image, box):
        """Takes the exemplar."""
        centre, size = _middle(box)
        sides = self._shown(size, peers.FEAR_EXEMPLAR, 1.0)
        self.fill = crop.mean_colour(image)
        mark = mark_of(size, sides[0])
        self.kept = self.model.exemplar(cut(image, centre, sides, EXEMPLAR, self.fill), mark)

    def look(self, image, box, moved):
        """(x, y, w, h of the best cell's box, its response) in a crop about the true box, moved by exemplar sides."""
        centre, size = _middle(box)
        centre = centre + moved * crop.context_side(*size)
        sides = self._shown(size, peers.FEAR_SEARCH, self.model.side / EXEMPLAR)
        response, around = self.model.locate(self.kept, cut(image, centre, sides, self.model.side, self.fill))
        row, column = np.unravel_index(int(np.argmax(response)), response.shape)
        left, top, right, bottom = around[:, row, column]
        x, y = (self.model.origin + STRIDE * k for k in (column, row))
        pixel = sides / self.model.side
        corner = centre + np.array([x - left, y - top]) * pixel
        return np.array([*corner, *np.array([left + right, top + bottom]) * pixel]), float(response[row, column])

    def _shown(self, size, sizes, squares):
        """Width and height of the image that a crop shows."""
        return size * sizes if self.stretched else np.full(2, squares * crop.context_side(*size))


def cut(image, centre, sides, size, fill):
    """The part of `sides` (w, h) pixels about a point, stretched to (size, size, 3)."""
    scale = size / np.asarray(sides, float)
    matrix = np.c_[np.diag(scale), (0.5 - np.asarray(centre)) * scale + size / 2 - 0.5]
    return crop.warp(image, matrix, size, fill)


def looks(track):
    """(first usable frame, [(frame, how far its crop lies beside the target, in exemplar sides), ...]) of a track.

    They are the same whoever asks. DataError where a track has too few usable boxes.
    """
    usable = np.isfinite(track.boxes).all(1)
    usable[usable] = (track.boxes[usable, 2:] >= THINNEST).all(1)
    frames = np.flatnonzero(usable)
    if len(frames) < 2:
        raise DataError(f"{track.name}: {len(frames)} usable boxes; at least 2 are needed")
    first, later = frames[0], frames[1:]
    chosen = later[np.unique(np.linspace(0, len(later) - 1, min(LOOKS, len(later))).round().astype(int))]
    moves = np.random.default_rng(zlib.crc32(track.name.encode())).uniform(-MOVED, MOVED, (len(chosen), 2))
    return first, list(zip(chosen, moves))


def probe(networks, track):
    """{name: Found} of {name: Probed} on one annotated track."""
    first, chosen = looks(track)
    image = read(track.files[first])
    for network in networks.values():
        network.begin(image, track.boxes[first])
    rows = {name: [] for name in networks}
    for index, moved in chosen:
        image, box = read(track.files[index]), track.boxes[index]
        for name, network in networks.items():
            found, response = network.look(image, box, moved)
            rows[name].append((overlaps(found[None], box[None])[0], response))
    return {name: Found(*np.array(values).T) for name, values in rows.items()}


def pack(tracks, path):
    """Writes the probe's crops of annotated tracks to one file, for networks that are still in training."""
    packed.write(path, {track.name: _crops(track) for track in tracks})


def _crops(track):
    """(exemplar crop, mark, [(search crop, corners of the target in it), ...]) of a track."""
    first, chosen = looks(track)
    image = read(track.files[first])
    fill, (centre, size) = crop.mean_colour(image), _middle(track.boxes[first])
    side = crop.context_side(*size)
    exemplar = cut(image, centre, np.full(2, side), EXEMPLAR, fill)
    seen = []
    for index, moved in chosen:
        about, extent = _middle(track.boxes[index])
        side_there = crop.context_side(*extent)
        zoom = EXEMPLAR / side_there
        patch = cut(read(track.files[index]), about + moved * side_there, np.full(2, SEARCH / zoom), SEARCH, fill)
        middle = SEARCH / 2 - moved * EXEMPLAR
        seen.append((patch, [*(middle - extent * zoom / 2), *(middle + extent * zoom / 2)]))
    return exemplar, mark_of(size, side), seen


def read(path):
    """An image file, BGR. DataError names one that cannot be read."""
    image = cv2.imread(path)
    if image is None:
        raise DataError(f"{path}: missing or not an image")
    return image


def summary(found):
    """(means of IoU, hits and response over sequences, their standard errors) of {sequence: Found}."""
    rows = np.array([f.figures() for f in found.values()])
    spread = rows.std(0, ddof=1) / np.sqrt(len(rows)) if len(rows) > 1 else np.full(3, np.nan)
    return rows.mean(0), spread


def table(results):
    """A text table of {network: {sequence: Found}}: mean IoU, hits and response of each sequence, means last."""
    names = list(results)
    lines = [f"{'IoU, hits, response':<28}" + "".join(f"{name[-22:]:>24}" for name in names)]
    for sequence in next(iter(results.values())):
        figures = (results[name][sequence].figures() for name in names)
        lines.append(f"{sequence:<28}" + "".join(f"{a:10.3f}{b:7.3f}{c:7.3f}" for a, b, c in figures))
    means, errors = zip(*(summary(results[name]) for name in names))
    count = len(next(iter(results.values())))
    lines.append(f"{f'mean of {count}':<28}" + "".join(f"{a:10.3f}{b:7.3f}{c:7.3f}" for a, b, c in means))
    lines.append(f"{'standard error':<28}" + "".join(f"{a:10.3f}{b:7.3f}{c:7.3f}" for a, b, c in errors))
    return "\n".join(lines)


def _middle(box):
    return np.asarray(box[:2], float) + np.asarray(box[2:], float) / 2, np.asarray(box[2:], float)
