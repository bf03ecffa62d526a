// SPDX-License-Identifier: Apache-2.0

import HostSystem
import SystemPackage
import Testing

@testable import Backends

extension BackendTests {
    @Suite("Specification") struct Specification {
        private static func address(_ text: String) -> InternetAddress { InternetAddress(parsing: text)! }

        @Test(
            "each form is understood and written back",
            arguments: [
                ("tap:kw0", BackendSpecification.tap(name: "kw0")),
                ("tap:kw0,vhost=on", .tap(name: "kw0", usesVhost: true)),
                ("packet:eth1", .packet(name: "eth1")),
                ("pcap:x,tap:kw0,vhost=on", .capture(file: "x", inner: .tap(name: "kw0", usesVhost: true))),
                ("stream:/run/passt.sock", .stream(path: "/run/passt.sock", isServer: false)),
                ("stream:a:b,server", .stream(path: "a:b", isServer: true)),
                ("dgram:/a:/b", .datagram(local: "/a", remote: "/b")),
                ("vhost-user:/run/ovs.sock", .vhostUser(path: "/run/ovs.sock", isServer: false)),
                ("vhost-user:/a,server", .vhostUser(path: "/a", isServer: true)),
                ("stream:tcp:192.0.2.1:5000", .tcp(address("192.0.2.1:5000"), isServer: false)),
                ("stream:tcp:[::1]:5000,server", .tcp(address("[::1]:5000"), isServer: true)),
                (
                    "dgram:udp:127.0.0.1:1,[2001:db8::2]:65535",
                    .udp(local: address("127.0.0.1:1"), remote: address("[2001:db8::2]:65535"))
                ),
                ("null", .null), ("loopback", .loopback),
                ("pcap:x.pcap", .capture(file: "x.pcap", inner: .null)),
                ("pcap:/x:1,stream:/a,server", .capture(file: "/x:1", inner: .stream(path: "/a", isServer: true))),
                ("pcap:x,dgram:/a:/b", .capture(file: "x", inner: .datagram(local: "/a", remote: "/b"))),
            ])
        func forms(text: String, expected: BackendSpecification) throws {
            let parsed = try BackendSpecification(parsing: text)
            #expect(parsed == expected)
            #expect(parsed.description == text)
        }

        @Test(
            "what is wrong is said in one line, with the way out",
            arguments: [
                ("", "there is no backend '': the backends are tap:NAME, tap:NAME,vhost=on, packet:NAME"),
                ("ethernet:eth0", "there is no backend 'ethernet'"),
                ("TAP:x", "there is no backend 'TAP'"),
                ("tap", "lacks the name of the TAP interface: write 'tap:NAME'"),
                ("tap:", "lacks the name of the TAP interface"),
                ("tap:a234567890123456", "too long for an interface (16 bytes, at most 15)"),
                ("packet:", "lacks the name of the interface: write 'packet:NAME', for example 'packet:eth1'"),
                ("packet:a234567890123456", "too long for an interface"),
                ("tap:,vhost=on", "lacks the name of the TAP interface"),
                ("tap:kw0,vhost", "'tap' has no option 'vhost': write 'tap:NAME' or 'tap:NAME,vhost=on'"),
                ("tap:kw0,vhost=on,x", "'tap' has no option 'vhost=on,x'"),
                ("tap:a/b", "is no name of an interface"),
                ("tap:..", "is no name of an interface"),
                ("tap:a b", "is no name of an interface"),
                ("stream", "the path of a socket is missing: write 'stream:PATH'"),
                ("stream:,server", "the path of a socket is missing"),
                ("stream:/a,client", "'stream' has no option 'client': write 'stream:PATH' or 'stream:PATH,server'"),
                ("stream:/a\0b", "the path of a socket is missing"),
                ("stream:/" + String(repeating: "ü", count: 54), "(109 bytes, at most 107)"),
                ("dgram:/a", "lacks the path of the other side"),
                ("dgram:/a:", "the path of a socket is missing: write 'dgram:LOCAL:REMOTE'"),
                ("dgram::/a", "the path of a socket is missing"),
                ("dgram:/a:/b:/c", "too many ':'"),
                ("dgram:/a:/a", "names one socket twice"),
                ("vhost-user:", "the path of a socket is missing: write 'vhost-user:PATH'"),
                ("vhost-user:/a,client", "'vhost-user' has no option 'client': write 'vhost-user:PATH' or"),
                ("stream:tcp:", "'' is no address and port in numbers: write for example 'stream:tcp:192.0.2.1:5000'"),
                ("stream:tcp:localhost:5000", "'localhost:5000' is no address and port in numbers"),
                ("stream:tcp:192.0.2.1", "is no address and port in numbers"),
                ("stream:tcp:192.0.2.1:0", "is no address and port in numbers"),
                ("stream:tcp:192.0.2.1:65536", "is no address and port in numbers"),
                ("stream:tcp:::1:5000", "an IPv6 address in brackets"),
                ("stream:tcp:[192.0.2.1]:5000", "is no address and port in numbers"),
                ("stream:tcp:192.0.2.1:5000,client", "has no option 'client': write 'stream:tcp:HOST:PORT' or"),
                ("dgram:udp:127.0.0.1:1", "lacks the address of the other side"),
                ("dgram:udp:127.0.0.1:1,127.0.0.1:1", "names one address twice"),
                ("null:x", "'null' takes no argument"),
                ("loopback:", "'loopback' takes no argument"),
                ("pcap:", "lacks the file to write"),
                ("pcap:,null", "lacks the file to write"),
                ("pcap:a,pcap:b,null", "captures a capture"),
                ("pcap:a,tapp:x", "there is no backend 'tapp'"),
                ("pcap:a,", "there is no backend ''"),
                ("nu\nll", "there is no backend 'nu?ll'"),
            ])
        func mistakes(text: String, expected: String) {
            let error = #expect(throws: BackendError.self) { try BackendSpecification(parsing: text) }
            #expect(error?.message.contains(expected) == true, "\(error?.message ?? "")")
            #expect(error?.message.contains { $0.isNewline } == false)
        }

