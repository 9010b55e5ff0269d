"""From data to a model file: the steps of `siamtrain train` in their order."""

import copy
import dataclasses
import json
import logging
import os

from siamtrain.classic import files, train, unsupervised
from siamtrain.classic.network import Branch
from siamtrain.classic.pairs import Augmentation, PairMaker
from siamtrain.data import split
from siamtrain.data.images import ImageCache
from siamtrain.data.readers import open_all
from siamtrain.errors import DataError
from siamtrain.fit import calibrate
from siamtrain.loop import sequences
from siamtrain.loop.peak import Loop, PeakTracker, open_tracker

HELD_SHARE, HELD_BATCHES, HELD_SEED = 0.1, 12, 1_000_000
REGIONS = 4  # of each unlabelled still
# Without labels both crops of a still show the same pixels: only stronger changes teach anything.
UNLABELLED = Augmentation(scale=0.25, aspect=0.15, rotation=0.3, grey=0.2, occlude=0.25)


def run(paths, settings, folder, out, name, unsupervised=False, pretrained=True, memory=3 << 30):
    """Trains on paths and writes the model `out`; checkpoints, curve and settings go to folder."""
    cache = ImageCache(memory)
    found = open_all(paths)
    os.makedirs(folder, exist_ok=True)
    with open(os.path.join(folder, "settings.json"), "w", encoding="utf-8") as file:
        json.dump(
            {"data": paths, "unsupervised": unsupervised, "pretrained": pretrained, **dataclasses.asdict(settings)},
            file,
            indent=1,
        )
    net = train.new_network(settings, pretrained=pretrained)
    if unsupervised:
        net = _unsupervised(net, found, cache, settings, folder)
    else:
        net = supervised(net, [t for t in found.tracks if t.boxes is not None], cache, settings, folder)
    return finish(net, [t for t in found.tracks if t.boxes is not None and len(t.files) > 1], out, name)


def supervised(net, tracks, cache, settings, folder, changes=None):
    """Trains net on tracks, a tenth of the scenes held back for validation."""
    if not tracks:
        raise DataError("no annotated track in the data; --unsupervised learns from images and clips without boxes")
    training, held = split.hold_back(tracks, HELD_SHARE, HELD_SEED)
    logging.info("%d tracks to train on, %d held back", len(training), len(held))
    batches = [PairMaker(held or training, cache, HELD_SEED).batch(k, settings.batch) for k in range(HELD_BATCHES)]
    trainer = train.Trainer(net, PairMaker(training, cache, settings.seed, changes=changes), batches, settings, folder)
    trainer.resume()
    return trainer.run()


def _unsupervised(net, found, cache, settings, folder):
    """A third of the steps on regions of stills or, where there are none, of single frames of the clips.

    Then the network finds its own tracks on the clips, and all of it trains together.
    """
    stills = {*found.unlabelled, *(t.files[0] for t in found.tracks if t.boxes is not None and len(t.files) == 1)}
    clips = unsupervised.clips_of(found, cache)
    if not stills and not clips:
        raise DataError("no image in the data, and no clip that can be decoded")
    regions = {path: [path] for path in sorted(stills)} or unsupervised.frames_of(clips)
    tracks = unsupervised.still_tracks(regions, cache, REGIONS, settings.seed)
    first = dataclasses.replace(settings, steps=settings.steps // 3 if clips else settings.steps)
    net = supervised(net, tracks, cache, first, os.path.join(folder, "stills"), UNLABELLED)
    if not clips:
        return net
    branch = Branch(net)
    tracker = PeakTracker(branch.numpy, net.scale.item(), net.bias.item(), Loop(scales=1))
    tracks = tracks + unsupervised.clip_tracks(clips, cache, tracker, rounds=1, seed=settings.seed)
    second = dataclasses.replace(
        settings, steps=settings.steps - first.steps, rate=settings.rate / 2, seed=settings.seed + 1
    )
    fresh = copy.deepcopy(net)
    fresh.train_again()
    return supervised(fresh, tracks, cache, second, os.path.join(folder, "clips"), UNLABELLED)


def finish(net, videos, out, name, loop=None, about="SiamFC (2016) on EfficientNet-Lite0 to stride 8"):
    """Writes the model, then fits its state thresholds on the training videos, where there are any."""
    loop = loop or Loop()

    def write(state):
        manifest = files.manifest(name, about, net.scale.item(), net.bias.item(), loop, state)
        return files.write(Branch(net), manifest, out)

    sha = write({"uncertain": 0.5, "lost": 0.25, "patience": 3})
    if videos:
        runs = sequences.run(open_tracker(out), videos)
        logging.info("training sequences: AUC %.3f, P@20 %.3f, SR.5 %.3f", *sequences.summary(runs)[0])
        sha = write(calibrate.thresholds(runs))
    logging.info("%s: sha256 %s", out, sha)
    return out
