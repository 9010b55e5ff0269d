"""Trains the head of a network with a mark on own sequences; their later frames show what it gave."""

import dataclasses
import logging
import os

import torch

from siamtrain.data import split
from siamtrain.data.images import ImageCache
from siamtrain.errors import DataError
from siamtrain.file import export
from siamtrain.fit.finetuned import accuracy, compared
from siamtrain.marked import files, masks
from siamtrain.marked.frames import Store
from siamtrain.marked.head import HeadLearner
from siamtrain.marked.pairs import Sampler, Shares
from siamtrain.marked.parts import LEAST_VIDEO, Boxes, Clip, Part, shrink
from siamtrain.marked.scene import light
from siamtrain.marked.student import read_weights, ready
from siamtrain.marked.teachers import labels

WEIGHTS = "head.pt"  # in the run's folder
WARM = 5  # steps until the rate is reached
MASKED = 4  # frames from one mask to the next
FRAMES = 3000  # of all sequences that are kept in memory; beyond it every second frame is, every third, ...
CALIBRATION = 96  # pairs that give the ranges of activations
GREY = 0.05  # of pairs without colour


@dataclasses.dataclass
class Settings:
    """A short run."""

    steps: int = 60
    batch: int = 16
    rate: float = 1e-4
    seed: int = 0
    device: str = "cpu"


def part_of(tracks, step=1):
    """A parts.Part of annotated tracks, of every step-th frame, with masks where they can be cut."""
    cache, part, scenes = ImageCache(limit=1), Part([], [], []), {}
    for track in tracks:
        scenes.setdefault(track.scene, []).append(track)
    for scene, shown in sorted(scenes.items()):
        names = sorted({f for t in shown for f in t.files})[::step]
        images = {name: cache.load(name) for name in names}
        first, shrunk = len(part.frames), {name: shrink(image) for name, image in images.items()}
        part.frames.extend(image for image, _ in shrunk.values())
        part.clips.append(Clip(scene, first, len(names), shrunk[names[0]][1]))
        for track in shown:
            _add(part, track, {name: first + i for i, name in enumerate(names)}, images, shrunk)
    return part


def _add(part, track, place, images, shrunk):
    """Adds a track's boxes in the frames `place` {file: number} of the part."""
    rows = []
    for at in track.visible():
        name, box = track.files[at], track.boxes[at]
        if name in place and min(box[2:]) * shrunk[name][1] >= LEAST_VIDEO:
            mask = masks.cut(images[name], box) if len(rows) % MASKED == 0 else None
            rows.append((place[name], box * shrunk[name][1], mask))
    if rows:
        numbers, boxes, cut = zip(*rows)
        part.tracks.append(Boxes("video", track.label, part.clips[-1].name, torch.tensor(numbers).numpy(), boxes, cut))


def sampler(tracks, seed, device):
    """Pairs of the tracks' frames; with something of another scene in them only where there is one."""
    count = len({f for t in tracks for f in t.files})
    store = Store(min(count, FRAMES) + len(tracks), device, held=None)
    store.add(part_of(tracks, -(-count // FRAMES)))
    if not store.pools:
        raise DataError("no box of the sequences' first parts is large enough to learn from")
    shares = Shares(regions=0.0, negatives=0.12, crowd=0.25, swap_video=0.0)
    if len({t.scene for t in tracks}) == 1:
        shares = dataclasses.replace(shares, negatives=0.0, crowd=0.0, occlusion=0.0, swap=0.0)
    return Sampler(store, shares, seed)


def learn(learner, source, settings):
    """The steps of a run; normalisations keep their statistics, for which a handful of scenes is no basis."""
    learner.net.head.eval()
    for step in range(settings.steps):
        with torch.no_grad():
            batch = source.pairs(settings.batch)
            grey = torch.rand(settings.batch, device=source.device) < GREY
            crops = ready(light(batch.exemplar, 0.7, False, grey)), ready(light(batch.search, 1.0, True, grey))
            kept, seen = learner.features(*crops)
        rate = settings.rate * min(1.0, (step + 1) / WARM, 2 * (1 - step / settings.steps))
        terms = learner.learn(kept, seen, batch, labels(batch), rate)
        learner.seen["head"] += settings.batch
        if step % 20 == 0 or step == settings.steps - 1:
            said = " ".join(f"{key} {float(value.detach()):.3f}" for key, value in terms.items())
            logging.info("step %d: %s", step, said)


def run(model, weights, paths, settings, folder, out, name, share=0.5):
    """Trains the head in `weights` (a .pt file) of `model` on the first frames of each sequence.

    Returns (before, after): mean AUC on the rest. Writes the int8 file `out` and an fp32 one beside it, with the loop
    and the states of `model`, in either case, and the weights to `folder`.
    """
    first, last = split.parts(paths, share)
    torch.manual_seed(settings.seed)
    device = torch.device(settings.device)
    learner = HeadLearner(read_weights(weights)["plan"], weights, device)
    source, before = sampler(first, settings.seed, device), accuracy(model, last)
    learn(learner, source, settings)
    os.makedirs(folder, exist_ok=True)
    learner.save(os.path.join(folder, WEIGHTS))
    about = {**export.manifest_of(model), "name": name, "figures": {}}
    full = "-fp32".join(os.path.splitext(out))
    files.write(learner.averaged().cpu(), about, full)
    files.write_int8(full, source.pairs(CALIBRATION), about, out)
    return before, compared(before, out, last)
