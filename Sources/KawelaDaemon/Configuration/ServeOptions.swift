import Intel82576
import Logging

/// What `kawela serve` can be told; `nil` where it was not.
public struct ServeOptions: Equatable, Sendable {
    public internal(set) var socket: String?
    public internal(set) var uplink: String?
    public internal(set) var mac: MACAddress?
    public internal(set) var logLevel: Logger.Level?

    init() {}

    /// From the command line.
    public init(socket: String?, uplink: String?, mac: String?, logLevel: String?) throws(Failure) {
        do throws(InvalidSetting) {
            self.socket = socket
            self.uplink = uplink
            if let mac { self.mac = try MACAddress.station(mac) }
            if let logLevel { self.logLevel = try parseLogLevel(logLevel) }
        } catch {
            throw .usage(error.message)
        }
    }

    /// These, and from `file` what they leave open.
    public func completed(by file: ServeOptions) -> ServeOptions {
        var all = self
        all.socket = socket ?? file.socket
        all.uplink = uplink ?? file.uplink
        all.mac = mac ?? file.mac
        all.logLevel = logLevel ?? file.logLevel
        return all
    }
}

public let logLevelNames = Logger.Level.allCases.map(\.rawValue)

func parseLogLevel(_ text: String) throws(InvalidSetting) -> Logger.Level {
    guard let level = Logger.Level(rawValue: text) else {
        throw InvalidSetting("'\(text)' is not a log level: use \(logLevelNames.joined(separator: ", "))")
    }
    return level
}
