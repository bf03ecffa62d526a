// SPDX-License-Identifier: Apache-2.0

// Additions to the statistics registers, which all blocks make. All of them stick at their maximum, but those of pools.

extension RegisterFile {
    /// Adds to a 32-bit statistics register.
    @inline(__always)
    func add<R: Register>(_ amount: UInt32, to register: R.Type) {
        let (sum, overflow) = self[R.self].raw.addingReportingOverflow(amount)
        self[R.self].raw = overflow ? .max : sum
    }

    /// Adds to a 64-bit pair of statistics registers, of which `low` is the lower half and the next register the upper.
    @inline(__always)
    func add64<R: Register>(_ amount: UInt64, to low: R.Type) {
        let word = R.offset / 4
        let old = UInt64(self[word: word + 1]) << 32 | UInt64(self[word: word])
        let (sum, overflow) = old.addingReportingOverflow(amount)
        let new = overflow ? .max : sum
        self[word: word] = UInt32(truncatingIfNeeded: new)
        self[word: word + 1] = UInt32(truncatingIfNeeded: new >> 32)
    }

    /// A driver's read of the upper half of a 64-bit pair, which clears both.
    func readOctets(_ entry: RegisterMap.Entry) -> UInt32 {
        let word = Int(entry.canonicalWord)
        let value = self[word: word]
        self[word: word] = 0
        self[word: word - 1] = 0
        return value
    }

    /// Adds to a statistics register of a pool. They wrap, and reading does not clear them.
    @inline(__always)
    private func add<R: Register>(_ amount: UInt32, to register: R.Type, of pool: Int) {
        self[R.self, pool].raw &+= amount
    }

    /// Counts frames that `pool` received, and those of them that another pool sent.
    func countReceived(_ received: FrameTotals, looped: FrameTotals, by pool: Int) {
        add(received.packets, to: PFVFGPRC.self, of: pool)
        add(UInt32(truncatingIfNeeded: received.octets), to: PFVFGORC.self, of: pool)
        add(looped.packets, to: PFVFGPRLBC.self, of: pool)
        add(UInt32(truncatingIfNeeded: looped.octets), to: PFVFGORLBC.self, of: pool)
    }

    /// Counts a multicast frame that `pool` received.
    func countMulticast(by pool: Int) { add(1, to: PFVFMPRC.self, of: pool) }

    /// Counts a frame of `length` bytes that `pool` sent and another pool got.
    @inline(__always)
    func countLoopback(from pool: Int, length: Int) {
        add(1, to: PFVFGPTLBC.self, of: pool)
        add(UInt32(truncatingIfNeeded: length), to: PFVFGOTLBC.self, of: pool)
    }

    /// Clears the statistics of a pool, which neither CTRL.RST nor a VF reset does: for a VF that appears, or gets a new
    /// client.
    ///
    /// No public manual at hand says what clears them. Linux' igbvf and DPDK's net_e1000_igb_vf read them when they are
    /// loaded and never again after a reset, their own or the PF's, and take a smaller value for a wrap at 32 bits
    /// (UPDATE_VF_COUNTER, UPDATE_VF_STAT): zero would be 2^32 more. illumos' igbvf says that FLR clears them, and writes
    /// what it saved back, which nothing needs here. ixgbevf reads its own chip's anew after each reset.
    func clearCounters(of pool: Int) {
        self[PFVFGPRC.self, pool].raw = 0
        self[PFVFGPTC.self, pool].raw = 0
        self[PFVFGORC.self, pool].raw = 0
        self[PFVFGOTC.self, pool].raw = 0
        self[PFVFMPRC.self, pool].raw = 0
        self[PFVFGPRLBC.self, pool].raw = 0
        self[PFVFGPTLBC.self, pool].raw = 0
        self[PFVFGORLBC.self, pool].raw = 0
        self[PFVFGOTLBC.self, pool].raw = 0
    }

    /// Counts `packets` frames of `length` bytes each that `pool` sent, wherever they went.
    @inline(__always)
    func countSent(by pool: Int, length: Int, packets: Int) {
        let length = UInt32(truncatingIfNeeded: length)
        add(UInt32(truncatingIfNeeded: packets), to: PFVFGPTC.self, of: pool)
        add(length &* UInt32(truncatingIfNeeded: packets), to: PFVFGOTC.self, of: pool)
    }
}
