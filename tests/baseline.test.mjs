// libvirt's own baseline against ours: `virsh -c test:///default cpu-baseline`, which needs no
// hypervisor, is given the same hosts. What both call common is the same, feature for feature, but
// for OURS and MOVED, which say whose each difference is. Libvirt's map of features, not our names,
// says where each name stands.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { amd, ask, intel, text } from './core.mjs';

const MAP = '/usr/share/libvirt/cpu_map/x86_features.xml';
const corpus = new URL('../../shared/corpus/libvirt/', import.meta.url);
const virsh = (...args) =>
  spawnSync('virsh', ['-c', 'test:///default', ...args], { encoding: 'utf8' });

/** No platform: what hosts have in common, whatever a guest of KVM could see of it. */
const answerTo = (texts) => ask(texts, { profile: 'open' });

const skip = whyNot();

function whyNot() {
  if (virsh('--version').status !== 0) return 'virsh is not installed (Debian: libvirt-clients)';
  if (!existsSync(MAP)) return `libvirt's map of features is not at ${MAP}`;
  return virsh('cpu-models', 'x86_64').status === 0 ? false : 'virsh has no test driver';
}

/**
 * The one difference between hosts of real registers. Ours: an Intel CPU shows SYSCALL as 0 to a
 * 32-bit program, so what looks missing on one of two 64-bit hosts is there. Libvirt takes the bit
 * as it stands. (Bits of MSRs stay out: no dump has them.)
 */
const OURS = new Set(['syscall']);

/** The features of libvirt's map that are bits of CPUID: name, and [key, bit] of each. */
function readMap() {
  const features = new Map();
  for (const [, name, body] of readFileSync(MAP, 'utf8')
    .matchAll(/<feature name='([^']+)'[^>]*>(.*?)<\/feature>/gs)) {
    const places = [...body.matchAll(/<cpuid ([^>]*)\/>/g)].flatMap(([, words]) => placesOf(words));
    if (places.length) features.set(name, places);
  }
  return features;
}

function placesOf(words) {
  const value = Object.fromEntries([...words.matchAll(/(\w+)='0x([0-9a-f]+)'/gi)]
    .map(([, name, digits]) => [name, parseInt(digits, 16)]));
  const head = `${value.eax_in.toString(16)}.${(value.ecx_in ?? 0).toString(16)}`;
  return ['eax', 'ebx', 'ecx', 'edx'].flatMap((reg) => Array.from({ length: 32 }, (_, bit) => bit)
    .filter((bit) => (value[reg] ?? 0) >>> bit & 1).map((bit) => [`${head}.${reg}`, bit]));
}

const map = skip ? new Map() : readMap();

const has = (host, [key, bit]) => ((parseInt(host.words[key] ?? '0', 16)
  & parseInt(host.known[key] ?? '0', 16)) >>> bit & 1) === 1;

/** A host by the features it has: the smallest model and everything beside it. */
function hostXml(host) {
  const names = [...map].filter(([, places]) => places.every((place) => has(host, place)))
    .map(([name]) => `<feature name='${name}'/>`);
  const vendor = host.vendor === 'AuthenticAMD' ? 'AMD' : 'Intel';
  return `<cpu><arch>x86_64</arch><model>486</model><vendor>${vendor}</vendor>${
    names.join('')}</cpu>\n`;
}

const folder = skip ? null : mkdtempSync(join(tmpdir(), 'baseline-'));
process.on('exit', () => folder && rmSync(folder, { recursive: true }));

/** What libvirt calls common: a set of names, or null where it refuses the XML. */
function theirs(xml) {
  const file = join(folder, 'hosts.xml');
  writeFileSync(file, xml);
  const { status, stdout } = virsh('cpu-baseline', '--features', file);
  return status ? null : new Set([...stdout.matchAll(/policy='require' name='([^']+)'/g)]
    .map(([, name]) => name));
}

