// SPDX-License-Identifier: Apache-2.0

/// What a back end did to a virtqueue that cannot be.
enum VirtqueueError: Error, Equatable, CustomStringConvertible {
    /// More used entries than descriptors it was given.
    case usedIndex(Int)
    /// A used entry names a buffer that it does not have.
    case descriptor(UInt32)
    /// A used entry gives a buffer more bytes than it has, or fewer than a header.
    case length(UInt32)
    /// A frame's header gives it a number of buffers that there are not.
    case bufferCount(UInt16)
    /// To tell it of buffers took long.
    case kickBlocks
    /// To see whether it has called took long.
    case callBlocks

    var description: String {
        switch self {
        case .usedIndex(let count): "the back end used \(count) buffers, more than it has"
        case .descriptor(let index): "the back end used buffer \(index), which it does not have"
        case .length(let count): "the back end put \(count) bytes into a buffer"
        case .bufferCount(let count): "the back end sent a frame of \(count) buffers, not all of which it used"
        case .kickBlocks: "its kick descriptor blocks"
        case .callBlocks: "its call descriptor blocks"
        }
    }
}
