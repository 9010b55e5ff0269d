"""python -m siamtrain trainhead: trains heads on frozen features, which a CPU can do."""

from siamtrain.commands.trainmarked import configure_stream, stream_settings

HELP = "train the heads of marked networks whose backbones stay as they are, on a CPU"


def configure(parser):
    configure_stream(parser, plans="m", batch=32, reuse=3, rate=8e-4, thin=3, per_clip=0, save=300.0)
    parser.add_argument(
        "--begin", required=True, metavar="FILE.pt", help="weights to begin from; PLAN stands for the plan's name"
    )
    parser.add_argument("--ring", type=int, default=150, metavar="BATCHES", help="kept, to be used again (150)")


def run(args):
    from siamtrain.marked import head

    trainer = head.HeadTrainer(head.Settings(**stream_settings(args, head.SHARES), ring=max(1, args.ring)))
    try:
        trainer.run()
    finally:
        trainer.close()
