// SPDX-License-Identifier: Apache-2.0

import Foundation

/// Larger than any domain; keeps a wrong file from being read into memory.
private let domainLimit = 1 << 20

/// The domain's XML on standard input.
package func readDomain() throws(Failure) -> String {
    let data: Data
    do {
        data = try FileHandle.standardInput.read(upToCount: domainLimit + 1) ?? Data()
    } catch {
        throw .failed("cannot read a domain from standard input")
    }
    guard !data.isEmpty else { throw .failed("there is no domain on standard input: does the command before fail?") }
    guard data.count <= domainLimit else { throw .failed("too large for a domain") }
    guard let text = String(bytes: data, encoding: .utf8) else { throw .failed("the domain is not UTF-8") }
    return text
}
