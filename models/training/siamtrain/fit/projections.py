"""What only training needs of a network that learns from others."""

from torch import nn


class Projections(nn.Module):
    """What a backbone's output would be in each teacher's features; teachers is {name: channels}."""

    def __init__(self, channels, teachers):
        super().__init__()
        self.heads = nn.ModuleDict({name: nn.Conv2d(channels, depth, 1) for name, depth in teachers.items()})

    def forward(self, features, teacher):
        return self.heads[teacher](features)
