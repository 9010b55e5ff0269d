"""Trains the embedding for matching: batches of P identities with K views each, batch-hard triplets."""

import dataclasses
import logging
import math
import os

import numpy as np
import onnx
import torch
from onnx import numpy_helper

from siamtrain.data import augment, crop, split
from siamtrain.data.readers.files import images_in
from siamtrain.data.track import Track
from siamtrain.data.view import View, view_matrix
from siamtrain.errors import DataError
from siamtrain.file import export
from siamtrain.fit import losses, watch
from siamtrain.fit.frozen import Early, Frozen
from siamtrain.matching.network import CONTEXT, SIZE

SAME_RATE = 10.0  # of the rate, for the two numbers of Same: they must follow what the embeddings do


@dataclasses.dataclass
class Settings:
    """What a run is made of."""

    steps: int = 200
    identities: int = 12
    views: int = 4
    rate: float = 3e-4
    margin: float = 0.3
    triplet: float = 1.0  # weights of the three losses
    contrastive: float = 0.0
    cross_entropy: float = 0.0
    video: float = 0.7  # share of identities that come from tracks of several frames
    flip: bool = True  # mirror half of the views; writing is not the same in a mirror
    look: int = 25
    seed: int = 0


def identities_of(folder, cache, context=CONTEXT):
    """The tracks of a folder of identities: one folder each, every image a view of it, seen whole.

    The boxes are such that, with that context, the crop is the smallest square that holds the image: what `track match`
    looks at.
    """
    tracks = []
    for name in sorted(os.listdir(folder)):
        path = os.path.join(folder, name)
        files = images_in(path) if os.path.isdir(path) else []
        if files:
            sizes = np.array([cache.load(f).shape[1::-1] for f in files], float)
            sides = sizes.max(1, keepdims=True) / (1 + 2 * context)
            tracks.append(Track(name, path, "", files, np.hstack([(sizes - sides) / 2, sides, sides])))
    return tracks


def hold_back(tracks, share=0.2, seed=1):
    """(training tracks, held-back tracks): no scene is on both sides, and at least two scenes are on each."""
    scenes = sorted({t.scene for t in tracks})
    if len(scenes) < 4:
        raise DataError(f"{len(scenes)} identities or scenes found; at least 4 are needed, two of them to hold back")
    training, held = split.hold_back(tracks, share, seed)
    while len({t.scene for t in held}) < 2:
        scene = sorted({t.scene for t in training})[0]
        held += [t for t in training if t.scene == scene]
        training = [t for t in training if t.scene != scene]
    return training, held


def load(net, path):
    """Puts the weights of an earlier run (best.pt), or of an exported embedding (an ONNX file), into net."""
    if not path.endswith(".onnx"):
        net.load_state_dict(torch.load(path))
        return
    if export.manifest_of(path)["kind"] != "embedding":
        raise DataError(f"{path}: not an embedding for matching; take models/siammatch.onnx")
    held = {i.name: torch.tensor(numpy_helper.to_array(i)) for i in onnx.load(path).graph.initializer}
    missing = sorted(set(net.state_dict()) - set(held))
    if missing:
        raise DataError(f"{path}: not a file of trainmatch: it has no {missing[0]}")
    net.load_state_dict({k: held[k] for k in net.state_dict()})


class Views:
    """Draws balanced batches: every identity the same number of views. Batch k of a seed is always the same."""

    def __init__(self, tracks, cache, settings, seed):
        self.cache, self.settings, self.seed = cache, settings, seed
        self.moving = [t for t in tracks if len(t.visible()) > 1]
        self.still = [t for t in tracks if len(t.visible()) == 1]

    def batch(self, step):
        """(images (P*K, 3, 128, 128) float RGB, labels (P*K,))."""
        rng, s = np.random.default_rng([self.seed, step]), self.settings
        video = min(len(self.moving), round(s.identities * (s.video if self.still else 1)))
        chosen = [self.moving[i] for i in rng.permutation(len(self.moving))[:video]]
        chosen += [self.still[i] for i in rng.permutation(len(self.still))[: s.identities - video]]
        crops, labels = [], []
        for label, track in enumerate(chosen):
            seen = track.visible()
            for i in rng.choice(seen, s.views, replace=len(seen) < s.views):
                crops.append(self._view(rng, track, i))
                labels.append(label)
        return torch.from_numpy(crop.planar(crops)), torch.tensor(labels)

    def _view(self, rng, track, i):
        x, y, w, h = track.boxes[i]
        change = View(
            *rng.uniform(-8, 8, 2),
            math.exp(rng.uniform(-0.25, 0.25)),
            math.exp(rng.uniform(-0.2, 0.2)),
            rng.uniform(-0.4, 0.4),
            rng.random() < 0.5 * self.settings.flip,
        )
        matrix = view_matrix(x + w / 2, y + h / 2, crop.context_side(w, h, CONTEXT), SIZE, change)
        image = crop.warp(self.cache.load(track.files[i]), matrix, SIZE)
        return augment.degrade(augment.photometric(image, rng, 1.0, rng.random() < 0.15), rng)


