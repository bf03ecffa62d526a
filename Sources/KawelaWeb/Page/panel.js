/* SPDX-License-Identifier: Apache-2.0 */
// What is behind a block: its settings, its counters and its registers by field, read anew each second.

import { drops, registers } from "./blocks.js";
import { short, whole } from "./rates.js";

function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
}

const heading = (text) => element("h3", {}, text);
const cell = (text, kind) => element("td", kind ? { class: kind } : {}, text);
const table = (rows, kind = "") => element("table", { class: kind }, element("tbody", {}, ...rows));
const row = (name, ...values) => element("tr", {}, element("th", { scope: "row" }, name), ...values);

/** Counters with what they stand at and how fast they grow. */
const counters = (entries) => table(entries.map(([name, total, rate]) =>
  row(name, cell(whole(total), "number"), cell(rate ? `${short(rate)}/s` : "", "number"))));

export class Panel {
  /** `ask` asks a method of the control socket. */
  constructor(ask) {
    this.ask = ask;
    [this.root, this.title, this.body, this.close] = ["panel", "panel-title", "panel-body", "panel-close"].map((id) => document.getElementById(id));
    this.close.addEventListener("click", () => this.hide());
    document.addEventListener("keydown", (event) => { if (event.key === "Escape") this.hide(); });
  }

  /** Opens on the side where `opener`, the element of the block, stays visible. */
  show(name, title, opener) {
    this.opener?.setAttribute("aria-expanded", "false");
    Object.assign(this, { name, opener });
    opener.setAttribute("aria-expanded", "true");
    this.title.textContent = title;
    this.body.replaceChildren();
    this.body.scrollTop = 0;
    this.root.classList.toggle("left", opener.getBoundingClientRect().left > innerWidth / 2);
    this.root.hidden = false;
    this.close.focus();
  }

  hide() {
    if (this.root.hidden) return;
    this.root.hidden = true;
    history.replaceState(null, "", location.pathname);
    this.opener?.setAttribute("aria-expanded", "false");
    this.opener?.focus();
    this.name = null;
  }

  /** Reads and shows anew, if anything is open. */
  async refresh(port, rates) {
    const name = this.name;
    if (!name) return;
    const made = name === "misuse" ? await this.#misuse(port) : await this.#block(name, port, rates);
    if (this.name === name) this.body.replaceChildren(...made.flat());
  }

  async #block(name, port, rates) {
    return [
      this.#state(name, port, rates), name === "switch" ? matrix(rates) : [],
      /^vf\d$/.test(name) ? await this.#settings(name, port) : [], await this.#registers(name, port),
    ];
  }

  #state(name, port, rates) {
    if (name === "uplink") return [heading("Uplink"), table(Object.entries(port.uplink).map(([key, value]) => row(key, cell(String(value))))), ...all("uplink", rates), ...all("faults", rates)];
    if (name === "mac") return all("hardware", rates);
    if (name === "filters" || name === "switch") {
      const lost = drops(name, rates).map((drop) => [drop.name, drop.total, drop.rate]);
      return lost.length ? [heading("Lost here"), counters(lost)] : [];
    }
    const queue = /^queue (\d+)$/.exec(name)?.[1];
    return queue ? queueState(queue, rates) : functionState(name, port, rates);
  }

  async #settings(name, port) {
    return this.#trying("Settings", async () => {
      const answer = await this.ask("vf.get", { port: port.port, vf: name.slice(2) });
      const settings = (answer.functions ?? [])[0] ?? {};
      return [table(Object.entries(settings).map(([key, value]) => row(key, cell(String(value)))))];
    });
  }

  async #registers(name, port) {
    const names = registers(name);
    if (!names.length) return [];
    return this.#trying("Registers", async () => {
      const answer = await this.ask("registers", { port: port.port, names: names.join(",") });
      const isArray = (one) => names.some((pattern) => pattern.endsWith("*") && one.name.startsWith(pattern.slice(0, -1)));
      const shown = answer.registers.filter((one) => !isArray(one) || one.value !== one.reset);
      return [table(shown.flatMap(registerRows))];
    });
  }

  async #misuse(port) {
    return this.#trying("Against the datasheet", async () => {
      const answer = await this.ask("misuse", { port: port.port });
      return answer.reports.toReversed().map((report) => table([
        row(report.rule, cell([report.function, report.register, report.field].filter(Boolean).join(" "))),
        row("", cell(report.text, "meaning")), row(report.section ?? "", cell(report.advice ?? "", "meaning")),
      ]));
    });
  }

  async #trying(title, make) {
    try {
      return [heading(title), ...await make()];
    } catch (error) {
      return [heading(title), element("p", { class: "problem" }, error.message)];
    }
  }
}

const all = (object, rates) => {
  const names = Object.keys(rates.now[object] ?? {}).filter((name) => rates.total(object, name) > 0);
  return names.length ? [heading("Counters"), counters(names.map((name) => [name, rates.total(object, name), rates.of(object, name)]))] : [];
};

function queueState(index, rates) {
  const queue = rates.now.queues?.[index] ?? {};
  return ["receive", "transmit"].flatMap((side) => {
    const ring = queue[side] ?? {}, names = ["frames", "bytes", "doorbells", "dropped"].filter((name) => name in ring);
    const fill = side === "receive" ? "free buffers" : "waiting to be sent";
    const state = ring.enabled ? `enabled, ${ring.size} descriptors, ${ring.pending} ${fill}` : "not enabled";
    return [
      heading(side === "receive" ? "Receive ring" : "Transmit ring"), element("p", { class: "quiet" }, state),
      counters(names.map((name) => [name, ring[name], rates.of("queues", index, side, name)])),
    ];
  });
}

function functionState(name, port, rates) {
  const settings = port.functions.find((one) => one.function === name) ?? {};
  const index = (rates.now.functions ?? []).findIndex((one) => one.function === name), at = ["functions", index];
  const paths = [["receive", "frames"], ["receive", "bytes"], ["transmit", "frames"], ["transmit", "bytes"], ["interrupts"], ["doorbells"]];
  return [
    heading("Function"), table(Object.entries(settings).map(([key, value]) => row(key, cell(String(value))))),
    heading("Counters"), counters(paths.map((path) => [path.join(" "), rates.total(...at, ...path), rates.of(...at, ...path)])),
  ];
}

/** Who sends to whom, a row for each sender, in frames a second. */
function matrix(rates) {
  const values = rates.now.switch?.matrix;
  if (!values) return [];
  const names = ["wire", ...values.slice(1).map((_, pool) => `p${pool}`)];
  const head = element("tr", {}, element("th", {}, "from \\ to"), ...names.map((name) => element("th", { scope: "col" }, name)));
  const body = values.map((_, from) => row(names[from], ...values[from].map((_, to) => {
    const rate = rates.of("switch", "matrix", from, to);
    return cell(rate ? short(rate) : "·", "number");
  })));
  return [heading("Frames a second, who to whom"), table([head, ...body], "matrix")];
}

function registerRows(register) {
  const changed = register.value !== register.reset ? { class: "register changed" } : { class: "register" };
  const head = element("tr", changed, element("th", { scope: "row" }, register.name), cell(register.offset), cell(register.value, "value"), cell(""));
  const fields = (register.fields ?? []).map((field) =>
    element("tr", {}, cell(`  ${field.bits}`), cell(field.name), cell(String(field.value)), cell(field.meaning, "meaning")));
  return [head, ...fields];
}
