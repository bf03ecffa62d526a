/* SPDX-License-Identifier: Apache-2.0 */
// Asks for counters each second and has them drawn.

import { Drawing } from "./drawing.js";
import { Panel } from "./panel.js";
import { Rates } from "./rates.js";

const interval = 1000;
const find = (id) => document.getElementById(id);

/** The answer of a reading method of the control socket. */
async function ask(method, parameters = {}) {
  const response = await fetch(`api/${method}?${new URLSearchParams(parameters)}`);
  const answer = await response.json();
  if (!response.ok) throw new Error(answer.error ?? response.statusText);
  return answer;
}

const panel = new Panel(ask);
const drawing = new Drawing(find("drawing"), open);

/** Opens a block, "mac", "queue 3" or "vf0", or the misuse reports; the address has it then. */
function open(name) {
  const opener = name === "misuse" ? find("misuse") : document.querySelector(`[data-block="${CSS.escape(name)}"]`);
  if (!opener) return;
  history.replaceState(null, "", `#${encodeURIComponent(name)}`);
  panel.show(name, opener.dataset.title ?? opener.textContent, opener);
  if (shown.rates) panel.refresh(shown.port, shown.rates);
}

/** The port that is shown, and the last readings of it. */
const shown = { name: null, port: null, rates: null, before: null, version: null };

function choose(name) {
  Object.assign(shown, { name, before: null });
  drawing.history = [];
  panel.hide();
  turn();
}

/** A button for each port, where there are several. */
function showPorts(ports) {
  const nav = find("ports"), names = ports.map((port) => port.port);
  if (nav.dataset.names !== names.join()) {
    nav.dataset.names = names.join();
    nav.replaceChildren(...(names.length > 1 ? names : []).map((name) => {
      const button = document.createElement("button");
      button.textContent = name;
      button.addEventListener("click", () => choose(name));
      return button;
    }));
  }
  for (const button of nav.children) button.setAttribute("aria-pressed", String(button.textContent === shown.name));
}

async function showMisuse(port) {
  const count = await ask("misuse", { port }).then((answer) => answer.reports?.length ?? 0, () => 0);
  find("misuse").hidden = count === 0;
  find("misuse").textContent = count === 1 ? "1 misuse report" : `${count} misuse reports`;
}

async function show() {
  const [{ ports }, { time, ports: counters }] = await Promise.all([ask("ports"), ask("counters")]);
  shown.version ??= await ask("version");
  if (!ports.some((port) => port.port === shown.name)) Object.assign(shown, { name: ports[0].port, before: null });
  showPorts(ports);
  shown.port = ports.find((port) => port.port === shown.name);
  const now = { ...counters.find((port) => port.port === shown.name), time: time / 1e9 };
  shown.rates = new Rates(shown.before ?? now, now, shown.before ? now.time - shown.before.time : 0);
  shown.before = now;
  drawing.update(shown.port, shown.rates);
  const driver = shown.port.driver === "embedded" ? "embedded driver" : "driver in the guest";
  drawing.describe(shown.name ? `82576, PORT ${shown.name.toUpperCase()}` : "82576", `kawela ${shown.version.version ?? ""}, ${driver}`);
  await Promise.all([panel.refresh(shown.port, shown.rates), showMisuse(shown.name)]);
}

/** Says whether what is shown is what is. */
function tell(problem) {
  find("status").textContent = problem ?? "live";
  find("status").classList.toggle("bad", problem !== null);
  find("drawing").classList.toggle("stale", problem !== null);
}

let isAsking = false;

async function turn() {
  if (isAsking || document.hidden) return;
  isAsking = true;
  await show().then(() => tell(null), (error) => tell(error.message));
  isAsking = false;
}

find("misuse").addEventListener("click", () => open("misuse"));
setInterval(turn, interval);
turn().then(() => open(decodeURIComponent(location.hash.slice(1))));
