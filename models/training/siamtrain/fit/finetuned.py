"""What a fine-tuning gave: accuracy on the frames that had no part in it."""

import logging

from siamtrain.file import export
from siamtrain.loop import sequences
from siamtrain.loop.follow import open_tracker


def accuracy(path, tracks):
    """Mean AUC of a model's file with its own loop over tracks."""
    return float(sequences.summary(sequences.run(open_tracker(path), tracks))[0][0])


def compared(before, path, tracks):
    """accuracy of a trained file, told beside that of the one before it."""
    after = accuracy(path, tracks)
    logging.info(
        "%d sequences, AUC on their last parts: %.3f before, %.3f after; %s: sha256 %s",
        *(len(tracks), before, after, path, export.digest(path)),
    )
    return after
