// SPDX-License-Identifier: Apache-2.0

import EmbeddedDriver
import Foundation
import Testing

@testable import KawelaDaemon

private func decode(_ text: String) throws -> ServeOptions { try decodeConfiguration(Data(text.utf8)).options }

@Suite("VFs in a configuration file") struct VFOptionsTests {
    private func refusal(of vfs: String) -> String? {
        #expect(throws: InvalidSetting.self) { try decode(#"{"version": 1, "vfs": \#(vfs)}"#) }?.message
    }

    @Test("are a number, or a list of settings")
    func count() throws {
        #expect(try decode(#"{"version": 1, "vfs": 3}"#).vfCount == 3)
        #expect(try decode(#"{"version": 1, "vfs": 3}"#).vfs == [])
        #expect(try decode(#"{"version": 1, "vfs": [{}, {}]}"#).vfCount == 2)
        #expect(try decode(#"{"version": 1, "vfs": []}"#).vfCount == 0)
        #expect(try decode(#"{"version": 1}"#).vfCount == nil)
    }

    @Test("can have each of their settings")
    func complete() throws {
        let options = try decode(
            #"""
            {"version": 1, "directory": "/d", "pf": "embedded", "vfs": [{"mac": "52:54:00:00:00:01", "vlan": 100,
            "priority": 3, "spoof-check": false, "trust": true, "rate": 250, "link-state": "off"}]}
            """#)
        #expect(options.directory == "/d")
        #expect(options.pf == .embedded)
        let vf = try #require(options.vfs.first)
        #expect(vf.mac?.description == "52:54:00:00:00:01")
        #expect(vf.portVLAN == VFSettings.PortVLAN(identifier: 100, priority: 3))
        #expect(vf.isSpoofChecked == false)
        #expect(vf.isTrusted == true)
        #expect(vf.rate == 250)
        #expect(vf.linkState == .off)
        #expect(try decode(#"{"version": 1, "vfs": [{"trunk": [7, 4094]}]}"#).vfs.first?.trunk == [7, 4094])
    }

    @Test(
        "with what cannot be are refused, naming the VF",
        arguments: [
            (#"[{}, {"mac": "x"}]"#, "vfs[1]: 'x' is not a MAC address"),
            (#"[{"mac": "01:00:00:00:00:01"}]"#, "vfs[0]: '01:00:00:00:00:01' is a multicast address"),
            (#"[{"mac": 5}]"#, #""vfs[0].mac" is not a string"#),
            (#"[{"trust": "yes"}]"#, #""vfs[0].trust" is not true or false"#),
            (#"[{"vlan": 0}]"#, #"vfs[0]: "vlan" 0 does not exist: use 1 to 4094"#),
            (#"[{"vlan": 4095}]"#, #""vlan" 4095 does not exist"#),
            (#"[{"vlan": 1, "priority": 8}]"#, #""priority" 8 does not exist: use 0 to 7"#),
            (#"[{"priority": 1}]"#, #"vfs[0]: "priority" goes with "vlan""#),
            (#"[{"trunk": 5}]"#, #"vfs[0]: "trunk" is not a list of VLANs"#),
            (#"[{"trunk": ["5"]}]"#, #""trunk" is not a list of VLANs"#),
            (#"[{"trunk": [5, 4095]}]"#, #""trunk" has a VLAN that does not exist: use 1 to 4094"#),
            (#"[{"trunk": [1.5]}]"#, #""trunk" has a VLAN that does not exist"#),
            (#"[{"vlan": 5, "trunk": [6]}]"#, #"vfs[0]: "vlan" and "trunk" exclude each other"#),
            (#"[{"rate": 0}]"#, #"vfs[0]: "rate" 0 is not possible"#),
            (#"[{"rate": 1001}]"#, #""rate" 1001 is not possible"#),
            (#"[{"rate": 1.5}]"#, #"vfs[0]: "rate" is not a whole number"#),
            (#"[{"vlan": "7"}]"#, #""vfs[0].vlan" is not a whole number"#),
            (#"[{"vlan": 1e99}]"#, #"vfs[0]: "vlan" is not a whole number"#),
            (#"[{"link-state": "down"}]"#, #"vfs[0]: "link-state" 'down' is not known: use auto, on or off"#),
            (#"[{"spoofCheck": true}]"#, #"unknown key "spoofCheck" in vfs[0]: the keys are mac, vlan,"#),
            (#"[5]"#, #""vfs[0]" is not a JSON object"#),
            (#""4""#, #""vfs" is neither a number of VFs nor a list"#),
            ("9", "9 VFs are not possible: use 0 to 8"),
            ("-1", "-1 VFs are not possible"),
            ("[{},{},{},{},{},{},{},{},{}]", "9 VFs are not possible"),
            (
                #"[{"mac": "52:54:00:00:00:01"}, {}, {"mac": "52:54:00:00:00:01"}]"#,
                "vfs[2]: 52:54:00:00:00:01 is the address of vfs[0] too"
            ),
        ])
    func invalid(_ vfs: String, _ expected: String) throws {
        let message = try #require(refusal(of: vfs))
        #expect(message.contains(expected), "\(message)")
        #expect(!message.contains("\n"))
    }

    @Test("need an owner that exists")
    func owner() {
        let error = #expect(throws: InvalidSetting.self) { try decode(#"{"version": 1, "pf": "nobody"}"#) }
        #expect(error?.message == "'nobody' cannot own the PF: use guest or embedded")
    }
}
