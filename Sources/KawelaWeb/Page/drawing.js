/* SPDX-License-Identifier: Apache-2.0 */
// The card as a block diagram: from the wire on the left to the virtual machines on the right.

import { drops } from "./blocks.js";
import { bits, short, sum } from "./rates.js";
import { add, earth, Flow, Ground, label, Ring, write } from "./shapes.js";

/** Left edge and width. */
const columns = {
  uplink: [18, 118], mac: [206, 126], filters: [402, 124], switch: [592, 88], queues: [750, 254], functions: [1052, 170],
};
/** Height of the lines between the blocks on the left. */
const wire = { receive: 184, transmit: 206 };
/** A row for each pool with its two queues, and above them the PF. */
const rows = { top: 96, pitch: 62, height: 54, count: 8, pf: 26 };
const rowY = (pool) => rows.top + pool * rows.pitch;
/** Where the lines from the PF to its queues run. */
const bus = { receive: 1020, transmit: 1034 };
const scope = { x: 18, y: 440, width: 508, height: 138, seconds: 60 };

/** Frames a second between the wire and all pools, which the switch counts on request. */
const throughSwitch = (rates, direction) => sum(Array.from({ length: rows.count }, (_, pool) =>
  direction === "receive" ? rates.of("switch", "matrix", 0, pool + 1) : rates.of("switch", "matrix", pool + 1, 0)));

/** The next 1, 2 or 5 with zeros. */
function roundUp(value) {
  const unit = 10 ** Math.floor(Math.log10(value));
  return unit * [1, 2, 5, 10].find((step) => value <= step * unit);
}

export class Drawing {
  /** `open` is called with the name of a block: "mac", "queue 3", "vf0". */
  constructor(svg, open) {
    svg.replaceChildren();
    Object.assign(this, { svg, open, history: [] });
    add(svg, "rect", { class: "sheet", x: 1, y: 1, width: 1238, height: 670 });
    this.flows = add(svg, "g", { "aria-hidden": "true" });
    this.#left();
    this.#switch();
    this.queues = Array.from({ length: 2 * rows.count }, (_, index) => this.#queue(index));
    this.functions = ["pf", ...Array.from({ length: rows.count }, (_, index) => `vf${index}`)]
      .map((name, index) => this.#function(name, index === 0 ? rows.pf : rowY(index - 1)));
    this.pools = Array.from({ length: rows.count }, (_, index) => this.#pool(index));
    this.#grounds();
    this.#scope();
    this.#corner();
  }

  /** Shows what `ports` says of a port, and its rates. */
  update(port, rates) {
    this.#showWire(port, rates);
    this.queues.forEach((queue, index) => this.#showQueue(queue, rates.now.queues?.[index], rates.of("queues", index, "receive", "dropped")));
    this.pools.forEach((pool, index) => this.#showPool(pool, index, port, rates));
    this.functions.forEach((view) => this.#showFunction(view, port, rates));
    for (const [name, ground] of Object.entries(this.grounds)) ground.show(drops(name, rates));
    this.#showScope(rates);
  }

  // MARK: Building

  /** A group of shapes that opens what is behind it. */
  #block(name, title, [x, width], y, height) {
    const group = add(this.svg, "g", {
      class: "block", role: "button", tabindex: 0, "data-block": name, "data-title": title, "aria-label": title, "aria-expanded": "false",
    });
    group.addEventListener("click", () => this.open(name));
    group.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" && event.key !== " ") return;
      event.preventDefault();
      this.open(name);
    });
    add(group, "rect", { class: "frame", x, y, width, height, rx: 2 });
    return group;
  }

  #titled(name, title, column, y, height) {
    const group = this.#block(name, title, column, y, height);
    label(group, column[0] + 10, y + 20, title.toUpperCase(), "title");
    return group;
  }

  /** Lines of small text below the title of a block. */
  #notes(group, [x], y, count) {
    return Array.from({ length: count }, (_, index) => label(group, x + 10, y + index * 15, "", "note"));
  }

  /** Uplink, MAC and filters, which all frames of the wire pass. */
  #left() {
    const uplink = this.#titled("uplink", "Uplink", columns.uplink, 122, 146);
    this.uplinkLamp = this.#lamp(uplink, columns.uplink, 138);
    this.uplinkNotes = this.#notes(uplink, columns.uplink, 238, 2);
    const mac = this.#titled("mac", "MAC, PHY", columns.mac, 122, 146);
    this.linkLamp = this.#lamp(mac, columns.mac, 138);
    this.linkNotes = this.#notes(mac, columns.mac, 238, 2);
    const filters = this.#titled("filters", "Filters", columns.filters, 96, 198), x = columns.filters[0] + 10;
    ["addresses", "VLANs"].forEach((text, index) => label(filters, x, 138 + index * 15, text, "note"));
    ["EtherType", "5-tuple, SYN", "RSS"].forEach((text, index) => label(filters, x, 251 + index * 15, text, "note"));
    this.wireFlows = { receive: this.#wireFlows("receive"), transmit: this.#wireFlows("transmit") };
  }

  #lamp(group, [x, width], y) {
    return add(group, "circle", { class: "lamp", cx: x + width - 14, cy: y, r: 4.5 });
  }

