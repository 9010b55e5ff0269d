"""The layout: packages depend one way, no module is used in a circle, files and functions are short."""

import ast
import os

ROOT = os.path.join(os.path.dirname(__file__), "..", "siamtrain")
# What each package may use, besides itself and siamtrain.errors. Networks know nothing of one another.
MAY_USE = {
    "data": (),
    "file": (),
    "backbone": (),
    "loop": ("data", "file"),
    "fit": ("data", "file", "loop"),
    "classic": ("data", "file", "backbone", "loop", "fit"),
    "marked": ("data", "file", "backbone", "loop", "fit"),
    "matching": ("data", "file", "backbone", "fit"),
    "checks": ("data", "file", "loop", "fit", "classic", "marked", "matching"),
}
MAY_USE["commands"] = tuple(MAY_USE)


def modules():
    """{dotted name below siamtrain: {the modules below siamtrain that it imports, wherever in it}}."""
    sources = {}
    for folder, _, names in os.walk(ROOT):
        for name in names:
            if name.endswith(".py"):
                path = os.path.relpath(os.path.join(folder, name), ROOT)[:-3].replace(os.sep, ".")
                sources[path.removesuffix(".__init__")] = os.path.join(folder, name)
    found = {}
    for module, path in sources.items():
        with open(path, encoding="utf-8") as file:
            tree = ast.parse(file.read())
        found[module] = {used for node in ast.walk(tree) for used in imported(node, sources)} - {module}
    return found


def imported(node, sources):
    """The modules of siamtrain that one node of a syntax tree imports."""
    if not isinstance(node, ast.ImportFrom) or (node.module or "").split(".")[0] != "siamtrain":
        return
    base = node.module.removeprefix("siamtrain").removeprefix(".")
    for alias in node.names:
        inner = f"{base}.{alias.name}".removeprefix(".")
        yield inner if inner in sources else base


def test_packages_use_what_they_may():
    wrong = []
    for module, uses in modules().items():
        own = module.split(".")[0]
        for package in {u.split(".")[0] for u in uses} - {own, "errors"}:
            if own != "__main__" and package not in MAY_USE.get(own, ()):
                wrong.append(f"{module} uses {package}")
    assert not wrong


def test_every_package_has_its_place():
    packages = {m.split(".")[0] for m in modules() if "." in m}
    assert packages == set(MAY_USE)


def test_no_module_is_used_in_a_circle():
    uses = {m: {u for u in us if u} for m, us in modules().items()}
    free = set()
    while rest := {m for m in uses if m not in free and uses[m] <= free | {m}}:
        free |= rest
    assert free == set(uses), f"in a circle, or behind one: {sorted(set(uses) - free)}"


def test_files_and_functions_are_short():
    long = []
    for folder, _, names in os.walk(os.path.join(ROOT, "..")):
        for path in (os.path.join(folder, n) for n in names if n.endswith(".py") and ".venv" not in folder):
            with open(path, encoding="utf-8") as file:
                text = file.read()
            if text.count("\n") > 300:
                long.append(path)
            for node in ast.walk(ast.parse(text)):
                if isinstance(node, ast.FunctionDef) and node.end_lineno - node.lineno >= 50:
                    long.append(f"{path}: {node.name}")
    assert not long
