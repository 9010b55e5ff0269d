"""Watches the box network on pairs of scenes that it does not train on.

It draws the validation curve, notices a collapse, and says when to stop.
"""

import os
import random

import numpy as np
import torch

from siamtrain.backbone.dense import normalise
from siamtrain.box import losses, pairs
from siamtrain.box.network import planes
from siamtrain.data.images import ImageCache
from siamtrain.data.readers import open_all
from siamtrain.data.store import Frames
from siamtrain.errors import DataError
from siamtrain.fit import cells, watch
from siamtrain.fit.losses import iou_giou

HELD_PAIRS, HELD_BATCH, HELD_SEED = 96, 16, 1_000_000
CURVE, BEST = "held.jsonl", "best.pt"


class Held:
    """Fixed pairs of annotated sequences, drawn once.

    step is where the run goes on from; its curve keeps what came before.
    """

    def __init__(self, paths, folder, patience, step=0):
        tracks = [t for t in open_all(paths).tracks if t.boxes is not None and len(t.visible()) > 1]
        if not tracks:
            raise DataError(f"{', '.join(paths)}: no annotated sequence to validate on")
        source = pairs.Sampler(Frames(tracks, ImageCache()), {"video": 1.0}, random.Random(HELD_SEED), negatives=0.0)
        self.pairs = [source.pair() for _ in range(HELD_PAIRS)]
        self.curve, self.stopping = watch.Curve(os.path.join(folder, CURVE), step), watch.EarlyStopping(patience)

    @torch.no_grad()
    def figures(self, net):
        """Response and box loss, IoU of the best cell, and spread of the exemplars' embeddings (0: collapsed)."""
        net.eval()
        sums, pooled = np.zeros(3), []
        for k in range(0, len(self.pairs), HELD_BATCH):
            part = self.pairs[k : k + HELD_BATCH]
            kept = net.features(normalise(planes(np.stack([p.exemplar for p in part]))))
            logits, sides = net.locate(kept, net.features(normalise(planes(np.stack([p.search for p in part])))))
            truth = torch.tensor([p.box for p in part])
            response, box, _ = losses.supervised(logits, sides, truth, torch.ones(len(part)))
            iou, _ = iou_giou(cells.corners(sides).flatten(1, 2), truth[:, None, :].expand(-1, cells.CELLS**2, -1))
            best = logits.flatten(1).argmax(1)
            sums += len(part) * np.array([response, box, iou[torch.arange(len(part)), best].mean()])
            pooled.append(kept.mean((2, 3)))
        response, box, iou = (float(v) for v in sums / len(self.pairs))
        return {"held_response": response, "held_box": box, "held_iou": iou, "spread": watch.spread(torch.cat(pooled))}

    def look(self, net, step, **seen):
        """One row of the curve; (is it the best so far by IoU, is it time to stop). Raises watch.Collapsed."""
        figures = self.figures(net)
        self.curve.add(step=step, **seen, **{k: round(v, 4) for k, v in figures.items()})
        watch.check_spread(figures["spread"])
        return self.stopping.look(figures["held_iou"])
