"""python -m siamtrain trainbox: trains the default network from a ring."""

HELP = "train the box network from a ring that `generate` fills"


def configure(parser):
    parser.add_argument("--phase", choices=("features", "pairs"), required=True, help="what to learn")
    parser.add_argument("--ring", required=True, metavar="DIR", help="folder that `generate` fills")
    parser.add_argument(
        "--out", required=True, metavar="DIR", help="folder of the run: checkpoint.pt, average.pt, log.jsonl"
    )
    parser.add_argument(
        "--begin", metavar="FILE.pt", help="weights to begin with: an average.pt, or checkpoints/box-g.pt"
    )
    parser.add_argument("--resume", action="store_true", help="go on from the checkpoint in --out")
    parser.add_argument(
        "--held",
        action="append",
        default=[],
        metavar="PATH",
        help="sequences that take no part in training, for a validation curve and best.pt; repeatable",
    )
    parser.add_argument(
        "--patience",
        type=int,
        default=0,
        help="looks (one every two minutes) without a better one before the run ends; 0: none",
    )
    _configure_steps(parser)
    parser.add_argument("--threads", type=int, default=1, help="of a CPU (1)")
    parser.add_argument(
        "--plan",
        default="g",
        help="the backbone: a name of box.network.PLANS (g); weights of another plan are taken where they fit",
    )
    parser.add_argument("--seed", type=int, default=0, help="of what is drawn at random (0)")


def _configure_steps(parser):
    """What the optimiser does, and for how long."""
    parser.add_argument(
        "--minutes", type=float, default=60.0, help="of the clock, until the learning rate has fallen to its end (60)"
    )
    parser.add_argument("--rate", type=float, default=2e-3, help="learning rate (2e-3)")
    parser.add_argument(
        "--backbone-rate", type=float, help="factor on the backbone's rate (1 for features, 0.5 for pairs)"
    )
    parser.add_argument(
        "--last-rate", type=float, help="share of the rate at the end (0.1 for features, 0.005 for pairs)"
    )
    parser.add_argument("--batch", type=int, default=24, help="pairs a step (24)")
    parser.add_argument("--warmup", type=int, default=80, help="steps until the rate is reached (80)")
    parser.add_argument(
        "--precision", choices=("auto", "bf16", "fp32"), default="auto", help="auto: bf16 where the CPU computes in it"
    )
    parser.add_argument(
        "--weigh",
        action="append",
        default=[],
        metavar="TERM=WEIGHT",
        help="weight of box (2), teacher_response (1), teacher_box (1) or feature (1.5) in the loss; repeatable",
    )


def run(args):
    import math

    from siamtrain.box import distill, train, validate
    from siamtrain.errors import DataError

    features = args.phase == "features"

    def given(value, other):
        return other if value is None else value

    settings = train.Settings(
        phase=args.phase,
        minutes=args.minutes,
        rate=args.rate,
        batch=args.batch,
        threads=args.threads,
        plan=args.plan,
        seed=args.seed,
        warmup=args.warmup,
        precision=args.precision,
        backbone_rate=given(args.backbone_rate, 1.0 if features else 0.5),
        last_rate=given(args.last_rate, 0.1 if features else 0.005),
    )
    for term, weight in (part.split("=", 1) for part in args.weigh):
        if term not in ("box", "teacher_response", "teacher_box", "feature"):
            raise DataError(f"--weigh {term}: the terms are box, teacher_response, teacher_box and feature")
        setattr(settings, term, float(weight))
    trainer = train.Trainer(settings, args.out)
    if args.begin:
        trainer.begin_from(args.begin)
    if args.resume:
        trainer.resume()
    held = validate.Held(args.held, args.out, args.patience or math.inf, trainer.step_number) if args.held else None
    train.run(trainer, distill.Ring(args.ring), held)
