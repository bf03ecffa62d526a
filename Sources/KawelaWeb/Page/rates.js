/* SPDX-License-Identifier: Apache-2.0 */
// From counters to rates, and numbers as people read them.

/** What a counter grew by. One that shrank was started anew. */
const growth = (before, now) => (now >= before ? now - before : now);

/** Member of an object by a path of names and indices; undefined where there is none. */
const member = (object, path) => path.reduce((value, name) => value?.[name], object);

/** Two readings of the counters of a port, some seconds apart. */
export class Rates {
  constructor(before, now, seconds) {
    Object.assign(this, { before, now, seconds });
  }

  /** Events a second of the counter at `path`; null before there are two readings. */
  of(...path) {
    const now = member(this.now, path), before = member(this.before, path);
    if (typeof now !== "number" || typeof before !== "number" || !(this.seconds > 0)) return null;
    return growth(before, now) / this.seconds;
  }

  total(...path) {
    return member(this.now, path) ?? 0;
  }
}

/** Sum of what is known; null when nothing is. */
export function sum(values) {
  const known = values.filter((value) => value !== null);
  return known.length ? known.reduce((one, other) => one + other, 0) : null;
}

/** Three digits and a factor: 61.0k. */
export function short(value) {
  if (value === null || value === undefined) return "–";
  for (const [factor, unit] of [[1e9, "G"], [1e6, "M"], [1e3, "k"]]) {
    if (value >= factor * 0.9995) return digits(value / factor) + unit;
  }
  return value >= 99.95 || Number.isInteger(value) ? value.toFixed(0) : value.toFixed(1);
}

const digits = (value) => value.toFixed(value >= 99.95 ? 0 : value >= 9.995 ? 1 : 2);

/** Bits a second, of bytes a second. */
export function bits(bytes) {
  if (bytes === null) return "–";
  const text = short(bytes * 8);
  return /[kMG]$/.test(text) ? `${text.slice(0, -1)} ${text.slice(-1)}b/s` : `${text} b/s`;
}

/** All digits, in groups of three. */
export const whole = (value) => value.toLocaleString("en-US").replaceAll(",", "\u202f");

/** The first sentence's form of a counter's name: "no descriptors" of "receive_no_descriptors". */
export const reason = (name) => name.replace(/^(receive|transmit|switch|send_dropped|receive_dropped)_/, "").replaceAll("_", " ");
