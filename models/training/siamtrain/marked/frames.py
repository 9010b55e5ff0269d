"""Every frame as one tensor on the device that trains, and the tracks over them."""

import zlib

import numpy as np
import torch
import torch.nn.functional as F

from siamtrain.errors import DataError
from siamtrain.marked import masks as cut_masks
from siamtrain.marked.crops import uniform
from siamtrain.marked.parts import SIDE

TILE = 16  # of the edges' table, in pixels
TENTH = 10  # where nothing is named, about one in so many annotated videos is held back
TOGETHER = 64  # frames that are copied and described at once: their floats take 150 MB, several times over
FILLING = 0.75  # of the frame's shorter side: above it an exemplar's crop shows mostly padding


class Frames:
    """Frames RGB uint8 (n, 3, SIDE, SIDE), each in the top left corner.

    size (n, 2) holds height and width, mean (n, 3) the mean colour, edges a table of how rich in edges tiles are.
    """

    def __init__(self, capacity, device):
        self.device, self.count, self.capacity = device, 0, capacity
        if device.type == "cpu":  # numpy's zeros take memory only where something is written
            self.pixels = torch.from_numpy(np.zeros((capacity, 3, SIDE, SIDE), np.uint8))
        else:
            self.pixels = torch.zeros(capacity, 3, SIDE, SIDE, dtype=torch.uint8, device=device)
        self.size = torch.zeros(capacity, 2, device=device)
        self.mean = torch.zeros(capacity, 3, device=device)
        tiles = SIDE // TILE + 1
        self.edges = torch.zeros(capacity, tiles, tiles, device=device)  # summed-area table

    def add(self, images):
        """Copies BGR images; the index of the first."""
        first = self.count
        if first + len(images) > self.capacity:
            raise DataError(f"no room for {len(images)} frames beside {first}, {self.capacity} altogether: --capacity")
        for at in range(0, len(images), TOGETHER):
            part = images[at : at + TOGETHER]
            buffer, size = np.zeros((len(part), SIDE, SIDE, 3), np.uint8), np.zeros((len(part), 2), np.float32)
            for i, image in enumerate(part):
                buffer[i, : image.shape[0], : image.shape[1]] = image
                size[i] = image.shape[:2]
            where = slice(first + at, first + at + len(part))
            self.pixels[where] = torch.from_numpy(buffer).to(self.device).permute(0, 3, 1, 2).flip(1)
            self.size[where] = torch.from_numpy(size).to(self.device)
            self._describe(where)
        self.count += len(images)
        return first

    def _describe(self, where):
        pixels, size = self.pixels[where].float(), self.size[where]
        self.mean[where] = pixels.sum((2, 3)) / (size[:, 0] * size[:, 1])[:, None]
        grey = pixels.mean(1, keepdim=True)
        across, down = (grey[..., 1:] - grey[..., :-1]).abs(), (grey[..., 1:, :] - grey[..., :-1, :]).abs()
        strength = F.pad(across, (0, 1)) + F.pad(down, (0, 0, 0, 1))
        line = torch.arange(SIDE, device=self.device)
        inside = (line[None, :, None] < size[:, 0, None, None] - 1) & (line[None, None, :] < size[:, 1, None, None] - 1)
        tiles = F.avg_pool2d((strength[:, 0] * inside)[:, None], TILE)[:, 0].clamp(max=40)
        self.edges[where] = F.pad(tiles.cumsum(1).cumsum(2), (1, 0, 1, 0))


