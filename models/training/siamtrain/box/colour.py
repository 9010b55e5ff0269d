"""New light and colour for whole batches, in torch: what makes each use of a stored sample a new one."""

import torch

GREY = (0.299, 0.587, 0.114)  # ITU-R BT.601 luma of RGB
MIDDLE = 110.0  # the level about which contrast turns


def recolour(crops, strength, grey):
    """Light, contrast and tint of RGB crops (N, 3, H, W) in 0..255, changed in place and returned.

    grey (N,) bool loses its colour.
    """
    n = crops.shape[0]

    def draw(spread, share, channels=1):
        value = torch.empty(n, channels, 1, 1).uniform_(-spread, spread) * strength
        return value * (torch.rand(n, 1, 1, 1) < share)

    light, offset = 1 + draw(0.3, 1.0), draw(25.0, 1.0)
    contrast, tint = 1 + draw(0.3, 0.5), 1 + draw(0.12, 0.5, 3)
    # One factor and one addend a channel, in place: this runs on every pixel of every step.
    crops = crops.mul_(light * contrast * tint).add_(((offset - MIDDLE) * contrast + MIDDLE) * tint).clamp_(0, 255)
    if grey.any():
        luma = torch.tensor(GREY).reshape(1, 3, 1, 1)
        crops[grey] = (crops[grey] * luma).sum(1, keepdim=True).expand(-1, 3, -1, -1)
    return crops
