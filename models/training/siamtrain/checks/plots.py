"""The curves of a card, as small PNG files. Needs matplotlib."""

from siamtrain.fit.watch import read_curve


def curves(rows, titles, path):
    """Draws figures of curve rows over steps, one panel a title.

    titles is {"loss+held_loss": "losses", ...}: keys of the rows joined by '+'.
    """
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    figure, panels = pyplot.subplots(1, len(titles), figsize=(4 * len(titles), 3), squeeze=False)
    for panel, (keys, title) in zip(panels[0], titles.items()):
        for key in keys.split("+"):
            points = [(r["step"], r[key]) for r in rows if key in r]
            panel.plot(*zip(*points), label=key)
        panel.set_title(title, fontsize=9)
        panel.set_xlabel("step", fontsize=8)
        panel.legend(fontsize=7)
    figure.tight_layout()
    figure.savefig(path, dpi=70)
    pyplot.close(figure)


def training(curve, path):
    """The curve file of a run of `train` as a picture."""
    curves(
        read_curve(curve),
        {
            "loss+held_loss": "balanced logistic loss",
            "held_hits": "peaks within 16 px, held back",
            "spread": "spread of embeddings",
        },
        path,
    )


def robustness(measured, path):
    """{model: {kind: [(value, accuracy), ...]}} as one panel a kind."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

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
