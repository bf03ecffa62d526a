// SPDX-License-Identifier: Apache-2.0

import Foundation
import KawelaGuest
import Testing

extension RealGuest {
    /// The kernel that tests run on need not have `/dev/vhost-net`. Those of guests have it, and get the programs.
    @Suite("The kernel's vhost-net, in a guest", .serialized, .enabled(if: NIC.chosen == .kawela, "of Kawela alone"))
    struct VhostNet {
        @Test(
            "moves frames both ways with checksums and segmentation, and serves a confined kawela",
            .timeLimit(.minutes(12)), arguments: GuestKernel.allCases)
        func tap(of kernel: GuestKernel) throws {
            let run = try Run()
            defer { run.close() }
            let guest = try boot(kernel, in: run)
            try runUnitTests(in: guest)
            try serve(in: guest)
        }

        /// A guest without a card, but with this program and `kawela`.
        private func boot(_ kernel: GuestKernel, in run: Run) throws -> Guest {
            let own = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
            let archive = run.path("programs")
            try run.execute(
                [Artifacts.repository + "/Scripts/guest-programs", archive, own, try Artifacts.kawela()], seconds: 240)
            let options = GuestOptions.with {
                ($0.name, $0.kernel, $0.memory, $0.archives) = ("vhost-net", kernel, 2048, [archive])
            }
            let guest = try Guest(card: nil, options, in: run, namespace: try Namespace(in: run))
            try guest.waitUntilReady(seconds: 300)
            try guest.run("modprobe -a tun vhost_net && ls /dev/vhost-net")
            return guest
        }

        /// Those of TAP interfaces, where frames cross with a system call each and by vhost-net, and those of vhost-net alone.
        private func runUnitTests(in guest: Guest) throws {
            let tests = "./*.xctest --testing-library swift-testing --filter '^BackendsTests.*/(TAP|VhostNet)/'"
            let result = try guest.attempt("cd /opt/programs && \(tests)", seconds: 400)
            #expect(result.succeeded, "\(result)")
            for text in ["Suite \"tap\" passed", "Suite \"tap by vhost-net\" passed", "with 2 test cases passed"] {
                #expect(result.output.contains(text), "\(text)\n\(result)")
            }
            #expect(!result.output.contains("skipped"), "\(result)")
        }

        /// What it does in its sandbox when its interface is deleted and made again, and when it ends.
        private func serve(in guest: Guest) throws {
            let serve = "/opt/programs/kawela serve --socket /tmp/pf.sock --uplink tap:kw0,vhost=on"
            let inVain = try guest.attempt("\(serve) 2>&1")
            #expect(inVain.status == 1 && inVain.output.contains("no TAP interface 'kw0'"), "\(inVain)")
            func log() throws -> String { try guest.run("cat /tmp/log") }
            // One that is nobody's takes CAP_NET_ADMIN in some kernels.
            let make = "ip tuntap add kw0 mode tap user 0 && ip link set kw0 up"
            try guest.run(make)
            try guest.start("\(serve) >/tmp/log 2>&1; echo ended $? >>/tmp/log")
            try eventually("kawela serves", within: 30, every: 0.2) { try log().contains("link up") }
            for round in 1...3 {
                #expect(try guest.run("cat /proc/*/comm /proc/*/task/*/comm || true").contains("\nvhost-"))
                try guest.run("ip link del kw0")
                try eventually("no link", within: 10, every: 0.2) {
                    try log().matches(of: /link down/).count == round
                }
                try guest.run(make)
                try eventually("the interface is used again", within: 20, every: 0.2) {
                    try log().matches(of: /link up, attached to kw0, by vhost-net/).count == round
                }
            }
            try guest.run("kill -TERM $(pidof kawela)")
            try eventually("kawela ends", within: 20, every: 0.2) { try log().contains("ended 0\n") }
            let complete = try log()
            #expect(complete.contains("sandbox: on") && !complete.contains("sandbox: cannot"), "\(complete)")
            #expect(try guest.run("modprobe -r vhost_net; lsmod").contains("vhost_net") == false, "it was let go")
        }
    }
}
