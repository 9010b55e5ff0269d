#!/usr/bin/env bash
# Checks deploy/kubernetes against Kubernetes' own types, in a Go module of its own.
set -euo pipefail
cd "$(dirname "$0")/../deploy/kubernetes"
command -v go >/dev/null || PATH=$PATH:/usr/local/go/bin
GOFLAGS=-mod=readonly go test -count=1 ./...
