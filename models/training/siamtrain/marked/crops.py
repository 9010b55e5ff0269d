"""Crops of stored frames in batches: a matrix a crop, bilinear samples.

Coordinates are continuous: pixel i covers i to i + 1. A matrix (2, 3) maps crop to frame.
"""

import math

import torch
import torch.nn.functional as F

from siamtrain.marked.parts import SIDE

BEND, BEND_CELLS = 4.5, 5  # pixels, standard deviation of a bent crop's field; its grid along a side


def uniform(n, low, high, device):
    """(n,) numbers from low to high."""
    return torch.rand(n, device=device) * (high - low) + low


def directions(n, device):
    """(n, 2) unit vectors in any direction."""
    turn = torch.rand(n, device=device) * (2 * math.pi)
    return torch.stack([turn.cos(), turn.sin()], -1)


def centre_side(box):
    """(centre x, centre y, width, height, side of the exemplar's square) of boxes (N, 4) x, y, w, h."""
    x, y, w, h = box.unbind(-1)
    context = (w + h) / 2
    return x + w / 2, y + h / 2, w, h, torch.sqrt((w + context) * (h + context))


class View:
    """How crops (N) look at their targets: shift in crop pixels, zoom, change of aspect, turn in radians, mirrored.

    The batches' data.view.View, with its geometry.
    """

    def __init__(self, n, device):
        self.n, self.device = n, device
        self.dx = self.dy = self.turn = torch.zeros(n, device=device)
        self.zoom = self.aspect = torch.ones(n, device=device)
        self.flip = torch.zeros(n, dtype=torch.bool, device=device)

    def scales(self, side, size):
        """Crop pixels a frame pixel, along x and along y, for squares of `side` frame pixels in crops of `size`."""
        zoom = size / side * self.zoom
        return zoom * self.aspect.sqrt(), zoom / self.aspect.sqrt()

    def matrix(self, cx, cy, side, size):
        """Crop pixel -> frame pixel (N, 2, 3)."""
        sx, sy = self.scales(side, size)
        c, s = self.turn.cos(), self.turn.sin()
        a, b, d, e = sx * c, -sy * s, sx * s, sy * c
        mirror = 1 - 2 * self.flip.float()
        a, d = a * mirror, d * mirror
        det = a * e - b * d
        ia, ib, ic, ie = e / det, -b / det, -d / det, a / det
        u, v = size / 2 + self.dx, size / 2 + self.dy
        rows = [ia, ib, cx - ia * u - ib * v], [ic, ie, cy - ic * u - ie * v]
        return torch.stack([torch.stack(r, -1) for r in rows], 1)

    def box(self, w, h, side, size):
        """Corners (N, 4) of the target in the crop; the turn is left out."""
        sx, sy = self.scales(side, size)
        x, y = size / 2 + self.dx, size / 2 + self.dy
        return torch.stack([x - w * sx / 2, y - h * sy / 2, x + w * sx / 2, y + h * sy / 2], -1)


def places(matrix, size):
    """Where the pixels of crops lie in their frames, x and y (N, size, size, 2), by their matrices (N, 2, 3)."""
    at = torch.arange(size, device=matrix.device) + 0.5
    v, u = torch.meshgrid(at, at, indexing="ij")
    # Not a matrix product: of a GPU's tf32 it would lose tenths of a pixel.
    along = matrix[:, None, None, :, 0] * u[None, :, :, None] + matrix[:, None, None, :, 1] * v[None, :, :, None]
    return along + matrix[:, None, None, :, 2]


def sample(frames, index, matrix, size):
    """(crops (N, 3, size, size) 0..255, whether inside the frame (N, 1, size, size) 0 or 1) of frames `index` (N,)."""
    xy = places(matrix, size)
    height, width = (frames.size[index][:, i, None, None] for i in (0, 1))
    x, y = xy[..., 0], xy[..., 1]
    inside = (x >= 0) & (x <= width) & (y >= 0) & (y <= height)
    grid = torch.stack(
        [torch.minimum(x.clamp(min=0.5), width - 0.5), torch.minimum(y.clamp(min=0.5), height - 0.5)], -1
    )
    crops = F.grid_sample(frames.pixels[index].float(), grid * (2 / SIDE) - 1, mode="bilinear", align_corners=False)
    return crops, inside[:, None].float()


def masks_in_crop(masks, box, matrix, size):
    """Masks (N, 64, 64) of boxes (N, 4) in the frame, as crops of `matrix` see them: (N, 1, size, size) 0..1."""
    grid = (places(matrix, size) - box[:, None, None, :2]) / box[:, None, None, 2:] * 2 - 1
    return F.grid_sample(masks[:, None].float(), grid, mode="bilinear", align_corners=False)


def feather(alpha, sigma):
    """Softens the edge of masks (N, 1, S, S), one sigma in pixels for all."""
    reach = max(1, round(2 * sigma))
    at = torch.arange(-reach, reach + 1, device=alpha.device).float()
    kernel = torch.exp(-(at**2) / (2 * sigma**2))
    kernel = (kernel / kernel.sum()).to(alpha.dtype)
    alpha = F.conv2d(alpha, kernel[None, None, None], padding=(0, reach))
    return F.conv2d(alpha, kernel[None, None, :, None], padding=(reach, 0))


def bend(crops, corners, chosen):
    """Bends the crops `chosen` smoothly, and their targets' boxes as their sides move on average."""
    if not len(chosen):
        return crops, corners
    d, n, size = crops.device, len(chosen), crops.shape[-1]
    field = F.interpolate(
        torch.randn(n, 2, BEND_CELLS, BEND_CELLS, device=d) * BEND, size=size, mode="bicubic", align_corners=False
    )
    at = (torch.arange(size, device=d) + 0.5) * (2 / size) - 1
    v, u = torch.meshgrid(at, at, indexing="ij")
    grid = torch.stack([u, v], -1)[None] + field.permute(0, 2, 3, 1) * (2 / size)
    crops[chosen] = F.grid_sample(crops[chosen], grid, mode="bilinear", padding_mode="border", align_corners=False)
    box, line = corners[chosen], torch.linspace(0, 1, 9, device=d)

    def mean(x, y, channel):
        where = torch.stack([x, y], -1)[:, None] / (size / 2) - 1
        moves = F.grid_sample(field[:, channel : channel + 1], where, padding_mode="border", align_corners=False)
        return moves[:, 0, 0].mean(1)

    x = box[:, 0, None] + (box[:, 2] - box[:, 0])[:, None] * line
    y = box[:, 1, None] + (box[:, 3] - box[:, 1])[:, None] * line
    side = [b[:, None].expand(-1, 9) for b in box.unbind(1)]
    # A pixel shows what lay at its place plus the field, so a side moves by minus the field along it.
    moved = torch.stack([mean(side[0], y, 0), mean(x, side[1], 1), mean(side[2], y, 0), mean(x, side[3], 1)], -1)
    corners = corners.clone()
    corners[chosen] = box - moved
    return crops, corners
