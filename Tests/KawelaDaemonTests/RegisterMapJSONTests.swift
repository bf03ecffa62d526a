// SPDX-License-Identifier: Apache-2.0

import Foundation
import Intel82576
import Testing

@testable import KawelaDaemon

@Suite("The register map for other programs") struct RegisterMapJSONTests {
    @Test("is valid JSON with every row in it")
    func json() throws {
        struct Row: Decodable {
            let name: String
            let offset, firstIndex, count, reset: Int
            let coverage, section, file, gap: String
            let fields: [Field]
        }
        struct Field: Decodable, Equatable {
            let name, meaning: String
            let high, low: Int
        }
        let rows = try JSONDecoder().decode([String: [Row]].self, from: Data(RegisterTable.json.utf8))
        let physical = try #require(rows["physical"])
        #expect(physical.count == RegisterTable.physical.count)
        #expect(rows["virtual"]?.count == RegisterTable.virtual.count)
        let addresses = physical.filter { $0.name == "RAL" }
        #expect(addresses.map(\.firstIndex) == [0, 16] && addresses.map(\.count) == [16, 8])
        #expect(physical.first { $0.name == "VET" }?.reset == 0x8100_8100)
        let control = try #require(physical.first { $0.name == "CTRL_EXT" })
        #expect(control.coverage == "partial" && control.section == "8.2.3" && control.gap.contains("EE_RST"))
        #expect(control.file.hasSuffix(".swift"))
        let spoofing = Field(name: "SPOOF_INT", meaning: "A frame that fails a check raises DOUTSYNC", high: 6, low: 6)
        #expect(physical.first { $0.name == "DTXCTL" }?.fields.last == spoofing)
        #expect(rows["virtual"]?.first { $0.name == "VTCTRL" }?.fields.map(\.high) == [26])
    }
}
