"""What the ONNX files of a marked network hold.

An exemplar graph is run once for a target, a search graph on every frame. Batch normalisations and the input's
normalisation are folded into convolutions, and what is kept of the exemplar are kernels: no size is frozen in a graph.
"""

import math

import torch
import torch.nn.functional as F
from torch import nn

from siamtrain.backbone.dense import affine, fold, folded
from siamtrain.marked.network import CELLS, KEY


class Features(nn.Module):
    """Features of a crop, RGB 0..255."""

    def __init__(self, net):
        super().__init__()
        self.backbone, self.neck = folded(net.backbone, first=True), fold(net.neck[0], net.neck[1])

    def forward(self, image):
        return self.neck(self.backbone(image))


class ExemplarGraph(nn.Module):
    """forward(image, mark) -> what the search graph takes besides its image.

    image is the exemplar, RGB 0..255 (1, 3, 128, 128), mark (1, 4). The outputs: target and around
    (64, C, 1, 1), kernel (C, 1, 4, 4), keys (64, 64, 1, 1), values (32, 64, 1, 1), scale and shift (1, C, 1, 1).
    """

    NAMES = ("target", "around", "kernel", "keys", "values", "scale", "shift")

    def __init__(self, net):
        super().__init__()
        self.features, self.head, self.width = Features(net), net.head, net.width
        s, _ = affine(net.head.maps_norm)
        for name, part in zip(("target_scale", "around_scale"), s.reshape(-1, 1).chunk(2)):
            self.register_buffer(name, part.clone())
        self.register_buffer("depth_scale", affine(net.head.depth_norm)[0].reshape(-1, 1, 1, 1))
        self.register_buffer("read_scale", affine(net.head.read_norm)[0].reshape(-1, 1))

    def forward(self, exemplar, mark):
        z = self.features(exemplar)
        t = self.head.template(z, mark)
        target, around = t.target[0] * self.target_scale, t.around[0] * self.around_scale
        kernel = t.kernel.reshape(self.width, 1, 4, 4) * self.depth_scale
        keys = t.keys[0] / math.sqrt(KEY)
        values = t.values[0].transpose(0, 1) * self.read_scale
        return (
            target[..., None, None],
            around[..., None, None],
            kernel,
            keys.reshape(CELLS, KEY, 1, 1),
            values.reshape(-1, CELLS, 1, 1),
            1 + t.scale,
            t.shift,
        )


class SearchGraph(nn.Module):
    """forward(image, target, around, kernel, keys, values, scale, shift) -> response, sides, features.

    image is a search crop, RGB 0..255 (1, 3, H, W), H and W divisible by 16. response (1, 1, H/16, W/16) in 0..1, sides
    (1, 4, H/16, W/16), features (1, C, H/16, W/16).
    """

    def __init__(self, net):
        super().__init__()
        h = net.head
        self.features = Features(net)
        self.seen_of, self.query_of = h.seen_of, h.query_of
        self.register_buffer("maps_shift", affine(h.maps_norm)[1])
        self.register_buffer("depth_shift", affine(h.depth_norm)[1])
        self.register_buffer("read_shift", affine(h.read_norm)[1])
        self.mix = fold(h.mix.conv, h.mix.norm)
        self.trunk = folded(h.trunk)
        self.response_tower, self.sides_tower = folded(h.response_tower), folded(h.sides_tower)
        self.response, self.sides = h.response, h.sides

    def forward(self, image, target, around, kernel, keys, values, scale, shift):
        x = self.features(image)
        maps = F.conv2d(x, torch.cat([target, around]), self.maps_shift)
        depth = F.conv2d(F.pad(self.seen_of(x), (2, 1, 2, 1)), kernel, self.depth_shift, groups=kernel.shape[0])
        weights = torch.softmax(F.conv2d(self.query_of(x), keys), 1)
        read = F.conv2d(weights, values, self.read_shift)
        mixed = F.relu(self.mix(torch.cat([maps, x, depth, read], 1)))
        mixed = self.trunk(mixed * scale + shift)
        response = torch.sigmoid(self.response(self.response_tower(mixed)))
        return response, F.softplus(self.sides(self.sides_tower(mixed))) * 32, x
