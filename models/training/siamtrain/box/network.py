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

from siamtrain.loop.box import EXEMPLAR, SEARCH, STRIDE

CELLS = (EXEMPLAR // STRIDE) ** 2
CENTRE, SPREAD = 127.0, 128.0  # of the input's normalisation
# Kernel, stride, channels of each layer; a number alone is a residual block with that many channels in its middle.
# Dense convolutions: in int8 they cost a CPU less than depthwise ones of a quarter the compute.
PLANS = {
    "f": ((4, 4, 48), (3, 2, 96), (3, 1, 96), (3, 1, 96), (3, 2, 160), (3, 1, 160), (3, 1, 160)),
    "g": ((4, 4, 48), (3, 2, 96), (3, 1, 96), (3, 2, 160), (3, 1, 160), (3, 1, 160), (3, 1, 160)),
    "g192": ((4, 4, 48), (3, 2, 96), (3, 1, 96), (3, 2, 160), (3, 1, 160), (3, 1, 160), (3, 1, 192)),
    # Depth where it is cheap, at stride 16: it learns the teachers' features better than g, at 3/4 of the compute.
    "h": ((4, 4, 48), (3, 2, 96), (3, 2, 160), (3, 1, 160), 64, 64, (3, 1, 160), 64, 64),
    "tiny": ((4, 4, 8), (3, 2, 16), 8, (3, 2, 24)),
}


class ConvUnit(nn.Module):
    """Convolution, batch normalisation, ReLU."""

    def __init__(self, inputs, outputs, kernel, stride):
        super().__init__()
        # The patch stem tiles its input; every other layer keeps the size, or halves it.
        padding = 0 if kernel == stride else kernel // 2
        self.conv = nn.Conv2d(inputs, outputs, kernel, stride, padding, bias=False)
        self.norm = nn.BatchNorm2d(outputs, momentum=0.05)
        nn.init.kaiming_normal_(self.conv.weight, mode="fan_out", nonlinearity="relu")

    def forward(self, x):
        return F.relu(self.norm(self.conv(x)), inplace=True)


class Block(nn.Module):
    """Residual bottleneck: 1x1 to `middle` channels, 3x3, 1x1 back, added to its input, ReLU.

    It begins as the identity.
    """

    def __init__(self, channels, middle):
        super().__init__()
        self.narrow, self.mix = ConvUnit(channels, middle, 1, 1), ConvUnit(middle, middle, 3, 1)
        self.conv, self.norm = nn.Conv2d(middle, channels, 1, bias=False), nn.BatchNorm2d(channels, momentum=0.05)
        nn.init.zeros_(self.norm.weight)

    def forward(self, x):
        return F.relu(x + self.norm(self.conv(self.mix(self.narrow(x)))))


class Backbone(nn.Sequential):
    """The layers of a plan; .channels is the depth of its output, at stride 16."""

    def __init__(self, plan):
        layers, channels = [], 3
        for layer in PLANS[plan]:
            if isinstance(layer, int):
                layers.append(Block(channels, layer))
                continue
            kernel, stride, outputs = layer
            layers.append(ConvUnit(channels, outputs, kernel, stride))
            channels = outputs
        super().__init__(*layers)
        self.channels = channels


class BoxNet(nn.Module):
    """forward(exemplar, search) of normalised crops -> (logits, sides); see the module's text for shapes."""

    def __init__(self, plan="g", width=96):
        super().__init__()
        self.plan, self.width = plan, width
        self.backbone = Backbone(plan)
        self.neck = nn.Sequential(nn.Conv2d(self.backbone.channels, width, 1, bias=False), nn.BatchNorm2d(width))
        self.correlation_norm = nn.BatchNorm2d(CELLS)
        self.mix = ConvUnit(CELLS + width, width, 3, 1)
        self.response_tower = ConvUnit(width, 64, 3, 1)
        self.sides_tower = ConvUnit(width, width, 3, 1)
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


def normalise(crops):
    """RGB 0..255 as the backbone takes it."""
    return crops * (1 / SPREAD) - CENTRE / SPREAD


def planes(crops):
    """BGR uint8 crops (N, S, S, 3) as RGB 0..255 floats (N, 3, S, S), channels last, as they lie in memory."""
    return torch.from_numpy(np.ascontiguousarray(crops[..., ::-1])).permute(0, 3, 1, 2).float()


class Projections(nn.Module):
    """Used in training only: what the backbone's output would be in each teacher's features."""

    def __init__(self, channels, teachers):
        super().__init__()
        self.heads = nn.ModuleDict({name: nn.Conv2d(channels, depth, 1) for name, depth in teachers.items()})

    def forward(self, features, teacher):
        return self.heads[teacher](features)


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
        self.backbone = nn.Sequential(
            *(part for i, layer in enumerate(net.backbone) for part in _folded(layer, first=i == 0))
        )
        self.neck = _fold(net.neck[0], net.neck[1])
        self.mix, self.response_tower, self.sides_tower = (
            _fold(u.conv, u.norm) for u in (net.mix, net.response_tower, net.sides_tower)
        )
        self.response, self.sides = net.response, net.sides
        norm = net.correlation_norm
        scale = (norm.weight / torch.sqrt(norm.running_var + norm.eps)).detach()
        self.register_buffer("scale", (scale / math.sqrt(net.width)).reshape(CELLS, 1))
        self.register_buffer("shift", (norm.bias - norm.running_mean * scale).detach())

    def forward(self, image, exemplar):
        features = self.neck(self.backbone(image))
        kernels = exemplar.reshape(self.width, CELLS).transpose(0, 1) * self.scale
        maps = F.conv2d(features, kernels.reshape(CELLS, self.width, 1, 1), self.shift)
        mixed = F.relu(self.mix(torch.cat([maps, features], 1)))
        response = torch.sigmoid(self.response(F.relu(self.response_tower(mixed))))
        sides = F.softplus(self.sides(F.relu(self.sides_tower(mixed)))) * 32
        return features, response, sides


class FoldedBlock(nn.Module):
    """A Block without its normalisations."""

    def __init__(self, block):
        super().__init__()
        self.narrow, self.mix, self.conv = (_fold(u.conv, u.norm) for u in (block.narrow, block.mix, block))

    def forward(self, x):
        return F.relu(x + self.conv(F.relu(self.mix(F.relu(self.narrow(x))))))


def _folded(layer, first):
    return (FoldedBlock(layer),) if isinstance(layer, Block) else (_fold(layer.conv, layer.norm, first), nn.ReLU())


def _fold(conv, norm, first=False):
    """A convolution that holds the batch normalisation behind it and, if it is the first, the input's before it.

    The input's may be folded only where the convolution does not pad: zeros of the padding are not normalised.
    """
    scale = norm.weight / torch.sqrt(norm.running_var + norm.eps)
    folded = nn.Conv2d(conv.in_channels, conv.out_channels, conv.kernel_size, conv.stride, conv.padding, bias=True)
    weight = conv.weight * scale.reshape(-1, 1, 1, 1)
    bias = norm.bias - norm.running_mean * scale
    if first:
        if any(conv.padding):
            raise ValueError("the input's normalisation cannot be folded into a convolution that pads")
        weight = weight / SPREAD
        bias = bias - CENTRE * weight.sum((1, 2, 3))
    folded.weight.data, folded.bias.data = weight.detach().clone(), bias.detach().clone()
    return folded


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
