"""Goes on training the default network on one's own sequences, and shows on their later frames what it gave."""

import logging
import os
import random

import numpy as np

from siamtrain.box import files, pairs, student, train
from siamtrain.data import split
from siamtrain.data.images import ImageCache
from siamtrain.data.store import Frames
from siamtrain.file import export
from siamtrain.loop import sequences
from siamtrain.loop.follow import open_tracker


def sampler(tracks, seed):
    """Pairs of the tracks; with another scene in some of them only where there is one."""
    alone = len({t.scene for t in tracks}) == 1
    return pairs.Sampler(
        Frames(tracks, ImageCache()),
        {"video": 1.0},
        random.Random(seed),
        negatives=0.0 if alone else 0.12,
        crowd=0.0 if alone else 0.25,
    )


def batch(source, count):
    """`count` pairs as train.Trainer.step takes them, without a teacher's word."""
    drawn = [source.pair() for _ in range(count)]
    truth = np.array([(*p.box, float(p.positive), 0.0) for p in drawn], np.float32)
    return {
        "exemplar": np.stack([p.exemplar for p in drawn]),
        "search": np.stack([p.search for p in drawn]),
        "truth": truth,
    }


def accuracy(path, tracks):
    """Mean AUC of a box file with its own loop over tracks."""
    return float(sequences.summary(sequences.run(open_tracker(path), tracks))[0][0])


def compared(before, path, tracks):
    """accuracy of a trained file, told beside that of the one before it."""
    after = accuracy(path, tracks)
    logging.info(
        "%d sequences, AUC on their last parts: %.3f before, %.3f after; %s: sha256 %s",
        *(len(tracks), before, after, path, export.digest(path)),
    )
    return after


def run(model, weights, paths, settings, steps, folder, out, name, share=0.5):
    """Fine-tunes the weights (a .pt file) of `model` on the first frames of each sequence.

    Returns (before, after): mean AUC on the rest.

    Writes the int8 file `out` and an fp32 one beside it, with the loop and the states of `model`, in either case.
    """
    first, last = split.parts(paths, share)
    before = accuracy(model, last)
    trainer, source = train.Trainer(settings, folder), sampler(first, settings.seed)
    trainer.begin_from(weights)
    trainer.student.eval()  # a handful of scenes is no basis for new statistics of the normalisations
    for k in range(steps):
        trainer.spent = 60 * settings.minutes * k / steps
        terms = trainer.step(batch(source, settings.batch))
        if k % 20 == 0 or k == steps - 1:
            logging.info("step %d: %s", k, " ".join(f"{key} {value:.3f}" for key, value in terms.items()))
    trainer.save()
    net, _ = student.load_network(os.path.join(folder, train.AVERAGE))
    full = "-fp32".join(os.path.splitext(out))
    manifest = {**export.manifest_of(model), "name": name, "figures": {}}
    files.write(net, manifest, full)
    files.write_int8(full, [source.pair() for _ in range(files.CALIBRATION_PAIRS)], manifest, out)
    return before, compared(before, out, last)
