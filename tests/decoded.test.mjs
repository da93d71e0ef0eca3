// cpuid's report in words, against the table of its labels and against its own registers.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { ask } from './core.mjs';
import { onPath } from '../wasm/build.mjs';

const REGS = ['EAX', 'EBX', 'ECX', 'EDX'];
const table = readFileSync(new URL('../core/know/labels.def', import.meta.url), 'utf8');
const rows = [...table.matchAll(/^(LABEL|FIELD)\(([^"]*)"([^"]*)"\)/gm)].map(
  ([, kind, place, label]) => {
    const [leaf, sub, reg, bit, width = '1'] = place.split(',').map((word) => word.trim())
      .filter(Boolean);
    const key = [Number(leaf).toString(16), sub, reg.toLowerCase()].join('.');
    return { kind, leaf: Number(leaf), key, bit: Number(bit), width: Number(width), label };
  });

const said = ({ leaf, label }, value) => ask(
  `CPU:\n   anything (0x${leaf.toString(16)}):\n      ${label.padEnd(38)} = ${value}\n`);
const mask = ({ bit, width }) => (((2 ** Math.min(width, 32) - 1) << bit) >>> 0)
  .toString(16).padStart(8, '0');

test('every label is its bit, and nothing else is known from it', () => {
  assert.ok(rows.length > 500 && rows.every(({ key }) => REGS.some((reg) =>
    key.endsWith(reg.toLowerCase()))));
  for (const row of rows) {
    const all = `0x${(2n ** BigInt(row.width) - 1n).toString(16)}`;
    const value = row.kind === 'LABEL' ? 'true' : all;
    const { hosts: [host] } = said(row, value);
    const words = { [row.key]: mask(row) };
    if (row.width === 64) words[row.key.replace(/...$/, 'edx')] = 'ffffffff';
    const known = Object.fromEntries(Object.keys(words).map((key) => [key, host?.known[key]]));
    if (row.key === '1.0.ebx' && row.bit === 24) continue; // an id of one CPU is not kept
    assert.deepEqual(host?.words, words, row.label);
    assert.deepEqual(known, words, row.label);
  }
});

test('false is known as well as true', () => {
  for (const row of rows.filter(({ kind }, n) => kind === 'LABEL' && n % 9 === 0)) {
    const { hosts: [host] } = said(row, 'false');
    assert.deepEqual(host.words, { [row.key]: '00000000' }, row.label);
    assert.deepEqual(host.known, { [row.key]: mask(row) }, row.label);
  }
});

test('labels nobody knows make one note, with how many there are', () => {
  const list = Array.from({ length: 200 }, (_, n) => `      some new feature ${n} = true\n`);
  const { notes, reading, hosts: [host] } = ask(`CPU:\n   extended feature flags (7):\n${
    '      BMI1 instructions = true\n'}${list.join('')}`);
  const told = notes.filter(({ text }) => /some new feature 0/.test(text));
  assert.equal(told.length, 1);
  assert.equal(told[0].count, 200);
  assert.equal(reading.unread, 200);
  assert.deepEqual(host.known, { '7.0.ebx': '00000008' });
});

const skip = onPath('cpuid') ? false : 'cpuid is not installed here';

test('this machine in words is this machine in registers', { skip }, () => {
  const run = (...words) => spawnSync('cpuid', words, { encoding: 'utf8' }).stdout;
  const [decoded, raw] = [run('-1'), run('-1', '-r')].map((text) => ask(text));
  assert.equal(decoded.hosts.length, 1);
  assert.equal(decoded.hosts[0].format, 'cpuid-text');
  assert.deepEqual(decoded.notes.filter(({ kind }) => kind === 'unread'), []);
  const [{ words, known, vendor, family, model, stepping }] = decoded.hosts;
  const [is] = raw.hosts;
  assert.deepEqual([vendor, family, model, stepping],
    [is.vendor, is.family, is.model, is.stepping]);
  const wrong = [];
  const number = (text) => parseInt(text ?? '0', 16);
  for (const [key, word] of Object.entries(words)) {
    const odd = (number(word) ^ number(is.words[key])) & number(known[key]) & number(is.known[key]);
    // XCR0's sizes follow the CPU that was asked, ids are its own.
    if (odd) wrong.push(`${key} is ${word}, not ${is.words[key]}`);
  }
  assert.deepEqual(wrong, []);
  for (const key of ['1.0.ecx', '1.0.edx', '7.0.ebx', '80000001.0.edx']) {
    assert.notEqual(number(known[key]), 0, key);
  }
});
