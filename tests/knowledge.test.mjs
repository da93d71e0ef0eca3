// What the core knows about bits, walked row by row against the tables it was made from, where
// those are at hand.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { ask, core } from './core.mjs';
import { at } from './control.mjs';
import { formats, hosts, truth } from './hosts.mjs';

const reference = new URL('../../shared/reference/', import.meta.url);
const absent = existsSync(reference) ? false : 'the reference tables are not here';

const table = (file) => {
  if (absent) return [];
  const [head, ...rows] = readFileSync(new URL(file, reference), 'utf8').trimEnd().split('\n')
    .map((line) => line.split('\t'));
  return rows.map((row) => Object.fromEntries(head.map((name, n) => [name, row[n] ?? ''])));
};

const leafOf = (row) => `${Number(row.leaf).toString(16)}.${row.subleaf.replace('+', '')}`;
const key = (row) => `${leafOf(row)}.${row.reg.toLowerCase()}`;
const bitsOfDumps = table('feature-bits.tsv').filter(({ leaf }) =>
  /^0x/.test(leaf) && !/^0x4/.test(leaf) || leaf === '0x4');

/** A host that has every leaf of the table, so that every register is listed. */
function everyLeaf() {
  const leaves = new Map();
  for (const row of bitsOfDumps) leaves.set(leafOf(row), [0, 0, 0, 0]);
  leaves.set('0.0', [0x29, 0x68747541, 0x444d4163, 0x69746e65]);
  leaves.set('7.0', [2, 0, 0, 0]);
  leaves.set('80000000.0', [0x80000026, 0x68747541, 0x444d4163, 0x69746e65]);
  return formats['cpuid -1 -r'].print({ name: 'everything', leaves });
}

const probes = new Set(['80860001', 'c0000001']); // their ranges have maxima of their own

test('every row of the table of bits: name, merge rule, level', { skip: absent }, () => {
  ask(everyLeaf(), { profile: 'open' });
  const wrong = [];
  for (const row of bitsOfDumps) {
    if (probes.has(key(row).split('.')[0])) continue;
    const told = core.explain(key(row), Number(row.bit));
    if (!told) {
      wrong.push(`${key(row)}[${row.bit}] ${row.name} is not explained`);
      continue;
    }
    const names = [told.name, ...(told.names ?? [])];
    const say = (what) => wrong.push(`${key(row)}[${row.bit}] ${row.name}: ${what}`);
    if (!names.includes(row.name)) say(`is called ${told.name}`);
    if (told.merge !== row.merge) say(`merges by ${told.merge}, not ${row.merge}`);
    if (told.level !== row.level) say(`is ${told.level}, not ${row.level}`);
    if (!(told.meaning?.length > 3)) say('has no meaning');
  }
  assert.equal(wrong.length, 0, `${wrong.length} wrong\n${wrong.slice(0, 40).join('\n')}`);
});

test('open has H for AND and AND-WARN, x for every other merge rule', { skip: absent }, () => {
  const { registers } = ask(everyLeaf(), { profile: 'open' });
  const base = Object.fromEntries(registers.map((one) => [one.key, one.default]));
  const wrong = [];
  for (const row of bitsOfDumps) {
    const mask = base[key(row)];
    if (probes.has(key(row).split('.')[0])) continue;
    const wanted = /^AND/.test(row.merge) && !key(row).startsWith('d.') ? 'H'
      : row.merge === 'ALIAS' ? 'H' : 'x';
    if (!mask) {
      if (wanted === 'H') wrong.push(`${key(row)} is not listed`);
    } else if (at(mask, Number(row.bit)) !== wanted) {
      wrong.push(`${key(row)}[${row.bit}] ${row.name} ${row.merge} is not ${wanted}`);
    }
  }
  assert.equal(wrong.length, 0, `${wrong.length} wrong\n${wrong.slice(0, 40).join('\n')}`);
});

const place = (text) => {
  const [leaf, subleaf, reg, bit] = text.split('.');
  return [`${leaf}.${subleaf}.${reg}`.toLowerCase(), Number(bit)];
};

test('closure: no feature is left without its hard requirement', { skip: absent }, () => {
  const edges = table('feature-deps.tsv').filter(({ strength, feature_bit: a, requires_bit: b }) =>
    strength === 'hard' && /^[0-9A-F]+\.\d+\.E/.test(a) && /^[0-9A-F]+\.\d+\.E/.test(b));
  const real = Object.values(hosts);
  const wrong = [];
  for (const { id: profile } of core.list('profiles')) {
    for (const [n, a] of real.entries()) {
      for (const b of real.slice(n + 1)) {
        if (a.leaves.get('0.0')[1] !== b.leaves.get('0.0')[1]) continue;
        const { registers } = ask([a, b].map(formats['cpuid -1 -r'].print), { profile });
        const effective = Object.fromEntries(registers.map((one) => [one.key, one.effective]));
        const has = (host, [reg, bit]) => (truth(host).get(reg) >>> bit) & 1;
        for (const edge of edges) {
          const [feature, need] = [edge.feature_bit, edge.requires_bit].map(place);
          if (!effective[feature[0]] || !effective[need[0]]) continue;
          const counted = at(effective[feature[0]], feature[1]) === 'H';
          const visible = counted && has(a, feature) && has(b, feature);
          const hidden = '0R'.includes(at(effective[need[0]], need[1])) && has(a, need);
          if (!visible || !hidden) continue;
          const lost = `${edge.feature} without ${edge.requires}`;
          wrong.push(`${profile}, ${a.name} and ${b.name}: ${lost}`);
        }
      }
    }
  }
  assert.equal(wrong.length, 0, `${wrong.length} wrong\n${wrong.slice(0, 20).join('\n')}`);
});

test('x86-64 levels are those of the table', { skip: absent }, () => {
  const proxy = { OSFXSR: '1.0.edx.24', SCE: '80000001.0.edx.11', OSXSAVE: '1.0.ecx.26' };
  const rows = table('psabi-levels.tsv').map(({ level, name, leaf, subleaf, reg, bit }) =>
    [level, place(proxy[name] ?? `${Number(leaf).toString(16)}.${subleaf}.${reg}.${bit}`)]);
  for (const host of Object.values(hosts)) {
    const words = truth(host);
    const lacks = (level) => rows.some(([of, [reg, bit]]) => of === level
      && !((words.get(reg) >>> bit) & 1) && !(reg === '80000001.0.edx' && bit === 11));
    const want = ['v1', 'v2', 'v3', 'v4'].reduce((best, level, n, all) =>
      (all.slice(0, n + 1).some(lacks) ? best : level), null);
    const { psabi } = ask(formats['cpuid -1 -r'].print(host)).verdict;
    assert.equal(psabi, want && `x86-64-${want}`, host.name);
  }
});
