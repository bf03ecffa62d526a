# make install, and packages of what it installs: docs/install.md. Included by Makefile.

prefix ?= /usr/local
bindir ?= $(prefix)/bin
datadir ?= $(prefix)/share
mandir ?= $(datadir)/man
docdir ?= $(datadir)/doc/kawela
bashcompletiondir ?= $(datadir)/bash-completion/completions
zshcompletiondir ?= $(datadir)/zsh/site-functions
fishcompletiondir ?= $(datadir)/fish/vendor_completions.d
# Of QEMU's plugin, and the place where systemd and udev look for files of packages.
libdir ?= $(prefix)/lib

# The commit's date, so that what is built later is the same.
SOURCE_DATE_EPOCH ?= $(shell git log -1 --format=%ct 2>/dev/null)
generated install deb oci rpm: export SOURCE_DATE_EPOCH := $(SOURCE_DATE_EPOCH)

# The program that is installed: made by make static, or any other.
KAWELA ?= .build-static/release/kawela
# A boot ROM for -device vfio-user-pci,romfile=. Left out where there is none.
KAWELA_ROM ?= .build/kawela.rom
PACKAGES = .build/packages

.PHONY: static generated install uninstall deb oci rpm

# Paths of this machine are neither in messages nor in debugging information, of which there is none, nor in hashes that
# tell an incremental build what has changed.
static: .build-static/without-curl/libcurl.a ## release build of kawela that needs no Swift at run time, .build-static/release/kawela
	KAWELA_COMMIT=$${KAWELA_COMMIT-$$(git describe --always --exclude='*' --abbrev=12 --dirty)} \
		swift build -c release --static-swift-stdlib -debug-info-format none --scratch-path .build-static \
		-Xswiftc -file-prefix-map -Xswiftc '$(CURDIR)=.' -Xcc '-ffile-prefix-map=$(CURDIR)=.' \
		-Xswiftc -Xfrontend -Xswiftc -disable-incremental-llvm-codegen \
		-Xlinker -z -Xlinker now -Xlinker '-L$(CURDIR)/$(<D)' --product kawela

.build-static/without-curl/libcurl.a: Packaging/without-curl.c
	mkdir -p $(@D)
	$(CC) -O2 -Wall -Wextra -Werror -c -o $(@D)/without-curl.o $<
	$(AR) rcD $@ $(@D)/without-curl.o

.build-static/release/kawela:
	@echo 'There is no $@ yet: run make static first, as a user who has Swift.' >&2; exit 1

# What the program says of itself: manual pages and completions of shells.
generated: $(KAWELA)
	rm -rf .build/generated
	Packaging/manual '$(abspath $(KAWELA))' .build/generated/man1
	for shell in bash zsh fish; do \
		'$(abspath $(KAWELA))' --generate-completion-script $$shell >.build/generated/kawela.$$shell || exit; done
	sed -i '1{/^#!/d}' .build/generated/kawela.bash

