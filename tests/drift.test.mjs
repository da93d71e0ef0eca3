// Why hosts of one model differ: every difference is told or counted, once, of the right host.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { ask, core, intel, amd, real, text } from './core.mjs';
import { seeded } from './hosts.mjs';
import { glossary } from '../wasm/core.js';

const REGISTERS = ['eax', 'ebx', 'ecx', 'edx'];
/** Registers in which every bit is a feature, as far as hosts.txt carries them. */
const WORDS = ['1.0.ecx', '1.0.edx', '7.0.ebx', '7.0.ecx', '7.0.edx', 'd.1.eax', '80000001.0.ecx',
  '80000001.0.edx', '80000008.0.ebx', '80000021.0.eax'];
/** What says nothing of a host: copies, topology, numbers. */
const SILENT = new Set(['MIRROR', 'SET', 'TOPO', 'ALIAS', 'DERIVED', 'EQ-TSC',
  'MIN']);

const caused = new Set(glossary(core)
  .filter(({ cause }) => /BIOS|microcode|took it away/.test(cause)).map(({ name }) => name));

/** Does a difference tell something? What guests have no use for does where its cause is known. */
const tells = ({ name, merge, ones, zeros }) => ones && zeros && !SILENT.has(merge)
  && (!['IGNORE', 'HINT'].includes(merge) || caused.has(name));

const place = (key) => [key.slice(0, key.lastIndexOf('.')), REGISTERS.indexOf(key.slice(-3))];

/** The host again, with some bits the other way round. */
function flipped(host, name, bits) {
  const leaves = new Map([...host.leaves].map(([at, words]) => [at, [...words]]));
  for (const [key, bit] of bits) {
    const [leaf, reg] = place(key);
    leaves.get(leaf)[reg] ^= 2 ** bit;
  }
  return { name, leaves };
}

function someBits(random, host, count) {
  const keys = WORDS.filter((key) => host.leaves.has(place(key)[0]));
  const bits = new Map();
  while (bits.size < count) {
    const [key, bit] = [random.pick(keys), random.below(32)];
    bits.set(`${key} ${bit}`, [key, bit]);
  }
  return [...bits.values()];
}

const drift = (hosts) => ask(hosts.map((host) => ({ name: host.name, text: text(host) })),
  { profile: 'open' });

/** How many bits a sentence speaks of. */
function counted(sentence) {
  const [, list] = /(?:lacks?|shows?) (.+?)(?: as 0)?\. /.exec(sentence) ?? [];
  if (!list || /address bits/.test(list)) return 0;
  const more = Number(/ and (\d+) more$/.exec(list)?.[1] ?? 0);
  return more + list.replace(/ and \d+ more$/, '').split(/, | and /).length;
}

test('the hosts at hand: nothing between different models', () => {
  for (const [i, one] of real.entries()) {
    for (const other of real.slice(i + 1)) {
      const { hosts, verdict } = drift([{ ...one, name: 'a' }, { ...other, name: 'b' }]);
      const [a, b] = hosts.map(({ vendor, family, model, stepping }) =>
        [vendor, family, model, stepping].join());
      if (a !== b) assert.deepEqual(verdict.drift, []);
    }
  }
});

test('each bit that differs is told once, of the host that lacks it', () => {
  const random = seeded(46);
  for (let n = 0; n < 150; n++) {
    const host = random.pick([...intel, ...amd].filter(({ leaves }) => leaves.has('7.0')));
    const bits = someBits(random, host, 1 + random.below(12))
      .filter(([key, bit]) => key !== '1.0.ecx' || bit !== 31);
    const answer = drift([{ ...host, name: 'esx01' }, flipped(host, 'esx02', bits)]);
    const telling = answer.bits.filter(tells);
    const { drift: sentences } = answer.verdict;
    assert.equal(sentences.reduce((sum, each) => sum + counted(each), 0), telling.length,
      `${telling.map(({ name }) => name).join()}: ${sentences.join('\n')}`);
    for (const { name, values } of telling) {
      const lacking = `esx0${values.indexOf(0) + 1}`;
      const told = sentences.filter((each) => new RegExp(`(lacks|shows) .*${name}\\b`).test(each));
      for (const each of told) assert.match(each, new RegExp(`but ${lacking} `), name);
    }
  }
});

test('the order of hosts changes names alone', () => {
  const [host] = intel.filter(({ leaves }) => leaves.has('7.0'));
  const other = flipped(host, 'esx02', [['1.0.ecx', 25], ['7.0.edx', 26], ['7.0.ebx', 4]]);
  const one = drift([{ ...host, name: 'esx01' }, other]).verdict.drift;
  const two = drift([other, { ...host, name: 'esx01' }]).verdict.drift;
  const sorted = (list) => list.map((each) => each.replace(/^esx0\d and esx0\d/, '')).sort();
  assert.deepEqual(sorted(one), sorted(two));
});

test('thousands of kinds: a few sentences, and how many bits more', () => {
  const random = seeded(7);
  const [host] = intel.filter(({ leaves }) => leaves.has('7.0'));
  const fleet = Array.from({ length: 2000 }, (_, n) =>
    flipped(host, `n${n}`, someBits(random, host, 6).filter(([key]) => key !== '1.0.ecx')));
  const { verdict } = core.answer({ sources: [{ name: '', text: text(fleet) }] });
  assert.ok(verdict.drift.length <= 17);
  assert.match(verdict.drift.at(-1), /^\d+ more bits differ between hosts with the same CPU\.$/);
  for (const sentence of verdict.drift) assert.ok(sentence.length < 600, sentence);
});
