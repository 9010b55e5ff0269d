"""What a manifest's fields may be, as the Go program asks when it opens a model (siamfc/validate.go).

ranges.json is written by Go's test of them (`go test ./siamfc -run TestManifestRanges -update`); what lies between
several fields is said here.
"""

import json
import math
import os

from siamtrain.errors import DataError

PYTHON = {"integer": int, "number": (int, float), "boolean": bool, "string": str}
SAID = {
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
    "string": "a word",
    "array": "numbers",
    "map": "words by name",
}
OLD = ("loop.hold", "search.wide")  # of files of earlier versions: read over


def check(manifest):
    """Raises DataError with every field that Go would refuse, what it is and what it may be."""
    with open(os.path.join(os.path.dirname(__file__), "ranges.json"), encoding="utf-8") as file:
        rules = json.load(file)
    kind, found = manifest.get("kind"), dict(_fields(manifest, rules))
    wrong = [f"{field}: {problem}" for field, v in found.items() if (problem := _problem(rules, field, v, kind))]
    wrong += [f"{field}: missing" for field, rule in rules.items() if field not in found and _needed(rule, kind)]
    if wrong := wrong or list(_between(found, kind)):
        raise DataError("; ".join(wrong))


def _fields(part, rules, under=""):
    """Yields (field, value) of what is not itself a part, with dots between the names."""
    for name, value in part.items():
        field = under + name
        if isinstance(value, dict) and field not in rules:
            yield from _fields(value, rules, f"{field}.")
        elif field not in OLD:
            yield field, value


def _problem(rules, field, value, kind):
    """What is wrong with a field alone, None for nothing."""
    rule = rules.get(field)
    if rule is None:
        return "no parameter of a model"
    said, words = SAID[rule["type"]], rule.get("any")
    if value == "" and rule["type"] == "string":
        return "missing" if rule.get("needed") else None
    if words and value not in words:
        return f"{_short(value)} found, {', '.join(words[:-1])} or {words[-1]} expected"
    if not _typed(value, rule["type"]):
        return f"{_short(value)} found, {said} expected"
    limits = rule.get(kind)
    if limits and not _inside(value, limits):
        return f"{_short(value)} found, {_text(limits)} expected"
    return None


def _needed(rule, kind):
    """Whether a field may not be left out, which makes it "" or 0."""
    return rule.get("needed") or kind in rule and not _inside(0, rule[kind])


def _typed(value, kind):
    if kind == "array":
        return isinstance(value, list) and all(_typed(v, "number") for v in value)
    if kind == "map":
        return isinstance(value, dict) and all(isinstance(v, str) for v in value.values())
    if isinstance(value, float) and not math.isfinite(value):
        return False
    return isinstance(value, PYTHON[kind]) and isinstance(value, bool) == (kind == "boolean")


def _inside(value, limits):
    above, least, most = limits.get("above"), limits.get("least"), limits.get("most")
    return (above is None or value > above) and (least is None or value >= least) and (most is None or value <= most)


def _text(limits):
    """What a number may be, in words."""
    begin = f"{limits['least']}" if "least" in limits else f"above {limits['above']}"
    if "most" in limits:
        return f"{begin} to {limits['most']}"
    return f"{begin} or more" if "least" in limits else begin


def _short(value):
    text = json.dumps(value)
    return text if len(text) <= 40 else f"{text[:37]}..."


def _between(found, kind):
    """Yields what is wrong between the fields of a model that tracks."""
    if kind not in ("box", "peak"):
        return
    exemplar, search = found.get("exemplar.size", 0), found.get("search.size", 0)
    sweep, calm, shift = (found.get(k, 0) for k in ("search.sweep", "search.calm", "loop.calm_shift"))
    if search < exemplar:
        yield f"search.size: {search} found, {exemplar} (exemplar.size) to 2048 expected"
    if sweep and not _whole_cells(found, sweep, search + 1, 2048):
        yield (
            f"search.sweep: {sweep} found; for a box model of layout siamtrack, search.size and a multiple of two "
            "strides more, to 2048"
        )
    if calm and not _whole_cells(found, calm, exemplar, search - 1):
        yield (
            f"search.calm: {calm} found; for a box model of layout siamtrack, search.size and a multiple of two "
            "strides less, from exemplar.size"
        )
    if (calm > 0) != (shift > 0):
        yield f"search.calm: {calm} found with a loop.calm_shift of {shift:g}, one is nothing without the other"
    if found.get("upsample", 0) * found.get("grid.size", 0) > 1024:
        yield f"upsample: {found['upsample']} found, at most 1024 cells a side with it expected"
    if found.get("state.lost", 0) > found.get("state.uncertain", 0):
        yield f"state.lost: {found['state.lost']} found, 0 to state.uncertain expected"
    if kind == "peak" and found.get("loop.scales", 0) % 2 == 0:
        yield f"loop.scales: {found.get('loop.scales', 0)} found, odd, 1 to 9 expected"
    for name in ("vote", "calibration", "told_rate", "steady", "refresh"):
        if kind == "peak" and found.get(f"loop.{name}"):
            yield f"loop.{name}: only a box model has a box to correct, or takes new views of its target"


def _whole_cells(found, size, least, most):
    """Whether search crops may have a further size, with whole cells more or less on either side."""
    right = found.get("kind") == "box" and found.get("layout") == "siamtrack" and least <= size <= most
    return right and (size - found["search.size"]) % (2 * found.get("grid.stride", 1)) == 0
