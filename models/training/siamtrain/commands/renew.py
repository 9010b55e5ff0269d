"""python -m siamtrain renew: writes a box model as exports are written now, for files from before."""

HELP = "write a copy of an exported box model that gives the same sooner, as exports do since then"


def configure(parser):
    parser.add_argument("model", metavar="MODEL.onnx", help="a box model")
    parser.add_argument("--out", required=True, metavar="FILE.onnx", help="the copy")


def run(args):
    import logging
    import os

    import onnx

    from siamtrain.errors import DataError
    from siamtrain.file import attention, export, packed

    model = onnx.load(args.model)
    if not any([packed.pack(model), attention.by_rows(model)]):
        raise DataError(f"{args.model}: nothing in it is of before: no attention over channels, no patches to pack")
    onnx.save(model, f"{args.out}.part")
    os.replace(f"{args.out}.part", args.out)
    logging.info("%s: sha256 %s", args.out, export.digest(args.out))
