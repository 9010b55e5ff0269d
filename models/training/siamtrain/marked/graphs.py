"""What the ONNX files of a marked network hold: an exemplar graph, run once for a target, and a search graph, run on every frame."""

import math

import torch
import torch.nn.functional as F
from torch import nn

from siamtrain.marked.net import CELLS, CENTRE, KEY, SPREAD, Block


def _fold(conv, norm, first=False):
    scale = norm.weight / torch.sqrt(norm.running_var + norm.eps)
    folded = nn.Conv2d(conv.in_channels, conv.out_channels, conv.kernel_size, conv.stride, conv.padding, bias=True)
    weight = conv.weight * scale.reshape(-1, 1, 1, 1)
    bias = norm.bias - norm.running_mean * scale
    if conv.bias is not None:
        bias = bias + conv.bias * scale
    if first:
        weight = weight / SPREAD
        bias = bias - CENTRE * weight.sum((1, 2, 3))
    folded.weight.data, folded.bias.data = weight.detach().clone(), bias.detach().clone()
    return folded


class FoldedBlock(nn.Module):
    def __init__(self, block):
        super().__init__()
        self.narrow, self.mix, self.conv = (_fold(u.conv, u.norm) for u in (block.narrow, block.mix, block))

    def forward(self, x):
        return F.relu(x + self.conv(F.relu(self.mix(F.relu(self.narrow(x))))))


def _folded(parts, first=False):
    out = []
    for i, layer in enumerate(parts):
        out.extend([FoldedBlock(layer)] if isinstance(layer, Block) else [_fold(layer.conv, layer.norm, first and i == 0), nn.ReLU()])
    return nn.Sequential(*out)


class Features(nn.Module):
    def __init__(self, net):
        super().__init__()
        self.backbone, self.neck = _folded(net.backbone, first=True), _fold(net.neck[0], net.neck[1])

    def forward(self, image):
        return self.neck(self.backbone(image))


def _affine(norm):
    scale = (norm.weight / torch.sqrt(norm.running_var + norm.eps)).detach()
    return scale, (norm.bias - norm.running_mean * scale).detach()


class ExemplarGraph(nn.Module):
    """forward(exemplar RGB 0..255 (1, 3, 128, 128), mark (1, 4)) -> kernels (128, C, 1, 1), kernel (C, 1, 4, 4), keys (64, K, 1, 1),
    values (32, 64, 1, 1), scale, shift (1, C, 1, 1)."""

    NAMES = ("kernels", "kernel", "keys", "values", "scale", "shift")

    def __init__(self, net):
        super().__init__()
        self.features, self.head, self.width = Features(net), net.head, net.width
        s, _ = _affine(net.head.maps_norm)
        self.register_buffer("maps_scale", s.reshape(-1, 1))
        self.register_buffer("depth_scale", _affine(net.head.depth_norm)[0].reshape(-1, 1, 1, 1))
        self.register_buffer("read_scale", _affine(net.head.read_norm)[0].reshape(-1, 1))

    def forward(self, exemplar, mark):
        z = self.features(exemplar)
        t = self.head.template(z, mark)
        kernels = torch.cat([t.target[0], t.around[0]], 0) * self.maps_scale
        kernel = t.kernel.reshape(self.width, 1, 4, 4) * self.depth_scale
        keys = t.keys[0] / math.sqrt(KEY)
        values = t.values[0].transpose(0, 1) * self.read_scale
        return (kernels.reshape(2 * CELLS, self.width, 1, 1), kernel, keys.reshape(CELLS, KEY, 1, 1),
                values.reshape(-1, CELLS, 1, 1), 1 + t.scale, t.shift)


class SearchGraph(nn.Module):
    """forward(image, kernels, kernel, keys, values, scale, shift) -> response in 0..1 (1, 1, H/16, W/16), sides
    (1, 4, H/16, W/16), features (1, C, H/16, W/16)."""

    def __init__(self, net):
        super().__init__()
        h = net.head
        self.features = Features(net)
        self.seen_of, self.query_of = h.seen_of, h.query_of
        self.register_buffer("maps_shift", _affine(h.maps_norm)[1])
        self.register_buffer("depth_shift", _affine(h.depth_norm)[1])
        self.register_buffer("read_shift", _affine(h.read_norm)[1])
        self.mix = _fold(h.mix.conv, h.mix.norm)
        self.trunk = _folded(h.trunk)
        self.response_tower, self.sides_tower = _folded(h.response_tower), _folded(h.sides_tower)
        self.response, self.sides = h.response, h.sides

    def forward(self, image, kernels, kernel, keys, values, scale, shift):
        x = self.features(image)
        maps = F.conv2d(x, kernels, self.maps_shift)
        depth = F.conv2d(F.pad(self.seen_of(x), (2, 1, 2, 1)), kernel, self.depth_shift, groups=kernel.shape[0])
        weights = torch.softmax(F.conv2d(self.query_of(x), keys), 1)
        read = F.conv2d(weights, values, self.read_shift)
        mixed = F.relu(self.mix(torch.cat([maps, x, depth, read], 1)))
        mixed = self.trunk(mixed * scale + shift)
        response = torch.sigmoid(self.response(self.response_tower(mixed)))
        return response, F.softplus(self.sides(self.sides_tower(mixed))) * 32, x
