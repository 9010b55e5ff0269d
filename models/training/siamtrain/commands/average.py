"""python -m siamtrain average: the average of a network's weights and of those that it had after training on."""

HELP = "average the weights of a marked network and those that it had after training on"


def configure(parser):
    parser.add_argument("first", metavar="BEFORE.pt", help="weights before: a file of trainmarked or trainhead")
    parser.add_argument("second", metavar="AFTER.pt", help="weights after, of the same plan")
    parser.add_argument("--share", type=float, default=0.5, help="of the weights after, 0 to 1 (0.5)")
    parser.add_argument("--out", required=True, metavar="FILE.pt", help="the average, for exportmarked or --begin")


def run(args):
    import logging

    from siamtrain.marked.average import average

    logging.info("%s: %s", args.out, average(args.first, args.second, args.share, args.out))
