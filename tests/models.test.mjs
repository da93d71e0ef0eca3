// CPU models: each of them expanded, against the tables they come from where those are at hand.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { ask } from './core.mjs';
import { hex8 } from './hosts.mjs';

const reference = new URL('../../shared/reference/', import.meta.url);
const skip = existsSync(reference) ? false : 'the reference tables are not here';

const rows = (file) => {
  const [head, ...lines] = readFileSync(new URL(file, reference), 'utf8').trimEnd().split('\n')
    .map((line) => line.split('\t'));
  return lines.map((line) => Object.fromEntries(line.map((cell, i) => [head[i], cell])));
};

/** Every name of a bit of CPUID: its key and number. */
const places = (file, name) => new Map(rows(file).filter(({ kind }) => kind === 'cpuid')
  .map((row) => [row[name], { bit: Number(row.bit),
    key: [row.leaf_or_msr, row.subleaf || '0'].map((n) => Number(n).toString(16))
      .concat(row.reg.toLowerCase()).join('.') }]));

/** KVM emulates or takes away these whatever the model says: QEMU's model leaves them open. */
const OPEN = new Set(['x2apic', 'hypervisor', 'monitor', 'acpi', 'svm', 'npt', 'nrip-save',
  'svme-addr-chk', 'vnmi']);

const expanded = (texts) => {
  const { hosts } = ask(texts, { profile: 'open' });
  assert.equal(hosts.length, 1, texts);
  const [{ words, known }] = hosts;
  return ({ key, bit }) => {
    const [word, mask] = [words, known].map((of) => Number.parseInt(of[key] ?? '0', 16));
    return mask >>> bit & 1 ? word >>> bit & 1 : null;
  };
};

const check = (models, names, print, open) => {
  for (const { name, features } of models) {
    const at = expanded(print(name));
    const own = new Set(features.split(' ').filter((one) => names.has(one)));
    for (const one of own) {
      assert.equal(at(names.get(one)), open.has(one) ? null : 1, `${name} ${one}`);
    }
    for (const [one, place] of names) {
      if (!own.has(one)) assert.notEqual(at(place), 1, `${name} has no ${one}`);
    }
  }
};

test('every model of libvirt has the features its table says', { skip }, () => {
  const models = rows('libvirt-models.tsv');
  assert.ok(models.length >= 150);
  check(models, places('libvirt-features.tsv', 'name'),
    (name) => `<cpu match='exact'>\n<model>${name}</model>\n</cpu>\n`, new Set());
});

test('every model of QEMU has the features its table says, and no others', { skip }, () => {
  const models = rows('qemu-models.tsv');
  assert.ok(models.length >= 151);
  const names = places('qemu-feature-bits.tsv', 'qemu_name');
  check(models, names, (name) => `-cpu ${name}\n`, OPEN);
  for (const { name, features } of models) {
    const at = expanded(`-cpu ${name}\n`);
    for (const one of ['avx', 'avx512f', 'xsave', 'smep', 'aes', '3dnow']) {
      const has = features.split(' ').includes(one);
      assert.equal(at(names.get(one)), Number(has), `${name} ${one}`);
    }
  }
});

test('a model of QEMU tells family, model and stepping', { skip }, () => {
  for (const { name, family, model, stepping } of rows('qemu-models.tsv')) {
    const [host] = ask(`-cpu ${name}\n`, { profile: 'open' }).hosts;
    const word = Number.parseInt(host.words['1.0.eax'], 16);
    const base = word >>> 8 & 15;
    const told = [base + (base === 15 ? word >>> 20 & 255 : 0),
      (word >>> 4 & 15) + (base >= 6 ? word >>> 12 & 0xf0 : 0), word & 15];
    assert.deepEqual(told, [family, model, stepping].map(Number), `${name} ${hex8(word)}`);
  }
});

test('QEMU takes what is set with =, then +, then -', () => {
  const bit = (options) => expanded(`-cpu Haswell,${options}\n`)({ key: '7.0.ebx', bit: 5 });
  assert.equal(bit('+avx2,avx2=off'), 1);
  assert.equal(bit('-avx2,avx2=on,+avx2'), 0);
  assert.equal(bit('avx2=off'), 0);
  assert.equal(bit('avx2=on'), 1);
  assert.equal(bit('enforce,check'), 1);
});

test('what QEMU gives as its host has it is unknown, but for what is listed', () => {
  for (const model of ['host', 'max']) {
    const answer = ask(`-cpu ${model},+aes,-pcid\n`, { profile: 'open' });
    const [{ words, known }] = answer.hosts;
    assert.deepEqual({ ...words }, { '1.0.ecx': '02000000' });
    assert.deepEqual({ ...known }, { '1.0.ecx': '02020000' });
    assert.ok(answer.notes.some(({ kind }) => kind === 'model'));
  }
});

test('a model nobody knows is noted, and only the features beside it count', () => {
  const answer = ask(`<cpu>\n<arch>x86_64</arch>\n<model>Nonesuch</model>
<feature name='aes'/>\n</cpu>\n`, { profile: 'open' });
  assert.deepEqual({ ...answer.hosts[0].known }, { '1.0.ecx': '02000000' });
  assert.ok(answer.notes.some(({ kind, text }) => kind === 'model' && /Nonesuch/.test(text)));
});

const libvirt = new URL('../../shared/corpus/libvirt/', import.meta.url);
const files = existsSync(libvirt) ? ['Atom-D510', 'Core-i5-650', 'Core-i7-2600', 'Core-i7-3770',
  'Core-i7-4600U', 'Core2-Q9500', 'EPYC-7502-32-Core', 'EPYC-7601-32-Core', 'Ice-Lake-Server',
  'Opteron-2350', 'Opteron-6282', 'Ryzen-9-3900X-12-Core', 'Xeon-E5-2630-v4', 'Xeon-E5-2650-v3',
  'Xeon-Gold-6130'] : [];

test("what libvirt's model and features of a host say is what its registers say",
  { skip: files.length ? false : 'the public dumps are not here' }, () => {
    for (const file of files) {
      const [names, registers] = ['-host', ''].map((more) => ask(
        readFileSync(new URL(`x86_64-cpuid-${file}${more}.xml`, libvirt), 'utf8')).hosts[0]);
      let known = 0;
      for (const [key, word] of Object.entries(names.words)) {
        const [a, b, mask, both] = [word, registers.words[key] ?? '0', names.known[key],
          registers.known[key] ?? '0'].map((one) => Number.parseInt(one, 16));
        assert.equal(hex8(((a ^ b) & mask & both) >>> 0), '00000000', `${file} ${key}`);
        for (let bit = 0; bit < 32; bit++) known += mask >>> bit & both >>> bit & 1;
      }
      assert.ok(known > 250, `${file}: ${known} bits known`);
    }
  });