install: $(KAWELA) plugin generated ## installs below DESTDIR and prefix (/usr/local)
	install -D -s -m 755 '$(KAWELA)' '$(DESTDIR)$(bindir)/kawela'
	install -D -s -m 644 .build/kawela-sriov.so '$(DESTDIR)$(libdir)/kawela/kawela-sriov.so'
	install -D -m 644 -t '$(DESTDIR)$(mandir)/man1' .build/generated/man1/*.1
	install -D -m 644 .build/generated/kawela.bash '$(DESTDIR)$(bashcompletiondir)/kawela'
	install -D -m 644 .build/generated/kawela.zsh '$(DESTDIR)$(zshcompletiondir)/_kawela'
	install -D -m 644 .build/generated/kawela.fish '$(DESTDIR)$(fishcompletiondir)/kawela.fish'
	install -d '$(DESTDIR)$(libdir)/systemd/system' '$(DESTDIR)$(docdir)/examples'
	sed -e 's|@bindir@|$(bindir)|' -e 's|@docdir@|$(docdir)|' Packaging/systemd/kawela@.service \
		>'$(DESTDIR)$(libdir)/systemd/system/kawela@.service'
	install -D -m 644 Packaging/systemd/sysusers.conf '$(DESTDIR)$(libdir)/sysusers.d/kawela.conf'
	install -D -m 644 Packaging/systemd/tmpfiles.conf '$(DESTDIR)$(libdir)/tmpfiles.d/kawela.conf'
	install -D -m 644 Packaging/systemd/udev.rules '$(DESTDIR)$(libdir)/udev/rules.d/70-kawela.rules'
	chmod 644 '$(DESTDIR)$(libdir)/systemd/system/kawela@.service'
	cd docs && find . -type f -exec install -D -m 644 '{}' '$(abspath $(DESTDIR)$(docdir))/{}' ';'
	install -m 644 Packaging/examples/* '$(DESTDIR)$(docdir)/examples'
	if [ -f integrations/libvirt/hooks/qemu ]; then install -D -m 755 integrations/libvirt/hooks/qemu \
		'$(DESTDIR)$(docdir)/examples/libvirt/qemu'; fi
	if [ -f '$(KAWELA_ROM)' ]; then install -D -m 644 '$(KAWELA_ROM)' '$(DESTDIR)$(datadir)/kawela/kawela.rom'; fi

uninstall: ## removes what make install installed with the same prefix
	rm -f '$(DESTDIR)$(bindir)/kawela' '$(DESTDIR)$(mandir)/man1/kawela.1' '$(DESTDIR)$(mandir)'/man1/kawela-*.1 \
		'$(DESTDIR)$(bashcompletiondir)/kawela' '$(DESTDIR)$(zshcompletiondir)/_kawela' \
		'$(DESTDIR)$(fishcompletiondir)/kawela.fish' '$(DESTDIR)$(libdir)/systemd/system/kawela@.service' \
		'$(DESTDIR)$(libdir)/sysusers.d/kawela.conf' '$(DESTDIR)$(libdir)/tmpfiles.d/kawela.conf' \
		'$(DESTDIR)$(libdir)/udev/rules.d/70-kawela.rules'
	rm -rf '$(DESTDIR)$(libdir)/kawela' '$(DESTDIR)$(docdir)' '$(DESTDIR)$(datadir)/kawela'

# A program that is given is taken as it is.
ifeq ($(origin KAWELA),file)
deb oci rpm: static
endif

deb: ## Debian packages, in .build/packages
	rm -f $(PACKAGES)/*.deb
	mkdir -p $(PACKAGES)
	KAWELA='$(KAWELA)' KAWELA_PACKAGES=$(PACKAGES) debian/rules clean binary
	debian/rules clean

oci: ## an OCI image with kawela and the C library alone, the layout .build/packages/kawela.oci
	rm -rf .build/oci $(PACKAGES)/kawela.tar
	mkdir -p $(PACKAGES)
	$(MAKE) install DESTDIR='$(CURDIR)/.build/oci' prefix=/usr
	Packaging/oci .build/oci debian/copyright $(PACKAGES)/kawela.oci
	rm -rf .build/oci

rpm: ## RPM packages, in .build/packages
	rm -rf .build/rpm $(PACKAGES)/*.rpm
	mkdir -p $(PACKAGES)
	$(MAKE) install DESTDIR='$(CURDIR)/.build/rpm/tree' prefix=/usr
	rpmbuild -bb --define '_topdir $(CURDIR)/.build/rpm' --define '_rpmdir $(CURDIR)/$(PACKAGES)' \
		--define '_rpmfilename %%{NAME}-%%{VERSION}-%%{RELEASE}.%%{ARCH}.rpm' \
		--define 'tree $(CURDIR)/.build/rpm/tree' --define 'source $(CURDIR)' Packaging/kawela.spec
	rm -rf .build/rpm
