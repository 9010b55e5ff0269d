"""Four plain convolutions with Lite0's geometry (127 gives 6, 255 gives 22), for tests that train in seconds."""

from torch import nn

from siamtrain.backbone.lite0 import MEAN, STD

LAYERS = ((7, 4, 16), (5, 2, 24), (5, 1, 32), (5, 1, 32))  # kernel, stride, channels


class TinyNet(nn.Module):
    """The same interface as lite0.Lite0; nothing of it is pretrained, so depth is 0."""

    def __init__(self):
        super().__init__()
        layers, inputs = [], 3
        for kernel, stride, channels in LAYERS:
            layers.append(nn.Sequential(nn.Conv2d(inputs, channels, kernel, stride), nn.ReLU()))
            inputs = channels
        self.blocks = nn.ModuleList(layers)
        self.channels = inputs

    def early(self, x, depth):
        x = (x - MEAN) / STD
        for block in self.blocks[:depth]:
            x = block(x)
        return x

    def late(self, x, depth):
        for block in self.blocks[depth:]:
            x = block(x)
        return x
