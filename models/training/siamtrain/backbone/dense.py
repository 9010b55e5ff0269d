"""A backbone of dense convolutions, and the same without normalisations for export.

In int8 dense convolutions cost a CPU less than depthwise ones of a quarter the compute. A plan is a tuple of layers:
kernel, stride, channels of a convolution; a number alone is a residual block with that many channels in its middle.
"""

import torch
import torch.nn.functional as F
from torch import nn

CENTRE, SPREAD = 127.0, 128.0  # of the input's normalisation


class ConvUnit(nn.Module):
    """Convolution, batch normalisation, ReLU."""

    def __init__(self, inputs, outputs, kernel, stride=1):
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
        self.narrow, self.mix = ConvUnit(channels, middle, 1), ConvUnit(middle, middle, 3)
        self.conv, self.norm = nn.Conv2d(middle, channels, 1, bias=False), nn.BatchNorm2d(channels, momentum=0.05)
        nn.init.zeros_(self.norm.weight)

    def forward(self, x):
        return F.relu(x + self.norm(self.conv(self.mix(self.narrow(x)))))


class Backbone(nn.Sequential):
    """The layers of a plan, over normalised RGB crops (N, 3, S, S); .channels is the depth of its output."""

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


def normalise(crops):
    """RGB 0..255 as the backbone takes it."""
    return crops * (1 / SPREAD) - CENTRE / SPREAD


class FoldedBlock(nn.Module):
    """A Block without its normalisations."""

    def __init__(self, block):
        super().__init__()
        self.narrow, self.mix, self.conv = (fold(u.conv, u.norm) for u in (block.narrow, block.mix, block))

    def forward(self, x):
        return F.relu(x + self.conv(F.relu(self.mix(F.relu(self.narrow(x))))))


def folded(parts, first=False):
    """ConvUnits and Blocks in a row without their normalisations; first, if they take the crops, RGB 0..255 then."""
    out = []
    for number, part in enumerate(parts):
        if isinstance(part, Block):
            out.append(FoldedBlock(part))
        else:
            out += [fold(part.conv, part.norm, first and number == 0), nn.ReLU()]
    return nn.Sequential(*out)


def fold(conv, norm, first=False):
    """A convolution that holds the batch normalisation behind it and, if it is the first, the input's before it.

    The input's may be folded only where the convolution does not pad: zeros of the padding are not normalised.
    """
    scale, shift = affine(norm)
    result = nn.Conv2d(conv.in_channels, conv.out_channels, conv.kernel_size, conv.stride, conv.padding, bias=True)
    weight, bias = conv.weight.detach() * scale.reshape(-1, 1, 1, 1), shift
    if first:
        if any(conv.padding):
            raise ValueError("the input's normalisation cannot be folded into a convolution that pads")
        weight = weight / SPREAD
        bias = bias - CENTRE * weight.sum((1, 2, 3))
    result.weight.data, result.bias.data = weight.clone(), bias.clone()
    return result


def affine(norm):
    """(scale, shift), a number a channel, of a batch normalisation in evaluation mode."""
    scale = (norm.weight / torch.sqrt(norm.running_var + norm.eps)).detach()
    return scale, (norm.bias - norm.running_mean * scale).detach()
