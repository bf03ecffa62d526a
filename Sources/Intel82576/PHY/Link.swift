// SPDX-License-Identifier: Apache-2.0

/// What two ends of a cable agreed on, or were told.
struct Link: Equatable, Sendable {
    var isUp: Bool
    /// In megabits per second; says nothing while the link is down.
    var speed: LinkSpeed
    var isFullDuplex: Bool

    static let down = Link(isUp: false, speed: .megabits1000, isFullDuplex: true)
}
