#!/usr/bin/env bash
# gofmt, go vet (the heavy tests too), golangci-lint at a pinned version, go.mod as `go mod tidy` would leave it; ruff
# over Python, with the rules and the version of models/training/pyproject.toml; known holes and licences of the modules.
set -euo pipefail
cd "$(dirname "$0")/.."
. .deps/env.sh
version=v2.15.0

linter=.deps/bin/golangci-lint-$version
if [ ! -x "$linter" ]; then
	echo "lint: building golangci-lint $version into .deps/bin (some minutes, once)" >&2
	GOFLAGS=-trimpath GOBIN="$(cd .deps && pwd -P)/bin" nice go install \
		"github.com/golangci/golangci-lint/v2/cmd/golangci-lint@$version"
	mv .deps/bin/golangci-lint "$linter"
fi

unformatted=$(gofmt -l $(git ls-files '*.go'))
[ -z "$unformatted" ] || { echo "lint: gofmt would change: $unformatted" >&2; exit 1; }
tags=$SIAMTRACK_TAGS,matprofile,heavy,soak
go vet -tags "$tags" ./...
"$linter" run --allow-serial-runners --build-tags "$tags" ./...
go mod tidy -diff
licences=$(scripts/supply.sh check) || { echo "$licences" >&2; exit 1; }

rules=models/training/pyproject.toml
pinned=$(grep -o 'ruff==[0-9.]*' "$rules")
ruff=.deps/${pinned/==/-}/bin/ruff
if [ ! -x "$ruff" ]; then
	python3 -m pip install --quiet --disable-pip-version-check --root-user-action ignore \
		--target ".deps/${pinned/==/-}" "$pinned"
fi
for command in "check --quiet" "format --quiet --check"; do
	"$ruff" $command models/training || { echo "lint: ruff $command models/training" >&2; exit 1; }
	"$ruff" $command --config "$rules" bench scripts siamfc || { echo "lint: ruff $command --config $rules" >&2; exit 1; }
done