  /** Lines from block to block, each with a label: frames, bits, and what the switch gets or gives. */
  #wireFlows(direction) {
    const y = wire[direction], { uplink, mac, filters, switch: last } = columns;
    return [[uplink, mac], [mac, filters], [filters, last]].map(([[x, width], [right]]) => {
      const left = x + width, ends = [[left, y], [right, y]];
      return {
        flow: new Flow(this.flows, direction, direction === "receive" ? ends : ends.toReversed()),
        text: label(this.svg, (left + right) / 2, direction === "receive" ? y - 8 : y + 17, "", `${direction} middle`),
      };
    });
  }

  #switch() {
    this.#titled("switch", "Switch", columns.switch, rows.top - 22, rowY(rows.count - 1) + rows.height - rows.top + 22);
  }

  #queue(index) {
    const x = columns.queues[0], y = rowY(index % rows.count) + (index < rows.count ? 0 : 28);
    const group = this.#block(`queue ${index}`, `Queue ${index}`, columns.queues, y, 26);
    label(group, x + 8, y + 17, `Q${index}`);
    return {
      group, title: `Queue ${index}`,
      receive: new Ring(group, x + 36, y + 8, 80, "receive"), transmit: new Ring(group, x + 124, y + 8, 80, "transmit"),
      dropped: label(group, x + 248, y + 17, "", "drop past end"),
    };
  }

  #pool(index) {
    const y = rowY(index), [left, right] = [columns.switch[0] + columns.switch[1], columns.queues[0]];
    label(this.svg, left - 8, y + 31, `pool ${index}`, "note end");
    const [up, down] = [y + 20, y + 36];
    return {
      receive: new Flow(this.flows, "receive", [[left, up], [right, up]]),
      transmit: new Flow(this.flows, "transmit", [[right, down], [left, down]]),
      received: label(this.svg, left + 5, up - 6, "", "receive"), sent: label(this.svg, right - 4, down + 14, "", "transmit end"),
      outside: {}, owner: null,
    };
  }

  #function(name, y) {
    const [x, width] = columns.functions, title = name.toUpperCase();
    const group = this.#block(name, title, columns.functions, y, rows.height);
    label(group, x + 10, y + 18, title, "title");
    return {
      name, group, y, lamp: add(group, "circle", { class: "lamp", cx: x + width - 11, cy: y + 14, r: 4 }),
      address: label(group, x + 48, y + 18, "", "small"),
      received: label(group, x + 10, y + 33, "", "receive"), sent: label(group, x + 10, y + 47, "", "transmit"),
      interrupts: label(group, x + width - 8, y + 47, "", "small end"),
    };
  }

  #grounds() {
    label(this.svg, columns.queues[0] + 36, 74, "receive ring:", "small");
    label(this.svg, columns.queues[0] + 36, 86, "free buffers", "small");
    label(this.svg, columns.queues[0] + 124, 74, "transmit ring:", "small");
    label(this.svg, columns.queues[0] + 124, 86, "waiting", "small");
    const below = rowY(rows.count - 1) + rows.height;
    this.grounds = {
      uplink: new Ground(this.svg, 40, 268, 5), mac: new Ground(this.svg, 228, 268, 5), filters: new Ground(this.svg, 424, 294, 5),
      switch: new Ground(this.svg, 614, below, 4), queues: new Ground(this.svg, 776, below, 4),
    };
  }

  #scope() {
    const { x, y, width, height } = scope, group = add(this.svg, "g");
    add(group, "rect", { class: "inner", x, y, width, height });
    for (const share of [0.25, 0.5, 0.75]) add(group, "path", { class: "edge", d: `M${x},${y + height * share} h${width}` });
    label(group, x, y - 8, "wire, the last minute", "small");
    this.scopeTop = label(group, x + width, y - 8, "", "small end");
    this.curves = ["receive", "transmit"].map((direction) => add(group, "polyline", { class: `curve ${direction}` }));
  }

  /** The legend, and the corner that says what is drawn. */
  #corner() {
    const y = 640;
    new Flow(this.svg, "receive", [[18, y], [52, y]]).show(1e5);
    label(this.svg, 60, y + 4, "receive", "receive");
    new Flow(this.svg, "transmit", [[172, y], [138, y]]).show(1e5);
    label(this.svg, 180, y + 4, "transmit", "transmit");
    add(this.svg, "path", { class: "ground", d: earth(276, y - 12) });
    label(this.svg, 292, y + 4, "lost, and why", "drop");
    add(this.svg, "circle", { class: "lamp up", cx: 410, cy: y, r: 4.5 });
    label(this.svg, 422, y + 4, "carrier, link, client");
    add(this.svg, "rect", { class: "frame", x: 980, y: 612, width: 242, height: 46 });
    this.corner = [label(this.svg, 990, 631, "", "title"), label(this.svg, 990, 648, "", "small")];
  }

  /** Writes in the corner what is drawn. */
  describe(title, note) {
    write(this.corner[0], title);
    write(this.corner[1], note);
  }

  // MARK: Showing

  #showWire(port, rates) {
    const up = port.link?.up, carrier = port.uplink?.up;
    this.uplinkLamp.setAttribute("class", `lamp ${carrier ? "up" : "down"}`);
    this.linkLamp.setAttribute("class", `lamp ${up ? "up" : "down"}`);
    const specification = port.uplink?.specification ?? "";
    write(this.uplinkNotes[0], specification.length > 15 ? `${specification.slice(0, 14)}…` : specification);
    write(this.uplinkNotes[1], carrier ? "carrier" : "no carrier");
    write(this.linkNotes[0], up ? `${port.link.speed} Mb/s` : port.link?.unplugged ? "unplugged" : "no link");
    write(this.linkNotes[1], up ? `${rates.now.link?.fullDuplex === false ? "half" : "full"} duplex` : "");
    for (const [direction, name] of [["receive", "received"], ["transmit", "sent"]]) {
      const bytes = rates.of("uplink", `${name}_bytes`), [frames, amount, switched] = this.wireFlows[direction];
      write(frames.text, `${short(rates.of("uplink", `${name}_frames`))} f/s`);
      write(amount.text, bits(bytes));
      write(switched.text, rates.now.switch?.on ? `${short(throughSwitch(rates, direction))} f/s` : "");
      this.wireFlows[direction].forEach(({ flow }) => flow.show(bytes));
    }
  }

  #showQueue(view, queue, dropped) {
    const isOn = queue?.transmit?.enabled || queue?.receive?.enabled;
    view.group.classList.toggle("absent", !isOn);
    view.receive.show(queue?.receive);
    view.transmit.show(queue?.transmit);
    view.dropped.classList.toggle("past", !dropped);
    write(view.dropped, dropped ? `${short(dropped)}/s` : "");
    const { size: receive = 0, pending: free = 0 } = queue?.receive ?? {}, { pending: waiting = 0 } = queue?.transmit ?? {};
    const state = isOn ? `${free} of ${receive} receive buffers free, ${waiting} descriptors to send` : "not enabled";
    view.group.setAttribute("aria-label", `${view.title}, ${queue?.function ?? "pf"}, ${state}`);
  }

  #showPool(view, index, port, rates) {
    const both = [index, index + rows.count], of = (...path) => sum(both.map((queue) => rates.of("queues", queue, ...path)));
    const isOn = both.some((queue) => ["receive", "transmit"].some((side) => rates.now.queues?.[queue]?.[side]?.enabled));
    const owner = isOn ? rates.now.queues[index].function : null;
    if (view.owner !== owner) this.#connect(view, index, owner);
    for (const [direction, text] of [["receive", view.received], ["transmit", view.sent]]) {
      const bytes = isOn ? of(direction, "bytes") : null;
      view[direction].show(bytes);
      view.outside[direction]?.show(bytes);
      write(text, isOn ? short(of(direction, "frames")) : "");
    }
  }

  /** Lines from a pool to the function that owns its queues. */
  #connect(view, index, owner) {
    Object.values(view.outside).forEach((flow) => flow.remove());
    Object.assign(view, { owner, outside: {} });
    if (!owner) return;
    const [near, far] = [columns.queues[0] + columns.queues[1], columns.functions[0]];
    const [up, down] = [rowY(index) + 20, rowY(index) + 36], [pfUp, pfDown] = [rows.pf + 20, rows.pf + 36];
    const viaPF = owner === "pf";
    view.outside.receive = new Flow(this.flows, "receive", viaPF
      ? [[near, up], [bus.receive, up], [bus.receive, pfUp], [far, pfUp]] : [[near, up], [far, up]]);
    view.outside.transmit = new Flow(this.flows, "transmit", viaPF
      ? [[far, pfDown], [bus.transmit, pfDown], [bus.transmit, down], [near, down]] : [[far, down], [near, down]]);
  }

  #showFunction(view, port, rates) {
    const index = (rates.now.functions ?? []).findIndex((one) => one.function === view.name);
    const settings = (port.functions ?? []).find((one) => one.function === view.name);
    const exists = settings?.exists ?? false, client = settings?.client ?? false;
    view.group.classList.toggle("absent", !exists);
    view.lamp.setAttribute("class", `lamp ${client ? "up" : ""}`);
    write(view.address, exists ? settings.address ?? "" : client ? "off; client waits" : "off");
    write(view.received, exists ? `→ ${bits(rates.of("functions", index, "receive", "bytes"))}` : "");
    write(view.sent, exists ? `← ${bits(rates.of("functions", index, "transmit", "bytes"))}` : "");
    write(view.interrupts, exists ? `${short(rates.of("functions", index, "interrupts"))} int/s` : "");
    const state = exists ? (client ? "with a client" : "without a client") : "not enabled";
    view.group.setAttribute("aria-label", `${view.name.toUpperCase()}, ${state}`);
  }

  #showScope(rates) {
    if (rates.seconds > 0) {
      this.history.push({ time: rates.now.time, receive: rates.of("uplink", "received_bytes") ?? 0, transmit: rates.of("uplink", "sent_bytes") ?? 0 });
    }
    this.history = this.history.filter((one) => rates.now.time - one.time <= scope.seconds);
    const most = Math.max(...this.history.flatMap((one) => [one.receive, one.transmit]), 125);
    const top = roundUp(most * 8) / 8;
    write(this.scopeTop, bits(top));
    ["receive", "transmit"].forEach((direction, index) => {
      const points = this.history.map((one) => [
        scope.x + scope.width * (1 - (rates.now.time - one.time) / scope.seconds),
        scope.y + scope.height * (1 - one[direction] / top),
      ]);
      this.curves[index].setAttribute("points", points.map((point) => point.map((at) => at.toFixed(1)).join(",")).join(" "));
    });
  }
}
