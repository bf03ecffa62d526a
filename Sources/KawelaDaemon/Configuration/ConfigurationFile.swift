// SPDX-License-Identifier: Apache-2.0

import Foundation
import Intel82576
import SystemPackage

extension ConfigurationFile {
    /// Reads a configuration file (docs/operations.md describes it).
    init(path: String) throws(Failure) {
        do throws(InvalidSetting) {
            self = try decodeConfiguration(contents(of: path))
        } catch {
            throw .failed("\(path): \(error.message)")
        }
    }
}

/// Larger than any configuration; keeps a wrong file from being read into memory.
private let configurationLimit = 1 << 20

private func contents(of path: String) throws(InvalidSetting) -> Data {
    let data: Data
    do {
        let file = try FileHandle(forReadingFrom: URL(fileURLWithPath: path))
        data = try file.read(upToCount: configurationLimit + 1) ?? Data()
    } catch {
        let reason = (error as NSError).userInfo[NSUnderlyingErrorKey] as? NSError
        throw InvalidSetting(
            "cannot read this configuration file: \(Errno(rawValue: CInt(truncatingIfNeeded: reason?.code ?? 0)))")
    }
    guard data.count <= configurationLimit else { throw InvalidSetting("too large for a configuration file") }
    return data
}

func decodeConfiguration(_ data: Data) throws(InvalidSetting) -> ConfigurationFile {
    do {
        return try JSONDecoder().decode(ConfigurationFile.self, from: data)
    } catch let error as InvalidSetting {
        throw error
    } catch let error as DecodingError {
        throw InvalidSetting(explanation(of: error))
    } catch {
        throw InvalidSetting("not a configuration: \(error)")
    }
}

/// What a configuration file says: of one port, or of several.
struct ConfigurationFile: Decodable {
    static let currentVersion = 1

    /// The options of the one port, or only those that are common to ``ports``.
    var options = ServeOptions()
    /// The options of each port, which has a name of its own; `nil` in a file for one port.
    var ports: [ServeOptions]?

    enum Key: String, CodingKey, CaseIterable {
        case version
        case socket
        case uplink
        case mac
        case nvm
        case rom
        case logLevel = "log-level"
        case directory
        case pf
        case busyPoll = "busy-poll"
        case guestMemory = "guest-memory"
        case sandbox
        case socketMode = "socket-mode"
        case socketOwner = "socket-owner"
        case allowedUsers = "allow-uids"
        case vfs
        case faults
        case synchronous
        case lint
        case control
        case trace
        case ports
        case name

        /// Not those of a port.
        static let common: [Key] = [.version, .logLevel, .sandbox, .control, .ports]
    }

    init(from decoder: any Decoder) throws {
        try refuseUnknownKeys(of: decoder, known: Key.allCases.filter { $0 != .name }.map(\.rawValue))
        let values = try decoder.container(keyedBy: Key.self)
        let version = try values.decode(Int.self, forKey: .version)
        guard version == Self.currentVersion else {
            throw InvalidSetting("version \(version) is not known: this program reads version \(Self.currentVersion)")
        }
        if values.contains(.ports) {
            ports = try Self.decodePorts(values)
        } else {
            options = try ServeOptions(values)
        }
        options.logLevel = try values.decodeIfPresent(String.self, forKey: .logLevel).map { try parseLogLevel($0) }
        options.sandbox = try values.decodeIfPresent(String.self, forKey: .sandbox).map { try parseSandbox($0) }
        options.control = try values.decodeIfPresent(String.self, forKey: .control).map { try parseControlPath($0) }
    }
}

