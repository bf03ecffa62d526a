// SPDX-License-Identifier: Apache-2.0

import ControlProtocol
import Foundation
import Glibc
import HostSystem
import Testing

@Suite("The control socket", .serialized) struct ControlSocketTests {
    @Test("is this user's alone, and goes with the program")
    func file() throws {
        let kawela = try ControlledKawela.embedded()
        var status = stat()
        #expect(lstat(kawela.socket, &status) == 0 && status.st_mode & 0o777 == 0o600)
        let log = try kawela.end()
        #expect(!kawela.folder.files.contains("control.sock"))
        #expect(!log.contains("sandbox: cannot"))
    }

    @Test("answers every method that needs no more than a port")
    func methods() throws {
        let kawela = try ControlledKawela.embedded()
        let client = try kawela.client()
        #expect(try client.call("version")["program"] == "kawela")
        #expect(try client.call("methods") == MethodDescription.schemas)
        let port = try #require(try client.call("ports")["ports"]?.array?.first)
        #expect(port["driver"] == "embedded" && port["functions"]?.array?.count == 3)
        let counters = try #require(try client.call("counters")["ports"]?.array?.first)
        #expect(counters["queues"]?.array?.count == 16)
        #expect(counters["hardware"]?["GPRC"] == 0 && counters["reasons"]?["receive_filtered"] == 0)
        _ = try client.call("reset", ["function": "vf1"])
        #expect(throws: ControlClient.Failure.refused(.refused("vf5 does not exist now"))) {
            try client.call("reset", ["function": "vf5"])
        }
    }

    @Test("pulls the cable out and puts it in, and tells who asked for events")
    func link() throws {
        let kawela = try ControlledKawela.embedded()
        let (asking, listening) = (try kawela.client(), try kawela.client())
        for _ in 0..<500 where try asking.call("link.get")["up"] != true { usleep(10_000) }
        _ = try listening.call("subscribe", ["events": ["link"]])
        #expect(try asking.call("link.set", ["up": false])["up"] == false)
        let event = try listening.nextNotification(before: .now + .seconds(10))
        #expect(event?.method == "event" && event?.parameters["event"] == "link" && event?.parameters["up"] == false)
        _ = try asking.call("link.set", ["up": true])
        #expect(try listening.nextNotification(before: .now + .seconds(10))?.parameters["up"] == true)
    }

    @Test("tells of clients that come and go, and of resets")
    func clients() throws {
        let kawela = try ControlledKawela.embedded()
        let client = try kawela.client()
        _ = try client.call("subscribe", ["events": ["client", "reset"]])
        _ = try kawela.client().call("reset", ["function": "vf1"])
        var socket: Descriptor? = try UnixSocket.make(.stream)
        for _ in 0..<500 where (try? UnixSocket.connect(#require(socket), to: kawela.folder.path + "/vf1.sock")) == nil
        {
            usleep(10_000)
        }
        var events: [JSONValue] = []
        while let event = try client.nextNotification(before: .now + .seconds(10))?.parameters {
            events.append(event)
            if event["event"] == "client", event["connected"] == true { socket = nil }
            if event["event"] == "client", event["connected"] == false { break }
        }
        #expect(events.filter { $0["event"] == "client" }.allSatisfy { $0["function"] == "vf1" })
        #expect(events.contains { $0["event"] == "reset" && $0["function"] == "vf1" })
        #expect(events.last?["connected"] == false)
    }

    @Test("changes settings of a VF until the configuration is read again")
    func virtualFunctions() throws {
        let file = #"{"version":1,"directory":"FOLDER","pf":"embedded","uplink":"null","vfs":[{"vlan":5},{}]}"#
        let kawela = try ControlledKawela([], configuration: file)
        let client = try kawela.client()
        let changed = try client.call(
            "vf.set", ["vf": 0, "vlan": 100, "qos": 3, "rate": 50, "trust": true, "link": "off"])
        #expect(changed["vlan"] == 100 && changed["qos"] == 3 && changed["rate"] == 50 && changed["trust"] == true)
        let all = try #require(try client.call("vf.get")["functions"]?.array)
        #expect(all[0] == changed && all[1]["vlan"] == 0)
        let same: [String: JSONValue] = ["vf": 1, "mac": changed["mac"] ?? ""]
        #expect(throws: ControlClient.Failure.refused(.invalidParameters("another VF has this address"))) {
            try client.call("vf.set", same)
        }
        _ = try client.call("reload")
        for _ in 0..<500 where try client.call("vf.get", ["vf": 0])["functions"]?.array?[0]["vlan"] != 5 {
            usleep(10_000)
        }
        #expect(try client.call("vf.get", ["vf": 0])["functions"]?.array?[0]["link"] == "auto")
    }

    @Test("injects faults, and says what of them is wrong")
    func faults() throws {
        let kawela = try ControlledKawela.embedded()
        let client = try kawela.client()
        let answer = try client.call("fault.inject", ["faults": "seed=7,link-down=every 50ms for 10ms times 2"])
        #expect(answer["faults"] == "seed=7,link-down=every 50ms for 10ms times 2")
        func count() throws -> JSONValue? { try client.call("counters")["ports"]?.array?[0]["faults"]?["link-down"] }
        for _ in 0..<500 where try count() != 2 { usleep(10_000) }
        #expect(try count() == 2)
        #expect { try client.call("fault.inject", ["faults": "rain=1%"]) } throws: {
            "\($0)".contains("unknown key \"rain\"")
        }
    }

    @Test("counts who sends to whom as long as a connection that wants it lasts")
    func matrix() throws {
        let kawela = try ControlledKawela.embedded()
        let client = try kawela.client()
        func isCounted() throws -> Bool {
            try client.call("counters")["ports"]?.array?.first?["switch"]?["on"] == true
        }
        var others = try (0..<2).map { _ in try kawela.client() }
        for other in others { _ = try other.call("matrix", ["on": true]) }
        #expect(try isCounted())
        _ = try others[0].call("matrix", ["on": false])
        _ = try client.call("matrix", ["on": false])
        #expect(try isCounted())
        others = []
        for _ in 0..<500 where try isCounted() { usleep(10_000) }
        #expect(try !isCounted())
    }

    @Test("of several ports wants to know which one, and can ask all of them at once")
    func ports() throws {
        let file = """
            {"version": 1, "ports": [{"name": "a", "socket": "FOLDER/a.sock", "uplink": "null"},
            {"name": "b", "socket": "FOLDER/b.sock", "uplink": "null"}]}
            """
        let kawela = try ControlledKawela([], configuration: file)
        let client = try kawela.client()
        #expect(try client.call("ports")["ports"]?.array?.map { $0["port"] } == ["a", "b"])
        #expect(try client.call("counters", ["port": "b"])["ports"]?.array?.map { $0["port"] } == ["b"])
        #expect { try client.call("link.get") } throws: { "\($0)".contains("give \"port\", one of 'a', 'b'") }
        #expect { try client.call("link.get", ["port": "c"]) } throws: { "\($0)".contains("there is no port 'c'") }
        #expect(try client.call("link.get", ["port": "b"])["unplugged"] == false)
    }
}
