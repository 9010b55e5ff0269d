"""Crops of stored frames in batches: a matrix a crop, bilinear samples. Continuous coordinates: pixel i covers i to i + 1."""

import torch
import torch.nn.functional as F

from siamtrain.marked.parts import SIDE

EXEMPLAR, SEARCH = 128, 256


def uniform(n, low, high, device):
    return torch.rand(n, device=device) * (high - low) + low


def centre_side(box):
    """Centre x, y, width, height and side of the exemplar's square of boxes (N, 4) x, y, w, h: half the mean side as context."""
    x, y, w, h = box.unbind(-1)
    context = (w + h) / 2
    return x + w / 2, y + h / 2, w, h, torch.sqrt((w + context) * (h + context))


class View:
    """How crops (N) look at their targets: shift in crop pixels, zoom, change of aspect, turn in radians, mirrored or not."""

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
        """Corners (N, 4) of the target in the crop."""
        sx, sy = self.scales(side, size)
        x, y = size / 2 + self.dx, size / 2 + self.dy
        return torch.stack([x - w * sx / 2, y - h * sy / 2, x + w * sx / 2, y + h * sy / 2], -1)


def sample(frames, index, matrix, size, bend=None):
    """(crops (N, 3, size, size) 0..255, whether inside the frame (N, 1, size, size) 0 or 1); bend (N, size, size, 2) is added to
    the crop's coordinates."""
    at = torch.arange(size, device=frames.device) + 0.5
    v, u = torch.meshgrid(at, at, indexing="ij")
    uv = torch.stack([u, v], -1)[None].expand(len(index), -1, -1, -1)
    if bend is not None:
        uv = uv + bend
    xy = torch.einsum("bhwk,bjk->bhwj", uv, matrix[:, :, :2]) + matrix[:, None, None, :, 2]
    height, width = (frames.size[index][:, i, None, None] for i in (0, 1))
    x, y = xy[..., 0], xy[..., 1]
    inside = (x >= 0) & (x <= width) & (y >= 0) & (y <= height)
    grid = torch.stack([torch.minimum(x.clamp(min=0.5), width - 0.5), torch.minimum(y.clamp(min=0.5), height - 0.5)], -1)
    crops = F.grid_sample(frames.pixels[index].float(), grid * (2 / SIDE) - 1, mode="bilinear", align_corners=False)
    return crops, inside[:, None].float()


def masks_in_crop(masks, box, matrix, size):
    """Masks (N, 64, 64) of boxes (N, 4) in the frame, as the crops of `matrix` see them: (N, 1, size, size) 0..1."""
    at = torch.arange(size, device=masks.device) + 0.5
    v, u = torch.meshgrid(at, at, indexing="ij")
    uv = torch.stack([u, v], -1)[None].expand(len(masks), -1, -1, -1)
    xy = torch.einsum("bhwk,bjk->bhwj", uv, matrix[:, :, :2]) + matrix[:, None, None, :, 2]
    grid = (xy - box[:, None, None, :2]) / box[:, None, None, 2:] * 2 - 1
    return F.grid_sample(masks[:, None].float(), grid, mode="bilinear", align_corners=False)


def feather(alpha, sigma):
    """Softens the edge of masks (N, 1, S, S), one sigma in pixels for all."""
    reach = max(1, round(2 * sigma))
    at = torch.arange(-reach, reach + 1, device=alpha.device).float()
    kernel = torch.exp(-at**2 / (2 * sigma**2))
    kernel = (kernel / kernel.sum()).to(alpha.dtype)
    alpha = F.conv2d(alpha, kernel[None, None, None], padding=(0, reach))
    return F.conv2d(alpha, kernel[None, None, :, None], padding=(reach, 0))
