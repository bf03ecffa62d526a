// SPDX-License-Identifier: Apache-2.0

// The key `ports` of a configuration file: several ports in one process.

extension ConfigurationFile {
    static let portLimits = 1...256

    static func decodePorts(_ values: KeyedDecodingContainer<Key>) throws -> [ServeOptions] {
        if let key = values.allKeys.filter({ !Key.common.contains($0) }).map(\.rawValue).min() {
            throw InvalidSetting("\"\(key)\" is a key of a port: with \"ports\", write it into each of them")
        }
        guard var list = try? values.nestedUnkeyedContainer(forKey: .ports) else {
            throw InvalidSetting("\"ports\" is not a list with an object for each port")
        }
        guard portLimits.contains(list.count ?? 0) else {
            throw InvalidSetting(
                "\(list.count ?? 0) ports are not possible: write \(portLimits.lowerBound) to \(portLimits.upperBound)")
        }
        var ports: [ServeOptions] = []
        while !list.isAtEnd { ports.append(try list.decode(Entry.self).options) }
        try refuseSharedNames(ports)
        return ports
    }

    private struct Entry: Decodable {
        var options: ServeOptions

        init(from decoder: any Decoder) throws {
            let place = place(of: decoder.codingPath) ?? "ports"
            try refuseUnknownKeys(
                of: decoder, known: Key.allCases.filter { !Key.common.contains($0) }.map(\.rawValue))
            do {
                let values = try decoder.container(keyedBy: Key.self)
                options = try ServeOptions(values)
                let name = try values.decodeIfPresent(String.self, forKey: .name).map { try parsePortName($0) }
                options.name = name ?? "port\(decoder.codingPath.last?.intValue ?? 0)"
            } catch let error as InvalidSetting where !error.message.hasPrefix(place) {
                throw InvalidSetting("\(place): \(error.message)")
            }
        }
    }
}

/// Checks the name of a port, which is in the names of threads and in log lines.
private func parsePortName(_ text: String) throws(InvalidSetting) -> String {
    let isPlain = text.utf8.allSatisfy { byte in
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
        default: "-_.".utf8.contains(byte)
        }
    }
    guard isPlain, (1...32).contains(text.utf8.count) else {
        throw InvalidSetting("'\(text)' is no name of a port: use 1 to 32 letters, digits and - _ .")
    }
    return text
}

private func refuseSharedNames(_ ports: [ServeOptions]) throws(InvalidSetting) {
    for (index, port) in ports.enumerated() {
        guard let first = ports.prefix(index).firstIndex(where: { $0.name == port.name }) else { continue }
        throw InvalidSetting(
            "ports[\(index)].name and ports[\(first)].name are both '\(port.name ?? "")': each port needs its own")
    }
}
