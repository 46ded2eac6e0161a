# The door for people. CMakePresets.json says how things are built, deploy/packages.txt with what.
SHELL := /bin/bash
PRESET ?= release

# Jobs: one a core, as far as memory goes; a sanitized Beast file takes close to 3 GB.
mem_per_job_kb := $(if $(filter asan,$(PRESET))$(filter fuzz,$(MAKECMDGOALS)),3000000,2000000)
JOBS ?= $(shell awk -v cores=$$(nproc) -v need=$(mem_per_job_kb) '/^MemAvailable/ { \
  jobs = int($$2 / need); print jobs < 1 ? 1 : jobs < cores ? jobs : cores }' /proc/meminfo)

programs := mpic-coordinator mpic-perspective mpicctl

.PHONY: help
help:
	@echo "make demo         shows the whole system at work on loopback, in a minute after the build"
	@echo "make demo KEEP=1  the same, left running to play with"
	@echo "make demo DASHBOARD=1  and with Prometheus, its alerts and a console page to look at"
	@echo "make build        builds mpic-coordinator, mpic-perspective, mpicctl in build/release/bin"
	@echo "make packages     Debian packages of them, in build/release/packages;"
	@echo "                  MAINTAINER='Name <address>' of who answers for a release"
	@echo "make test         builds and runs all tests (PRESET=asan: under the sanitizers)"
	@echo "make lint         layout, static analysis, who may include whom, sizes, links"
	@echo "make soak T=60    kills the programs at random under load, then checks every verdict against the log"
	@echo "make fuzz T=60    runs each fuzz target for T seconds under the sanitizers"
	@echo "make bench        what it costs, as ratios to bare programs on this machine (F=FIGURE: only that)"
	@echo "make clean        removes build/"
	@echo
	@echo "Each installs the Debian 12 packages that it needs (deploy/packages.txt), as root or with sudo."

# Once for every change of the package list.
build/.installed-%: deploy/packages.txt deploy/install-packages
	@deploy/install-packages $(subst +, ,$*)
	@mkdir -p build && touch $@

.PHONY: install-deps
install-deps: build/.installed-build+demo+test

.PHONY: build
build: build/.installed-build
	@cmake --preset release -DMPIC_TESTS=OFF --log-level=WARNING
	@cmake --build --preset release --parallel $(JOBS) --target $(programs)

.PHONY: packages
packages: build/.installed-build+package build
	@cmake --preset release -DMPIC_PACKAGE_MAINTAINER="$(MAINTAINER)" --log-level=WARNING
	@cd build/release && cpack -G DEB

.PHONY: demo
demo: build/.installed-build+demo$(if $(DASHBOARD),+dashboard) build
	@KEEP=$(KEEP) DASHBOARD=$(DASHBOARD) deploy/demo/run build/release/bin

# kubectl brings it along; elsewhere the tests compile it.
kustomize := $(if $(shell command -v kubectl kustomize),,+kustomize)

.PHONY: test
test: build/.installed-build+demo+test$(kustomize)
	@cmake --preset $(PRESET) -DMPIC_TESTS=ON --log-level=WARNING
	@cmake --build --preset $(PRESET) --parallel $(JOBS)
	@ctest --preset $(PRESET) --parallel $(shell nproc)

.PHONY: lint
lint: build/.installed-build+demo+test
	@cmake --preset release -DMPIC_TESTS=ON --log-level=WARNING
	@cmake --build --preset release --parallel $(JOBS) --target mpic_protos mpic_every_kind
	@tests/lint/run build/release

T ?= 60

.PHONY: fuzz
fuzz: build/.installed-build+demo+test
	@cmake --preset asan -DMPIC_TESTS=ON --log-level=WARNING
	@cmake --build --preset asan --parallel $(JOBS) --target mpic_fuzz
	@tests/fuzz/run build/asan/bin $(T)

F ?=

.PHONY: bench
bench: build/.installed-build+demo+test
	@cmake --preset release -DMPIC_TESTS=ON --log-level=WARNING
	@cmake --build --preset release --parallel $(JOBS) --target $(programs) mpic_bench
	@tests/bench/run build/release/bin $(F)
	@$(if $(F),,build/release/bin/mpic_micro_bench)

.PHONY: soak
soak: build/.installed-build+demo+test build
	@tests/system/storm build/release/bin $(T)

.PHONY: clean
clean:
	rm -rf build
