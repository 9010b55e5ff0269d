"""What runs and models say of themselves, as small PNG files. Needs matplotlib."""

from siamtrain.errors import DataError

COUNTS = ("step", "seconds", "crops", "pairs", "head", "plan")  # of a curve's row: they are no figures
PARTS = ("held_", "probe_")  # what a figure is of, where it is not of training


def curves(runs, path):
    """Draws the curves of runs {name: rows of its curve} over steps; one figure of all runs is one panel."""
    pyplot, panels = _pyplot(), {}
    for run, rows in runs.items():
        for row in rows:
            for key in row.keys() - set(COUNTS):
                title = next((key.removeprefix(p) for p in PARTS if key.startswith(p)), key)
                label = " ".join(filter(None, (run if len(runs) > 1 else "", row.get("plan"), key)))
                panels.setdefault(title, {}).setdefault(label, []).append((row["step"], row[key]))
    figure, axes = pyplot.subplots(1, len(panels), figsize=(4 * len(panels), 3), squeeze=False)
    for panel, title in zip(axes[0], sorted(panels)):
        for label, points in sorted(panels[title].items()):
            panel.plot(*zip(*points), label=label)
        panel.set_title(title, fontsize=9)
        panel.set_xlabel("step", fontsize=8)
        panel.legend(fontsize=7)
    figure.tight_layout()
    figure.savefig(path, dpi=70)
    pyplot.close(figure)


def robustness(measured, path):
    """{model: {kind: [(value, accuracy), ...]}} as one panel a kind."""
    pyplot = _pyplot()
    kinds = list(next(iter(measured.values())))
    figure, panels = pyplot.subplots(1, len(kinds), figsize=(2.6 * len(kinds), 2.6), sharey=True)
    for panel, kind in zip(panels, kinds):
        for model, by_kind in measured.items():
            panel.plot(*zip(*by_kind[kind]), marker="o", markersize=3, label=model)
        panel.set_title(kind, fontsize=9)
        panel.set_ylim(0, 1)
    panels[0].legend(fontsize=7)
    figure.tight_layout()
    figure.savefig(path, dpi=70)
    pyplot.close(figure)


def _pyplot():
    """matplotlib's pyplot, drawing to files. DataError where it is not installed."""
    try:
        import matplotlib
    except ModuleNotFoundError as err:
        raise DataError("matplotlib is not installed: pip install 'siamtrain[cards]', or matplotlib alone") from err
    matplotlib.use("Agg")
    from matplotlib import pyplot

    return pyplot
