"""The embedding network for matching: one crop to one vector of length 1."""

from torch import nn

from siamtrain.backbone.lite0 import Lite0

SIZE = 128  # pixels of the crop
CONTEXT = 0.1  # of width plus height, about the object


class Embedding(nn.Module):
    """RGB 0..255 (N, 3, 128, 128) to (N, D) of unit length: Lite0, mean over the cells, one linear layer.

    The layer starts as the identity: before training this is the mean of the backbone's features.
    """

    def __init__(self, dimensions=80, frozen=3, backbone=None):
        super().__init__()
        self.backbone = backbone or Lite0()
        self.frozen = frozen
        self.head = nn.Linear(self.backbone.channels, dimensions)
        nn.init.eye_(self.head.weight)
        nn.init.zeros_(self.head.bias)

    def late(self, maps):
        """Maps of the frozen part to embeddings."""
        cells = self.backbone.late(maps, self.frozen)
        return nn.functional.normalize(self.head(cells.mean((2, 3))), dim=1)

    def forward(self, images):
        return self.late(self.backbone.early(images, self.frozen))
