"""The numbers that a network computes in."""

import functools

import torch


def mixed(name, device="cpu"):
    """A context in which the network runs on a "cpu" or "cuda" (a torch.device does as well).

    "bf16" casts what gains by it, "fp32" nothing, "auto" is bf16 on a GPU, and where the CPU computes in it.

    Elsewhere bf16 is emulated, at less than a tenth of fp32's speed.
    """
    kind = getattr(device, "type", device)
    if name == "auto":
        name = "bf16" if kind == "cuda" or native_bf16() else "fp32"
    return torch.autocast(kind, torch.bfloat16, enabled=name == "bf16")


@functools.cache
def native_bf16():
    """Whether this CPU multiplies bf16 itself, as Linux lists its features; False where it does not say."""
    try:
        with open("/proc/cpuinfo", encoding="ascii", errors="replace") as file:
            return any(
                word in line.split()
                for line in file
                if line.startswith("flags")
                for word in ("avx512_bf16", "amx_bf16")
            )
    except OSError:
        return False
