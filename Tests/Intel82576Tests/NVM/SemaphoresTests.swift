// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Intel82576

@Suite("The semaphores")
struct SemaphoresTests {
    var semaphores = Semaphores()

    @Test("SMBI goes to the first reader, until it is given back")
    mutating func test() {
        #expect(semaphores.readSWSM() & 1 == 0)
        #expect(semaphores.readSWSM() & 1 == 1)
        semaphores.writeSWSM(0)
        #expect(semaphores.readSWSM() & 1 == 0)
    }

    @Test("SMBI cannot be taken by writing")
    mutating func writing() {
        semaphores.writeSWSM(1)
        #expect(semaphores.swsm & 1 == 0)
    }

    @Test("SWESMBI sticks when written beside a held SMBI, and both go together")
    mutating func firmware() {
        _ = semaphores.readSWSM()
        semaphores.writeSWSM(semaphores.swsm | 2)
        #expect(semaphores.swsm == 3)
        semaphores.writeSWSM(0)
        #expect(semaphores.swsm == 0)
    }

    @Test("firmware never claims anything in SW_FW_SYNC")
    mutating func claims() {
        semaphores.writeSWFWSYNC(.max)
        #expect(semaphores.claims == 0xFFFF)
    }

    @Test("a reset frees them")
    mutating func reset() {
        _ = semaphores.readSWSM()
        semaphores.writeSWFWSYNC(2)
        semaphores.reset()
        #expect(semaphores.readSWSM() == 0 && semaphores.claims == 0)
    }
}
