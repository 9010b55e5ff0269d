#!/usr/bin/env bash
# Follows the object of samples/walk.mp4 and says where the results are. MODEL=NAME takes another model.
set -euo pipefail
cd "$(dirname "$0")/.."
. .deps/env.sh
mkdir -p out
bin/track file samples/walk.mp4 --init-file samples/walk.csv --truth samples/walk.csv ${MODEL:+--model "$MODEL"} \
	--panel -o out/walk.mp4 --csv out/walk.csv | tee out/walk.txt
echo
echo "annotated video  $PWD/out/walk.mp4"
echo "boxes            $PWD/out/walk.csv"
echo "figures          $PWD/out/walk.txt"
