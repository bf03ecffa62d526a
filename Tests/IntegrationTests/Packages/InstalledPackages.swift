// SPDX-License-Identifier: Apache-2.0

import KawelaGuest

/// What is done with the packages in a clean Debian: the commands of docs/install.md, and after each section what must be true.
struct InstalledPackages {
    private let guide: InstallationGuide
    private let version: String

    init(version: String) throws {
        (guide, self.version) = (try InstallationGuide(), version)
    }

    /// A script for Packaging/boot.
    func script() throws -> String {
        let steps = [
            Self.beginning, try documented("Debian packages"), program, try documented("A TAP interface"),
            try documented("A card as a service"), Self.service, Self.access, Self.upgrade,
            Self.removal, try documented("Remove it"), Self.rest,
        ]
        return "#!/bin/bash\n" + steps.joined(separator: "\n") + "\necho passed\n"
    }

    /// Those that are for this Debian: packages are built and guests are run elsewhere. Nobody is there to be asked.
    private func documented(_ title: String) throws -> String {
        let commands = try guide.commands(title).filter { !$0.hasPrefix("make ") && !$0.hasPrefix("qemu-") }
        return commands.map { $0.replacing("apt install", with: "apt install --yes") }.joined(separator: "\n")
    }

    /// Paths that are to be there at the end are those at the beginning, but for what any package leaves.
    private static let beginning = """
        set -euxo pipefail
        exec 2>&1
        export DEBIAN_FRONTEND=noninteractive
        cd /packages
        paths() {
            find / -xdev \\( -path /packages -o -path /proc -o -path /sys -o -path /dev -o -path /tmp -o -path /var/tmp \\
                -o -path /var/lib/dpkg -o -path /var/cache -o -path /var/log -o -path /var/lib/apt -o -path /run/systemd \\
                -o -path /var/lib/systemd \\) -prune -o -print | grep -vE '^/etc/((passwd|group|shadow|gshadow|subuid|subgid)-?|\\.pwd\\.lock)$' | sort
        }
        fails() { if "$@"; then false; fi; }
        soon() { for attempt in $(seq 100); do if "$@"; then return; fi; sleep 0.2; done; false; }
        paths >/tmp/before
        """

    private var program: String {
        """
        test "$(kawela --version | cut -d ' ' -f 2)" = \(version)
        kawela registers >/tmp/registers
        grep -q RDBAL /tmp/registers
        for page in /usr/share/man/man1/kawela*.1.gz; do
            test -z "$(man --warnings -Z -Tutf8 -l "$page" 2>&1 >/dev/null)"
        done
        man -w kawela-serve
        bash -c '. /usr/share/bash-completion/completions/kawela; complete -p kawela'
        test "$(id -nG kawela)" = 'kawela kvm'
        test -f /usr/lib/kawela/kawela-sriov.so
        systemd-analyze verify --man=yes kawela@card.service
        systemd-analyze security --offline=yes --threshold=20 /usr/lib/systemd/system/kawela@.service | tail -n 1
        if udevadm verify --help >/dev/null 2>&1; then udevadm verify /usr/lib/udev/rules.d/70-kawela.rules; fi
        """
    }

    private static let service = """
        systemctl is-active kawela@card
        test "$(systemctl show --property Type --value kawela@card)" = notify
        test "$(stat -c '%U:%G %a' /run/kawela/card)" = 'kawela:kawela 750'
        test "$(stat -c '%U:%G %a' /run/kawela/card/pf.sock)" = 'kawela:kawela 660'
        test "$(stat -c '%U:%G %a' /run/kawela/card/control.sock)" = 'kawela:kawela 600'
        test "$(stat -c '%U:%G %s' /var/lib/kawela/card/eeprom)" = 'kawela:kawela 512'
        logged() { journalctl -u kawela@card -o cat | grep -F "$1" >/dev/null; }
        soon logged 'notice configuration read again'
        process=$(systemctl show --property MainPID --value kawela@card)
        test "$(stat -c %U /proc/$process)" = kawela
        grep -qx 'CapBnd:[[:space:]]*0*' /proc/$process/status
        setpriv --reuid kawela --regid kawela --init-groups kawela status --control /run/kawela/card/control.sock
        """

    /// A client says which version of vfio-user it speaks, and is answered.
    private static let access = """
        cat >/tmp/client <<'END'
        use IO::Socket::UNIX;
        my $socket = IO::Socket::UNIX->new(Peer => "/run/kawela/card/pf.sock") or die "refused: $!\\n";
        alarm 20;
        syswrite $socket, pack("vvVVVvv", 1, 1, 20, 0, 0, 0, 1);
        sysread $socket, my $reply, 16;
        my ($id, $command, $size, $flags) = unpack "vvVV", $reply;
        die "no reply\\n" unless $id == 1 && $command == 1 && $flags == 1;
        END
        useradd member
        useradd stranger
        usermod --append --groups kawela member
        setpriv --reuid member --regid member --init-groups perl /tmp/client
        fails setpriv --reuid stranger --regid stranger --init-groups perl /tmp/client
        """

    private static let upgrade = """
        apt install --yes --reinstall ./kawela_*.deb
        test "$(systemctl show --property MainPID --value kawela@card)" = "$process"
        kill -KILL "$process"
        restarted() {
            local now
            now=$(systemctl show --property MainPID --value kawela@card)
            [ "$now" != "$process" ] && [ "$now" != 0 ] && systemctl is-active --quiet kawela@card
        }
        soon restarted
        kawela status --control /run/kawela/card/control.sock
        """

    /// What remains after a removal without a purge.
    private static let removal = """
        apt remove --yes kawela
        test ! -e /usr/bin/kawela -a ! -e /run/kawela/card -a -e /etc/kawela/card.json -a -e /var/lib/kawela/card/eeprom
        fails grep -x kawela /proc/[0-9]*/comm
        """

    private static let rest = """
        systemctl disable --now systemd-networkd
        rm /etc/systemd/network/kawela0.*
        userdel member
        userdel stranger
        paths >/tmp/after
        diff /tmp/before /tmp/after
        getent passwd kawela
        """
}
