// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import KawelaWeb

@Suite struct ListenAddressTests {
    @Test func onlyThisMachineCanBeNamed() {
        #expect(ListenAddress(parsing: "unix:/run/w.sock") == .unix(path: "/run/w.sock"))
        #expect(ListenAddress(parsing: "127.0.0.1:8257") == .loopback(port: 8257))
        #expect(ListenAddress(parsing: "[::1]:0") == .loopback6(port: 0))
        for text in [
            "", "8257", ":8257", "0.0.0.0:80", "[::]:80", "localhost:80", "192.0.2.1:80", "127.0.0.1",
            "127.0.0.1:65536",
            "unix:", "unix:" + String(repeating: "a", count: 108),
        ] {
            #expect(ListenAddress(parsing: text) == nil, "\(text)")
        }
    }

    @Test(arguments: [
        "localhost", "LOCALHOST", "localhost:8257", "127.0.0.1", "127.0.0.1:80", "[::1]", "[::1]:8257",
    ])
    func aHostHeaderThatNamesThisMachineIsLocal(_ host: String) { #expect(LocalHandler.isLocal(host: host)) }

    @Test(arguments: [
        "", "example.com", "localhost.example.com", "127.0.0.1.example.com", "127.0.0.1:", "localhost:x", "[::1]x",
        "example.com:8257", "localhost:80:80",
    ])
    func anyOtherHostHeaderIsNot(_ host: String) { #expect(!LocalHandler.isLocal(host: host)) }

    @Test func noHostHeaderIsNotLocal() { #expect(!LocalHandler.isLocal(host: nil)) }
}