        @Test("a path of 107 bytes is the longest")
        func longestPath() throws {
            let path = "/" + String(repeating: "x", count: 106)
            #expect(try BackendSpecification(parsing: "stream:\(path)") == .stream(path: path, isServer: false))
            #expect(throws: BackendError.self) { try BackendSpecification(parsing: "stream:\(path)x") }
        }

        @Test("any text is understood or refused")
        func anyText() {
            var generator = SplitMix(seed: 1)
            let words = [
                "tap", "stream", "dgram", "vhost-user", "tcp", "udp", "192.0.2.1:1", "pcap", "null", "loopback", ":",
                ",",
                "server", "/a", "\0", "é", "",
            ]
            for _ in 0..<5000 {
                let text = (0..<Int.random(in: 0...8, using: &generator))
                    .map { _ in words.randomElement(using: &generator)! }.joined()
                guard let parsed = try? BackendSpecification(parsing: text) else { continue }
                #expect((try? BackendSpecification(parsing: parsed.description)) == parsed, "\(text)")
            }
        }

        @Test(
            "what keeps a backend from opening is explained",
            arguments: [
                (BackendSpecification.tap(name: "kw0"), Errno.permissionDenied, "chmod 666 /dev/net/tun"),
                (.tap(name: "kw0"), .notPermitted, "ip tuntap add dev kw0 mode tap user $USER"),
                (.tap(name: "kw0"), .resourceBusy, "in use by another program"),
                (.tap(name: "kw0"), .noSuchFileOrDirectory, "modprobe tun"),
                (.tap(name: "kw0"), .invalidArgument, "is not a TAP interface"),
                (.stream(path: "/s", isServer: false), .permissionDenied, "no permission to connect to '/s'"),
                (.stream(path: "/s", isServer: true), .permissionDenied, "no permission to create the socket '/s'"),
                (.datagram(local: "/s", remote: "/r"), .addressInUse, "'/s' is taken"),
                (.tcp(address("192.0.2.1:80"), isServer: true), .permissionDenied, "no permission to use port 80"),
                (.tcp(address("192.0.2.1:80"), isServer: true), .addressNotAvailable, "is no address of this host"),
                (.udp(local: address("[::1]:9"), remote: address("[::1]:8")), .addressInUse, "[::1]:9 is taken"),
                (.capture(file: "/c", inner: .null), .permissionDenied, "no permission to write the capture '/c'"),
                (.capture(file: "/c", inner: .null), .noSpace, "no space on the disk"),
            ])
        func explanations(specification: BackendSpecification, error: Errno, expected: String) {
            #expect(specification.explanation(of: error).contains(expected))
        }

        @Test("vhost-net is off unless it is asked for")
        func vhostOff() throws {
            #expect(try BackendSpecification(parsing: "tap:kw0,vhost=off") == .tap(name: "kw0"))
        }

        @Test(
            "what is wrong with vhost-net is said in one line, with the way out",
            arguments: [
                (Errno.noSuchFileOrDirectory, "modprobe vhost_net"),
                (.operationNotSupportedByDevice, "modprobe vhost_net"),
                (.permissionDenied, "a user who may open it"), (.notSupported, "too old"),
                (.noMemory, "cannot use /dev/vhost-net"),
            ])
        func vhost(error: Errno, expected: String) {
            #expect(BackendSpecification.vhostExplanation(of: error).contains(expected))
        }

        @Test("opening in vain says why and leaves nothing behind")
        func openingInVain() throws {
            let scratch = Scratch()
            let listener = Peer.listening(at: scratch / "busy")
            let datagrams = Peer.datagrams(at: scratch / "datagrams")
            let expected = [
                ("tap:kw-not-there", "no TAP interface 'kw-not-there': create it with `ip tuntap add"),
                ("stream:\(scratch / "datagrams")", "is not a stream socket"),
                ("stream:\(scratch / "busy"),server", "is taken"),
                ("vhost-user:\(scratch / "datagrams")", "use the path of a vhost-user back end that listens"),
                ("stream:\(scratch / "datagrams"),server", "is taken"),
                ("stream:\(scratch / "no/where"),server", "does not exist: create it"),
                ("dgram:\(scratch / "datagrams"):/r", "is taken"),
                ("dgram:\(scratch / "no/where"):/r", "does not exist: create it"),
                ("pcap:\(scratch.path)", "is no regular file"),
                ("pcap:\(scratch / "no/where")", "does not exist: create it"),
                ("pcap:/dev/full", "is no regular file"),
                ("pcap:\(scratch / "busy")", "is no regular file"),
                ("pcap:\(scratch / "busy"),stream:\(scratch / "new"),server", "is no regular file"),
            ]
            for (text, message) in expected {
                let error = #expect(throws: BackendError.self) { try BackendSpecification(parsing: text).open() }
                #expect(error?.message.contains(message) == true, "\(text): \(error?.message ?? "opened")")
            }
            #expect(listener.isOpen && datagrams.isOpen)
            #expect(scratch.names == ["busy", "datagrams"])
        }
    }
}
