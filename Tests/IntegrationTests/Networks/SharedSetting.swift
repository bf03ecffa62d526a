// SPDX-License-Identifier: Apache-2.0

import KawelaGuest
import Synchronization
import Testing

/// Hosts and guests that the tests of a suite share: made for the first test that asks, ended after the last.
final class SharedSetting<Setting: NetworkSetting>: SuiteTrait, TestScoping {
    private let made = Mutex<Result<Setting, any Error>?>(nil)

    /// - Throws: also for the next test, if they could not be made.
    func current() throws -> Setting {
        try made.withLock { made in
            let result = made ?? Result { try Setting() }
            made = result
            return try result.get()
        }
    }

    func provideScope(
        for test: Test, testCase: Test.Case?, performing body: @Sendable () async throws -> Void
    ) async throws {
        try await body()
        made.withLock { made in
            if case .success(let setting)? = made { setting.run.close() }
            made = nil
        }
    }
}

protocol NetworkSetting: Sendable {
    var run: Run { get }
    init() throws
}
