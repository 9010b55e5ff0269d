"""The first model: EfficientNet-Lite0's ImageNet features, in cells of unit length, compared by plain correlation.

Nothing of it has learned to track. Only the two numbers that make a score of a correlation, and the thresholds between
the tracker's states, are fitted, on training data.
"""

import torch
from torch import nn

from siamtrain.backbone import lite0


class ImageNetFeatures(nn.Module):
    """RGB 0..255 (N, 3, H, W) to (N, 80, h, w) of unit length in each cell: no bright patch outweighs the others."""

    def __init__(self, path=None):
        super().__init__()
        self.backbone = lite0.load_imagenet(lite0.Lite0(), path)

    def forward(self, images):
        return nn.functional.normalize(self.backbone(images), dim=1)


def fit(features, batches):
    """(scale, bias) for a branch, from batches of classic.pairs."""
    from siamtrain.classic import train
    from siamtrain.fit import calibrate

    raw, positive = [], []
    with torch.no_grad():
        for batch in batches:
            z, x, offset, _ = train.tensors(batch)
            raw.append(train.own_responses(features(z), features(x)))
            positive.append(train.positives(offset))
    return calibrate.scale_and_bias(torch.cat(raw), torch.cat(positive))
