.DEFAULT_GOAL := help
SHELL := bash
go := . .deps/env.sh && go

.PHONY: help setup build install uninstall dist bare demo test check lint fuzz bench soak train-test clean

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-11s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: ## install what the build needs (system packages, ONNX Runtime into .deps/)
	@scripts/setup.sh build

build: setup ## bin/track
	@$(go) build -o bin/track ./cmd/track

install: build ## track and what it needs, into PREFIX (/usr/local) below DESTDIR
	@PREFIX="$(PREFIX)" DESTDIR="$(DESTDIR)" scripts/dist.sh install

uninstall: ## removes what install put there
	@PREFIX="$(PREFIX)" DESTDIR="$(DESTDIR)" scripts/dist.sh uninstall

dist: ## out/dist: an archive that runs without a compiler, and a .deb; VERSION=... names it
	@scripts/setup.sh dist
	@VERSION="$(VERSION)" scripts/dist.sh

bare: dist ## unpack and install those on a bare system, in a folder, and run them (root)
	@scripts/bare.sh

demo: build ## follow the object of samples/: annotated video, CSV, figures
	@scripts/demo.sh

test: ## the tests, the window's under a virtual display included (minutes)
	@scripts/test.sh

check: ## test, and what is heavy: lint, race detector, fuzzing, reference toolkits, browser, Slurm, training
	@scripts/check.sh

lint: setup ## gofmt, vet, golangci-lint, go mod tidy, govulncheck, licences
	@scripts/lint.sh

fuzz: setup ## every fuzz target for FUZZTIME (2m): more than an hour
	@scripts/fuzz.sh "$(or $(FUZZTIME),2m)"

bench: setup ## Go benchmarks: BENCH=regexp PKG=./capture/...
	@$(go) test -run '^$$' -bench '$(or $(BENCH),.)' -benchmem $(or $(PKG),./...)

soak: setup ## an hour's worth of frames: memory, goroutines, Mats flat
	@. .deps/env.sh && go test -v -count=1 -timeout 3h -tags "$$SIAMTRACK_TAGS,matprofile,soak" -run '^TestSoak' ./...

train-test: setup ## train a tiny network end to end
	@. .deps/env.sh && models/training/train-test.sh

clean: ## remove what was built, not .deps/
	rm -rf bin out
