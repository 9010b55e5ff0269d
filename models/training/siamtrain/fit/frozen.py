"""The frozen early stages, which need no gradient, run by ONNX Runtime: several times quicker on a CPU."""

import os
import tempfile

import torch

from siamtrain.file import export


class Frozen:
    """Calls the module's frozen part: RGB 0..255 (N, 3, H, W) tensor to a tensor without gradient."""

    def __init__(self, module):
        axes = {0: "n", 2: "height", 3: "width"}
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "early.onnx")
            export.write(
                module, {"image": torch.zeros(1, 3, 127, 127)}, ["maps"], {"image": axes, "maps": axes}, {}, path
            )
            self.session = export.session(path)

    def __call__(self, images):
        return torch.from_numpy(self.session.run(None, {"image": images.numpy()})[0])


class Early(torch.nn.Module):
    """The stem and first blocks of a network's backbone as a module of its own."""

    def __init__(self, net):
        super().__init__()
        self.net = net

    def forward(self, images):
        return self.net.backbone.early(images, self.net.frozen)
