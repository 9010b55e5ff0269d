#!/usr/bin/env bash
# Everything that is checked before a change is trusted: lint, pure packages without cgo, race detector, fuzzing
# (FUZZTIME, default 20s for each target), the scripts of the parts (reference toolkits, Slurm, Kubernetes, training),
# native leaks, all Go tests with those behind the tag `heavy`, and the archive and the package on a bare system.
set -euo pipefail
cd "$(dirname "$0")/.."
scripts/setup.sh check
. .deps/env.sh

step() {
	local begin=$SECONDS
	echo "check: $*"
	"$@" || { echo "check: FAILED: $*" >&2; exit 1; }
	echo "check: $((SECONDS - begin)) s for $1"
}

# The algorithm, the metrics and the drawing need no C compiler: they build, and their tests pass, without cgo.
pure_packages() {
	local needs='{{.ImportPath}} {{join .Deps " "}} {{join .TestImports " "}} {{join .XTestImports " "}}'
	CGO_ENABLED=0 go list -f "{{if not .DepsErrors}}$needs{{end}}" ./... 2>/dev/null |
		grep -v -E 'gocv\.io|onnxruntime_go|ebiten|siamtrack/capture|siamtrack/siamfc/onnx|siamtrack/cmd' | cut -d' ' -f1
}
pure() { CGO_ENABLED=0 go test -short $(pure_packages); }

# And they are another processor's too, where they stand without the assembler of amd64; with qemu-user-static installed
# the crops are held, bit for bit, against those of amd64.
arm64() {
	GOARCH=arm64 CGO_ENABLED=0 go vet $(pure_packages) || return
	if command -v qemu-aarch64-static >/dev/null; then
		GOARCH=arm64 CGO_ENABLED=0 go test -exec qemu-aarch64-static -run Crop ./siamfc
	else
		echo "check: no qemu-aarch64-static, so arm64 is compiled and not run" >&2
	fi
}

step scripts/lint.sh
step pure
step arm64
step scripts/fuzz.sh "${FUZZTIME:-20s}"
for script in scripts/check-*.sh models/training/train-test.sh; do
	[ ! -x "$script" ] || step "$script"
done
step scripts/test.sh -race -short -timeout 20m ./...
step scripts/test.sh -count=1 -tags "$SIAMTRACK_TAGS,matprofile" ./capture/...
step scripts/test.sh -timeout 45m -tags "$SIAMTRACK_TAGS,heavy" ./...
if [ -n "${CI:-}" ]; then
	echo "check: SKIPPED: make bare, the archive and the package on a bare system: it fetches a Debian"
else
	step make dist
	step scripts/bare.sh
fi
