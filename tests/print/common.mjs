// What the printers of every family share. A printer is { id, print(host, cpus), carries(host),
// cpus }: id is the format the reader should name, print's text ends in a newline, carries is what
// of the host such a text can say, cpus whether it can hold several.
import { above, change, hex8, known, REGS } from '../hosts.mjs';

export const lines = (list) => list.map((line) => `${line}\n`).join('');
export const hex = (word) => (word >>> 0).toString(16);
export const upper = (word) => hex8(word).toUpperCase();
export const bits = (word) => (word >>> 0).toString(2).padStart(32, '0');
export const nibbles = (word) => bits(word).match(/.{4}/g).join(':');
export const place = (key) => key.split('.').map((part) => parseInt(part, 16));
export const keyOf = (leaf, subleaf = 0) => `${hex(leaf)}.${hex(subleaf)}`;

/** Leaves whose answer depends on ECX. */
export const indexed = (leaf) => [4, 7, 0xb, 0xd, 0xf, 0x10, 0x12, 0x14, 0x17, 0x18, 0x1b, 0x1d,
  0x1f, 0x20, 0x23, 0x24, 0x8000001d, 0x80000020, 0x80000026].includes(leaf);

/** The host with those rows only of which every register is known. */
export const full = (host) => only(host, () => true);

/** The same, with the rows that pass(leaf, subleaf) lets through. */
export function only(host, pass) {
  const leaves = [...host.leaves].filter(([key, words]) =>
    words.every((word) => word !== undefined) && pass(...place(key)));
  return { name: host.name, leaves: new Map(leaves) };
}

/** Rows in rising order: { leaf, subleaf, words }. */
export function rows(host) {
  const list = [...host.leaves].map(([key, words]) => {
    const [leaf, subleaf] = place(key);
    return { leaf, subleaf, words };
  });
  return list.sort((a, b) => a.leaf - b.leaf || a.subleaf - b.subleaf);
}

/** A word of the host; what it does not have reads as 0, as on the machine itself. */
export function word(host, key) {
  const [leaf, subleaf, reg] = key.split('.');
  const at = `${leaf}.${subleaf}`;
  return above(host, at) ? 0 : (host.leaves.get(at)?.[REGS.indexOf(reg)] ?? 0) >>> 0;
}

/** A host of single words: { '7.0.ebx': 5 }, the rest unknown. */
export function words(host, said) {
  const leaves = new Map();
  for (const [key, value] of Object.entries(said)) {
    const [leaf, subleaf, reg] = key.split('.');
    const at = `${leaf}.${subleaf}`;
    if (!leaves.has(at)) leaves.set(at, Array(4).fill(undefined));
    leaves.get(at)[REGS.indexOf(reg)] = value >>> 0;
  }
  return { name: host.name, leaves };
}

/** The words of a host under the keys, as a text says them that has no others. */
export const pick = (host, keys) =>
  words(host, Object.fromEntries(keys.map((key) => [key, word(host, key)])));

/** A text that leaves empty rows out: what is not there up to the maximum is zero. The rows that
 *  must be known so are those with features. */
export function zeroes(host, carried) {
  const leaves = new Map(carried.leaves);
  const last = rows(carried).at(-1).leaf; // a text may end early
  for (const key of FEATURES) {
    const [leaf, subleaf] = place(key);
    if (leaf > last || leaves.has(key) || above(host, key) || (subleaf && !leaves.has(keyOf(leaf)))) continue;
    leaves.set(key, [0, 0, 0, 0]);
  }
  return { name: host.name, leaves, truth: host, any: true };
}

const FEATURES = ['1.0', '7.0', '7.1', '7.2', 'd.1', '80000001.0', '80000007.0', '80000008.0'];

/** What a text carries as a table: "7.0.ebx" -> { value, must, may }, the bits that have to be known
 *  and those that may be. leaves are known whole; must and may say otherwise; what truth says
 *  counts for words that leaves does not have; any: all of it may be known. msr: the halves of MSR
 *  0x10a. */
export function carried({ leaves, must = {}, may = {}, truth, any, msr }) {
  const table = {};
  for (const [n, value] of (msr ?? []).entries()) {
    table[`msr10a.0.${n ? 'edx' : 'eax'}`] = { value, must: 0xffffffff, may: 0xffffffff };
  }
  for (const [key, value] of Object.entries(known({ leaves }))) {
    table[key] = { value, must: 0xffffffff, may: 0xffffffff };
  }
  for (const key of new Set([...Object.keys(must), ...Object.keys(may)])) {
    table[key] ??= { value: truth ? word(truth, key) : 0, must: 0, may: 0 };
    if (key in must) table[key].must = must[key] >>> 0;
    table[key].may = ((key in may ? may[key] : table[key].may) | table[key].must) >>> 0;
  }
  table.other = (key) => ({ value: truth ? word(truth, key) : 0, must: 0,
    may: any ? 0xffffffff : 0 });
  return table;
}

/** The host as its CPU number n reports it: only the APIC ids differ. */
export function cpu(host, n) {
  return change(host, {
    ...(host.leaves.has('1.0')
      ? { '1.0.ebx': (value = 0) => (value & 0x00ffffff) | (n << 24) } : {}),
    ...(host.leaves.has('b.0') ? { 'b.0.edx': n } : {}),
  });
}

export const cpusOf = (host, count) => Array.from({ length: count }, (_, n) => cpu(host, n));

/** Four registers' letters of a word, lowest byte first, unprintable ones as dots. */
export const letters = (list) => list.map((value) => [0, 8, 16, 24].map((shift) => {
  const c = (value >>> shift) & 255;
  return c > 31 && c < 127 ? String.fromCharCode(c) : '.';
}).join('')).join('');

/** The bytes of words as they lie in memory. */
export const bytes = (list) => list.flatMap((value) =>
  [0, 8, 16, 24].map((shift) => (value >>> shift) & 255));

const ascii = (list) => list.map((value) => String.fromCharCode(value & 255, (value >>> 8) & 255,
  (value >>> 16) & 255, value >>> 24)).join('');

export function vendor(host) {
  const [, b, c, d] = host.leaves.get('0.0');
  return ascii([b, d, c]);
}

export function brand(host) {
  const parts = ['2', '3', '4'].flatMap((n) => host.leaves.get(`8000000${n}.0`) ?? []);
  return ascii(parts).replace(/\0[^]*$/, '').replace(/\s+/g, ' ').trim();
}

/** Family, model and stepping as manuals count them. */
export function signature(host) {
  const eax = host.leaves.get('1.0')[0];
  const base = (eax >>> 8) & 15;
  return {
    eax, base,
    family: base + (base === 15 ? (eax >>> 20) & 255 : 0),
    model: ((eax >>> 4) & 15) + (base === 15 || base === 6 ? (eax >>> 12) & 0xf0 : 0),
    stepping: eax & 15,
  };
}
