"""The classic network: one branch, one response map.

Bertinetto et al., "Fully-Convolutional Siamese Networks" (2016).
"""

import math

import torch
from torch import nn

from siamtrain.backbone.lite0 import Lite0

EXEMPLAR, SEARCH, STRIDE = 127, 255, 8
RESPONSE = 17  # (255 - 127) / 8 + 1


class SiamFC(nn.Module):
    """Twin branches on Lite0 (or a backbone like it) to stride 8 with a 1x1 neck, compared by cross-correlation.

    logits = scale * (features(search) correlated with features(exemplar)) + bias, 17x17; cell (row i, column j) says
    that the target's centre lies 8 * (j - 8), 8 * (i - 8) pixels right of and below the crop's centre.

    Unlike the paper's, a cell's features have unit length: the correlation is a sum of cosines, which no bright patch
    can outshout. ImageNet's features alone track much better so (models/efficientnet-lite0.md), and training starts
    from there.
    """

    def __init__(self, channels=80, frozen=3, backbone=None):
        super().__init__()
        self.backbone = backbone or Lite0()
        self.neck = nn.Conv2d(self.backbone.channels, channels, 1)
        self.frozen = frozen  # stem and this many blocks are never trained
        self.log_scale = nn.Parameter(torch.tensor(0.0))  # a logarithm: the raw correlation's size spans decades
        self.bias = nn.Parameter(torch.tensor(0.0))

    @property
    def scale(self):
        return self.log_scale.exp()

    def early(self, images):
        """The frozen part: RGB 0..255 to maps at stride 4. No gradient."""
        with torch.no_grad():
            return self.backbone.early(images, self.frozen)

    def late(self, maps):
        """The trained part: maps of `early` to features (N, channels, h, w), each cell of unit length."""
        return nn.functional.normalize(self.neck(self.backbone.late(maps, self.frozen)), dim=1)

    def features(self, images):
        return self.late(self.early(images))

    def responses(self, exemplars, searches):
        """Logits (N, M, h, w) of every one of M exemplars' features on every one of N search features."""
        return self.scale * nn.functional.conv2d(searches, exemplars) + self.bias

    @torch.no_grad()
    def set_scale(self, scale, bias):
        """Sets what makes a logit of a correlation."""
        self.log_scale.fill_(math.log(scale))
        self.bias.fill_(bias)

    def trained(self):
        """The parts that train, by how fast.

        The backbone's parameters, the neck's, and the scale and bias of the correlation.
        """
        late = self.backbone.blocks[self.frozen :] if self.frozen else self.backbone
        return list(late.parameters()), list(self.neck.parameters()), [self.log_scale, self.bias]

    def train_again(self):
        """Lets the trained parts learn again after an average has frozen them."""
        for p in [p for group in self.trained() for p in group]:
            p.requires_grad_(True)


class Branch(nn.Module):
    """The branch of a network alone: what is exported, and what the Python loop calls."""

    def __init__(self, net):
        super().__init__()
        self.net = net

    def forward(self, images):
        return self.net.features(images)

    @torch.no_grad()
    def numpy(self, images):
        """forward for numpy arrays."""
        return self.forward(torch.from_numpy(images)).numpy()