/** Can a guest have the bit on every host, under our masks? */
function isCommon(answer, [key, bit]) {
  const register = answer.registers.find((each) => each.key === key);
  const letter = register?.effective.replaceAll(' ', '')[31 - bit];
  return letter === '1' || (letter !== '0' && answer.hosts.every((host) => has(host, [key, bit])));
}

function compare(what, answer, common, but = OURS) {
  assert.ok(common, `libvirt takes ${what}`);
  const differ = [...map].filter(([name, places]) => !but.has(name)
    && places.every((place) => isCommon(answer, place)) !== common.has(name));
  assert.deepEqual(differ.map(([name]) => `${name}, ${common.has(name) ? 'theirs' : 'ours'}`), [],
    what);
}

function* pairs(list) {
  for (const [i, one] of list.entries()) {
    for (const other of list.slice(i + 1)) yield [one, other];
  }
}

for (const [maker, list] of Object.entries({ intel, amd })) {
  test(`registers: every pair of ${maker}`, { skip }, () => {
    for (const pair of pairs(list)) {
      const answer = answerTo(pair.map((host) => text(host)));
      compare(answer.hosts.map(({ brand }) => brand).join(' and '), answer,
        theirs(answer.hosts.map(hostXml).join('')));
    }
  });
}

const noCorpus = skip || (existsSync(corpus) ? false : 'the public dumps are not here');
const dumps = noCorpus ? [] : readdirSync(corpus);
const read = (name) => ({ name, text: readFileSync(new URL(name, corpus), 'utf8') });

/** Names of files, by the vendor in them. */
function byVendor(names) {
  const groups = {};
  for (const name of names) (groups[ask([read(name)]).hosts[0].vendor] ??= []).push(name);
  return Object.values(groups);
}

for (const [what, end] of [['registers that libvirt read', /\d[^-]*(?<!-host)\.xml$/],
  ['host XML that libvirt made of them', /-host\.xml$/]]) {
  const names = dumps.filter((name) => end.test(name));
  test(`${what}: every pair of a vendor`, { skip: noCorpus }, () => {
    for (const list of byVendor(names)) {
      for (const pair of pairs(list)) {
        const answer = answerTo(pair.map(read));
        compare(pair.join(' and '), answer, theirs(answer.hosts.map(hostXml).join('')));
      }
    }
  });
}

/**
 * Libvirt's: features it took out of its models between 9.0 and 11.3, so that the same model has
 * them in one version and not in another.
 */
const MOVED = new Set([...OURS, 'mpx', 'monitor', 'intel-pt']);

/**
 * The file as it is where this libvirt knows its model. An older one knows no versions of models
 * (the first is the model without one) and fewer features, which are left out.
 */
function inItsWords(xml, models) {
  const model = /<model>([^<]+)/.exec(xml)[1];
  const name = [model, model.replace(/-v1$/, '')].find((each) => models.has(each));
  return name && xml.replace(model, name)
    .replace(/<feature name='([^']+)'\/>/g, (all, feature) => (map.has(feature) ? all : ''));
}

test('host XML by its models: every pair that this libvirt knows', { skip: noCorpus }, (t) => {
  const models = new Set(virsh('cpu-models', 'x86_64').stdout.split('\n'));
  const files = dumps.filter((name) => name.endsWith('-host.xml')).map(read)
    .map(({ name, text: xml }) => ({ name, text: inItsWords(xml, models) }))
    .filter(({ text: xml }) => xml);
  let count = 0;
  for (const pair of pairs(files)) {
    const answer = answerTo(pair);
    if (answer.hosts[0].vendor !== answer.hosts[1].vendor) continue;
    count++;
    compare(pair.map(({ name }) => name).join(' and '), answer,
      theirs(pair.map(({ text: xml }) => xml).join('')), MOVED);
  }
  t.diagnostic(`${count} pairs of ${files.length} files`);
});

test('different vendors: libvirt refuses, and so do we', { skip }, () => {
  const answer = answerTo([text(intel[0]), text(amd[0])]);
  assert.equal(answer.verdict.migratable, false);
  assert.equal(theirs(answer.hosts.map(hostXml).join('')), null);
});
