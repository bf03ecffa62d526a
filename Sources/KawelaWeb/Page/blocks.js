/* SPDX-License-Identifier: Apache-2.0 */
// What is in the drawing: the blocks of the card, which counters tell of drops in each, and which registers set it.

/** Counters of the MAC that count frames that it loses. */
const lostInMAC = ["CRCERRS", "RXERRC", "MPC", "RUC", "ROC", "RFC", "RJC", "LATECOL", "ECOL", "HTDPMC", "FCRUC"];

const among = (names) => (name) => names.includes(name);
const inQueue = among([
  "receive_no_descriptors", "receive_queue_disabled", "receive_unwritable", "transmit_malformed", "transmit_unreadable",
  "transmit_ring_fault",
]);

/** For each block that loses frames: pairs of an object of the counters and which of its members are losses here. */
const losses = {
  uplink: [["uplink", (name) => name.includes("dropped")], ["faults", () => true]],
  mac: [["hardware", among(lostInMAC)]],
  filters: [["reasons", (name) => name.startsWith("receive_") && !inQueue(name)]],
  switch: [["reasons", (name) => name.startsWith("switch_")]],
  queues: [["reasons", inQueue]],
};

/** Frames lost in `block`, those that are being lost now first: `name`, `total`, and `rate`, which may be null. */
export function drops(block, rates) {
  return losses[block]
    .flatMap(([object, isHere]) => Object.keys(rates.now[object] ?? {}).filter(isHere).map((name) => [object, name]))
    .map(([object, name]) => ({ name, total: rates.total(object, name), rate: rates.of(object, name) }))
    .filter((drop) => drop.total > 0)
    .sort((one, other) => (other.rate ?? 0) - (one.rate ?? 0) || other.total - one.total);
}

const each = (names, index) => names.map((name) => `${name}[${index}]`);

/** Registers that set a block, by its name: "mac", "queue 3", "pf", "vf0". */
export function registers(block) {
  const queue = /^queue (\d+)$/.exec(block)?.[1], vf = /^vf(\d)$/.exec(block)?.[1];
  if (queue) {
    return each([
      "RXDCTL", "SRRCTL", "RDBAL", "RDBAH", "RDLEN", "RDH", "RDT", "RQDPC", "TXDCTL", "TDBAL", "TDBAH", "TDLEN", "TDH", "TDT",
      "TDWBAL", "TDWBAH",
    ], queue);
  }
  if (vf) {
    return each([
      "VMOLR", "VMVIR", "PFMAILBOX", "VFMAILBOX", "PVTCTRL", "PVTSTATUS", "PVTEICR", "PVTEIMS", "PVTEIAC", "PVTEIAM",
    ], vf);
  }
  return {
    mac: ["CTRL", "STATUS", "CTRL_EXT", "MDIC", "RCTL", "TCTL", "TIPG", "FCTTV", "FCRTL", "FCRTH", "RLPML", "LEDCTL"],
    filters: ["RCTL", "RFCTL", "RXCSUM", "MRQC", "VET", "SYNQF", "RAL*", "RAH*", "MTA*", "VFTA*", "ETQF*", "FTQF*", "RETA*"],
    switch: [
      "VT_CTL", "DTXSWC", "TXSWC", "RPLOLR", "VFRE", "VFTE", "QDE", "LVMMC", "WVBR", "SCCRL", "VMOLR*", "VMVIR*", "VLVF*",
      "VMRCTL*", "UTA*",
    ],
    pf: ["GPIE", "ICR", "IMS", "IAM", "EICR", "EIMS", "EIAC", "EIAM", "EITR*", "IVAR*", "MBVFICR", "MBVFIMR", "VFLRE"],
  }[block] ?? [];
}
