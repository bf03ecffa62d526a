// SPDX-License-Identifier: Apache-2.0

import Foundation
import KawelaGuest

/// What was measured, kept under .build until the next time, so that a part can be measured again by itself.
enum Store {
    private static let folder = URL(filePath: Artifacts.repository + "/.build/bench")

    static func save(_ results: some Encodable, as name: String) throws {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        try JSONEncoder().encode(results).write(to: folder.appending(path: "\(name).json"))
    }

    static func load<Results: Decodable>(_ name: String) throws -> Results? {
        guard let data = try? Data(contentsOf: folder.appending(path: "\(name).json")) else { return nil }
        return try JSONDecoder().decode(Results.self, from: data)
    }
}

/// A line of the table of the device alone.
struct DeviceResult: Codable {
    var name, unit: String
    var median, minimum, lower, upper: Double
    var allocations: Int
}
