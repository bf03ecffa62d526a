/* SPDX-License-Identifier: Apache-2.0 */
// Shapes of the drawing that show numbers.

import { reason, short, whole } from "./rates.js";

/** Adds an SVG element to `parent`. */
export function add(parent, name, attributes = {}, text) {
  const element = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  if (text !== undefined) element.textContent = text;
  parent.append(element);
  return element;
}

export const label = (parent, x, y, text, kind = "") => add(parent, "text", { x, y, class: kind }, text);
export const write = (element, text) => { if (element.textContent !== text) element.textContent = text; };

/** A line with an arrowhead whose width tells of the bits on it. */
export class Flow {
  constructor(parent, direction, points) {
    this.direction = direction;
    this.line = add(parent, "polyline", { points: points.map((point) => point.join(",")).join(" ") });
    this.head = add(parent, "path", { d: this.#arrow(points.at(-2), points.at(-1)) });
    this.show(null);
  }

  #arrow([fromX, fromY], [x, y]) {
    const [dx, dy] = [Math.sign(x - fromX), Math.sign(y - fromY)];
    return `M${x},${y} l${-8 * dx - 4 * dy},${-8 * dy - 4 * dx} l${8 * dy},${8 * dx} z`;
  }

  remove() {
    this.line.remove();
    this.head.remove();
  }

  /** `bytes` a second; null or 0 when nothing flows. */
  show(bytes) {
    const state = `${this.direction}${bytes ? "" : " idle"}`;
    this.line.setAttribute("class", `flow ${state}`);
    this.head.setAttribute("class", `head ${state}`);
    this.line.setAttribute("stroke-width", bytes ? Math.min(1 + Math.log10(1 + bytes * 8 / 1e4) / 1.6, 4.5).toFixed(2) : 1);
  }
}

/** The sign for earth, with a lead from above. */
export const earth = (x, y) => `M${x},${y} v14 m-8,0 h16 m-13,4 h10 m-7,4 h4`;

/** The frames that a block loses, as current that goes to ground. */
export class Ground {
  constructor(parent, x, y, lines) {
    this.group = add(parent, "g");
    this.symbol = add(this.group, "path", { class: "ground", d: earth(x, y) });
    this.lines = Array.from({ length: lines }, (_, index) => label(this.group, x + 14, y + 15 + index * 14, "", "drop"));
  }

  show(lost) {
    this.group.setAttribute("visibility", lost.length ? "visible" : "hidden");
    this.symbol.classList.toggle("past", !lost.some((drop) => drop.rate));
    this.lines.forEach((line, index) => {
      const drop = lost[index];
      line.classList.toggle("past", !drop?.rate);
      write(line, drop ? (drop.rate ? `${short(drop.rate)}/s ${reason(drop.name)}` : `${whole(drop.total)} ${reason(drop.name)}`) : "");
    });
  }
}

/** A ring's size as a frame, and the descriptors that the device has as its filling. */
export class Ring {
  constructor(parent, x, y, width, direction) {
    Object.assign(this, { x, width, direction });
    this.fill = add(parent, "rect", { x, y, height: 9, width: 0 });
    this.frame = add(parent, "rect", { x, y, height: 9, width, class: "ring" });
  }

  /** A receive ring with few buffers left soon loses frames. */
  show(ring) {
    const share = ring?.enabled && ring.size > 0 ? Math.min(ring.pending / ring.size, 1) : 0;
    const isLow = this.direction === "receive" && ring?.enabled && share < 0.06;
    this.frame.setAttribute("class", ring?.enabled ? "ring" : "ring off");
    this.fill.setAttribute("class", `fill ${isLow ? "low" : this.direction}`);
    this.fill.setAttribute("width", (isLow ? Math.max(share * this.width, 2.5) : share * this.width).toFixed(1));
  }
}
