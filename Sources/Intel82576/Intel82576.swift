// SPDX-License-Identifier: Apache-2.0

// The Intel 82576 Gigabit Ethernet controller: one copper port with its physical function, up to eight SR-IOV virtual
// functions, 16 queue pairs, pools and the layer 2 switch between them.
//
// Facts are from the Intel 82576EB datasheet (revision 2.x), the PCI Express Base Specification, and what public
// drivers do; a comment says where they disagree or are silent. ``Port`` is the way in; ``RegisterTable`` says register
// by register how far the implementation goes.
//
// | folder | block |
// |---|---|
// | Port | the wiring: which block an access goes to, what follows for others, the functions towards their transports |
// | Configuration, Functions | configuration spaces of PF and VFs; which exist, and whose memory a queue reaches |
// | Registers | the register table, and which block a register belongs to |
// | Transmit, Receive, Switch | the packet path, by stage |
// | FlowControl | PAUSE frames both ways, and the packet buffer they keep from overflowing |
// | Time | IEEE 1588: system time and stamps of frames; timers for software |
// | PHY | the PHY, the link, device control |
// | Interrupts, Mailbox, Statistics, NVM | the blocks of those names |
// | Packet | headers, checksums, segmentation |
// | Memory | guest memory and frame buffers: the only folder where pointers are used |
//
// Not implemented: target times of IEEE 1588, flash, wake-up, manageability, SerDes and SGMII, IPsec and MACsec.
// `kawela registers` marks the registers of these as unimplemented.