class Store:
    """Frames with the clips they make up and the tracks over them, as arrays to draw from.

    Nothing is drawn for training from clips whose names hold one of `held`: they say whether training still helps. An
    empty one holds a tenth of the annotated videos back, None nothing.
    """

    def __init__(self, capacity, device, held=()):
        self.held, self.pools, self.held_tracks = held, {}, np.zeros(0, np.int64)
        self.frames, self.device = Frames(capacity, device), device
        self.clip_names, self.clip_first, self.clip_count = [], [], []
        self.frame_clip = np.zeros(capacity, np.int64)
        self._kinds, self._labels, self._clips, self._frames, self._boxes, self._masks = [], [], [], [], [], []
        self._bits = []

    def add(self, part):
        """Takes in a parts.Part."""
        base, names = self.frames.add(part.frames), {}
        for clip in part.clips:
            names[clip.name] = len(self.clip_names)
            self.frame_clip[base + clip.first : base + clip.first + clip.count] = len(self.clip_names)
            self.clip_names.append(clip.name)
            self.clip_first.append(base + clip.first)
            self.clip_count.append(clip.count)
        for track in part.tracks:
            self.track(track.kind, track.label, names[track.clip], track.frames + base, track.boxes, track.masks)
        self.index()

    def track(self, kind, label, clip, frames, boxes, masks=None):
        """Adds a track; index has to be called before it is drawn."""
        numbers = np.full(len(frames), -1, np.int64)
        for i, mask in enumerate(masks or ()):
            if mask is not None:
                numbers[i] = len(self._bits)
                self._bits.append(mask)
        self._kinds.append(kind)
        self._labels.append(label)
        self._clips.append(clip)
        self._frames.append(np.asarray(frames, np.int64))
        self._boxes.append(np.asarray(boxes, np.float32))
        self._masks.append(numbers)

    def index(self):
        """Brings the arrays up to date."""
        self.clip_starts, self.clip_sizes = np.array(self.clip_first, int), np.array(self.clip_count, int)
        annotated = {self._clips[i] for i, kind in enumerate(self._kinds) if kind == "video"}
        held = np.array([self._held_back(i, i in annotated) for i in range(len(self.clip_names))], bool)
        self.free_clips, self.free_videos = np.flatnonzero(~held), np.flatnonzero(~held & (self.clip_sizes > 1))
        self.free_frames = np.flatnonzero(~held[self.frame_clip[: self.frames.count]])
        if self._kinds:
            self._index_tracks(held)

    def _index_tracks(self, held):
        self.count = np.array([len(f) for f in self._frames], np.int64)
        self.first = np.cumsum(self.count) - self.count
        self.frame, self.box, self.mask = (np.concatenate(v) for v in (self._frames, self._boxes, self._masks))
        self.masks = torch.from_numpy(np.stack(self._bits or [np.ones((cut_masks.SIDE, cut_masks.SIDE), bool)])).to(
            self.device
        )
        self.clip = np.array(self._clips, np.int64)
        kinds, absent = np.array(self._kinds), held[self.clip]
        self.kind = kinds
        self.pools = {k: np.flatnonzero((kinds == k) & ~absent) for k in np.unique(kinds)}
        self.held_tracks = np.flatnonzero(absent & (kinds != "still"))
        self._index_labels(~absent)
        box, size = self.box[self.first], self.frames.size.cpu().numpy()[self.frame[self.first]]
        context = box[:, 2:].sum(1) / 2
        side = np.sqrt((box[:, 2] + context) * (box[:, 3] + context))
        self.fills = side > FILLING * size.min(1)

    def _held_back(self, clip, annotated):
        name = self.clip_names[clip]
        if self.held is None:
            return False
        if self.held:
            return any(h in name for h in self.held)
        return annotated and zlib.crc32(name.encode()) % TENTH == 0

    def _index_labels(self, free):
        names, self.label = np.unique(np.array(self._labels), return_inverse=True)
        at = np.flatnonzero(free)
        self.label_members = at[np.argsort(self.label[at], kind="stable")]
        self.label_count = np.bincount(self.label[at], minlength=len(names))
        self.label_first = np.cumsum(self.label_count) - self.label_count
        self.named = np.array([bool(n) for n in names])

    def tensor(self, array):
        return torch.as_tensor(np.ascontiguousarray(array), device=self.device)


def edge_boxes(frames, index, tries=4):
    """Boxes (N, 4) in frames `index` (N,): of `tries` places each the one richest in edges."""
    d, n, size = frames.device, len(index), frames.size[index]
    edges, rows, best, richest = frames.edges[index], torch.arange(n, device=d), None, None
    last = SIDE // TILE

    def tile(v):
        return (v / TILE).round().long().clamp(0, last)

    for _ in range(tries):
        side = (size.min(1)[0] * uniform(n, np.log(0.06), np.log(0.5), d).exp()).clamp(min=14)
        ratio = uniform(n, -0.6, 0.6, d).exp().sqrt()
        w, h = torch.minimum(side * ratio, size[:, 1] * 0.8), torch.minimum(side / ratio, size[:, 0] * 0.8)
        x, y = torch.rand(n, device=d) * (size[:, 1] - w), torch.rand(n, device=d) * (size[:, 0] - h)
        x0, y0 = tile(x), tile(y)
        x1, y1 = torch.maximum(tile(x + w), x0 + 1).clamp(max=last), torch.maximum(tile(y + h), y0 + 1).clamp(max=last)
        x0, y0 = torch.minimum(x0, x1 - 1), torch.minimum(y0, y1 - 1)
        total = edges[rows, y1, x1] - edges[rows, y0, x1] - edges[rows, y1, x0] + edges[rows, y0, x0]
        rich, box = total / ((x1 - x0) * (y1 - y0)), torch.stack([x, y, w, h], -1)
        if best is None:
            best, richest = box, rich
        else:
            more = rich > richest
            best, richest = torch.where(more[:, None], box, best), torch.where(more, rich, richest)
    return best
