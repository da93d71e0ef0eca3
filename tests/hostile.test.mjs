// Any bytes at all: no trap, every note inside the input, everything bounded.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { ask, text } from './core.mjs';
import { PROFILES } from './control.mjs';
import * as make from './hosts.mjs';

const { formats, hosts, seeded } = make;

/** Nothing an answer says may point outside what was pasted. */
function inside(answer, sources, what) {
  const ends = (bytes) => Buffer.from(bytes).toString('utf8').match(/\r\n|[\r\n\u2028\u2029\0]/g);
  const most = Math.max(...sources.map((bytes) => (ends(bytes) ?? []).length + 1));
  for (const { line, host, source, text: said } of answer.notes) {
    assert.ok(said.length > 0, what);
    if (line !== null) assert.ok(line >= 1 && line <= most, `${what}: line ${line} of ${most}`);
    if (source !== null && source !== undefined) assert.ok(source < sources.length, what);
    if (host !== null && typeof host === 'number') assert.ok(host < answer.hosts.length, what);
  }
  for (const { source, at: from, length } of answer.hosts) {
    const end = sources[source].length;
    assert.ok(from >= 0 && from + length <= end, `${what}: host at ${from}+${length} of ${end}`);
  }
  assert.ok(answer.notes.length <= 1000, `${answer.notes.length} notes`);
  for (const { default: base, custom, effective } of answer.registers) {
    for (const mask of [base, custom, effective]) {
      assert.match(mask, /^[01xHRTF-]{4}( [01xHRTF-]{4}){7}$/);
    }
  }
}

test('any bytes at all: no trap, and every note lies inside the input', () => {
  const random = seeded(1);
  for (let n = 0; n < 400; n++) {
    const bytes = Uint8Array.from({ length: random.below(2000) }, () => (random.chance(0.5)
      ? random.below(256) : random.pick([10, 13, 32, 45, 48, 58, 65, 91, 93])));
    inside(ask(bytes), [bytes], `random bytes ${n}`);
  }
});

test('mutated dumps: no trap, and every note lies inside the input', () => {
  const random = seeded(2);
  const seeds = Object.values(formats).flatMap(({ print }) => [hosts.xeonL5320, hosts.epyc9124]
    .map((host) => new TextEncoder().encode(print(host, 2))));
  for (let n = 0; n < 1000; n++) {
    const bytes = make.mutate(random, random.pick(seeds));
    inside(ask(bytes, { profile: random.pick(Object.keys(PROFILES)) }), [bytes], `mutation ${n}`);
  }
});

test('endings anywhere: every prefix of every format is answered', () => {
  const random = seeded(9);
  for (const { print } of Object.values(formats)) {
    const whole = new TextEncoder().encode(print(hosts.xeonL5320, 2));
    for (let n = 0; n < 40; n++) {
      const bytes = whole.slice(0, random.below(whole.length));
      inside(ask(bytes), [bytes], 'prefix');
    }
  }
});

test('JSON of any depth, length and end: no trap, and a line of 5 MB is read', () => {
  const random = seeded(23);
  const parts = ['{', '}', '[', ']', '"', ':', ',', '\\"', "'", 'true', '-1', '\n', '"props":{',
    '"flags":"fpu ', '"level":1', '"eax":"0000:0000:0000:0000:0000:0000:0000:0000"', '"leaf":"7"',
    '"cpuFeature":[', '"featureCapability":[', '"key":"cpuid.AVX2","value":"1"', '"cores":[{',
    '"register":"ecx"', '"bitmap":"0b1x"', '"name":"a"', '"labels":{', '"features":["aes"]'];
  for (let n = 0; n < 400; n++) {
    const text = Array.from({ length: random.below(200) }, () => random.pick(parts)).join('');
    const bytes = new TextEncoder().encode(text);
    inside(ask(bytes), [bytes], text);
  }
  const deep = new TextEncoder().encode(`${'['.repeat(1 << 16)}{"flags":"fpu vme"}`);
  inside(ask(deep), [deep], 'deep');
  const filler = Array.from({ length: 200000 }, (_, i) => ({ index: i, name: `part ${i}` }));
  const host = { cpuinfo: { flags: 'fpu vme sse sse2 avx avx2', model: 'A CPU' } };
  const answer = ask(JSON.stringify({ filler, ...host }));
  assert.equal(answer.hosts.length, 1);
  assert.equal(answer.hosts[0].format, 'cpu-info');
});

test('hostile choices: no trap', () => {
  const random = seeded(19);
  for (let n = 0; n < 500; n++) {
    const junk = () => String.fromCharCode(
      ...Array.from({ length: random.below(60) }, () => random.below(400)));
    const answer = ask(text(hosts.xeonL5320), { profile: random.pick([null, 'open', junk()]),
      check: random.pick([null, 'equal', junk()]),
      defaults: [{ register: random.pick(['1.ecx', junk()]), mask: junk() }],
      hide: [junk(), `1.ecx.${junk()}`, random.pick(['avx', 'fpu'])], keep: [junk(), 'sse2'],
      qemu: junk(), libvirt: junk() });
    assert.equal(answer.version, 1);
  }
});

test('long lines, many lines, many hosts: answered and bounded', () => {
  const long = new TextEncoder().encode(`ID1ECX 0x${'0'.repeat(1 << 20)}\n`);
  inside(ask(long), [long], 'one long line');
  const many = new TextEncoder().encode('0123456789abcdef\n'.repeat(100000));
  inside(ask(many), [many], 'many lines that say nothing');
  const fleet = text(hosts.xeonL5320).repeat(2000);
  const answer = ask(fleet);
  const limited = answer.notes.some(({ text: said }) => /limit/.test(said));
  assert.ok(answer.hosts.length === 2000 || limited);
});
