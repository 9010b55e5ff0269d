"""python -m siamtrain train: one command for one's own data."""

HELP = "train a classic tracking network on annotated, or with --unsupervised on unlabelled, data"


def configure(parser):
    parser.add_argument(
        "--data",
        action="append",
        required=True,
        metavar="PATH",
        help="OTB folder, COCO json, VOC folder, MOT folder, csv of boxes, or a folder of images or clips; repeatable",
    )
    parser.add_argument(
        "--run",
        default="runs/siamfc",
        metavar="DIR",
        help="checkpoints and curve; a run found there goes on (runs/siamfc)",
    )
    parser.add_argument("--out", default="siamfc.onnx", metavar="FILE.onnx", help="the file to write (siamfc.onnx)")
    parser.add_argument("--name", default="siamfc", help="the model's name in its manifest")
    parser.add_argument(
        "--unsupervised", action="store_true", help="look at no label: regions of images, cycles on clips"
    )
    parser.add_argument("--random-start", action="store_true", help="do not start from ImageNet weights")
    parser.add_argument("--steps", type=int, default=1800, help="steps of the optimiser (1800)")
    parser.add_argument("--batch", type=int, default=16, help="pairs a step (16)")
    parser.add_argument("--rate", type=float, default=5e-4, help="learning rate (5e-4)")
    parser.add_argument("--seed", type=int, default=0, help="of what is drawn at random (0)")
    parser.add_argument("--cache", type=float, default=3, metavar="GIB", help="memory for decoded images (3)")


def run(args):
    from siamtrain.classic import recipe, train

    settings = train.Settings(steps=args.steps, batch=args.batch, rate=args.rate, seed=args.seed)
    recipe.run(
        args.data,
        settings,
        args.run,
        args.out,
        args.name,
        args.unsupervised,
        not args.random_start,
        int(args.cache * 2**30),
    )
