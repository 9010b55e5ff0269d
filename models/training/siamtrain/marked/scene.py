"""What is done to a crop: padding filled, the target before another scene, things beside it and in front of it."""

import numpy as np
import torch
import torch.nn.functional as F

from siamtrain.marked.crops import directions, feather, masks_in_crop, sample, uniform

MOVED = 0.3, 1.3  # of a target's sides: how far its own scene is moved behind it


class Scene:
    """Changes crops of one Store; random is a numpy Generator, torch's own generator serves the rest."""

    def __init__(self, store, random):
        self.store, self.random, self.device = store, random, store.device

    def any_place(self, n, size):
        """Parts of any frames, (n, 3, size, size): a third of the shorter side to all of it, mirrored or not."""
        frames, d = self.store.frames, self.device
        index = self.store.tensor(self.random.choice(self.store.free_frames, n))
        height, width = frames.size[index].unbind(1)
        side = torch.minimum(height, width) * uniform(n, 0.35, 1.0, d)
        x, y = torch.rand(n, device=d) * (width - side), torch.rand(n, device=d) * (height - side)
        step = side / size
        mirror = torch.rand(n, device=d) < 0.5
        matrix = torch.zeros(n, 2, 3, device=d)
        matrix[:, 0, 0], matrix[:, 1, 1] = torch.where(mirror, -step, step), step
        matrix[:, 0, 2], matrix[:, 1, 2] = torch.where(mirror, x + side, x), y
        return sample(frames, index, matrix, size)[0]

    def fill(self, crops, inside, frame, chance):
        """What lies outside the frame becomes its mean colour or, by chance, another scene.

        Flat padding gives the answer away.
        """
        n, size = len(crops), crops.shape[-1]
        back = self.store.frames.mean[frame][:, :, None, None].expand(-1, -1, size, size)
        padded = inside.flatten(1).mean(1) < 0.995
        chosen = ((torch.rand(n, device=self.device) < chance) & padded).nonzero()[:, 0]
        if len(chosen):
            back = back.clone()
            back[chosen] = self.any_place(len(chosen), size)
        return crops * inside + back * (1 - inside)

    def own_place(self, observed, matrix, size):
        """The scenes of the targets `observed` (k,) without them, moved by up to MOVED of their sides, as backgrounds.

        Where a target was there is what stood next to it.
        """
        store, k = self.store, len(observed)
        box, frame = store.tensor(store.box[observed]), store.tensor(store.frame[observed])
        away = directions(k, self.device) * uniform(k, *MOVED, self.device)[:, None] * box[:, 2:]
        beside = box[:, 2:] * 1.2 * torch.eye(2, device=self.device)[torch.randint(2, (k,), device=self.device)]
        beside = torch.where(torch.rand(k, 1, device=self.device) < 0.5, -beside, beside)

        def seen(shift):
            at = matrix.clone()
            at[:, :, 2] -= shift
            return self.fill(*sample(store.frames, frame, at, size), frame, 0.0), at

        scene, at = seen(away)
        there = torch.cat([box[:, :2] - 0.05 * box[:, 2:], 1.1 * box[:, 2:]], -1)
        hole = masks_in_crop(torch.ones(k, 64, 64, device=self.device), there, at, size)
        hole = feather(hole, 1.5).to(scene.dtype)
        return scene * (1 - hole) + seen(away + beside)[0] * hole

    def swap(self, crops, chosen, observed, matrix, moved=0.0):
        """Puts the targets of `observed` (k,), which have masks, before other scenes, a part `moved` before their own.

        It changes the crops `chosen` (k,), whose matrices (k, 2, 3) are given.
        """
        if not len(chosen):
            return crops
        store, size = self.store, crops.shape[-1]
        masks = store.masks[store.tensor(store.mask[observed])]
        alpha = masks_in_crop(masks, store.tensor(store.box[observed]), matrix, size)
        alpha = feather(alpha, float(self.random.uniform(0.7, 1.8))).to(crops.dtype)
        back = self.any_place(len(chosen), size)
        own = np.flatnonzero(self.random.random(len(chosen)) < moved) if moved else ()
        if len(own):
            back[store.tensor(own)] = self.own_place(observed[own], matrix[store.tensor(own)], size)
        # The other scene in the light of the first, in half of them: else the seam of light is what is learnt.
        light = crops[chosen].mean((2, 3), keepdim=True) - back.mean((2, 3), keepdim=True)
        alike = (torch.rand(len(chosen), 1, 1, 1, device=self.device) < 0.5).float()
        back = (back + light * alike * 0.8).clamp(0, 255)
        crops[chosen] = crops[chosen] * alpha + back * (1 - alpha)
        return crops

    def paste(self, crops, chosen, observed, at, size):
        """Pastes the targets of `observed` (k,) over the crops `chosen` (k,), by their masks, or whole boxes.

        They are centred at `at` (k, 2) and `size` (k, 2) pixels wide and high.
        """
        store, d, side, k = self.store, self.device, crops.shape[-1], len(chosen)
        box, frame = store.tensor(store.box[observed]), store.tensor(store.frame[observed])
        step = box[:, 2:] / size
        mirror = torch.where(torch.rand(k, device=d) < 0.5, -1.0, 1.0)
        matrix = torch.zeros(k, 2, 3, device=d)
        matrix[:, 0, 0], matrix[:, 1, 1] = step[:, 0] * mirror, step[:, 1]
        centre = box[:, :2] + box[:, 2:] / 2
        matrix[:, 0, 2] = centre[:, 0] - step[:, 0] * mirror * at[:, 0]
        matrix[:, 1, 2] = centre[:, 1] - step[:, 1] * at[:, 1]
        image, inside = sample(store.frames, frame, matrix, side)
        number = store.mask[observed]
        masks = store.masks[store.tensor(np.maximum(number, 0))].clone()
        masks[store.tensor(number < 0)] = True
        alpha = masks_in_crop(masks, box, matrix, side) * inside
        alpha = feather(alpha, float(self.random.uniform(0.5, 1.2))).to(crops.dtype)
        crops[chosen] = crops[chosen] * (1 - alpha) + image * alpha
        return crops


