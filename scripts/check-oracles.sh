#!/usr/bin/env bash
# Makes the figures that are committed of the field's own toolkits again (bench/*/testdata), and lets the VOT toolkit
# run our TraX server. The toolkits come from PyPI and pysot from its repository, each in an environment of its own
# under .deps/oracles (800 MB, a few minutes the first time). With --update what they say is written over the committed
# figures. SIAMTRACK_PYSOT names a clone of STVIR/pysot to use in place of a download.
set -euo pipefail
cd "$(dirname "$0")/.."
. .deps/env.sh
oracles=$PWD/.deps/oracles
if [ "${1:-}" = --update ]; then
	export SIAMTRACK_ORACLE_UPDATE=1
fi

# environment NAME REQUIREMENT...: a virtual environment with exactly these, made anew when they change.
environment() {
	local dir=$oracles/$1 want
	shift
	want=$*
	if [ "$(cat "$dir/requirements" 2>/dev/null)" != "$want" ]; then
		rm -rf "$dir"
		python3 -m venv "$dir"
		"$dir/bin/pip" install --quiet "$@"
		printf '%s' "$want" >"$dir/requirements"
	fi
}

# pysot_toolkit: pysot's toolkit at the commit that the figures are of, built in its environment.
pysot_toolkit() {
	local commit=d04028f8e18c6b27ee150a7c0d8aab9a1807219e src=$oracles/pysot/src
	[ ! -e "$src/built" ] || return 0
	rm -rf "$src"
	git clone --quiet "${SIAMTRACK_PYSOT:-https://github.com/STVIR/pysot}" "$src" --no-checkout || return
	git -C "$src" checkout --quiet "$commit" -- toolkit setup.py || return
	(cd "$src" && CFLAGS=-w "$oracles/pysot/bin/python" setup.py --quiet build_ext --inplace) || return
	echo "$src" >"$("$oracles/pysot/bin/python" -c 'import site; print(site.getsitepackages()[0])')/pysot.pth" || return
	touch "$src/built"
}

# same_overlaps TOOLKIT PYTHON: the overlaps of pairs of regions, made again.
same_overlaps() {
	local dir=bench/region/testdata made
	made=$(mktemp)
	"$2" $dir/overlaps.py "$1" <$dir/overlaps.csv >"$made"
	if [ -n "${SIAMTRACK_ORACLE_UPDATE:-}" ]; then
		cp "$made" $dir/overlaps.csv
	fi
	diff "$made" $dir/overlaps.csv
	rm "$made"
}

environment got10k got10k==0.1.3 six numpy==2.4.6 shapely==2.2.0
environment vot vot-toolkit==0.7.4 vot-trax==4.0.2 attributee==0.1.9
environment pysot 'cython<3' 'numpy<2' setuptools colorama tqdm pillow opencv-python-headless==4.10.0.84
environment mot trackeval==1.3.0 motmetrics==1.4.0 numpy==2.4.6 scipy==1.17.1 pandas==3.1.1
export SIAMTRACK_ORACLE_GOT10K=$oracles/got10k/bin/python SIAMTRACK_ORACLE_VOT=$oracles/vot/bin/python
export SIAMTRACK_ORACLE_MOT=$oracles/mot/bin/python
same_overlaps vot "$SIAMTRACK_ORACLE_VOT"
if pysot_toolkit; then
	export SIAMTRACK_ORACLE_PYSOT=$oracles/pysot/bin/python
	same_overlaps pysot "$SIAMTRACK_ORACLE_PYSOT"
else
	echo "check-oracles: SKIPPED pysot: its repository cannot be had; SIAMTRACK_PYSOT names a clone" >&2
fi
go build -o bin/track ./cmd/track
export SIAMTRACK_TRACK=$PWD/bin/track
go test -count=1 -timeout 20m -tags "$SIAMTRACK_TAGS,heavy" -run '^TestOracle' ./bench/...
