"""python -m siamtrain finetune: a shipped model, a handful of sequences."""

HELP = "go on training a shipped model on a handful of own sequences"


def configure(parser):
    parser.add_argument(
        "--init",
        required=True,
        metavar="MODEL.onnx",
        help="the model to start from: models/siamfc.onnx, or an export of a box network",
    )
    parser.add_argument(
        "--weights",
        default="checkpoints/box-g.pt",
        metavar="FILE.pt",
        help="the trainable weights of a box model (checkpoints/box-g.pt)",
    )
    parser.add_argument(
        "--data", action="append", required=True, metavar="PATH", help="annotated sequences; repeatable"
    )
    parser.add_argument("--run", default="runs/finetune", metavar="DIR", help="checkpoints and curve (runs/finetune)")
    parser.add_argument("--out", default="finetuned.onnx", metavar="FILE.onnx")
    parser.add_argument("--name", help="the model's name in its manifest (that of --init, and -finetuned)")
    parser.add_argument(
        "--held", type=float, default=0.5, help="share of each sequence's frames, its last ones, to judge by (0.5)"
    )
    parser.add_argument("--steps", type=int, default=60)
    parser.add_argument("--rate", type=float, default=1e-4)
    parser.add_argument("--seed", type=int, default=0)


def run(args):
    from siamtrain.errors import DataError
    from siamtrain.file import export

    manifest = export.manifest_of(args.init)
    if export.exemplar_graph(args.init) is not None:
        raise DataError(f"{args.init}: a network with a mark; `siamtrain trainhead` goes on from its weights")
    name = args.name or manifest["name"] + "-finetuned"
    if manifest["kind"] == "box":
        from siamtrain.box import finetune, train

        settings = train.Settings(rate=args.rate, backbone_rate=0.5, warmup=5, batch=16, decay=0.95, seed=args.seed)
        finetune.run(args.init, args.weights, args.data, settings, args.steps, args.run, args.out, name, args.held)
    else:
        from siamtrain.classic import finetune, train

        settings = train.Settings(steps=args.steps, batch=8, rate=args.rate, warmup=5, look=20, seed=args.seed)
        finetune.run(args.init, args.data, settings, args.run, args.out, name, args.held)
