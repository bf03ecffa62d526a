// SPDX-License-Identifier: Apache-2.0

/// The pcap file format with nanosecond time stamps, little-endian, Ethernet frames without FCS.
///
/// - Specification: IETF draft-ietf-opsawg-pcap, sections 4 and 5.
enum Pcap {
    /// Bytes of a frame that are kept: the most tcpdump accepts (`MAXIMUM_SNAPLEN`).
    static let snapLength = 262_144

    /// At the start of a file.
    struct FileHeader: BitwiseCopyable {
        static let length = 24

        var magic = UInt32(0xA1B2_3C4D).littleEndian
        var major = UInt16(2).littleEndian
        var minor = UInt16(4).littleEndian
        var reserved1: UInt32 = 0
        var reserved2: UInt32 = 0
        var snapLength = UInt32(Pcap.snapLength).littleEndian
        /// `LINKTYPE_ETHERNET`
        var linkType = UInt32(1).littleEndian
    }

    /// Before a frame.
    struct RecordHeader: BitwiseCopyable {
        static let length = 16

        var seconds: UInt32
        var nanoseconds: UInt32
        var capturedLength: UInt32
        var originalLength: UInt32

        init(time: (seconds: Int, nanoseconds: Int), capturedLength: Int, originalLength: Int) {
            seconds = UInt32(truncatingIfNeeded: time.seconds).littleEndian
            nanoseconds = UInt32(truncatingIfNeeded: time.nanoseconds).littleEndian
            self.capturedLength = UInt32(capturedLength).littleEndian
            self.originalLength = UInt32(originalLength).littleEndian
        }
    }
}
