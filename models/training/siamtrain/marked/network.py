"""The box network with a mark: it is told which part of the exemplar is the target.

It correlates the target and its surroundings with the search crop apart. What depends on the exemplar alone is a
Template, made once for a target.

Shapes: exemplar (N, 3, 128, 128) -> features (N, C, 8, 8); search (N, 3, 256, 256) -> features (N, C, 16, 16); mark
(N, 4): corners x0, y0, x1, y1 of the target's box in the exemplar crop, in pixels; response (N, 1, 16, 16) logits;
sides (N, 4, 16, 16) left, top, right, bottom in pixels of the search crop, from the cell's position. Cell (i, j) lies
at (16 j, 16 i) in the crop's continuous coordinates.
"""

import math
from typing import NamedTuple

import torch
import torch.nn.functional as F
from torch import nn

from siamtrain.backbone.dense import Backbone, Block, ConvUnit
from siamtrain.loop.box import EXEMPLAR, STRIDE

SIDE = EXEMPLAR // STRIDE
CELLS = SIDE * SIDE
MIDDLE = slice(2, 6)  # the exemplar's cells that are the kernel of the depthwise correlation
KEY, VALUE = 64, 32  # channels of the attention from search cells to the exemplar's cells

# Layers of the backbone, as in backbone.dense; blocks behind the head's mix and in each of its towers.
PLANS = {
    "s": (((4, 4, 32), (3, 2, 64), 32, (3, 2, 128), 64, 64, 64, 64), (2, 1)),
    "m": (((4, 4, 48), (3, 2, 96), 48, (3, 2, 192), 96, 96, 96, 96, 96), (4, 2)),
    "l": (((4, 4, 64), (3, 2, 128), 64, (3, 2, 256), 128, 128, 128, 128), (6, 2)),
    "tiny": (((4, 4, 8), (3, 2, 16), 8, (3, 2, 24)), (1, 1)),
}


class Template(NamedTuple):
    """What a network keeps of an exemplar and its mark."""

    target: (
        torch.Tensor
    )  # (N, 64, C) kernels of the pixelwise correlation, each cell weighed by how much of it the box covers
    around: torch.Tensor  # (N, 64, C) the same, weighed by the rest
    kernel: torch.Tensor  # (N, C, 4, 4) of the depthwise correlation
    keys: torch.Tensor  # (N, 64, 64) of the attention
    values: torch.Tensor  # (N, 64, 32); channel 0 is the coverage
    scale: torch.Tensor  # (N, C, 1, 1)
    shift: torch.Tensor


def coverage(mark):
    """(N, 1, 8, 8): the part of each of the exemplar's cells that the box covers."""
    low = torch.arange(SIDE, device=mark.device, dtype=mark.dtype) * STRIDE

    def along(a, b):
        return ((torch.minimum(low + STRIDE, b[:, None]) - torch.maximum(low, a[:, None])) / STRIDE).clamp(0, 1)

    return (along(mark[:, 1], mark[:, 3])[:, :, None] * along(mark[:, 0], mark[:, 2])[:, None, :])[:, None]


def logsize(mark):
    """(N, 2): logarithms of the box's sides, 0 at half the exemplar's crop."""
    return torch.log((mark[:, 2:] - mark[:, :2]).clamp(min=2) / (EXEMPLAR / 2))