def run(net, views, held, settings, folder):
    """Trains net in place and returns the rows of its curve.

    It keeps the weights with the best held-back one-shot accuracy and, among equals (few identities are soon all told
    apart), the best ratio of the distances of others to those of the same.
    """
    if not settings.triplet + settings.contrastive + settings.cross_entropy > 0:
        raise DataError("no loss: the weights of triplet, contrastive and cross entropy are all 0")
    torch.manual_seed(settings.seed)
    os.makedirs(folder, exist_ok=True)
    early, curve = Frozen(Early(net)), watch.Curve(os.path.join(folder, "curve.jsonl"))
    parameters = [*net.backbone.blocks[net.frozen :].parameters(), *net.head.parameters()]
    same = Same()
    groups = [
        {"params": parameters, "share": 1.0},
        {"params": same.parameters(), "share": SAME_RATE, "weight_decay": 0},
    ]
    optimiser = torch.optim.AdamW(groups, settings.rate, weight_decay=1e-4)
    best, kept = (-math.inf,), None
    for step in range(settings.steps + 1):
        if step % settings.look == 0:
            figures = _validate(net, early, held)
            curve.add(step=step, **figures)
            logging.info("step %d: %s", step, ", ".join(f"{k} {v:.3f}" for k, v in figures.items()))
            watch.check_spread(figures["spread"])
            rank = (round(figures["one_shot"], 6), figures["other"] / max(figures["same"], 1e-6))
            if rank > best:
                best, kept = rank, {k: v.clone() for k, v in net.state_dict().items()}
        if step < settings.steps:
            _step(net, early, same, views.batch(step), optimiser, settings, step)
    if settings.cross_entropy:
        logging.info("as likely the same as not: a cosine of %.3f at the last step", same.even())
    net.load_state_dict(kept)
    return watch.read_curve(curve.path)


class Same(torch.nn.Module):
    """The logit of "the same" from the cosine of two embeddings, scale * cosine + bias; both are learned with them.

    It begins even at a cosine of 0.5, which unlike things reach in the features of ImageNet.
    """

    def __init__(self):
        super().__init__()
        self.log_scale, self.bias = (torch.nn.Parameter(torch.tensor(v)) for v in (math.log(10.0), -5.0))

    def forward(self, cosine):
        return self.log_scale.exp() * cosine + self.bias

    def even(self):
        """The cosine at which "the same" and "another" are equally likely."""
        return -self.bias.item() / self.log_scale.exp().item()


def loss_of(embeddings, labels, same, settings):
    """The weighted sum of the losses of a batch of embeddings (N, D) of unit length with labels (N,)."""
    loss = embeddings.sum() * 0
    if settings.triplet:
        loss = loss + settings.triplet * losses.triplet_hard(embeddings, labels, settings.margin)[0]
    one, other = torch.triu_indices(len(labels), len(labels), 1)
    alike = labels[one] == labels[other]
    if settings.contrastive:
        distance = losses.pairwise_distances(embeddings)[one, other]
        loss = loss + settings.contrastive * losses.contrastive(distance, alike)
    if settings.cross_entropy:
        cosine = (embeddings @ embeddings.T)[one, other]
        loss = loss + settings.cross_entropy * losses.pair_cross_entropy(same(cosine), alike)
    return loss


def _step(net, early, same, batch, optimiser, settings, step):
    for group in optimiser.param_groups:
        group["lr"] = (
            group["share"] * settings.rate * (0.01 + 0.99 * 0.5 * (1 + math.cos(math.pi * step / settings.steps)))
        )
    images, labels = batch
    embeddings = net.late(early(images))
    loss = loss_of(embeddings, labels, same, settings)
    optimiser.zero_grad()
    loss.backward()
    optimiser.step()


@torch.no_grad()
def _validate(net, early, held):
    rows = []
    for images, labels in held:
        embeddings = net.late(early(images))
        loss, active = losses.triplet_hard(embeddings, labels)
        same, other = watch.distances(embeddings, labels)
        rows.append((float(loss), active, same, other, watch.spread(embeddings), one_shot(embeddings, labels)))
    names = ("held_loss", "active", "same", "other", "spread", "one_shot")
    return dict(zip(names, np.mean(rows, 0).tolist()))


def one_shot(embeddings, labels):
    """Accuracy of naming every embedding by its nearest among the first of each label."""
    first = torch.tensor([int(torch.nonzero(labels == k)[0]) for k in torch.unique(labels)])
    rest = torch.tensor([i for i in range(len(labels)) if i not in set(first.tolist())])
    nearest = (embeddings[rest] @ embeddings[first].T).argmax(1)
    return float((labels[first][nearest] == labels[rest]).float().mean())
