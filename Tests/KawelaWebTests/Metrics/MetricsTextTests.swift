// SPDX-License-Identifier: Apache-2.0

import ControlProtocol
import Testing

@testable import KawelaWeb

@Suite struct MetricsTextTests {
    private static let version: JSONValue = ["program": "kawela", "version": "1.2.3", "protocol": 1]

    @Test func aPortIsWrittenAsOpenMetrics() {
        let ring: JSONValue = [
            "enabled": true, "size": 256, "pending": 7, "frames": 3, "bytes": 180, "doorbells": 2, "dropped": 1,
        ]
        let port: JSONValue = [
            "port": "lan", "link": ["up": true, "speed": 1000, "carrier": false], "hardware": ["MPC": 5],
            "reasons": ["receive_filtered": 17], "uplink": ["sent_frames": 3], "faults": ["loss": 2],
            "functions": [
                ["function": "vf0", "client": true, "interrupts": 4, "reasons": ["receive_oversize": 1]]
            ],
            "queues": [
                [
                    "queue": 8, "function": "vf0", "receive": ring, "transmit": ["enabled": false, "size": 0],
                    "reasons": ["transmit_malformed": 6, "receive_no_descriptors": 1],
                ]
            ],
            "switch": ["on": true, "matrix": [[0, 9], [0, 0]]],
        ]
        let text = MetricsText.make(version: Self.version, counters: ["ports": [port]])
        #expect(text == Self.golden)
    }

    private static let golden = """
        # TYPE kawela_build info
        # HELP kawela_build Version of kawela and of its control protocol.
        kawela_build_info{version="1.2.3",protocol="1"} 1
        # TYPE kawela_port_link_up gauge
        # HELP kawela_port_link_up Whether the port has a link.
        kawela_port_link_up{port="lan"} 1
        # TYPE kawela_port_carrier gauge
        # HELP kawela_port_carrier Whether the uplink has a carrier.
        kawela_port_carrier{port="lan"} 0
        # TYPE kawela_port_link_speed_bytes_per_second gauge
        # HELP kawela_port_link_speed_bytes_per_second Speed of the link: 125000000 is 1 Gb/s.
        kawela_port_link_speed_bytes_per_second{port="lan"} 125000000
        # TYPE kawela_client_connected gauge
        # HELP kawela_client_connected Whether a virtual machine is connected to the function.
        kawela_client_connected{port="lan",function="vf0"} 1
        # TYPE kawela_interrupts counter
        # HELP kawela_interrupts Interrupts sent to the function's virtual machine.
        kawela_interrupts_total{port="lan",function="vf0"} 4
        # TYPE kawela_uplink counter
        # HELP kawela_uplink What the uplink counts.
        kawela_uplink_total{port="lan",counter="sent_frames"} 3
        # TYPE kawela_hardware counter
        # HELP kawela_hardware Statistics registers of the datasheet. A driver that reads one starts it anew.
        kawela_hardware_total{port="lan",register="MPC"} 5
        # TYPE kawela_switch_frames counter
        # UNIT kawela_switch_frames frames
        # HELP kawela_switch_frames Frames from a sender to a receiver, while they are counted.
        kawela_switch_frames_total{port="lan",from="wire",to="wire"} 0
        kawela_switch_frames_total{port="lan",from="wire",to="pool0"} 9
        kawela_switch_frames_total{port="lan",from="pool0",to="wire"} 0
        kawela_switch_frames_total{port="lan",from="pool0",to="pool0"} 0
        # TYPE kawela_queue_receive_frames counter
        # UNIT kawela_queue_receive_frames frames
        # HELP kawela_queue_receive_frames Frames written to a queue.
        kawela_queue_receive_frames_total{port="lan",function="vf0",queue="8"} 3
        # TYPE kawela_queue_receive_bytes counter
        # UNIT kawela_queue_receive_bytes bytes
        # HELP kawela_queue_receive_bytes Bytes written to a queue.
        kawela_queue_receive_bytes_total{port="lan",function="vf0",queue="8"} 180
        # TYPE kawela_queue_receive_doorbells counter
        # HELP kawela_queue_receive_doorbells Writes of RDT.
        kawela_queue_receive_doorbells_total{port="lan",function="vf0",queue="8"} 2
        # TYPE kawela_queue_receive_drops counter
        # HELP kawela_queue_receive_drops Frames lost because a queue had no descriptors.
        kawela_queue_receive_drops_total{port="lan",function="vf0",queue="8"} 1
        # TYPE kawela_ring_descriptors gauge
        # UNIT kawela_ring_descriptors descriptors
        # HELP kawela_ring_descriptors Size of a ring that is enabled.
        kawela_ring_descriptors{port="lan",function="vf0",queue="8",direction="receive"} 256
        # TYPE kawela_ring_pending_descriptors gauge
        # UNIT kawela_ring_pending_descriptors descriptors
        # HELP kawela_ring_pending_descriptors Descriptors that the device has: packets to send, or free receive buffers.
        kawela_ring_pending_descriptors{port="lan",function="vf0",queue="8",direction="receive"} 7
        # TYPE kawela_drops counter
        # HELP kawela_drops Frames lost, by reason.
        kawela_drops_total{port="lan",reason="receive_filtered"} 17
        # TYPE kawela_function_drops counter
        # HELP kawela_function_drops Frames that a function lost, by reason, once there are any.
        kawela_function_drops_total{port="lan",function="vf0",reason="receive_oversize"} 1
        # TYPE kawela_queue_drops counter
        # HELP kawela_queue_drops Frames that a queue lost, by reason, once there are any.
        kawela_queue_drops_total{port="lan",function="vf0",queue="8",reason="receive_no_descriptors"} 1
        kawela_queue_drops_total{port="lan",function="vf0",queue="8",reason="transmit_malformed"} 6
        # TYPE kawela_faults counter
        # HELP kawela_faults Faults injected on purpose.
        kawela_faults_total{port="lan",fault="loss"} 2
        # EOF

        """

