#!/usr/bin/env bash
# Trains a tiny network end to end and checks it: the loss falls, the target is followed, resuming is exact, and the file
# runs in Go.
# Takes PyTorch from PYTHON (any interpreter that has the packages of pyproject.toml), else from Debian's packages.
set -euo pipefail
cd "$(dirname "$0")"
root=$(cd ../.. && pwd)
packages="python3-torch python3-numpy python3-opencv python3-pytest python3-venv"

# Debian has torch, numpy and opencv, a tenth of the size of PyPI's; the others come from PyPI, pinned: Debian's
# matplotlib would bring SciPy, Tk and the headers of Boost.
debian_python() {
	local venv=$root/.deps/train-venv missing=() p
	for p in $packages; do
		dpkg -s "$p" >/dev/null 2>&1 || missing+=("$p")
	done
	if [ ${#missing[@]} -gt 0 ]; then
		local sudo=
		[ "$(id -u)" = 0 ] || sudo=sudo
		$sudo apt-get install -qq -y --no-install-recommends "${missing[@]}" >&2 || return
	fi
	if [ ! -x "$venv/bin/python" ]; then
		mkdir -p "$root/.deps"
		/usr/bin/python3 -m venv --system-site-packages "$venv" >&2 || return
	fi
	# numpy stays Debian's, which its torch was built with.
	"$venv/bin/python" -c 'import matplotlib, onnx, onnxruntime' 2>/dev/null ||
		"$venv/bin/python" -m pip install -q 'onnx==1.16.2' 'onnxruntime==1.17.3' 'matplotlib==3.10.9' \
			"numpy==$(/usr/bin/python3 -c 'import numpy; print(numpy.__version__)')" >&2 || return
	echo "$venv/bin/python"
}

python=${PYTHON:-}
[ -n "$python" ] || python=$(debian_python) || exit
export OMP_NUM_THREADS=${OMP_NUM_THREADS:-1} PYTHONDONTWRITEBYTECODE=1
"$python" -m pytest -q -p no:cacheprovider "$@"
