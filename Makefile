# make help lists the targets. All of it is thin: swift build, swift test and a few scripts.
SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

PREFIX ?= /usr/local
DESTDIR ?=
COMMANDS := fdpass-tui fdpass-server fdpass-client
# What install puts below PREFIX/share for each command: a man page and shell completions.
SHARED = man/man1/$(1).1 bash-completion/completions/$(1) zsh/site-functions/_$(1) \
  fish/vendor_completions.d/$(1).fish
# Where it puts the pictures that the man page names.
PICTURES := share/doc/fdpass-tui

# The checks have a build directory of their own: their settings would rebuild everything else.
STRICT := FDPASS_STRICT=1 swift build --scratch-path .build-strict \
  --explicit-target-dependency-import-check error $(if $(CI),--quiet)
STATIC := swift build --configuration release --static-swift-stdlib --scratch-path .build-static \
  -Xswiftc -use-ld=lld

# A file or a command, and the Debian package that brings it.
BUILD_NEEDS := /usr/include/ncurses.h=libncurses-dev /usr/include/vterm.h=libvterm-dev
TEST_NEEDS := $(BUILD_NEEDS) tmux=tmux strace=strace python3=python3 groff=groff-base
SCREENSHOT_NEEDS := $(BUILD_NEEDS) tmux=tmux Xvfb=xvfb xterm=xterm import=imagemagick \
  /usr/share/fonts/truetype/dejavu/DejaVuSansMono.ttf=fonts-dejavu-core \
  /usr/share/fonts/truetype/ancient-scripts/Symbola_hint.ttf=fonts-symbola

.PHONY: run build test check format screenshots install uninstall bench clean help swift

run: build ## Build and start the inspector; ARGS="demo --text" are its arguments
	@exec .build/debug/fdpass-tui $(ARGS)

build: swift ## Build all programs for development
	@.ci/install-missing $(BUILD_NEEDS)
	@swift build

test: swift ## Run the tests; as root also as an unprivileged user; FILTER=SomeTests for some
	@.ci/install-missing $(TEST_NEEDS)
	@Tests/run $(FILTER)

check: swift ## Format lint, then everything built in debug and release with warnings as errors
	@.ci/install-missing $(BUILD_NEEDS)
	swift format lint --strict --parallel --recursive Sources Tests Benchmarks Package.swift
	$(STRICT) --build-tests
	$(STRICT) --configuration release

format: swift ## Format all Swift files in place
	swift format --in-place --parallel --recursive Sources Tests Benchmarks Package.swift

screenshots: build ## Take screenshots/*.png of the real program in a real terminal
	@.ci/install-missing $(SCREENSHOT_NEEDS)
	@screenshots/take

install: swift ## Install programs, man pages and completions into PREFIX (/usr/local) under DESTDIR
	@.ci/install-missing $(BUILD_NEEDS) python3=python3
	@for command in $(COMMANDS); do $(STATIC) --product $$command; done
	@install -d $(DESTDIR)$(PREFIX)/bin
	@for command in $(COMMANDS); do \
	  install -s -m 755 .build-static/release/$$command $(DESTDIR)$(PREFIX)/bin/$$command; \
	  echo "Installed $(DESTDIR)$(PREFIX)/bin/$$command"; \
	done
	@Manual/generate .build-static/release $(DESTDIR)$(PREFIX)/share
	@install -d $(DESTDIR)$(PREFIX)/$(PICTURES)
	@install -m 644 screenshots/*.png $(DESTDIR)$(PREFIX)/$(PICTURES)

uninstall: ## Remove what install put there
	rm -f $(addprefix $(DESTDIR)$(PREFIX)/bin/,$(COMMANDS))
	rm -f $(addprefix $(DESTDIR)$(PREFIX)/share/,$(foreach command,$(COMMANDS),$(call SHARED,$(command))))
	rm -rf $(DESTDIR)$(PREFIX)/$(PICTURES)

bench: swift ## Measure the start, what inspecting costs beside strace, recordings, library and park
	@.ci/install-missing $(BUILD_NEEDS) python3=python3 strace=strace cc=gcc
	@for command in $(COMMANDS); do $(STATIC) --product $$command; done
	@Benchmarks/first-frame .build-static/release/fdpass-tui $(ARGS)
	@Benchmarks/pass-cost .build-static/release/fdpass-tui
	@Benchmarks/recording .build-static/release/fdpass-tui
	@Benchmarks/keys .build-static/release/fdpass-tui
	@swift build --configuration release --static-swift-stdlib --package-path Benchmarks/library \
	  --scratch-path .build-passing
	@Benchmarks/library/measure .build-passing/release/passing
	@Benchmarks/park .build-static/release/fdpass-server .build-static/release/fdpass-client

clean: ## Remove all that was built
	rm -rf .build .build-strict .build-static .build-passing

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

swift:
	@command -v swift >/dev/null || \
	  { echo "Swift 6.2 or later is missing: see https://www.swift.org/install/linux/" >&2; exit 1; }
