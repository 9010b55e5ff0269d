#!/usr/bin/env bash
# Trains a tiny network end to end: `make train-test`, and part of `make check`.
set -euo pipefail
cd "$(dirname "$0")/.."
exec models/training/train-test.sh
