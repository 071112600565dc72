# Everything a developer does here. Needs only make on Debian 12: the rest is installed when it is
# first used (scripts/deps.sh). Long lists of commands live in scripts/.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
MAKEFLAGS += --no-print-directory
.NOTPARALLEL:
.DEFAULT_GOAL := help

FUZZ_SECONDS ?= 60
KILLS        ?= 1000
CLUSTER_KILLS ?= 200
FAILOVERS    ?= 10
ARGS         ?=

CORES   := $(shell nproc)
PYTEST  := build/venv/bin/python -m pytest
SOURCES  = $(shell find src tests bench cmake \( -name node_modules -prune \) -o \
             \( -name '*.cpp' -o -name '*.hpp' \) -print 2>/dev/null)

help: ## show this list
	@echo "handin: make TARGET"
	@sed -nE 's/^([a-z][a-z-]*):.*## (.*)/  \1\t\2/p' $(firstword $(MAKEFILE_LIST)) | expand -t 14

# --- build and run ------------------------------------------------------------------------------

build: build-deps build/release/build.ninja ## install what is missing, leave the optimised binary at build/handin
	@ninja -C build/release handin
	@ln -f build/release/handin build/handin
	@echo "build: build/handin is ready"

run: build ## build, then serve the demo school on 127.0.0.1:8080 (Ctrl-C stops it; ARGS=... adds options)
	@scripts/foreground.sh build/handin serve --demo --data handin-data $(ARGS)

deps: ## install everything that build, test and lint need
	@scripts/deps.sh test
	@scripts/test_env.sh

build-deps:
	@scripts/deps.sh build

# One folder of build/ for each preset.
build/%/build.ninja: CMakePresets.json
	@echo "build: configuring $*"
	@cmake --preset $* --log-level=NOTICE >/dev/null || { rm -f $@; exit 1; }
	@touch $@

# --- tests --------------------------------------------------------------------------------------

test: FUZZ_SECONDS = 7
test: deps check unit api-test fuzz ## install what is missing, build, run every test (what CI runs)
	@echo "test: everything passed"

check: deps fmt-check ## the quick checks: format, include rule, scripts
	@scripts/check_includes.py
	@cd scripts && python3 -m unittest --quiet
	@shellcheck scripts/*.sh .ci/run

unit: deps build/release/build.ninja ## unit tests, optimised build
	@ninja -C build/release unit_tests
	@ctest --test-dir build/release --output-on-failure --no-tests=error -j$(CORES)

api-test: build deps ## black-box tests of the real server, with real clients, and the short crash test
	@ninja -C build/release unsynced
	@$(PYTEST) -n$(CORES) --dist=loadfile tests/api tests/crash tests/cluster $(ARGS)

crash: build deps ## the long crash test: KILLS=1000 times kill -9 under load, and power cuts
	@ninja -C build/release unsynced
	@HANDIN_KILLS=$(KILLS) $(PYTEST) tests/crash $(ARGS)

crash-cluster: build deps ## the same of several nodes on PostgreSQL: CLUSTER_KILLS=200 ends of a node, the database, everything, and FAILOVERS=10
	@HANDIN_KILLS=$(CLUSTER_KILLS) HANDIN_FAILOVERS=$(FAILOVERS) $(PYTEST) tests/cluster $(ARGS)

asan: deps build/asan/build.ninja ## unit and API tests under AddressSanitizer and UndefinedBehaviorSanitizer
	@ninja -C build/asan unit_tests handin
	@scripts/sanitized.sh ctest --test-dir build/asan --output-on-failure --no-tests=error -j$(CORES)
	@HANDIN_BINARY=build/asan/handin scripts/sanitized.sh $(PYTEST) tests/api $(ARGS)

tsan: deps build/tsan/build.ninja ## unit tests under ThreadSanitizer
	@ninja -C build/tsan unit_tests
	@scripts/sanitized.sh ctest --test-dir build/tsan --output-on-failure --no-tests=error -j$(CORES)

fuzz: deps build/asan/build.ninja ## every fuzz target for FUZZ_SECONDS=60 seconds (in make test: 7)
	@ninja -C build/asan fuzzers
	@scripts/fuzz.sh build/asan/fuzz $(FUZZ_SECONDS)

coverage: deps build/coverage/build.ninja ## line coverage of the unit tests, as text and in build/coverage/html
	@ninja -C build/coverage unit_tests
	@scripts/coverage.sh build/coverage

bench: build ## benchmarks: JSON lines with ratios to a reference of the same run
	@scripts/deps.sh bench
	@ninja -C build/release benchmarks
	@if [ -x bench/run.sh ]; then bench/run.sh $(ARGS); else echo "bench: bench/run.sh is not there"; fi

# --- style --------------------------------------------------------------------------------------

fmt: deps ## put the format right
	@printf '%s\n' $(SOURCES) | xargs -r -n20 -P$(CORES) clang-format-19 -i

fmt-check: deps
	@scripts/check_format.sh $(SOURCES)

lint: check build/release/build.ninja ## quick checks, headers that stand alone, clang-tidy on what changed since it last passed
	@ninja -C build/release handin_pch headers_alone
	@scripts/tidy.py build/release

clean: ## remove build/ (handin-data stays)
	rm -rf build

.PHONY: help build run deps build-deps test check unit api-test crash crash-cluster asan tsan fuzz coverage bench \
        fmt fmt-check lint clean
