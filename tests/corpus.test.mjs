// Public dumps of real hosts, where they are at hand: the core against a small independent reader.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { ask, asked, core } from './core.mjs';
import { PROFILES, broken, disagreed, features } from './control.mjs';
import { identity, join, readDump, readMsr } from './dumps.mjs';
import { hex8, perCpu, seeded } from './hosts.mjs';

const corpus = new URL('../../shared/corpus/', import.meta.url);
const absent = existsSync(corpus) ? false : 'the public dumps are not here';

const files = absent ? [] : readdirSync(corpus, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .flatMap(({ name }) => readdirSync(new URL(`${name}/`, corpus)).map((file) => `${name}/${file}`))
  .sort();

const tidy = (brand) => (brand ?? '').replace(/\s+/g, ' ').trim();
const isHost = (file) => !/-host\.xml$|arm_/.test(file);
const bytes = (file) => readFileSync(new URL(file, corpus));
const source = (file) => ({ name: file.split('/')[1], bytes: new Uint8Array(bytes(file)) });

/** The README beside the dumps lists vendor, brand and CPUs: a third opinion. */
const listed = absent ? {} : Object.fromEntries(
  [...readFileSync(new URL('README.md', corpus), 'utf8')
    .matchAll(/^- `([^`]+)`: ([^;\n]*); ([^;\n]*); (\d+) logical CPUs/gm)]
    .map(([, file, vendor, brand, cpus]) =>
      [file, { vendor, brand: tidy(brand), cpus: Number(cpus) }]));

const read = new Map(files.filter(isHost).map((file) => {
  const text = bytes(file).toString('latin1');
  const dump = readDump(text);
  return [file, { cpus: dump.cpus.length, msr: readMsr(text), ...join(dump) }];
}));

for (const file of files.filter(isHost)) {
  test(`${file} reads as one host`, () => {
    const answer = ask(source(file), { profile: 'open' });
    const { words, shared, cpus, msr } = read.get(file);
    assert.equal(answer.hosts.length, 1);
    const [host] = answer.hosts;
    const { vendor, brand, family, model, stepping } = identity(words);
    assert.deepEqual({ vendor: host.vendor, brand: tidy(host.brand), family: host.family,
      model: host.model, stepping: host.stepping, cpus: host.cpus },
    { vendor, brand, family, model, stepping, cpus });
    const also = listed[file.split('/')[1]];
    if (also && !/no brand|[^ -~]/.test(also.brand)) {
      assert.deepEqual({ vendor, brand, cpus }, also);
    }
    assert.deepEqual(compare(host, new Map([...words, ...msr]), shared).slice(0, 8), []);
    const unread = answer.notes.map((note) => `${note.line}: ${note.text}`).join('\n');
    assert.equal(answer.reading.unread, 0, unread);
  });
}

/** Feature words must be the AND over the CPUs, other words only where the CPUs agree. */
function compare(host, words, shared) {
  const found = [];
  for (const [key, word] of words) {
    if (parseInt(key, 16) >= 0x40000000 && parseInt(key, 16) < 0x80000000) continue;
    const counted = (shared.has(key) ? -1 : features(key)) & ~perCpu(key);
    const is = parseInt(host.words[key] ?? '0', 16);
    if ((is ^ word) & counted) found.push(`${key} is ${hex8(is)}, not ${hex8(word)}`);
  }
  for (const key of Object.keys(host.words)) {
    const empty = host.words[key] === '00000000';
    if (features(key) && !words.has(key) && !empty) found.push(`${key} was invented`);
  }
  return found;
}

test('an ARM file gets one polite sentence', { skip: absent }, () => {
  const arm = files.find((file) => /arm_/.test(file));
  const answer = ask(source(arm));
  assert.deepEqual(answer.hosts, []);
  assert.equal(answer.notes[0].severity, 'error');
  assert.match(answer.notes[0].text, /ARM/i);
  assert.equal(answer.notes.filter(({ severity }) => severity === 'error').length, 1);
});

test("libvirt's names for a host say nothing its registers deny", { skip: absent }, () => {
  for (const file of files.filter((name) => /-host\.xml$/.test(name))) {
    const { hosts: [named, ...more] } = ask(source(file));
    assert.deepEqual([named.format, more], ['libvirt', []], file);
    const { hosts: [dumped] } = ask(source(file.replace('-host', '')));
    for (const [key, known] of Object.entries(named.known)) {
      if (key.startsWith('0.') || /^8000000[0234]\./.test(key)) continue; // names of the vendor
      const word = (words) => parseInt(words?.[key] ?? '0', 16);
      const odd = (word(named.words) ^ word(dumped.words)) & word(named.known) & word(dumped.known);
      assert.equal(hex8(odd), '00000000', `${file}, ${key}, known ${known}`);
    }
  }
});

test('all files in one go: as many hosts as files', { skip: absent }, () => {
  const sources = files.filter(isHost).map(source);
  const answer = ask(sources, { profile: 'open' });
  assert.equal(answer.hosts.length, sources.length);
  answer.hosts.forEach((host, n) => assert.equal(host.source, n));
});

/** A dump as short text, so that thousands of pairs take seconds. */
function brief(file) {
  const rows = new Map();
  for (const [key, word] of read.get(file).words) {
    const [leaf, subleaf, reg] = key.split('.');
    const at = `${leaf}.${subleaf}`;
    if (!rows.has(at)) rows.set(at, {});
    rows.get(at)[reg] = word;
  }
  // A maximum that was only the echo of another leaf says that its range is not there.
  for (const at of read.get(file).echoes) rows.set(at, { eax: 0, ebx: 0, ecx: 0, edx: 0 });
  return `CPU:\n${[...rows].map(([at, row]) => {
    const [leaf, subleaf] = at.split('.');
    return `   0x${leaf.padStart(8, '0')} 0x${subleaf.padStart(2, '0')}: ${
      ['eax', 'ebx', 'ecx', 'edx'].map((reg) => `${reg}=0x${hex8(row[reg])}`).join(' ')}\n`;
  }).join('')}`;
}

test('pairs of real hosts keep the three promises, and the control agrees', { skip: absent }, (t) => {
  const short = new Map([...read.keys()].map((file) => [file, brief(file)]));
  const random = seeded(2006);
  const names = [...read.keys()];
  const vendor = (file) => identity(read.get(file).words).vendor;
  const profiles = Object.keys(PROFILES);
  const all = names.flatMap((a, i) => names.slice(i + 1).map((b) => [a, b]))
    .map((pair) => [random.word(), pair]).sort(([a], [b]) => a - b).map(([, pair]) => pair);
  const until = performance.now() + 12000;
  let done = 0;
  for (const [n, pair] of all.entries()) {
    if (performance.now() > until) break;
    for (const profile of ['open', profiles[1 + (n % (profiles.length - 1))]]) {
      const answer = ask(pair.map((file) => short.get(file)), { profile });
      const same = vendor(pair[0]) === vendor(pair[1]);
      if (!same) assert.equal(answer.verdict.migratable, false, pair.join(' and '));
      const problems = broken(answer, pair.map((file) => read.get(file).words));
      if (same) problems.push(...disagreed(answer, pair.map((file) => read.get(file).words),
        vendor(pair[0]), profile));
      assert.deepEqual(problems.slice(0, 5), [], `${pair.join(' and ')} under ${profile}`);
      done++;
    }
  }
  t.diagnostic(`${done} answers about ${all.length} pairs`);
});

test('64 different real hosts fit a link of 1500 characters', { skip: absent }, (t) => {
  const some = [...read.keys()].filter((file) => read.get(file).words.size > 20).slice(0, 64);
  const request = asked(some.map(brief));
  const { length } = `#${core.encode(request, { names: false })}`;
  t.diagnostic(`${some.length} hosts, ${length} characters`);
  assert.ok(length <= 1500, `${length} characters`);
});

// ── this machine ───────────────────────────────────────────────────────────────────────────────

const without = (() => {
  try {
    execFileSync('cpuid', ['-v'], { stdio: 'pipe' });
    return null;
  } catch {
    return 'the program cpuid is not installed';
  }
})();

for (const options of [['-r'], ['-1', '-r']]) {
  test(`cpuid ${options.join(' ')} of this machine`, { skip: without ?? false }, () => {
    const limit = { stdio: 'pipe', maxBuffer: 1 << 28 };
    const printed = execFileSync('cpuid', options, limit).toString();
    const { cpus, ...rest } = readDump(printed);
    const { words, shared } = join({ cpus, ...rest });
    const answer = ask(printed, { profile: 'open' });
    assert.equal(answer.hosts.length, 1);
    assert.equal(answer.hosts[0].cpus, cpus.length);
    assert.deepEqual(compare(answer.hosts[0], words, shared).slice(0, 8), []);
    assert.equal(answer.hosts[0].guest, ((words.get('1.0.ecx') >>> 31) & 1) === 1);
    assert.equal(answer.reading.unread, 0);
  });
}