    @Test func labelsAreEscaped() {
        let port: JSONValue = ["port": "a\"b\\c\nd", "link": ["up": false]]
        let text = MetricsText.make(version: Self.version, counters: ["ports": [port]])
        #expect(text.contains(#"kawela_port_link_up{port="a\"b\\c\nd"} 0"#))
    }

    @Test func theOlderFormatDescribesSamples() {
        let port: JSONValue = ["port": "", "reasons": ["receive_filtered": 17]]
        let text = MetricsText.make(version: Self.version, counters: ["ports": [port]], format: .prometheus)
        #expect(
            text == """
                # HELP kawela_build_info Version of kawela and of its control protocol.
                # TYPE kawela_build_info gauge
                kawela_build_info{version="1.2.3",protocol="1"} 1
                # HELP kawela_drops_total Frames lost, by reason.
                # TYPE kawela_drops_total counter
                kawela_drops_total{port="",reason="receive_filtered"} 17

                """)
    }

    @Test func aServerThatAnswersNonsenseGivesNoSamples() {
        for counters: JSONValue in [
            .null, ["ports": 7], ["ports": [["queues": "x", "link": ["speed": .integer(.max)]]]],
        ] {
            let text = MetricsText.make(version: .null, counters: counters)
            #expect(text.split(separator: "\n").filter { !$0.hasPrefix("#") }.count == 1)
        }
    }
}

@Suite struct MetricsReaderTests {
    private static func text(_ format: MetricsText.Format) throws -> String {
        let card = try SampleCard()
        return MetricsText.make(
            version: card.answer("version") ?? .null, counters: card.counters(after: 1), format: format)
    }

    /// Reads the text as Prometheus's own client library does and prints a line for each sample.
    private static let script = """
        import sys
        from prometheus_client.openmetrics.parser import text_string_to_metric_families
        for family in text_string_to_metric_families(sys.stdin.read()):
            for sample in family.samples:
                labels = ",".join(f"{name}={value}" for name, value in sorted(sample.labels.items()))
                print(family.type, sample.name, labels, int(sample.value))
        """

    @Test(.enabled(if: Program.isExpected(Program.python), "no Python with prometheus-client"))
    func prometheussClientLibraryReadsTheText() throws {
        let text = try Self.text(.openMetrics)
        let (status, output) = try Program.run(Program.python, ["-c", Self.script], input: text)
        #expect(status == 0, "\(output)")
        let lines = output.split(separator: "\n").map { String($0) }
        #expect(lines.contains("counter kawela_drops_total port=lan,reason=receive_filtered \(3600 * 17 + 17)"))
        #expect(lines.contains("gauge kawela_ring_descriptors direction=receive,function=vf1,port=lan,queue=1 256"))
        #expect(lines.contains("info kawela_build_info protocol=1,version=0.1.0 1"))
        #expect(lines.count == text.split(separator: "\n").filter { !$0.hasPrefix("#") }.count)
    }

    @Test(.enabled(if: Program.isExpected(Program.promtool), "no promtool"))
    func promtoolFindsNothingWrong() throws {
        let (status, output) = try Program.run(
            Program.promtool, ["check", "metrics"], input: try Self.text(.prometheus))
        #expect(status == 0 && output.isEmpty, "\(output)")
    }
}