class Head(nn.Module):
    """Response and sides from both crops' features; ablations leave parts out."""

    def __init__(self, width, blocks, marked=True, depthwise=True, attention=True):
        super().__init__()
        self.width, self.marked, self.depthwise, self.attention = width, marked, depthwise, attention
        trunk, tower = blocks
        maps = 2 * CELLS if marked else CELLS
        self.maps_norm = nn.BatchNorm2d(maps)
        if depthwise:
            self.kernel_of, self.seen_of = nn.Conv2d(width, width, 1), nn.Conv2d(width, width, 1)
            self.depth_norm = nn.BatchNorm2d(width)
        if attention:
            self.key_of, self.query_of = nn.Conv2d(width, KEY, 1), nn.Conv2d(width, KEY, 1)
            self.value_of = nn.Conv2d(width, VALUE - 1, 1)
            self.read_norm = nn.BatchNorm2d(VALUE)
        if marked:
            self.shape = nn.Sequential(nn.Linear(2 + 2 * width, 64), nn.ReLU(), nn.Linear(64, 2 * width))
            nn.init.zeros_(self.shape[2].weight)
            nn.init.zeros_(self.shape[2].bias)
        self.mix = ConvUnit(maps + width + width * depthwise + VALUE * attention, width, 1)
        self.trunk = nn.Sequential(*(Block(width, width // 2) for _ in range(trunk)))
        self.response_tower = nn.Sequential(*(Block(width, width // 2) for _ in range(tower)), ConvUnit(width, 64, 3))
        self.sides_tower = nn.Sequential(*(Block(width, width // 2) for _ in range(tower)), ConvUnit(width, width, 3))
        self.response, self.sides = nn.Conv2d(64, 1, 1), nn.Conv2d(width, 4, 1)
        nn.init.normal_(self.response.weight, std=0.01)
        nn.init.constant_(self.response.bias, -3.0)
        nn.init.normal_(self.sides.weight, std=0.01)
        nn.init.constant_(self.sides.bias, 0.7)

    def template(self, z, mark):
        """The Template of an exemplar's features (N, C, 8, 8) and mark (N, 4)."""
        n = z.shape[0]

        def flat(v):
            return v.reshape(n, -1, CELLS).transpose(1, 2)

        inside = coverage(mark).to(z.dtype)
        if not self.marked:
            inside = torch.ones_like(inside)
        kernel = self.kernel_of(z)[:, :, MIDDLE, MIDDLE] if self.depthwise else None
        keys = values = scale = shift = None
        if self.attention:
            keys, values = flat(self.key_of(z)), flat(torch.cat([inside, self.value_of(z)], 1))
        if self.marked:
            means = [(z * w).sum((2, 3)) / (w.sum((2, 3)) + 0.1) for w in (inside, 1 - inside)]
            about = torch.cat([logsize(mark).to(z.dtype), *means], 1)
            scale, shift = self.shape(about)[:, :, None, None].chunk(2, 1)
        root = math.sqrt(self.width)
        return Template(flat(z * inside) / root, flat(z * (1 - inside)) / root, kernel, keys, values, scale, shift)

    def forward(self, t, x):
        """(logits, sides) from a Template and the search crop's features (N, C, H, W)."""
        n, c, h, w = x.shape
        seen = x.reshape(n, c, h * w)
        maps = [torch.matmul(t.target, seen)] + ([torch.matmul(t.around, seen)] if self.marked else [])
        parts = [self.maps_norm(torch.cat(maps, 1).reshape(n, -1, h, w)), x]
        if self.depthwise:
            q = F.pad(self.seen_of(x), (2, 1, 2, 1))
            d = F.conv2d(q.reshape(1, n * c, h + 3, w + 3), t.kernel.reshape(n * c, 1, 4, 4), groups=n * c)
            parts.append(self.depth_norm(d.reshape(n, c, h, w)))
        if self.attention:
            q = self.query_of(x).reshape(n, KEY, h * w)
            weights = torch.softmax(torch.matmul(t.keys, q).float() / math.sqrt(KEY), 1).to(x.dtype)
            parts.append(self.read_norm(torch.matmul(t.values.transpose(1, 2), weights).reshape(n, VALUE, h, w)))
        mixed = self.mix(torch.cat(parts, 1))
        if self.marked:
            mixed = mixed * (1 + t.scale) + t.shift
        mixed = self.trunk(mixed)
        sides = F.softplus(self.sides(self.sides_tower(mixed)).float()) * 32
        return self.response(self.response_tower(mixed)), sides


class MarkedNet(nn.Module):
    """forward(exemplar, mark, search) of normalised crops -> (logits, sides); see the module's text for shapes."""

    def __init__(self, plan="m", width=96, **ablation):
        super().__init__()
        layers, blocks = PLANS[plan]
        self.plan, self.width = plan, width
        self.backbone = Backbone(layers)
        self.neck = nn.Sequential(nn.Conv2d(self.backbone.channels, width, 1, bias=False), nn.BatchNorm2d(width))
        self.head = Head(width, blocks, **ablation)

    def features(self, crops):
        """Features (N, C, S/16, S/16) of normalised crops."""
        return self.neck(self.backbone(crops))

    def forward(self, exemplar, mark, search):
        z, x = self.features(exemplar), self.features(search)
        return self.head(self.head.template(z, mark), x)
