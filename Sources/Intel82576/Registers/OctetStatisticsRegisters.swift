// SPDX-License-Identifier: Apache-2.0

/// GORCL — Good Octets Received, low half.
package struct GORCL: WideCounter {
    package static var name: RegisterName { .GORCL }
    package static var offset: Int { 0x4088 }
    package static var specs: [RegisterSpec] { counter(in: "Statistics/Statistics.swift", "Good octets received low") }

    package var raw: UInt32
    package init(raw: UInt32) { self.raw = raw }
}

/// GORCH — Good Octets Received, high half. The read clears both.
package struct GORCH: Counter {
    package static var name: RegisterName { .GORCH }
    package static var offset: Int { 0x408C }
    package static var specs: [RegisterSpec] {
        counter(in: "Statistics/Statistics.swift", "Good octets received high; read clears pair")
    }

    package var raw: UInt32
    package init(raw: UInt32) { self.raw = raw }
}

/// GOTCL — Good Octets Transmitted, low half.
package struct GOTCL: WideCounter {
    package static var name: RegisterName { .GOTCL }
    package static var offset: Int { 0x4090 }
    package static var specs: [RegisterSpec] {
        counter(in: "Statistics/Statistics.swift", "Good octets transmitted low")
    }

    package var raw: UInt32
    package init(raw: UInt32) { self.raw = raw }
}

/// GOTCH — Good Octets Transmitted, high half. The read clears both.
package struct GOTCH: Counter {
    package static var name: RegisterName { .GOTCH }
    package static var offset: Int { 0x4094 }
    package static var specs: [RegisterSpec] {
        counter(in: "Statistics/Statistics.swift", "Good octets transmitted high; read clears pair")
    }

    package var raw: UInt32
    package init(raw: UInt32) { self.raw = raw }
}

/// TORL — Total Octets Received, low half.
package struct TORL: WideCounter {
    package static var name: RegisterName { .TORL }
    package static var offset: Int { 0x40C0 }
    package static var specs: [RegisterSpec] { counter(in: "Receive/Receive.swift", "Total octets received low") }

    package var raw: UInt32
    package init(raw: UInt32) { self.raw = raw }
}

/// TORH — Total Octets Received, high half. The read clears both.
package struct TORH: Counter {
    package static var name: RegisterName { .TORH }
    package static var offset: Int { 0x40C4 }
    package static var specs: [RegisterSpec] {
        counter(in: "Receive/Receive.swift", "Total octets received high; read clears pair")
    }

    package var raw: UInt32
    package init(raw: UInt32) { self.raw = raw }
}

/// TOTL — Total Octets Transmitted, low half.
package struct TOTL: WideCounter {
    package static var name: RegisterName { .TOTL }
    package static var offset: Int { 0x40C8 }
    package static var specs: [RegisterSpec] {
        counter(in: "Statistics/Statistics.swift", "Total octets transmitted low")
    }

    package var raw: UInt32
    package init(raw: UInt32) { self.raw = raw }
}

/// TOTH — Total Octets Transmitted, high half. The read clears both.
package struct TOTH: Counter {
    package static var name: RegisterName { .TOTH }
    package static var offset: Int { 0x40CC }
    package static var specs: [RegisterSpec] {
        counter(in: "Statistics/Statistics.swift", "Total octets transmitted high; read clears pair")
    }

    package var raw: UInt32
    package init(raw: UInt32) { self.raw = raw }
}

/// HGORCL — Host Good Octets Received, low half.
package struct HGORCL: WideCounter {
    package static var name: RegisterName { .HGORCL }
    package static var offset: Int { 0x4128 }
    package static var specs: [RegisterSpec] { counter(in: "Receive/Receive.swift", "Host good octets received low") }

    package var raw: UInt32
    package init(raw: UInt32) { self.raw = raw }
}

/// HGORCH — Host Good Octets Received, high half. The read clears both.
package struct HGORCH: Counter {
    package static var name: RegisterName { .HGORCH }
    package static var offset: Int { 0x412C }
    package static var specs: [RegisterSpec] { counter(in: "Receive/Receive.swift", "Host good octets received high") }

    package var raw: UInt32
    package init(raw: UInt32) { self.raw = raw }
}

/// HGOTCL — Host Good Octets Transmitted, low half.
package struct HGOTCL: WideCounter {
    package static var name: RegisterName { .HGOTCL }
    package static var offset: Int { 0x4130 }
    package static var specs: [RegisterSpec] {
        counter(in: "Statistics/SentFrames.swift", "Host good octets transmitted low")
    }

    package var raw: UInt32
    package init(raw: UInt32) { self.raw = raw }
}

/// HGOTCH — Host Good Octets Transmitted, high half. The read clears both.
package struct HGOTCH: Counter {
    package static var name: RegisterName { .HGOTCH }
    package static var offset: Int { 0x4134 }
    package static var specs: [RegisterSpec] {
        counter(in: "Statistics/SentFrames.swift", "Host good octets transmitted high")
    }

    package var raw: UInt32
    package init(raw: UInt32) { self.raw = raw }
}
