// SPDX-License-Identifier: Apache-2.0

import Intel82576

/// Which frames a capture has, and where it says they are.
enum CaptureFilter: Equatable, Sendable {
    /// The wire and all functions: a frame from one function to another is there twice.
    case everything
    /// What arrives on the wire and leaves by it, and everything that is dropped.
    case wire
    /// What the queues of a function send and get, and what is dropped of it: 0 for the PF, v + 1 for VF v.
    case function(Int)
    /// The same of one queue, by the function's own numbers: 0 to 15 of the PF, 0 and 1 of a VF.
    case queue(Int, of: Int)
}

extension CaptureFilter {
    /// Names of the interfaces of a capture, by their number.
    func interfaces(virtualFunctions: Int) -> [String] {
        switch self {
        case .everything, .wire: ["wire"] + (0...virtualFunctions).map(functionName)
        case .function(let function): [functionName(function)]
        case .queue(let queue, let function): ["\(functionName(function)) queue \(queue)"]
        }
    }

    /// What has to be seen for it.
    var interest: FrameInterest {
        switch self {
        case .everything: .everything
        case .wire: FrameInterest(hasWire: true)
        case .function(let function), .queue(_, let function): FrameInterest(functions: 1 << UInt16(function))
        }
    }

    /// Whether a capture has what `sighting` is about.
    func matches(_ sighting: FrameSighting) -> Bool {
        switch self {
        case .everything: true
        case .wire: !sighting.isInFunction
        case .function(let function): sighting.function == function && !sighting.isLeaving
        case .queue(let queue, let function):
            sighting.function == function && sighting.functionQueue == queue && !sighting.isLeaving
        }
    }

    /// The number of the interface where `sighting` was made.
    func interface(of sighting: FrameSighting) -> Int {
        switch self {
        case .everything, .wire: sighting.isOnWire ? 0 : (sighting.function ?? 0) + 1
        case .function, .queue: 0
        }
    }
}

extension FrameSighting {
    var isDrop: Bool {
        if case .dropped = place { true } else { false }
    }

    fileprivate var isLeaving: Bool {
        if case .left = place { true } else { false }
    }

    /// A queue sent or got the frame.
    fileprivate var isInFunction: Bool {
        switch place {
        case .sent, .received: true
        case .arrived, .left, .dropped: false
        }
    }

    /// The number that the function has for ``queue``: VF v has queues v and v + 8.
    var functionQueue: Int? { function == 0 ? queue : queue.map { $0 >> 3 } }

    /// The wire is where the frame was, or was lost; otherwise a function.
    var isOnWire: Bool {
        switch place {
        case .arrived, .left, .dropped(.noLink), .dropped(.undeliverable): true
        case .sent, .received, .dropped: function == nil
        }
    }

    /// The frame was on its way to the driver of a function.
    var isInbound: Bool {
        switch place {
        case .arrived, .received: true
        case .sent, .left: false
        case .dropped(let reason): !reason.isOfSender
        }
    }
}

extension DropReason {
    /// What a function sends is lost for it, not what it is to get.
    fileprivate var isOfSender: Bool {
        switch self {
        case .malformed, .unreadable, .ringFault, .spoofed, .linkControl, .noReceiver, .undeliverable, .noLink,
            .unfinished:
            true
        case .disabled, .oversize, .filtered, .queueDisabled, .noDescriptors, .unwritable, .damaged, .reset,
            .poolDisabled, .storm, .macControl:
            false
        }
    }
}
