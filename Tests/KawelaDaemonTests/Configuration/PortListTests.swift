// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import KawelaDaemon

@Suite("A configuration file with several ports") struct PortListTests {
    private let folder: Folder

    init() throws { folder = try Folder() }

    private func plans(
        _ ports: String, common: String = "", line: ServeOptions = ServeOptions()
    ) throws -> [ServePlan] {
        let path = try folder.write("k.json", #"{"version": 1\#(common), "ports": \#(ports)}"#)
        return try readPlans(line, configuration: path)
    }

    /// What is said against `ports`, without the file's name.
    private func refusal(_ ports: String, common: String = "") -> String? {
        let failure = #expect(throws: Failure.self) { try plans(ports, common: common) }
        let place = "\(folder.path)/k.json: "
        #expect(failure?.message.hasPrefix(place) == true, "\(failure?.message ?? "")")
        return failure.map { String($0.message.dropFirst(place.count)) }
    }

    @Test("has all keys of a port in each, and the level of all outside")
    func complete() throws {
        let plans = try plans(
            """
            [{"socket": "/run/a", "uplink": "null", "mac": "52:54:00:00:00:01", "nvm": "/run/a.nvm"},
             {"name": "second", "directory": "/run/b", "uplink": "tap:t0", "pf": "embedded",
              "vfs": [{"rate": 5}, {}]}]
            """, common: #", "log-level": "debug""#)
        #expect(plans.map(\.name) == ["port0", "second"])
        #expect(plans.map { $0.served.map(\.path) } == [["/run/a"], ["/run/b/vf0.sock", "/run/b/vf1.sock"]])
        #expect(plans.map(\.logLevel) == [.debug, .debug])
        #expect(plans.map(\.nvm) == ["/run/a.nvm", nil])
        #expect(plans[1].vfSettings?.map(\.rate) == [5, nil])
        #expect(plans[0].mac.description == "52:54:00:00:00:01")
    }

    @Test("can have one of them, which then has a name")
    func one() throws {
        #expect(try plans(#"[{"socket": "/s", "uplink": "null"}]"#).map(\.name) == ["port0"])
    }

    @Test("leaves only level and sandbox to the command line")
    func line() throws {
        let ports = #"[{"socket": "/s", "uplink": "null"}]"#
        let level = try ServeOptions(socket: nil, uplink: nil, mac: nil, logLevel: "error", sandbox: "off")
        let plan = try plans(ports, common: #", "log-level": "debug", "sandbox": "log""#, line: level)[0]
        #expect(plan.logLevel == .error && plan.sandbox == .off)
        #expect(try plans(ports, common: #", "sandbox": "log""#)[0].sandbox == .log)
        for line in try [
            ServeOptions(socket: "/x", uplink: nil, mac: nil, logLevel: nil),
            ServeOptions(socket: nil, uplink: nil, mac: nil, logLevel: nil, vfs: 0),
        ] {
            let failure = #expect(throws: Failure.self) { try plans(ports, line: line) }
            #expect(failure?.exitCode == 2)
            #expect(
                failure?.message.contains("leave all but --config, --control, --log-level and --sandbox out") == true)
        }
    }

    @Test("has no key of a port beside them")
    func outside() {
        let ports = #"[{"socket": "/s", "uplink": "null"}]"#
        #expect(
            refusal(ports, common: #", "vfs": 1, "uplink": "null""#)
                == #""uplink" is a key of a port: with "ports", write it into each of them"#)
        #expect(refusal(ports, common: #", "name": "x""#)?.hasPrefix(#"unknown key "name""#) == true)
        #expect(
            refusal(#"[{"socket": "/s", "uplink": "null", "log-level": "info"}]"#)?
                .hasPrefix(#"unknown key "log-level" in ports[0]: the keys are socket, "#) == true)
    }

    @Test(
        "says where it is wrong",
        arguments: [
            ("[]", "0 ports are not possible: write 1 to 256"),
            ("5", #""ports" is not a list with an object for each port"#),
            ("[5]", #""ports[0]" is not a JSON object"#),
            (#"[{"socket": 5}]"#, #""ports[0].socket" is not a string"#),
            (#"[{"sockt": "/s"}]"#, #"unknown key "sockt" in ports[0]"#),
            (#"[{}, {"mac": "x"}]"#, "ports[1]: 'x' is not a MAC address"),
            (#"[{"vfs": [{"vlan": 5000}]}]"#, #"ports[0].vfs[0]: "vlan" 5000 does not exist"#),
            (#"[{"vfs": 9}]"#, "ports[0]: 9 VFs are not possible"),
            (#"[{"name": "a b"}]"#, "ports[0]: 'a b' is no name of a port"),
            (#"[{"name": ""}]"#, "ports[0]: '' is no name of a port"),
            (#"[{"name": "a"}, {"name": "a"}]"#, "ports[1].name and ports[0].name are both 'a'"),
            (#"[{}, {"name": "port0"}]"#, "ports[1].name and ports[0].name are both 'port0'"),
            (#"[{"uplink": "null"}]"#, #"ports[0]: the key "socket" is missing, or "directory""#),
            (#"[{"socket": "/s"}]"#, #"ports[0]: the key "uplink" is missing"#),
            (
                #"[{"socket": "/s", "directory": "/d", "uplink": "null"}]"#,
                #"ports[0]: "socket" and "directory" exclude"#
            ),
            (#"[{"socket": "/a--b", "uplink": "null", "vfs": 1}]"#, "ports[0]: VFs are served in a directory"),
            (#"[{"socket": "/s", "uplink": "pigeon"}]"#, "ports[0].uplink: there is no backend 'pigeon'"),
        ])
    func wrong(_ ports: String, _ expected: String) throws {
        let message = try #require(refusal(ports))
        #expect(message.hasPrefix(expected), "\(message)")
    }

    @Test(
        "does not give one thing to two ports",
        arguments: [
            (#""socket": "/s""#, #""socket": "/x/../s""#, "ports[1].socket and ports[0].socket are both /s"),
            (#""directory": "/d""#, #""directory": "/d/", "pf": "embedded", "vfs": 1"#, "directory are both /d"),
            (#""directory": "/d""#, #""socket": "/d/pf.sock""#, "ports[1].socket and ports[0].directory are both"),
            (
                #""socket": "/s", "nvm": "/n""#, #""socket": "/t", "nvm": "/n""#,
                "ports[1].nvm and ports[0].nvm are both /n"
            ),
        ])
    func shared(_ first: String, _ second: String, _ expected: String) throws {
        let message = try #require(refusal(#"[{"uplink": "null", \#(first)}, {"uplink": "null", \#(second)}]"#))
        #expect(message.contains(expected), "\(message)")
        #expect(message.hasSuffix(": each port needs its own"))
    }

    @Test(
        "does not give one uplink to two ports",
        arguments: [
            ("tap:t0", "tap:t0", "are both the interface t0"),
            ("packet:e0", "pcap:/f,tap:e0", "are both the interface e0"),
            ("stream:/w,server", "stream:/w,server", "are both /w"), ("dgram:/a:/b", "dgram:/a:/c", "are both /a"),
            ("pcap:/f", "pcap:/f,loopback", "are both /f"), ("stream:/a,server", "null", nil),
            ("stream:/w,server", "stream:/w", nil), ("dgram:/w:/v", "dgram:/v:/w", nil), ("null", "null", nil),
        ])
    func uplinks(_ first: String, _ second: String, _ expected: String?) throws {
        let ports = #"[{"socket": "/a0", "uplink": "\#(first)"}, {"socket": "/a1", "uplink": "\#(second)"}]"#
        guard let expected else { return #expect(try plans(ports).map(\.uplink) == [first, second]) }
        let message = try #require(refusal(ports))
        #expect(message.hasPrefix("ports[1].uplink and ports[0].uplink \(expected)"), "\(message)")
    }

    @Test("that is read again reaches each port by its name, and tells of those that come or go")
    func reload() throws {
        let log = LogRecord()
        var taken: [String: [ServePlan]] = [:]
        let path = "\(folder.path)/k.json"
        func entry(_ name: String) -> String { #"{"name": "\#(name)", "socket": "/\#(name)", "uplink": "null"}"# }
        let old = try plans("[\(entry("a")), \(entry("b"))]")
        let reader = PlanReader(
            path: path, line: ServeOptions(),
            ports: old.map { plan in (plan.name, { taken[plan.name ?? "", default: []].append($0) }) }, log: log.logger)
        _ = try plans("[\(entry("b")), \(entry("c"))]")
        reader.run()
        #expect(taken.mapValues { $0.map { $0.served[0].path } } == ["b": ["/b"]])
        #expect(log.messages == ["configuration: ports that come or go (a, c) need a restart and are left out"])
        _ = try folder.write("k.json", "{")
        reader.run()
        #expect(
            log.messages.last?.hasPrefix("configuration not read again, the old one stays: \(path): not valid") == true)
        #expect(taken.count == 1)
    }
}
