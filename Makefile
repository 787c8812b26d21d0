# Every task of the project; `make help` lists them. The build itself is CMake's (CMakeLists.txt).

.DEFAULT_GOAL := help
.PHONY: help demo build test bench micro format lint list-sources deps packages clean
MAKEFLAGS += --no-print-directory

DEPS := build/deps/built
SOURCES = $(shell git ls-files --cached --others --exclude-standard 'src/*.h' 'src/*.cc' 'tests/*.h' 'tests/*.cc' 'bench/*.cc' 'bench/*.h' 'tools/*.cc' 'tools/*.h' 'sdk/*.cc' 'sdk/*.h' 'sdk/*.c')

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## /{printf "  make %-8s %s\n", $$1, $$2}' Makefile

demo: packages deps ## install what is missing, build, and run Sluice with a ready user and a notes server
	@scripts/configure release
	@ninja -C build/release --quiet sluice
	@exec build/release/sluice dev

build: packages deps ## build the release binaries build/release/sluice and sluice-loadgen, and the replay programs
	@scripts/configure release
	@ninja -C build/release sluice sluice-loadgen replays sluice_friction_c

test: ## build and run every test, also under sanitizers
	@scripts/install-dependencies --tests
	@$(MAKE) deps
	@scripts/run-tests

bench: ## measure Sluice beside its references, and its parts alone; results in bench/results (SCENARIOS="token tls" picks)
	@scripts/install-dependencies --bench
	@$(MAKE) build
	@bench/scenario/run $(SCENARIOS)
	@[ -n "$(SCENARIOS)" ] || $(MAKE) micro
	@[ -n "$(SCENARIOS)" ] || /usr/bin/python3 bench/loadgen_check.py build/release

micro: ## measure the parts of a request, each alone
	@cmake -S . -B build/release -DSLUICE_BENCH=ON --log-level=WARNING >/dev/null
	@ninja -C build/release --quiet micro
	@/usr/bin/python3 bench/micro.py build/release

format: ## format the C++ sources in place
	@clang-format-19 -i $(SOURCES)

lint: ## check format, layers, sizes and names
	@clang-format-19 --dry-run --Werror $(SOURCES)
	@/usr/bin/python3 tests/tidy/tidy.py

list-sources:
	@printf '%s\n' $(SOURCES)

deps: $(DEPS) ## build BoringSSL and llhttp once, into build/deps

clean: ## remove what was built, but for build/deps
	@[ ! -d build ] || find build -mindepth 1 -maxdepth 1 ! -name deps -exec rm -rf {} +

packages:
	@scripts/install-dependencies

# The stamp is written last, so that an interrupted build is taken up again.
$(DEPS): third_party/CMakeLists.txt third_party/boringssl/Cargo.lock third_party/llhttp/requirements.txt cmake/BoringSSL.cmake cmake/Llhttp.cmake
	@scripts/configure deps
	@ninja -C build/deps --quiet dependencies
	@touch $@
