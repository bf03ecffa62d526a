// SPDX-License-Identifier: Apache-2.0

extension Report {
    /// How the figures came about.
    static let method = """
        ## Method

        Beside igb without a processor: QEMU runs with `-accel qtest`, and the benchmark plays the guest. It writes frames and
        descriptors straight into the guest's RAM, which QEMU shares as a memfd, rings the doorbell with one qtest command
        and spins on the last descriptor. All cards run at the same time and take turns, round by round. Every frame counts only
        if it was verified: DD in each descriptor; every byte, length and status bit of what was received; the card's counters;
        with a TAP, the kernel's. Pools are VMDq pools of the physical function. Interrupts are masked but where a message is
        what is measured. The benchmark has one processor for itself, where it goes before others; the cards share the
        rest of the processors. Before each batch the cards have nothing to do for 300 us.

        *Batches of 1, 8, 32 and 255*: a round is 100 batches of each size in turn, and stands for their median. Time ends
        when QEMU has answered the command, the last descriptor is done, and the benchmark has looked at each descriptor and
        compared each byte received, on the processor that did not put it there: as a guest has to. Frames to be received
        are taken as they come; their time runs from the first byte sent.

        *What a frame more costs*: batches of one frame alternate with full ones of 255 descriptors (85 segmented packets),
        and what one frame costs is the difference between the two, medians of 100 each, divided by the frames more. So
        doorbell, qtest protocol and wake-ups cancel out. Frames of 60 B to null come in batches of 4080, to stand out. Frames to be received
        wait in the socket while the process that emulates the card is stopped; time runs from letting it go on.

        *Guests*: one guest for each card at the same time, three rounds in turns. pktgen sends for 1 s, iperf3 for 2 s.
        Requests are one byte, from the host to an echo program in the guest, 1000 a round. Messages are counted by QEMU's trace
        events. Two VFs come up from the write of 2 to sriov_numvfs: igb resets the card, igbvf is loaded once the PF's link is up
        again, and time ends when both VFs have a link. igbvf polls the mailbox until igb answers, so its messages vary.

        testpmd forwards on one processor with one queue, for 1 s. For rxonly, io and macswap the host offers 500,000 frames a
        second at the TAP interface, and the latter two send back what came: a PF by io, a VF, which may send with its own address
        only, by macswap. Without a vIOMMU it drives the function by UIO, since Debian's VFIO wants an IOMMU. With one, VFIO maps
        testpmd's memory once, whether Linux's own drivers pass through or not, so both kinds are the same to it.

        *The device alone*: the driver program calls the PCIe function and Port.run() directly. A run is one batch, repeated
        for a second. TAP and socket are real ones; their system calls are part of the time.

        *System calls*: a client of the socket does the same thing 200 times, each time when the process sleeps; strace
        counts calls, the kernel sleeps.
        """
}
