// SPDX-License-Identifier: Apache-2.0

import Foundation

/// A guest inside a guest that was made with ``GuestOptions/nesting(_:)``: the same kernel and image, and one function
/// of the outer guest's by VFIO. The processor that TCG emulates has SVM, so the inner one runs under KVM.
public final class NestedGuest: Sendable {
    private let outer: Guest
    private static let channel = "/tmp/nested"

    /// Starts QEMU in the guest with `function` (a PCI address), which has VFIO's driver, and waits until Linux is up.
    ///
    /// Once in a while its kernel stops in the middle of its messages, with all else going on; then it is started once more.
    public init(in outer: Guest, with function: String, seconds: Int = 75) throws {
        self.outer = outer
        try outer.run("modprobe kvm-amd")
        for _ in 1...2 {
            try start(function)
            let boot = "until grep -q ready \(Self.channel).log; do sleep 1; pidof ld-linux-x86-64.so.2 || exit 1; done"
            if try outer.attempt(boot, seconds: seconds).succeeded { return }
            print("the guest in the guest does not boot\n\(evidence)")
            try kill()
        }
        throw GuestError("the guest in the guest did not boot, twice\n\(outer.evidence)")
    }

    private func start(_ function: String) throws {
        try outer.run("c=\(Self.channel); rm -f $c.*; mkfifo $c.in $c.out")
        try outer.start("cat \(Self.channel).out >\(Self.channel).log")
        try outer.start("exec sleep 100000 >\(Self.channel).in")
        let command = """
            qemu -nodefaults -no-user-config -display none -machine q35 -accel kvm -accel tcg -cpu max -m 256M \
            -kernel /opt/qemu/vmlinux -initrd /opt/qemu/initrd \
            -append "console=ttyS0 panic=1 mitigations=off net.ifnames=0 tsc=reliable" \
            -chardev file,id=console,path=\(Self.channel).console -device isa-serial,chardev=console \
            -chardev pipe,id=commands,path=\(Self.channel) -device isa-serial,chardev=commands \
            -device vfio-pci,host=\(function)
            """
        try outer.run("(\(command) >\(Self.channel).qemu 2>&1) &")
    }

    /// Runs a shell command inside. The protocol is that of Guest/Image/init.
    public func attempt(_ command: String, seconds: Int = 60) throws -> CommandResult {
        let (id, code) = (Station.freePort(), Data(command.utf8).base64EncodedString())
        // An answer comes in pieces, so only the lines that are whole count.
        let script = """
            log=\(Self.channel).log
            echo '\(id) \(seconds) \(code)' >\(Self.channel).in
            until head -n $(wc -l <$log) $log | grep '^done \(id) '; do usleep 200000; done
            """
        let words = try outer.run(script, seconds: seconds + 20).split(whereSeparator: \.isWhitespace)
        guard words.count >= 3, let status = Int(words[2]) else { throw GuestError("no answer\n\(evidence)") }
        let output = words.count > 3 ? Data(base64Encoded: String(words[3])) ?? Data() : Data()
        return CommandResult(status: status, output: String(decoding: output, as: UTF8.self))
    }

    /// The guest as a neighbour with an address that it was given.
    public func station(_ address: String) -> Station {
        Station("guest in the guest", address) { try self.attempt($0, seconds: max($1, 60)) }
    }

    /// Ends its QEMU without warning.
    public func kill() throws {
        try outer.run(
            "kill -9 $(pidof ld-linux-x86-64.so.2); while pidof ld-linux-x86-64.so.2; do usleep 50000; done; true")
    }

    /// Its console, what its QEMU printed, and where that one's threads are.
    private var evidence: String {
        let threads = "for t in /proc/$(pidof ld-linux-x86-64.so.2)/task/*; do cat $t/comm $t/stat $t/stack; done"
        let command = "tail -n 20 \(Self.channel).console; cat \(Self.channel).qemu; \(threads)"
        return (try? outer.attempt(command).output) ?? ""
    }
}

extension GuestOptions {
    /// A guest for a ``NestedGuest``: an IOMMU, and a processor that virtualizes.
    public static func nesting(_ change: (inout GuestOptions) -> Void = { _ in }) -> GuestOptions {
        .with {
            $0.name = "nesting"
            $0.extras = [.qemu]
            $0.memory = 1536
            $0.processor = "qemu64,+svm,+npt,+nrip-save"
            $0.iommu = true
            change(&$0)
        }
    }
}
