// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import Intel82576

@Suite("The register types")
struct RegisterTypeTests {
    static let sources = URL(filePath: #filePath).appending(path: "../../../../Sources/Intel82576").standardizedFileURL

    /// The names of the types that `Registers/` declares.
    static func declared() throws -> Set<String> {
        let folder = sources.appending(path: "Registers")
        let files = try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
        return try files.filter { $0.pathExtension == "swift" }.reduce(into: []) { names, file in
            let text = try String(contentsOf: file, encoding: .utf8)
            let declaration = /struct (\w+): \w+ \{\n +package static var name: RegisterName \{ \.(\w+) \}/
            for match in text.matches(of: declaration) {
                #expect(match.1 == match.2)
                names.insert(String(match.1))
            }
        }
    }

    @Test("are all in the register table, which names a section of the datasheet for each of them and for no other")
    func rows() throws {
        let typed = Set(RegisterTable.physical.filter { "\($0.section)" != "" }.map { "\($0.name)" })
        #expect(try Self.declared() == typed)
    }

    @Test("are where all that does something is: a row without a type only stores, or stays zero")
    func behaviour() {
        for row in RegisterTable.physical where row.coverage == .behaviour || row.coverage == .partial {
            #expect("\(row.section)" != "", "\(row.name)")
        }
    }

    @Test("name the file that does what the register does, and it names the register")
    func files() throws {
        for row in RegisterTable.physical where row.coverage == .behaviour || row.coverage == .partial {
            let text = try String(contentsOf: Self.sources.appending(path: "\(row.file)"), encoding: .utf8)
            let words = Set(text.split { !$0.isLetter && !$0.isNumber && $0 != "_" }.map(String.init))
            let isNamed = !words.isDisjoint(with: Self.halves("\(row.name)"))
            #expect(isNamed, "\(row.name) in \(row.file)")
        }
    }

    /// One half of a pair of registers speaks for both.
    static func halves(_ name: String) -> [String] {
        ["H", "L"].contains { name.hasSuffix($0) } ? [name, name.dropLast() + "H", name.dropLast() + "L"] : [name]
    }

    @Test("say what has no effect exactly where that is so")
    func gaps() {
        for row in RegisterTable.physical {
            let isExplained = row.coverage == .partial || row.coverage == .zero
            #expect(("\(row.gap)" != "") == isExplained, "\(row.name)")
        }
    }

    @Test("know the place of each element, also of arrays in two parts")
    func elements() {
        #expect(VMOLR.offset(of: 7) == RegisterMap.word(of: .VMOLR, 7) * 4)
        #expect(TDT.offset(of: 15) == RegisterMap.word(of: .TDT, 15) * 4)
        for index in 0..<RAL.count {
            #expect(RAL.offset(of: index) == RegisterMap.word(of: .RAL, index) * 4)
            #expect(RAH.offset(of: index) == RegisterMap.word(of: .RAH, index) * 4)
        }
    }

    @Test("know which part of an array a VF sees, and where")
    func windows() throws {
        let tail = try #require(RDT.window)
        #expect(tail.offset == 0x2818 && tail.element(1, of: 3) == 11)
        let throttle = try #require(EITR.window)
        #expect(throttle.name == .VTEITR && throttle.element(2, of: 7) == 3)
        #expect(try #require(VMBMEM.window).element(15, of: 7) == 127)
        #expect(RCTL.window == nil)
    }
}
