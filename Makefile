# make demo    boots a guest with a Kawela card and shows traffic
# make test    everything: unit tests, then tests in stock QEMU, then tests with a Debian guest
# make check   formatting and house rules, then make test
# make build   release build of kawela, and the plugin
# make plugin  QEMU's plugin for SR-IOV, .build/kawela-sriov.so
.PHONY: build plugin demo test check lint unit qtest guest environment

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
