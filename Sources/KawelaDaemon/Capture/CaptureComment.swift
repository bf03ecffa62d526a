// SPDX-License-Identifier: Apache-2.0

import Intel82576

extension FrameSighting {
    /// What a capture says of a frame: where it was, by what rule, and what was done to it.
    /// - Parameter left: work that is left to do in the frame.
    func comment(left: FrameBatch.Offload) -> String {
        var parts = [headline]
        if let receive { parts += receive.parts }
        if let transmit { parts += transmit.parts }
        return (parts + left.parts).joined(separator: "; ")
    }

    private var headline: String {
        switch place {
        case .arrived: "arrived"
        case .left: queueName.map { "left, sent by \($0)" } ?? "left, sent by the MAC itself"
        case .sent: "sent by \(queueName ?? "the port")"
        case .received: "received by \(queueName ?? "the port")" + origin
        case .dropped(let reason):
            "dropped: \(reason.explanation) (\(reason.name))" + (queueName.map { ", \($0)" } ?? "") + origin
        }
    }

    /// The queue by its function's number, and the pool.
    private var queueName: String? {
        guard let function else { return nil }
        let queue = functionQueue.map { " queue \($0)" } ?? ""
        return functionName(function) + queue + (pool.map { ", pool \($0)" } ?? "")
    }

    private var origin: String { sender.map { ", from pool \($0)" } ?? "" }
}

extension ReceiveOffloads {
    fileprivate var parts: [String] {
        var parts = ["queue by \(rule.name)"]
        if isInexact { parts.append("only an inexact address filter matched") }
        if let strippedTag { parts.append("VLAN tag \(hexadecimal(strippedTag)) stripped") }
        if let isRight = hasRightIPChecksum { parts.append("IP checksum \(isRight ? "right" : "wrong")") }
        if let isRight = hasRightTransportChecksum { parts.append("L4 checksum \(isRight ? "right" : "wrong")") }
        if headerLength > 0 { parts.append("\(headerLength) bytes in the header buffer") }
        if isStamped { parts.append("time in RXSTMP") }
        if isUrgent { parts.append("low-latency interrupt") }
        return parts
    }
}

extension TransmitOffloads {
    fileprivate var parts: [String] {
        var parts: [String] = []
        if let insertedTag { parts.append("VLAN tag \(hexadecimal(insertedTag)) inserted") }
        if insertsIPChecksum { parts.append("IP checksum inserted") }
        if insertsTransportChecksum { parts.append("L4 checksum inserted") }
        if missesChecksum { parts.append("a checksum asked for has no place in the frame") }
        if let packetLength { parts.append("segment \(segment) of a packet of \(packetLength) bytes") }
        if isStamped { parts.append("time in TXSTMP") }
        return parts
    }
}

extension FrameBatch.Offload {
    fileprivate var parts: [String] {
        var parts: [String] = []
        if isDamaged { return ["its FCS is wrong"] }
        if needsChecksum { parts.append("L4 checksum not complete yet") }
        if segmentation != .none { parts.append("not cut yet into segments of \(segmentSize) bytes") }
        return parts
    }
}

extension QueueRule {
    fileprivate var name: String {
        switch self {
        case .defaultQueue: "MRQC, the default queue"
        case .pool: "its pool"
        case .etherType(let number): "EtherType filter \(number)"
        case .tuple(let number): "5-tuple filter \(number)"
        case .syn: "SYN filter"
        case .rss(let hash, let type): "RSS, \(type.name) hash \(hexadecimal(hash))"
        }
    }
}

extension RSS.HashType {
    fileprivate var name: String {
        switch self {
        case .none: "no"
        case .tcpIPv4: "TCP/IPv4"
        case .ipv4: "IPv4"
        case .tcpIPv6: "TCP/IPv6"
        case .ipv6Extended: "IPv6 extended"
        case .ipv6: "IPv6"
        case .tcpIPv6Extended: "TCP/IPv6 extended"
        case .udpIPv4: "UDP/IPv4"
        case .udpIPv6: "UDP/IPv6"
        case .udpIPv6Extended: "UDP/IPv6 extended"
        }
    }
}

extension DropReason {
    /// The reason in words.
    fileprivate var explanation: String {
        switch self {
        case .malformed: "its descriptors contradict each other"
        case .unreadable: "a buffer is outside the memory the function may read"
        case .ringFault: "a descriptor cannot be read or written back"
        case .spoofed: "source address or VLAN is not the pool's"
        case .linkControl: "link control frames are the link partners' alone"
        case .undeliverable: "the wire has taken nothing for too long"
        case .unfinished: "the local copy is not complete"
        case .storm: "storm control"
        case .disabled: "the receiver is off, or the wire cut off"
        case .oversize: "it is too long"
        case .filtered: "no address or VLAN filter has it"
        case .queueDisabled: "the queue is off"
        case .noDescriptors: "the queue has no descriptors"
        case .unwritable: "ring or buffer is outside the memory the function may write"
        case .damaged: "its FCS is wrong"
        case .reset: "it waited for descriptors when the port was reset"
        case .noReceiver: "address or VLAN keep it inside, and no pool takes it"
        case .poolDisabled: "its pool may not receive (VFRE)"
        case .noLink: "there is no link"
        case .macControl: "MAC control ends in the MAC"
        }
    }
}

private func hexadecimal<Value: FixedWidthInteger & UnsignedInteger>(_ value: Value) -> String {
    let digits = String(value, radix: 16)
    return "0x" + String(repeating: "0", count: Value.bitWidth / 4 - digits.count) + digits
}
