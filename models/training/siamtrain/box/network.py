"""The box network: one light backbone for both crops, pixelwise correlation, a response and four sides in each cell.

Shapes: exemplar (N, 3, 128, 128) -> features (N, C, 8, 8); search (N, 3, 256, 256) -> features (N, C, 16, 16);
response (N, 1, 16, 16) logits; sides (N, 4, 16, 16) left, top, right, bottom in pixels of the search crop, from the
cell's position. Cell (i, j) lies at (16 j, 16 i) in the crop's continuous coordinates, -128 .. 112 about its centre.
"""

import math

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn

from siamtrain.backbone.dense import Backbone, ConvUnit, affine, fold, folded
from siamtrain.loop.box import EXEMPLAR, SEARCH, STRIDE

CELLS = (EXEMPLAR // STRIDE) ** 2
# Layers as in backbone.dense.
PLANS = {
    "f": ((4, 4, 48), (3, 2, 96), (3, 1, 96), (3, 1, 96), (3, 2, 160), (3, 1, 160), (3, 1, 160)),
    "g": ((4, 4, 48), (3, 2, 96), (3, 1, 96), (3, 2, 160), (3, 1, 160), (3, 1, 160), (3, 1, 160)),
    "g192": ((4, 4, 48), (3, 2, 96), (3, 1, 96), (3, 2, 160), (3, 1, 160), (3, 1, 160), (3, 1, 192)),
    # Depth where it is cheap, at stride 16: it learns the teachers' features better than g, at 3/4 of the compute.
    "h": ((4, 4, 48), (3, 2, 96), (3, 2, 160), (3, 1, 160), 64, 64, (3, 1, 160), 64, 64),
    "tiny": ((4, 4, 8), (3, 2, 16), 8, (3, 2, 24)),
}


class BoxNet(nn.Module):
    """forward(exemplar, search) of normalised crops -> (logits, sides); see the module's text for shapes."""

    def __init__(self, plan="g", width=96):
        super().__init__()
        self.plan, self.width = plan, width
        self.backbone = Backbone(PLANS[plan])
        self.neck = nn.Sequential(nn.Conv2d(self.backbone.channels, width, 1, bias=False), nn.BatchNorm2d(width))
        self.correlation_norm = nn.BatchNorm2d(CELLS)
        self.mix = ConvUnit(CELLS + width, width, 3)
        self.response_tower = ConvUnit(width, 64, 3)
        self.sides_tower = ConvUnit(width, width, 3)
        self.response = nn.Conv2d(64, 1, 1)
        self.sides = nn.Conv2d(width, 4, 1)
        # A response of sigmoid(-3) and sides of about 35 pixels everywhere: half the exemplar's context, so the box
        # loss starts small.
        nn.init.normal_(self.response.weight, std=0.01)
        nn.init.constant_(self.response.bias, -3.0)
        nn.init.normal_(self.sides.weight, std=0.01)
        nn.init.constant_(self.sides.bias, 0.7)

    def features(self, crops):
        """Features of normalised crops, at stride 16."""
        return self.neck(self.backbone(crops))

    def correlate(self, exemplar, search):
        """Pixelwise correlation: one map for each of the exemplar's 64 cells, (N, 64, H, W)."""
        n, channels, height, width = search.shape
        kernels = exemplar.reshape(n, channels, CELLS).transpose(1, 2) / math.sqrt(channels)
        return torch.matmul(kernels, search.reshape(n, channels, height * width)).reshape(n, CELLS, height, width)

    def locate(self, exemplar, search):
        """(logits, sides) from the features of both crops."""
        maps = self.correlation_norm(self.correlate(exemplar, search))
        mixed = self.mix(torch.cat([maps, search], 1))
        sides = F.softplus(self.sides(self.sides_tower(mixed)).float()) * 32
        return self.response(self.response_tower(mixed)), sides

    def forward(self, exemplar, search):
        return self.locate(self.features(exemplar), self.features(search))


def planes(crops):
    """BGR uint8 crops (N, S, S, 3) as RGB 0..255 floats (N, 3, S, S), channels last, as they lie in memory."""
    return torch.from_numpy(np.ascontiguousarray(crops[..., ::-1])).permute(0, 3, 1, 2).float()


class Exported(nn.Module):
    """What the ONNX file holds: both branches with one set of weights, for crops of any size divisible by 16.

    forward(image RGB 0..255 (1, 3, H, W), exemplar (1, C, 8, 8)) -> features (1, C, H/16, W/16),
    response in 0..1 (1, 1, H/16, W/16), sides (1, 4, H/16, W/16).
    Batch normalisations and the input's normalisation are folded into the convolutions, and the correlation is a 1x1
    convolution whose kernel is the exemplar, so no size is frozen in the graph.
    """

    def __init__(self, net):
        super().__init__()
        self.width = net.width
        self.backbone = folded(net.backbone, first=True)
        self.neck = fold(net.neck[0], net.neck[1])
        self.mix, self.response_tower, self.sides_tower = (
            fold(u.conv, u.norm) for u in (net.mix, net.response_tower, net.sides_tower)
        )
        self.response, self.sides = net.response, net.sides
        scale, shift = affine(net.correlation_norm)
        self.register_buffer("scale", (scale / math.sqrt(net.width)).reshape(CELLS, 1))
        self.register_buffer("shift", shift)

    def forward(self, image, exemplar):
        features = self.neck(self.backbone(image))
        kernels = exemplar.reshape(self.width, CELLS).transpose(0, 1) * self.scale
        maps = F.conv2d(features, kernels.reshape(CELLS, self.width, 1, 1), self.shift)
        mixed = F.relu(self.mix(torch.cat([maps, features], 1)))
        response = torch.sigmoid(self.response(F.relu(self.response_tower(mixed))))
        sides = F.softplus(self.sides(F.relu(self.sides_tower(mixed)))) * 32
        return features, response, sides


def multiply_adds(net):
    """(backbone and neck on one search crop, correlation and head) in millions of multiply-adds."""
    counts, hooks = {"features": 0, "rest": 0}, []
    inside = {id(m) for part in (net.backbone, net.neck) for m in part.modules()}

    def count(module, _, output):
        counts["features" if id(module) in inside else "rest"] += output[0].numel() * module.weight[0].numel()

    hooks = [m.register_forward_hook(count) for m in net.modules() if isinstance(m, nn.Conv2d)]
    with torch.no_grad():
        features = net.eval().features(torch.zeros(1, 3, SEARCH, SEARCH))
        net.locate(torch.zeros(1, net.width, 8, 8), features)
    for hook in hooks:
        hook.remove()
    cells = features.shape[2] * features.shape[3]
    return counts["features"] / 1e6, (counts["rest"] + CELLS * net.width * cells) / 1e6
