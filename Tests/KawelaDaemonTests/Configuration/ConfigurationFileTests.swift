// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import KawelaDaemon

@Suite("A configuration file") struct ConfigurationFileTests {
    private func decode(_ text: String) throws -> ServeOptions {
        try decodeConfiguration(Data(text.utf8)).options
    }

    private func refusal(of text: String) -> String? {
        #expect(throws: InvalidSetting.self) { try decode(text) }?.message
    }

    @Test("sets what it names and leaves the rest")
    func complete() throws {
        let options = try decode(
            #"{"version": 1, "socket": "/s", "uplink": "null", "mac": "52:54:00:00:00:01", "log-level": "debug"}"#)
        #expect(options.socket == "/s")
        #expect(options.uplink == "null")
        #expect(options.mac?.description == "52:54:00:00:00:01")
        #expect(options.logLevel == .debug)
        #expect(try decode(#"{"version": 1}"#) == ServeOptions())
    }

    @Test("says how long to look for messages, within limits")
    func busyPolling() throws {
        #expect(try decode(#"{"version": 1, "busy-poll": 0}"#).busyPoll == 0)
        #expect(
            refusal(of: #"{"version": 1, "busy-poll": 10001}"#)
                == "10001 µs of busy polling are not possible: use 0 to 10000")
        #expect(refusal(of: #"{"version": 1, "busy-poll": -1}"#)?.contains("use 0 to 10000") == true)
    }

    @Test("says which files guest memory may be in")
    func guestMemory() throws {
        #expect(try decode(#"{"version": 1, "guest-memory": "any-file"}"#).guestMemory == .anyFile)
        #expect(try decode(#"{"version": 1, "guest-memory": "in-memory"}"#).guestMemory == .inMemory)
        #expect(
            refusal(of: #"{"version": 1, "guest-memory": "disk"}"#)
                == "'disk' is no kind of guest memory: use in-memory or any-file")
    }

    @Test("says whether writes are done before they are answered")
    func synchronous() throws {
        #expect(try decode(#"{"version": 1, "synchronous": true}"#).isSynchronous == true)
        #expect(try decode(#"{"version": 1, "synchronous": false}"#).isSynchronous == false)
        #expect(refusal(of: #"{"version": 1, "synchronous": "yes"}"#) == "\"synchronous\" is not true or false")
    }

    @Test("says how the process is confined and who may be a client")
    func access() throws {
        let options = try decode(
            #"{"version": 1, "sandbox": "log", "socket-mode": "0660", "socket-owner": "me:36", "allow-uids": [0, 107]}"#
        )
        #expect(options.sandbox == .log)
        #expect(options.socketMode == 0o660)
        #expect(options.socketOwner == SocketOwner(user: .name("me"), group: .number(36)))
        #expect(options.allowedUsers == [0, 107])
        #expect(refusal(of: #"{"version": 1, "sandbox": "maybe"}"#) == "'maybe' is no sandbox: use on, log or off")
        #expect(
            refusal(of: #"{"version": 1, "socket-mode": "0888"}"#)?.contains("use an octal number up to 777") == true)
        #expect(
            refusal(of: #"{"version": 1, "socket-mode": "1777"}"#)?.contains("use an octal number up to 777") == true)
        for owner in ["", ":kvm", "me:", "4294967295", "1x"] {
            #expect(
                refusal(of: #"{"version": 1, "socket-owner": "\#(owner)"}"#)?.contains("is no ") == true, "\(owner)")
        }
        #expect(refusal(of: #"{"version": 1, "allow-uids": [-1]}"#)?.contains("-1 is no user's number") == true)
        #expect(refusal(of: #"{"version": 1, "allow-uids": []}"#)?.contains("nobody") == true)
    }

    @Test("yields to the command line")
    func precedence() throws {
        let line = try ServeOptions(socket: "/line", uplink: nil, mac: nil, logLevel: "error")
        let all = line.completed(by: try decode(#"{"version": 1, "socket": "/s", "uplink": "u", "log-level": "info"}"#))
        #expect(all.socket == "/line")
        #expect(all.uplink == "u")
        #expect(all.logLevel == .error)
    }

    @Test("with an unknown key is refused, naming it and the known ones")
    func unknownKey() {
        #expect(
            refusal(of: #"{"version": 1, "uplnk": "null"}"#)
                == #"unknown key "uplnk": the keys are version, socket, uplink, mac, nvm, rom, log-level, "#
                + "directory, pf, busy-poll, guest-memory, sandbox, "
                + "socket-mode, socket-owner, allow-uids, vfs, faults, synchronous, lint, control, trace, ports")
    }

    @Test("needs the version it is written in")
    func version() {
        #expect(refusal(of: "{}")?.contains(#"add "version": 1"#) == true)
        #expect(refusal(of: #"{"version": 2}"#)?.contains("version 2 is not known") == true)
    }

    @Test(
        "with a wrong type is refused, naming the key",
        arguments: [
            (#"{"version": "1"}"#, #""version" is not a whole number"#),
            (#"{"version": 1, "socket": 5}"#, #""socket" is not a string"#),
            ("[]", "the file is not a JSON object"),
        ])
    func wrongType(_ text: String, _ expected: String) {
        #expect(refusal(of: text)?.contains(expected) == true)
    }

    @Test("with a wrong value is refused in the words of the command line")
    func wrongValue() {
        #expect(refusal(of: #"{"version": 1, "mac": "x"}"#)?.contains("'x' is not a MAC address") == true)
        #expect(refusal(of: #"{"version": 1, "log-level": "loud"}"#)?.contains("'loud' is not a log level") == true)
    }

    @Test("that is no JSON is refused in one line", arguments: ["", "{", "{\n\"version\": 1,\n,}", "\u{0}"])
    func malformed(_ text: String) throws {
        let message = try #require(refusal(of: text))
        #expect(message.hasPrefix("not valid JSON: "))
        #expect(!message.contains("\n"))
    }
}
