// SPDX-License-Identifier: Apache-2.0

extension Metric {
    /// Every metric of a port. A row is the whole of a metric: text and reading follow from it.
    static let all = port + traffic + queues + losses

    private static let port = [
        gauge("port_link_up", "Whether the port has a link.", .port("link", "up")),
        gauge("port_carrier", "Whether the uplink has a carrier.", .port("link", "carrier")),
        gauge(
            "port_unplugged", "Whether the cable was pulled out over the control socket.", .port("link", "unplugged")),
        gauge("port_link_speed_bytes_per_second", "Speed of the link: 125000000 is 1 Gb/s.", .linkSpeed),
        gauge("client_connected", "Whether a virtual machine is connected to the function.", .functions("client")),
        gauge("function_exists", "Whether the function is enabled; VFs are by SR-IOV.", .functions("exists")),
    ]

    private static let traffic = [
        counter(
            "function_receive_frames", "Frames received by the queues of a function.", .functions("receive", "frames")),
        counter(
            "function_receive_bytes", "Bytes received by the queues of a function.", .functions("receive", "bytes")),
        counter(
            "function_transmit_frames", "Frames sent by the queues of a function.", .functions("transmit", "frames")),
        counter("function_transmit_bytes", "Bytes sent by the queues of a function.", .functions("transmit", "bytes")),
        counter("interrupts", "Interrupts sent to the function's virtual machine.", .functions("interrupts")),
        counter("doorbells", "Writes of tail registers by the function's driver.", .functions("doorbells")),
        counter("uplink", "What the uplink counts.", .members(of: "uplink", label: "counter")),
        counter(
            "hardware", "Statistics registers of the datasheet. A driver that reads one starts it anew.",
            .members(of: "hardware", label: "register")),
        counter("switch_frames", "Frames from a sender to a receiver, while they are counted.", .matrix),
    ]

    private static let queues = [
        counter("queue_receive_frames", "Frames written to a queue.", .queues("receive", "frames")),
        counter("queue_receive_bytes", "Bytes written to a queue.", .queues("receive", "bytes")),
        counter("queue_receive_doorbells", "Writes of RDT.", .queues("receive", "doorbells")),
        counter(
            "queue_receive_drops", "Frames lost because a queue had no descriptors.", .queues("receive", "dropped")),
        counter("queue_transmit_frames", "Frames sent by a queue.", .queues("transmit", "frames")),
        counter("queue_transmit_bytes", "Bytes sent by a queue.", .queues("transmit", "bytes")),
        counter("queue_transmit_doorbells", "Writes of TDT.", .queues("transmit", "doorbells")),
        gauge("ring_descriptors", "Size of a ring that is enabled.", .rings("size")),
        gauge(
            "ring_pending_descriptors", "Descriptors that the device has: packets to send, or free receive buffers.",
            .rings("pending")),
    ]

    private static let losses = [
        counter("drops", "Frames lost, by reason.", .members(of: "reasons", label: "reason")),
        counter("function_drops", "Frames that a function lost, by reason, once there are any.", .functionReasons),
        counter("queue_drops", "Frames that a queue lost, by reason, once there are any.", .queueReasons),
        counter(
            "incomplete_frames", "Frames sent without something their driver asked for.",
            .members(of: "incomplete", label: "reason")),
        counter("faults", "Faults injected on purpose.", .members(of: "faults", label: "fault")),
    ]
}

extension Metric {
    private static let units: Set<String> = ["frames", "bytes", "descriptors"]

    private static func gauge(_ name: String, _ help: String, _ samples: Samples) -> Metric {
        Metric(name: "kawela_" + name, kind: .gauge, unit: unit(of: name), help: help, samples: samples)
    }

    private static func counter(_ name: String, _ help: String, _ samples: Samples) -> Metric {
        Metric(name: "kawela_" + name, kind: .counter, unit: unit(of: name), help: help, samples: samples)
    }

    private static func unit(of name: String) -> String? {
        name.split(separator: "_").last.map { String($0) }.flatMap { units.contains($0) ? $0 : nil }
    }
}
