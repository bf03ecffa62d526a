// SPDX-License-Identifier: Apache-2.0

import SystemPackage

/// Why there is no agreement with a vhost-user back end.
enum VhostUserError: Error, Equatable, CustomStringConvertible {
    /// It lacks VIRTIO_F_VERSION_1.
    case isLegacy
    case refused(VhostUserRequest)
    /// What it sent is no answer to this request.
    case malformed(VhostUserRequest)
    /// It sent something that nobody asked for.
    case unasked
    case silent(VhostUserRequest)
    case left
    case system(Errno)

    var description: String {
        switch self {
        case .isLegacy: "the back end knows no virtio 1 (VIRTIO_F_VERSION_1)"
        case .refused(let request): "the back end refused \(request.name)"
        case .malformed(let request): "the back end's answer to \(request.name) is none"
        case .unasked: "the back end sent a message that nobody asked for"
        case .silent(let request): "the back end did not answer \(request.name)"
        case .left: "the back end closed it"
        case .system(let error): error.description
        }
    }
}
