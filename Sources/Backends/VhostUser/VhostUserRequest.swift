// SPDX-License-Identifier: Apache-2.0

/// Requests of a vhost-user front end that are made here.
///
/// - Specification: the vhost-user protocol, "Front-end message types".
enum VhostUserRequest: UInt32 {
    case getFeatures = 1
    case setFeatures = 2
    case setOwner = 3
    case setMemTable = 5
    case setVringNum = 8
    case setVringAddr = 9
    case setVringBase = 10
    case setVringKick = 12
    case setVringCall = 13
    case getProtocolFeatures = 15
    case setProtocolFeatures = 16
    case setVringEnable = 18

    /// Its name without `VHOST_USER_`.
    var name: String {
        switch self {
        case .getFeatures: "GET_FEATURES"
        case .setFeatures: "SET_FEATURES"
        case .setOwner: "SET_OWNER"
        case .setMemTable: "SET_MEM_TABLE"
        case .setVringNum: "SET_VRING_NUM"
        case .setVringAddr: "SET_VRING_ADDR"
        case .setVringBase: "SET_VRING_BASE"
        case .setVringKick: "SET_VRING_KICK"
        case .setVringCall: "SET_VRING_CALL"
        case .getProtocolFeatures: "GET_PROTOCOL_FEATURES"
        case .setProtocolFeatures: "SET_PROTOCOL_FEATURES"
        case .setVringEnable: "SET_VRING_ENABLE"
        }
    }
}
