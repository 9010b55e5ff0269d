"""python -m siamtrain packimage: has a quantised box model take packed images, as exports since then do."""

HELP = "write a copy of a quantised box model that takes packed images, for an export made before there were any"


def configure(parser):
    parser.add_argument("model", metavar="MODEL.onnx")
    parser.add_argument("--out", required=True, metavar="FILE.onnx", help="the copy; it gives the same, sooner")


def run(args):
    import logging
    import os

    import onnx

    from siamtrain.errors import DataError
    from siamtrain.file import export, packed

    model = onnx.load(args.model)
    if not packed.pack(model):
        raise DataError(f"{args.model}: no quantised graph whose first convolution looks at patches")
    onnx.save(model, f"{args.out}.part")
    os.replace(f"{args.out}.part", args.out)
    logging.info("%s: sha256 %s", args.out, export.digest(args.out))