extension ServeOptions {
    /// What `values` say of a port.
    init(_ values: KeyedDecodingContainer<ConfigurationFile.Key>) throws {
        socket = try values.decodeIfPresent(String.self, forKey: .socket)
        uplink = try values.decodeIfPresent(String.self, forKey: .uplink)
        mac = try values.decodeIfPresent(String.self, forKey: .mac).map { try MACAddress.station($0) }
        nvm = try values.decodeIfPresent(String.self, forKey: .nvm).map { try parseNVMPath($0) }
        rom = try values.decodeIfPresent(String.self, forKey: .rom).map { try parseROM($0) }
        directory = try values.decodeIfPresent(String.self, forKey: .directory)
        pf = try values.decodeIfPresent(String.self, forKey: .pf).map { try parseOwner($0) }
        busyPoll = try values.decodeIfPresent(Int.self, forKey: .busyPoll).map { try parseBusyPoll($0) }
        guestMemory = try values.decodeIfPresent(String.self, forKey: .guestMemory).map { try parseGuestMemory($0) }
        socketMode = try values.decodeIfPresent(String.self, forKey: .socketMode).map { try parseSocketMode($0) }
        socketOwner = try values.decodeIfPresent(String.self, forKey: .socketOwner).map { try parseSocketOwner($0) }
        allowedUsers = try values.decodeIfPresent([Int].self, forKey: .allowedUsers).map { try parseAllowedUsers($0) }
        if values.contains(.vfs) { try decodeVFs(values) }
        faults = try values.decodeIfPresent(DecodedFaults.self, forKey: .faults)?.faults
        isSynchronous = try values.decodeIfPresent(Bool.self, forKey: .synchronous)
        trace = try values.decodeIfPresent(String.self, forKey: .trace).map { try parseTracePath($0) }
        watchesMisuse = try values.decodeIfPresent(Bool.self, forKey: .lint)
    }

    /// Decodes the key `vfs`: the number of VFs, or a list with the settings of each.
    private mutating func decodeVFs(_ values: KeyedDecodingContainer<ConfigurationFile.Key>) throws {
        if let count = try? values.decode(Int.self, forKey: .vfs) {
            vfCount = try parseVFCount(count)
            return
        }
        guard var list = try? values.nestedUnkeyedContainer(forKey: .vfs) else {
            throw InvalidSetting("\"vfs\" is neither a number of VFs nor a list with the settings of each")
        }
        vfCount = try parseVFCount(list.count ?? 0)
        while !list.isAtEnd { vfs.append(try list.decode(VFOptions.self)) }
        try refuseSharedAddresses(vfs)
    }
}

func refuseUnknownKeys(of decoder: any Decoder, known: [String]) throws {
    let present = try decoder.container(keyedBy: AnyKey.self).allKeys.map(\.stringValue)
    guard let first = present.filter({ !known.contains($0) }).min() else { return }
    let place = place(of: decoder.codingPath).map { " in \($0)" } ?? ""
    throw InvalidSetting("unknown key \"\(first)\"\(place): the keys are \(known.joined(separator: ", "))")
}

/// As a user would write it: `vfs[1].mac`.
func place(of path: [any CodingKey]) -> String? {
    let text = path.reduce("") { text, key in
        key.intValue.map { "\(text)[\($0)]" } ?? (text.isEmpty ? key.stringValue : "\(text).\(key.stringValue)")
    }
    return text.isEmpty ? nil : text
}

struct AnyKey: CodingKey {
    var stringValue: String
    var intValue: Int? { nil }

    init?(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
}

private func explanation(of error: DecodingError) -> String {
    switch error {
    case .keyNotFound(let key, _):
        return "the key \"\(key.stringValue)\" is missing: add \"version\": 1"
    case .typeMismatch(let type, let context), .valueNotFound(let type, let context):
        let place = place(of: context.codingPath).map { "\"\($0)\" is" } ?? "the file is"
        return "\(place) not \(description(of: type))"
    case .dataCorrupted(let context):
        let detail = (context.underlyingError as NSError?)?.userInfo["NSDebugDescription"] as? String
        return "not valid JSON: \(detail ?? context.debugDescription)"
    @unknown default:
        return "not a configuration: \(error)"
    }
}

private func description(of type: any Any.Type) -> String {
    switch type {
    case is String.Type: "a string"
    case is Int.Type, is Double.Type: "a whole number"
    case is Bool.Type: "true or false"
    default: "a JSON object with a configuration's keys"
    }
}
