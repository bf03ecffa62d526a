// SPDX-License-Identifier: Apache-2.0

import Glibc

/// What a vhost-user back end answers, writes into the memory it shares and does with its descriptors, while frames cross.
///
/// The first byte says what it offers, and whether it begins as it should. Each of the following chooses what happens next.
func runVhostUser(_ input: Input) {
    VhostUserScript.prepare()
    let files = openFiles()
    do {
        let script = VhostUserScript(input)
        script.run()
        script.finish()
    }
    // Those that came with messages are closed in another thread.
    var (left, attempts) = (openFiles() - files, 0)
    while left != 0, attempts < 2000 {
        usleep(500)
        (left, attempts) = (openFiles() - files, attempts + 1)
    }
    require(left == 0, "\(left) descriptors are left of vhost-user")
    require(sharedMappings() == 0, "\(sharedMappings()) mappings are left of vhost-user")
}

private func openFiles() -> Int {
    guard let folder = opendir("/proc/self/fd") else { violated("no list of open files") }
    defer { closedir(folder) }
    var count = 0
    while readdir(folder) != nil { count += 1 }
    return count
}

/// Mappings of memory that a front end made for a back end.
private func sharedMappings() -> Int {
    let file = open("/proc/self/maps", O_RDONLY)
    defer { close(file) }
    var length = 0
    while length < listing.count - 1 {
        let size = read(file, listing.baseAddress! + length, listing.count - 1 - length)
        guard size > 0 else { break }
        length += size
    }
    listing[length] = 0
    var (place, count) = (listing.assumingMemoryBound(to: CChar.self).baseAddress!, 0)
    while let found = strstr(place, "kawela-vhost-user") {
        count += 1
        place = found + 1
    }
    return count
}

private nonisolated(unsafe) let listing = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 64)