def distant(exemplars, searches, chance):
    """As of targets a fifth to two thirds as large: both crops of a pair lose resolution by one of four factors."""
    roll = torch.rand(len(searches), device=searches.device)
    for i, factor in enumerate((1.5, 2, 3, 4)):
        chosen = ((roll >= i * chance / 4) & (roll < (i + 1) * chance / 4)).nonzero()[:, 0]
        if not len(chosen):
            continue
        for crops in (exemplars, searches):
            side = crops.shape[-1]
            way = {"mode": "bilinear", "align_corners": False}
            small = F.interpolate(crops[chosen], size=int(side / factor), antialias=True, **way)
            crops[chosen] = F.interpolate(small, size=side, **way)
    return exemplars, searches


def recolour(crops, strength, grey):
    """Other light: gain, shift, tint, gamma; without colour where grey (N,) is true."""
    n, d = len(crops), crops.device

    def value(low, high):
        return uniform(n, low, high, d)[:, None, None, None] * strength

    tinted = torch.rand(n, 1, 1, 1, device=d) < 0.5
    tint = 1 + (torch.rand(n, 3, 1, 1, device=d) - 0.5) * 0.24 * strength * tinted
    crops = (crops - 110) * (1 + value(-0.35, 0.35)) * tint + 110 + value(-30, 30)
    crops = torch.where(grey[:, None, None, None], crops.mean(1, keepdim=True).expand(-1, 3, -1, -1), crops)
    return 255 * (crops.clamp(0, 255) / 255 + 1e-4) ** torch.exp(value(-0.25, 0.25))


def degrade(crops):
    """Motion blur in a fifth of the crops, blocks as of strong compression in a fifth, noise in a third."""
    n, d = len(crops), crops.device
    roll = torch.rand(n, device=d)
    blurred = (roll < 0.2).nonzero()[:, 0]
    if len(blurred):
        crops[blurred] = _motion(crops[blurred])
    blocky = (roll > 0.8).nonzero()[:, 0]
    if len(blocky):
        crops[blocky] = _blocks(crops[blocky])
    sigma = uniform(n, 2, 9, d) * (torch.rand(n, device=d) < 0.33)
    crops = crops + torch.randn_like(crops) * sigma[:, None, None, None]
    return crops.clamp(0, 255)


def _motion(crops, longest=13):
    """Each crop blurred along a line of its own, 3 to `longest` pixels long."""
    k, d, size = len(crops), crops.device, crops.shape[-1]
    angle, reach = torch.rand(k, device=d) * np.pi, uniform(k, 1.0, (longest - 1) / 2, d)
    at = torch.arange(longest, device=d).float() - longest // 2
    y, x = torch.meshgrid(at, at, indexing="ij")
    along = x[None] * angle.cos()[:, None, None] + y[None] * angle.sin()[:, None, None]
    across = -x[None] * angle.sin()[:, None, None] + y[None] * angle.cos()[:, None, None]
    kernel = torch.exp(-((across / 0.6) ** 2)) * (along.abs() <= reach[:, None, None])
    kernel = kernel / kernel.sum((1, 2), keepdim=True)
    flat = crops.transpose(0, 1).reshape(3, k, size, size)
    padded = F.pad(flat, (longest // 2,) * 4, mode="replicate")
    return F.conv2d(padded, kernel[:, None], groups=k).transpose(0, 1).reshape(k, 3, size, size).contiguous()


def _blocks(crops):
    """What JPEG does at a low quality.

    Each 8x8 block's cosine coefficients come in steps of 6 to 30, finer for low frequencies.
    """
    n, d, size = len(crops), crops.device, crops.shape[-1]
    at = torch.arange(8, device=d).float()
    basis = torch.cos(np.pi * (2 * at[None] + 1) * at[:, None] / 16) * 0.5
    basis[0] = basis[0] / np.sqrt(2)
    blocks = crops.reshape(n, 3, size // 8, 8, size // 8, 8).permute(0, 1, 2, 4, 3, 5)
    waves = basis @ blocks @ basis.T
    coarse = uniform(n, 6, 30, d)[:, None, None, None, None, None] * (1 + (at[:, None] + at[None]) * 0.35)
    waves = torch.round(waves / coarse) * coarse
    blocks = basis.T @ waves @ basis
    return blocks.permute(0, 1, 2, 4, 3, 5).reshape(n, 3, size, size)


def light(crops, strength, worn, grey):
    """Crops in other light and, if worn, as a camera and a codec spoil them; without colour where grey (N,) is true."""
    return recolour(degrade(crops.clone()) if worn else crops, strength, grey)
