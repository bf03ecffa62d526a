# make demo    boots a guest with a Kawela card and shows traffic
# make test    everything: unit tests, then tests in stock QEMU, then tests with a Debian guest
# make check   formatting and house rules, then make test
# make bench   Kawela beside QEMU's igb, and its own figures; writes docs/performance.md
# make bench-check       instructions and allocations per frame against Benchmarks/thresholds.json
# make bench-thresholds  takes over what they are now
# make build   release build of kawela, and the plugin
# make plugin  QEMU's plugin for SR-IOV, .build/kawela-sriov.so
.PHONY: build plugin demo test check lint unit qtest guest environment bench bench-check bench-thresholds

build: plugin
	swift build -c release --product kawela

plugin: .build/kawela-sriov.so

.build/kawela-sriov.so: QEMU/kawela-sriov.c
	mkdir -p .build
	$(CC) -shared -fPIC -O2 -std=gnu11 -Wall -Wextra -Werror -o $@ $<

environment: plugin
	Scripts/environment

demo: environment
	swift build -c release --product kawela
	swift build -c release --product kawela-demo
	.build/release/kawela-demo

test: plugin
	Scripts/test unit qtest guest

unit:
	Scripts/test unit

qtest guest: plugin
	Scripts/test $@

lint:
	Scripts/lint

check: lint test

bench: plugin
	Scripts/bench all

bench-check:
	Scripts/bench check

bench-thresholds:
	Scripts/bench check --update
