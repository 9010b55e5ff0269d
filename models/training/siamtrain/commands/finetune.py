"""python -m siamtrain finetune: a shipped model, a handful of sequences."""

HELP = "go on training a shipped model on a handful of own sequences"


def configure(parser):
    parser.add_argument(
        "--init",
        required=True,
        metavar="MODEL.onnx",
        help="the model to start from: models/siamtrack.onnx, siamfc.onnx, or your own export of either kind",
    )
    parser.add_argument(
        "--weights",
        metavar="FILE.pt",
        help="the trainable weights of a box network (checkpoints/NAME.pt, by --init's name); siamfc.onnx needs none",
    )
    parser.add_argument(
        "--data", action="append", required=True, metavar="PATH", help="annotated sequences; repeatable"
    )
    parser.add_argument("--run", default="runs/finetune", metavar="DIR", help="checkpoints and curve (runs/finetune)")
    parser.add_argument("--out", default="finetuned.onnx", metavar="FILE.onnx", help="the model (finetuned.onnx)")
    parser.add_argument("--name", help="the model's name in its manifest (that of --init, and -finetuned)")
    parser.add_argument(
        "--held", type=float, default=0.5, help="share of each sequence's frames, its last ones, to judge by (0.5)"
    )
    parser.add_argument("--steps", type=int, default=60, help="steps of the optimiser (60)")
    parser.add_argument("--rate", type=float, default=1e-4, help="learning rate (1e-4)")
    parser.add_argument("--seed", type=int, default=0, help="of what is drawn at random (0)")


def run(args):
    from siamtrain.file import export

    manifest = export.manifest_of(args.init)
    name = args.name or manifest["name"] + "-finetuned"
    if export.exemplar_graph(args.init) is not None:
        from siamtrain.marked import finetune

        weights = args.weights or f"checkpoints/{manifest['name'].removesuffix('-fp32')}.pt"
        settings = finetune.Settings(args.steps, rate=args.rate, seed=args.seed)
        finetune.run(args.init, weights, args.data, settings, args.run, args.out, name, args.held)
    elif manifest["kind"] == "box":
        from siamtrain.errors import DataError

        raise DataError(
            f"{args.init}: a box network without a mark, of earlier versions: it runs, but is not trained any more;"
            " begin with models/siamtrack.onnx"
        )
    else:
        from siamtrain.classic import finetune, train

        settings = train.Settings(steps=args.steps, batch=8, rate=args.rate, warmup=5, look=20, seed=args.seed)
        finetune.run(args.init, args.data, settings, args.run, args.out, name, args.held)
