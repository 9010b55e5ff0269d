"""The box network with a mark: it is told which part of the exemplar is the target, and correlates the target and its surroundings apart.

Shapes: exemplar (N, 3, 128, 128) -> features (N, C, 8, 8); search (N, 3, 256, 256) -> features (N, C, 16, 16); mark (N, 4): corners
x0, y0, x1, y1 of the target's box in the exemplar crop, in pixels; response (N, 1, 16, 16) logits; sides (N, 4, 16, 16) left, top,
right, bottom in pixels of the search crop, from the cell's position. Cell (i, j) lies at (16 j, 16 i) in the crop's continuous
coordinates. What depends on the exemplar alone is a Template, made once for a target.
"""

import math
from typing import NamedTuple

import torch
import torch.nn.functional as F
from torch import nn

STRIDE = 16
EXEMPLAR, SEARCH = 128, 256
SIDE = EXEMPLAR // STRIDE
CELLS = SIDE * SIDE
CENTRE, SPREAD = 127.0, 128.0  # of the input's normalisation
MIDDLE = slice(2, 6)  # the exemplar's cells that are the kernel of the depthwise correlation
KEY, VALUE = 64, 32  # channels of the attention from search cells to the exemplar's cells

# Backbone: kernel, stride, channels of each layer; a number alone is a residual block with that many channels in its middle.
# Head: blocks behind the mix, blocks in each tower.
PLANS = {
    "s": (((4, 4, 32), (3, 2, 64), 32, (3, 2, 128), 64, 64, 64, 64), (2, 1)),
    "m": (((4, 4, 48), (3, 2, 96), 48, (3, 2, 192), 96, 96, 96, 96, 96), (4, 2)),
    "l": (((4, 4, 64), (3, 2, 128), 64, (3, 2, 256), 128, 128, 128, 128), (6, 2)),
    "tiny": (((4, 4, 8), (3, 2, 16), 8, (3, 2, 24)), (1, 1)),
}


class ConvUnit(nn.Module):
    """Convolution, batch normalisation, ReLU."""

    def __init__(self, inputs, outputs, kernel, stride=1):
        super().__init__()
        padding = 0 if kernel == stride else kernel // 2
        self.conv = nn.Conv2d(inputs, outputs, kernel, stride, padding, bias=False)
        self.norm = nn.BatchNorm2d(outputs, momentum=0.05)
        nn.init.kaiming_normal_(self.conv.weight, mode="fan_out", nonlinearity="relu")

    def forward(self, x):
        return F.relu(self.norm(self.conv(x)), inplace=True)


class Block(nn.Module):
    """Residual bottleneck: 1x1 to `middle` channels, 3x3, 1x1 back, added to its input, ReLU. It begins as the identity."""

    def __init__(self, channels, middle):
        super().__init__()
        self.narrow, self.mix = ConvUnit(channels, middle, 1), ConvUnit(middle, middle, 3)
        self.conv, self.norm = nn.Conv2d(middle, channels, 1, bias=False), nn.BatchNorm2d(channels, momentum=0.05)
        nn.init.zeros_(self.norm.weight)

    def forward(self, x):
        return F.relu(x + self.norm(self.conv(self.mix(self.narrow(x)))))


class Backbone(nn.Sequential):
    def __init__(self, layers):
        parts, channels = [], 3
        for layer in layers:
            if isinstance(layer, int):
                parts.append(Block(channels, layer))
                continue
            kernel, stride, outputs = layer
            parts.append(ConvUnit(channels, outputs, kernel, stride))
            channels = outputs
        super().__init__(*parts)
        self.channels = channels


class Template(NamedTuple):
    """What a network keeps of an exemplar and its mark."""

    target: torch.Tensor  # (N, 64, C) kernels of the pixelwise correlation, each cell weighed by how much of it the box covers
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
        n, c = z.shape[:2]
        flat = lambda v: v.reshape(n, -1, CELLS).transpose(1, 2)
        inside = coverage(mark).to(z.dtype)
        if not self.marked:
            inside = torch.ones_like(inside)
        kernel = self.kernel_of(z)[:, :, MIDDLE, MIDDLE] if self.depthwise else None
        keys = values = scale = shift = None
        if self.attention:
            keys, values = flat(self.key_of(z)), flat(torch.cat([inside, self.value_of(z)], 1))
        if self.marked:
            mean = lambda w: (z * w).sum((2, 3)) / (w.sum((2, 3)) + 0.1)
            about = torch.cat([logsize(mark).to(z.dtype), mean(inside), mean(1 - inside)], 1)
            scale, shift = self.shape(about)[:, :, None, None].chunk(2, 1)
        root = math.sqrt(c)
        return Template(flat(z * inside) / root, flat(z * (1 - inside)) / root, kernel, keys, values, scale, shift)

    def forward(self, t, x):
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

    def __init__(self, plan="m2", width=96, **ablation):
        super().__init__()
        layers, blocks = PLANS[plan]
        self.plan, self.width = plan, width
        self.backbone = Backbone(layers)
        self.neck = nn.Sequential(nn.Conv2d(self.backbone.channels, width, 1, bias=False), nn.BatchNorm2d(width))
        self.head = Head(width, blocks, **ablation)

    def forward(self, exemplar, mark, search):
        z, x = self.neck(self.backbone(exemplar)), self.neck(self.backbone(search))
        return self.head(self.head.template(z, mark), x)


def normalise(crops):
    """RGB 0..255 as the backbone takes it."""
    return crops * (1 / SPREAD) - CENTRE / SPREAD


class Projections(nn.Module):
    """Used in training only: what the backbone's output would be in each teacher's features."""

    def __init__(self, channels, teachers):
        super().__init__()
        self.heads = nn.ModuleDict({name: nn.Conv2d(channels, depth, 1) for name, depth in teachers.items()})

    def forward(self, features, teacher):
        return self.heads[teacher](features)
