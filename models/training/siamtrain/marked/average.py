"""The average of two networks' weights: of one, and of what it became by training on.

Between the two the loss has no barrier, and the average can keep what the first one did well and have most of what
the second one learnt (Wortsman et al., Robust fine-tuning of zero-shot models, CVPR 2022).
"""

import torch

from siamtrain.errors import DataError
from siamtrain.marked.student import read_weights, write_weights


def average(first, second, share, out):
    """Writes the weights of the file `first` with a share 0..1 of those of `second`; what the new file has seen.

    Both are of one plan. Counts, which are no weights, are those of `second`. DataError names what does not fit.
    """
    if not 0 <= share <= 1:
        raise DataError(f"--share {share}: 0 to 1 is expected")
    a, b = read_weights(first), read_weights(second)
    if a.get("plan") != b.get("plan"):
        raise DataError(f"{second}: weights of plan {b.get('plan')}, those of {first} are of {a.get('plan')}")
    one, other = a["student"], b["student"]
    odd = sorted(set(one) ^ set(other)) or sorted(k for k in one if one[k].shape != other[k].shape)
    if odd:
        raise DataError(f"{second}: {odd[0]} is not in both files, or of another shape in {first}")
    mixed = {k: torch.lerp(one[k], v, share) if v.is_floating_point() else v for k, v in other.items()}
    seen = {**b["seen"], "share": share}
    write_weights(out, b["plan"], seen, mixed)
    return seen
