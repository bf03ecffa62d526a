.PHONY: docc clean attack observe soak sanitize help build plugin rom environment demo quick unit qtest qos-test guest test test-integrations format lint shrink check bench bench-check bench-thresholds fuzz fuzz-corpus fuzz-merge docs screenshots

build: plugin ## release build of kawela, and the plugin
	KAWELA_COMMIT=$${KAWELA_COMMIT-$$(git describe --always --exclude='*' --abbrev=12 --dirty)} \
		swift build -c release --product kawela

help: ## this list
	@sed -nE 's/^([a-z-]+):[^#]*## (.*)/make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 24

plugin: .build/kawela-sriov.so ## QEMU's plugin for SR-IOV in one guest, .build/kawela-sriov.so

.build/kawela-sriov.so: QEMU/kawela-sriov.c
	mkdir -p .build
	command -v $(CC) >/dev/null || Scripts/packages
	$(CC) $(CPPFLAGS) $(CFLAGS) -shared -fPIC -O2 -std=gnu11 -Wall -Wextra -Werror -o $@ $< $(LDFLAGS)

rom: ## the card's boot ROM with its licence, .build/kawela.rom
	mkdir -p .build
	rom=$$(Scripts/boot-rom) && cp "$$rom" .build/kawela.rom && \
		cp "$${rom%/*}/copyright" .build/kawela.rom.copyright && cp "$${rom%/*}/source" .build/kawela.rom.source

environment: plugin ## prepares QEMU, guest kernels and guest images, cached outside the clone
	Scripts/environment

demo: environment ## boots a guest with a Kawela card and shows traffic
	swift build -c release --product kawela
	swift build -c release --product kawela-demo
	.build/release/kawela-demo

quick: ## tests of the device, or those that match ONLY=EXPRESSION
	KAWELA_TESTS=device swift test --scratch-path .build-quick --disable-xctest $(if $(ONLY),--filter '$(ONLY)')

unit: ## tests without QEMU
	Scripts/test unit web

qtest: plugin ## tests in stock QEMU without a processor
	Scripts/test $@

qos-test: plugin ## QEMU's own test of its igb, with a Kawela card in igb's place
	swift build -c release --product kawela
	Scripts/qos-test

guest: plugin ## tests with booted guests
	Scripts/test $@

test: plugin ## all tests: unit, web, qtest, guest
	Scripts/test unit web qtest guest

test-integrations: plugin ## Kawela among what others make, or the suites that match ONLY=EXPRESSION
	Scripts/test integration

sanitize: plugin ## unit tests and QTests under SANITIZER=address or thread
	SANITIZER=$(or $(SANITIZER),address) Scripts/test unit qtest

format: ## lays out Swift sources as lint wants them
	Scripts/format --in-place

lint: ## layout and house rules
	Scripts/lint

shrink: ## takes from lint's lists of exceptions what no longer offends
	python3 -B Scripts/rules --shrink

check: lint test ## lint, then all tests

bench: plugin ## Kawela beside QEMU's igb, and its own figures; writes docs/performance.md
	Scripts/bench all

attack: ## what one VF's attack costs another, beside each attack
	Scripts/bench attack

observe: ## what each way to look into a NIC costs its frames
	Scripts/bench observe

soak: plugin ## everything at once for TIME (2h), by the seed SEED; PLOT=FILE gets the plot
	Scripts/bench soak $(or $(TIME),2h) $(or $(SEED),82576) $(PLOT)

bench-check: ## instructions, allocations and system calls against Benchmarks/thresholds.json
	Scripts/bench check

bench-thresholds: ## takes over what instructions, allocations and system calls are now
	Scripts/bench check --update

fuzz: ## fuzzes each boundary, or ONLY=TARGET, for TIME seconds (60)
	Scripts/fuzz run $(ONLY)

fuzz-corpus: ## replays the inputs in Fuzz/Corpus
	TIME=0 Scripts/fuzz run $(ONLY)

fuzz-merge: ## takes into Fuzz/Corpus what was found and reaches more
	Scripts/fuzz merge $(ONLY)

screenshots: ## draws docs/images anew, with Chromium
	mkdir -p docs/images
	KAWELA_SCREENSHOTS=$(CURDIR)/docs/images swift test --disable-xctest --filter '^KawelaWebTests\.BrowserTests'

docs: ## writes the documents anew that are made of the program
	python3 -B Scripts/rules/fields.py
	swift build --product kawela
	.build/debug/kawela registers --markdown > docs/registers.md
	.build/debug/kawela ctl --markdown > docs/control.md
	.build/debug/kawela lint --rules > docs/lint.md

docc: ## the device's documentation as a site, .build/docc
	Scripts/docc

clean: ## removes all that was built; downloads stay in the cache
	rm -rf .build .build-*

include Packaging/packages.mk
