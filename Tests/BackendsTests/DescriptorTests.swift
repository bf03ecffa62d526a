// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Backends

extension BackendTests {
    @Test("opening, using and closing backends leaves no descriptor open")
    func descriptors() throws {
        let scratch = Scratch()
        let before = descriptorCount()
        for round in 0..<200 {
            let server = try Harness("pcap:\(scratch / "pcap"),stream:\(scratch / "wire"),server")
            let client = try Harness("stream:\(scratch / "wire")")
            server.step(1000)
            client.send([testFrame(round)])
            #expect(server.run { server.received.count == 1 })
            if round.isMultiple(of: 2) { client.backend.close() }
            let datagram = try Harness("dgram:\(scratch / "a"):\(scratch / "b")")
            datagram.send([testFrame(round)])
            let loopback = try Harness("loopback")
            loopback.send([testFrame(round)])
            loopback.backend.close()
            #expect(throws: BackendError.self) { try BackendSpecification(parsing: "tap:kw-not-there").open() }
            #expect(throws: BackendError.self) { try Harness("stream:\(scratch / "wire"),server") }
        }
        // Tests of other modules may run at the same time.
        #expect(descriptorCount() < before + 100)
        #expect(scratch.names == ["pcap"])
    }

    @Test(
        "a closed backend has nothing to wait for and takes calls", arguments: ["null", "loopback", "stream", "dgram"])
    func closed(kind: String) throws {
        let scratch = Scratch()
        let specifications = [
            "stream": "pcap:\(scratch / "p"),stream:\(scratch / "wire"),server",
            "dgram": "pcap:\(scratch / "p"),dgram:\(scratch / "a"):\(scratch / "b")",
        ]
        let harness = try Harness(specifications[kind] ?? "pcap:\(scratch / "p"),\(kind)")
        harness.backend.close()
        harness.backend.close()
        #expect(harness.backend.descriptor == -1 && !harness.backend.wantsWritable)
        harness.send([testFrame(1)])
        harness.backend.handleEvent()
        #expect(!harness.step() && harness.received.isEmpty)
        #expect(!harness.backend.isCongested)
    }
}
