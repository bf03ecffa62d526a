# make demo    boots a guest with a Kawela card and shows traffic
# make test    everything: unit tests, then tests in stock QEMU, then tests with a Debian guest
# make check   formatting and house rules, then make test
# make build   release build of kawela
.PHONY: build demo test check lint unit qtest guest environment

build:
	swift build -c release --product kawela

environment:
	Scripts/environment

demo: environment
	swift build -c release --product kawela
	swift build -c release --product kawela-demo
	.build/release/kawela-demo

test:
	Scripts/test unit qtest guest

unit qtest guest:
	Scripts/test $@

lint:
	Scripts/lint

check: lint test
