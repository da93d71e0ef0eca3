// What must hold for every answer, as equations. Hosts come from hosts.mjs, the second opinion
// from control.mjs; every random choice is seeded, so a failure can be run again.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { ask, core } from './core.mjs';
import * as make from './hosts.mjs';
import { PROFILES, at, broken, control, decide, features, letters, printed, settled, value } from './control.mjs';

const { formats, hosts, noise, seeded } = make;
const real = Object.values(hosts);
const intel = real.filter(({ leaves }) => leaves.get('0.0')[1] === 0x756e6547);
const amd = real.filter((host) => !intel.includes(host));
const text = (list, format = 'cpuid -1 -r') => [list].flat().map((host) => formats[format].print(host)).join('');
const words = make.truth;
const vendorOf = (host) => ({ 0x756e6547: 'GenuineIntel', 0x68747541: 'AuthenticAMD' })[host.leaves.get('0.0')?.[1]];

const masks = ({ registers }) => registers.map(({ key, default: base, custom, effective }) => ({ key, base, custom, effective }));
const register = (answer, key) => answer.registers.find((one) => one.key === key);
const none = '---- ---- ---- ---- ---- ---- ---- ----';

/** The three promises and the truth of every word, or a sentence with the seed that broke them. */
function holds(answer, list, what) {
  const sets = list.map(words);
  const problems = [...broken(answer, sets), ...untrue(answer, list)];
  assert.deepEqual(problems.slice(0, 5), [], `${what}\n${text(list)}`);
}

/** Words the answer has wrong, misses or invents. */
function untrue(answer, list) {
  if (answer.hosts.length !== list.length) return [`${answer.hosts.length} hosts, not ${list.length}`];
  return list.flatMap((host, n) => wrongWords(answer.hosts[n], make.known(host)));
}

function wrongWords(got, want, skip = () => false) {
  const found = [];
  for (const key of new Set([...Object.keys(want), ...Object.keys(got.words)])) {
    if (skip(key)) continue;
    const own = make.perCpu(key); // ids of one CPU need not be kept
    const wanted = make.hex8((want[key] ?? 0) & ~own);
    const is = make.hex8(parseInt(got.words[key] ?? '0', 16) & ~own);
    if (is !== wanted) found.push(`${got.name}: ${key} is ${is}, not ${wanted}`);
    if (key in got.words && key in want && ~parseInt(got.known[key], 16) & ~own) {
      found.push(`${got.name}: ${key} is known as ${got.known[key]} only`);
    }
  }
  return found;
}

// ── the case everything began with ─────────────────────────────────────────────────────────────

test('the 2006 pair: custom and effective mask of 1.ECX as the post meant them', () => {
  const answer = ask(make.post2006.map((host) => text(host, 'esx cd')).join('\n'));
  assert.equal(answer.profile, 'esx-2006');
  assert.equal(answer.check, 'equal');
  const ecx = register(answer, '1.0.ecx');
  assert.deepEqual(ecx, { ...ecx, differ: '0000201d', unknown: '00000000', hide: '00000015',
    default: 'RRRR RRRR RRRR RRR0 00xR R0H0 000H 0RRH',
    custom: '---- ---- ---- ---- ---- ---- ---0 -0-0',
    effective: 'RRRR RRRR RRRR RRR0 00xR R0H0 0000 00R0' });
  const decisions = Object.fromEntries(answer.bits.filter(({ key }) => key === '1.0.ecx')
    .map(({ bit, decision }) => [bit, decision]));
  assert.deepEqual(decisions, { 0: 'hide', 2: 'hide', 3: 'hidden', 4: 'hide', 13: 'ignore' });
  const edx = register(answer, '80000001.0.edx');
  assert.equal(edx.differ, '20000000');
  assert.equal(edx.custom, none);
  const lm = answer.bits.find(({ key, bit }) => key === '80000001.0.edx' && bit === 29);
  assert.equal(lm.decision, 'ignore');
  assert.deepEqual(lm.values, [1, 0]);
  assert.match(lm.reason, /\w+ \w+/);
  assert.equal(answer.verdict.migratable, true);
});

// ── masks ──────────────────────────────────────────────────────────────────────────────────────

test("effective(default, all '-') == default", () => {
  for (const profile of Object.keys(PROFILES)) {
    for (const host of real) {
      for (const one of ask(text(host), { profile }).registers) {
        assert.equal(one.custom, none, `${profile}, ${host.name}, ${one.key}`);
        assert.equal(one.effective, one.default);
      }
    }
  }
});

test('effective == custom overlaid on default, hide == the zeros of custom', () => {
  for (const { answer } of fleets(100, 11)) {
    for (const { custom, default: base, effective, hide } of answer.registers) {
      const zeros = Array.from({ length: 32 }, (_, bit) => (at(custom, bit) === '0' ? 2 ** bit : 0));
      assert.equal(make.hex8(zeros.reduce((sum, bit) => sum + bit)), hide);
      const overlay = [...letters(custom)].map((c, n) => (c === '-' ? letters(base)[n] : c)).join('');
      assert.equal(letters(effective), overlay);
    }
  }
});

const spellings = {
  'groups of four': (mask) => mask,
  'colons': (mask) => mask.replaceAll(' ', ':'),
  'bare': (mask) => mask.replaceAll(' ', ''),
  'lower case': (mask) => mask.toLowerCase(),
  'upper case': (mask) => mask.toUpperCase(),
  'lower case, colons': (mask) => mask.toLowerCase().replaceAll(' ', ':'),
  'blanks around': (mask) => `  ${mask}\t`,
};

for (const [name, spell] of Object.entries(spellings)) {
  test(`parse(print(mask)) == mask, ${name}`, () => {
    const random = seeded(7);
    for (let n = 0; n < 200; n++) {
      const bare = Array.from({ length: 32 }, () => random.pick('01xHRTF')).join('');
      const mask = bare.replace(/(?<=^(?:.{4})+)(?=.)/g, ' ');
      assert.equal(mask.length, 39);
      const answer = ask(text(hosts.xeonL5320), { defaults: [{ register: '1.ecx', mask: spell(mask) }] });
      assert.equal(register(answer, '1.0.ecx').default, mask);
    }
  });
}

for (const spelling of ['1.ecx', '1.0.ecx', '1.ECX', '01.ecx', '0x1.ecx']) {
  test(`register spelled ${spelling} == 1.0.ecx`, () => {
    const mask = 'RRRR RRRR RRRR RRR0 00xR R0H0 000H 0RRH';
    const answer = ask(text(hosts.xeonL5320), { defaults: [{ register: spelling, mask }] });
    assert.equal(register(answer, '1.0.ecx').default, mask);
  });
}

test('a default of your own without a profile: registers not given have x throughout', () => {
  const answer = ask(text([hosts.xeonL5320, hosts.xeonE52660v3]),
    { defaults: [{ register: '1.ecx', mask: 'H'.repeat(32) }] });
  assert.equal(answer.profile, 'own');
  for (const { key, default: base, custom } of answer.registers) {
    assert.equal(letters(base), (key === '1.0.ecx' ? 'H' : 'x').repeat(32), key);
    if (key !== '1.0.ecx') assert.equal(custom, none, key);
  }
});

test('a default of your own with a profile wins at its register only', () => {
  const pair = text([hosts.xeonL5320, hosts.xeonE52660v3]);
  const plain = ask(pair, { profile: 'vmware-2013' });
  const own = ask(pair, { profile: 'vmware-2013',
    defaults: [{ register: '7.ebx', mask: 'x'.repeat(32) }] });
  assert.equal(own.profile, 'vmware-2013');
  assert.equal(letters(register(own, '7.0.ebx').default), 'x'.repeat(32));
  for (const { key, ...rest } of plain.registers) {
    if (key !== '7.0.ebx') assert.deepEqual(register(own, key), { key, ...rest });
  }
});

test('the check alone keeps the profile open', () => {
  const answer = ask(text(hosts.xeonL5320), { check: 'equal' });
  assert.equal(answer.profile, 'open');
  assert.equal(answer.check, 'equal');
});

// ── the three promises and the control ─────────────────────────────────────────────────────────

/** Random fleets of one vendor with their answers, spread over profiles. */
function* fleets(count, seed, { gaps = 0.1, profiles = Object.keys(PROFILES), ...more } = {}) {
  const random = seeded(seed);
  for (let n = 0; n < count; n++) {
    const fleet = make.randomFleet(random, { gaps, ...more });
    const profile = profiles[n % profiles.length];
    const check = random.chance(0.2) ? random.pick(['equal', 'subset']) : null;
    const answer = ask(text(fleet), { profile, check });
    yield { fleet, profile, answer, check: check ?? PROFILES[profile].check, what: `fleet ${n} of seed ${seed}, ${profile}, ${check ?? 'its own check'}` };
  }
}

for (const profile of Object.keys(PROFILES)) {
  test(`${profile}: after the recommendation every host shows the guest the same; no 0 is needless; none without a reason`, () => {
    for (const { answer, fleet, what } of fleets(100, 23, { profiles: [profile] })) {
      holds(answer, fleet, what);
    }
    for (const list of [intel, amd]) {
      for (let n = 1; n < list.length; n++) {
        const pair = [list[n - 1], list[n]];
        holds(ask(text(pair), { profile }), pair, profile);
      }
    }
  });

  test(`${profile}: core == control on random fleets`, () => {
    for (const { answer, fleet, check, what } of fleets(200, 42, { profiles: [profile] })) {
      agree(answer, control(fleet.map(words), vendorOf(fleet[0]), profile, check), profile, what, fleet);
    }
  });

  test(`${profile}: core == control on real hosts`, () => {
    for (const list of [intel, amd]) {
      agree(ask(text(list), { profile }), control(list.map(words), vendorOf(list[0]), profile), profile, profile, list);
    }
  });
}

function agree(answer, want, profile, what, fleet) {
  const problems = [];
  for (const [key, { differ, hide, effective }] of Object.entries(want)) {
    const got = register(answer, key);
    if (!got) {
      if ((differ && features(key)) || hide) problems.push(`${key} is missing`);
      continue;
    }
    const closed = new Set(answer.bits.filter((bit) => bit.key === key && bit.decision === 'closure').map(({ bit }) => bit));
    if (got.differ !== make.hex8(differ)) problems.push(`${key} differ ${got.differ}, not ${make.hex8(differ)}`);
    for (let bit = 0; bit < 32; bit++) {
      const wanted = effective[31 - bit];
      if (closed.has(bit) || !settled(profile, key, bit, vendorOf(fleet[0]))) continue;
      if (at(got.effective, bit) !== wanted) {
        problems.push(`${key}[${bit}] effective ${at(got.effective, bit)}, not ${wanted}`);
      }
    }
  }
  assert.deepEqual(problems.slice(0, 5), [], `${what}\n${text(fleet)}`);
}

test('a bit is decided as the control decides it', () => {
  for (const { answer, fleet, check, profile, what } of fleets(400, 99)) {
    const sets = fleet.map(words);
    for (const { key, bit, decision, values, default: base } of answer.bits) {
      if ((make.perCpu(key) >>> bit) & 1) continue;
      assert.deepEqual(values, sets.map((one) => value(one, key, bit)), `${what}, ${key}[${bit}]\n${text(fleet)}`);
      const allowed = { hide: ['hide'], hidden: ['hidden'], ignore: ['ignore'], conflict: ['conflict'],
        unknown: ['unknown'], same: ['same', 'keep', 'unknown', 'ignore', 'hidden'] };
      if (['closure', 'warn', 'keep'].includes(decision)) continue;
      assert.ok(allowed[decide(base, values, check)].includes(decision),
        `${what}, ${key}[${bit}]: ${base} ${values} ${check} is ${decision}`);
    }
    assert.ok(profile);
  }
});

test('every default mask is the one its year printed', () => {
  for (const profile of Object.keys(PROFILES).filter((id) => id !== 'open')) {
    for (const host of [hosts.xeonW72475x, hosts.epyc9655]) {
      for (const { key, default: base } of ask(text(host), { profile }).registers) {
        const want = printed(profile, vendorOf(host), key);
        if (want) assert.equal(letters(base), want, `${profile}, ${host.name}, ${key}`);
      }
      const listed = ask(text(host), { profile }).registers.map(({ key }) => key);
      for (const key of ['1.0.ecx', '80000001.0.ecx', '80000001.0.edx']) assert.ok(listed.includes(key));
    }
  }
});

test('what is unknown on a host is never said to differ, and never hidden for it', () => {
  for (const { answer, fleet, what } of fleets(200, 5, { gaps: 0.5 })) {
    const sets = fleet.map(words);
    for (const { key, differ, unknown, hide } of answer.registers) {
      const word = (test) => Array.from({ length: 32 }, (_, bit) => bit).reduce((sum, bit) =>
        (test(sets.map((one) => value(one, key, bit))) ? sum | (1 << bit) : sum), 0);
      const really = word((values) => values.includes(1) && values.includes(0));
      assert.equal(differ, make.hex8(really), `${what}, ${key}`);
      const missing = word((values) => values.includes(null));
      assert.equal((parseInt(unknown, 16) ^ missing) & ~make.perCpu(key), 0, `${what}, ${key}`);
      const closed = answer.bits.filter((bit) => bit.key === key && bit.decision === 'closure')
        .reduce((sum, { bit }) => sum | (1 << bit), 0);
      assert.equal(parseInt(hide, 16) & ~closed & ~really, 0, `${what}, ${key}`);
    }
  }
});

test('every bit that differs or is unknown is listed once, and counted right', () => {
  for (const { answer, what } of fleets(100, 12, { gaps: 0.3 })) {
    const listed = new Map(answer.bits.map((bit) => [`${bit.key}[${bit.bit}]`, bit]));
    assert.equal(listed.size, answer.bits.length, what);
    for (const { key, differ, unknown } of answer.registers) {
      for (let bit = 0; bit < 32; bit++) {
        const said = ((parseInt(differ, 16) | parseInt(unknown, 16)) >>> bit) & 1;
        assert.ok(!said || listed.has(`${key}[${bit}]`), `${what}, ${key}[${bit}]`);
      }
    }
    for (const { key, bit, values, ones, zeros, unknowns } of answer.bits) {
      const count = (which) => values.filter((one) => one === which).length;
      assert.deepEqual([ones, zeros, unknowns], [count(1), count(0), count(null)], `${what}, ${key}[${bit}]`);
    }
  }
});

test('explain says of a listed bit what the answer says, and null of no register', () => {
  for (const { answer } of fleets(20, 14)) {
    for (const bit of answer.bits.slice(0, 200)) {
      const told = core.explain(bit.key, bit.bit);
      for (const [field, value] of Object.entries(bit)) assert.deepEqual(told[field], value, field);
    }
    assert.equal(core.explain('99.0.eax', 0), null);
  }
});

// ── sets of hosts ──────────────────────────────────────────────────────────────────────────────

test('the order of hosts does not matter', () => {
  for (const { answer, fleet, profile, check, what } of fleets(150, 3)) {
    const turned = ask(text(fleet.toReversed()), { profile, check });
    assert.deepEqual(masks(turned), masks(answer), what);
    assert.equal(turned.verdict.migratable, answer.verdict.migratable, what);
  }
});

test('a host twice changes nothing', () => {
  for (const { answer, fleet, profile, check, what } of fleets(150, 4)) {
    const twice = ask(text([...fleet, fleet[0]]), { profile, check });
    assert.deepEqual(masks(twice), masks(answer), what);
    assert.equal(twice.verdict.migratable, answer.verdict.migratable, what);
  }
});

test('one host: nothing to mask', () => {
  for (const { answer, what } of fleets(150, 6, { count: 1 })) {
    for (const { custom, differ, key } of answer.registers) {
      assert.equal(custom, none, `${what}, ${key}`);
      assert.equal(differ, '00000000');
    }
    assert.equal(answer.verdict.migratable, true);
  }
});

test('one paste == several sources', () => {
  for (const { answer, fleet, profile, check, what } of fleets(100, 8)) {
    const apart = ask(fleet.map((host) => text(host)), { profile, check });
    assert.deepEqual(masks(apart), masks(answer), what);
    assert.deepEqual(apart.hosts.map((host) => host.words), answer.hosts.map((host) => host.words));
  }
});

test('kinds: hosts of one kind have the same registers', () => {
  const answer = ask(text([hosts.xeonL5320, hosts.xeonE52660v3, hosts.xeonL5320]));
  const kinds = answer.hosts.map(({ kind }) => kind);
  assert.equal(kinds[0], kinds[2]);
  assert.notEqual(kinds[0], kinds[1]);
});

test('different vendors: not migratable, and the sentence says why', () => {
  const answer = ask(text([hosts.xeonSilver4214, hosts.epyc7402p]));
  assert.equal(answer.verdict.migratable, false);
  assert.match(answer.verdict.sentence, /AMD|Intel|vendor/i);
});

test('a differing T or F: not migratable, a conflict, not masked', () => {
  const pair = make.post2006.map((host) => text(host, 'esx cd')).join('\n');
  for (const letter of 'TF') {
    const mask = `xx${letter}${'x'.repeat(29)}`;
    const answer = ask(pair, { defaults: [{ register: '80000001.edx', mask }] });
    assert.equal(answer.verdict.migratable, false);
    assert.equal(register(answer, '80000001.0.edx').custom, none);
    const bit = answer.bits.find((one) => one.key === '80000001.0.edx' && one.bit === 29);
    assert.equal(bit.decision, 'conflict');
  }
});

// ── reading ────────────────────────────────────────────────────────────────────────────────────

for (const [name, { print, carries }] of Object.entries(formats)) {
  test(`${name}: every host reads back to the same words`, () => {
    const random = seeded(31);
    const some = [...real, ...Array.from({ length: 40 }, () => make.randomFleet(random, { count: 1 })[0])
      .filter(({ leaves }) => leaves.has('80000000.0'))];
    for (const host of some) {
      const answer = ask(print(host));
      assert.equal(answer.hosts.length, 1, `${host.name}\n${print(host)}`);
      const guessed = /unlabelled|spaces/.test(name) ? (key) => key.startsWith('d.') : () => false;
      const want = make.known(carries(host));
      const found = wrongWords(answer.hosts[0], want, guessed);
      if (guessed('d.')) {
        const second = answer.hosts[0].words['d.1.eax'];
        if (second === '00000100') found.push('the AVX area was read as subleaf 1');
      }
      assert.deepEqual(found.slice(0, 5), [], print(host));
    }
  });
}

for (const [name, { print, cpus }] of Object.entries(formats)) {
  if (!cpus) continue;
  test(`${name}: many CPUs are one host`, () => {
    for (const count of [1, 2, 3, 16]) {
      const answer = ask(print(hosts.xeonE52660v3, count));
      assert.equal(answer.hosts.length, 1);
      assert.equal(answer.hosts[0].cpus, count);
      assert.equal(answer.hosts[0].vendor, 'GenuineIntel');
      assert.equal(answer.hosts[0].brand, 'Intel(R) Xeon(R) CPU E5-2660 v3 @ 2.60GHz');
      const { family, model, stepping } = answer.hosts[0];
      assert.deepEqual([family, model, stepping], [6, 63, 2]);
    }
  });
}

test('family, model and stepping count the extended fields as the manuals do', () => {
  const of = (name) => {
    const { family, model, stepping, vendor } = ask(text(hosts[name])).hosts[0];
    return [vendor, family, model, stepping];
  };
  assert.deepEqual(of('xeon32irwindale'), ['GenuineIntel', 15, 4, 3]);
  assert.deepEqual(of('opteron2347'), ['AuthenticAMD', 16, 2, 1]);
  assert.deepEqual(of('epyc9655'), ['AuthenticAMD', 26, 2, 1]);
  assert.deepEqual(of('xeonSilver4214'), ['GenuineIntel', 6, 85, 7]);
});

test('CPUs of one host that differ: their AND speaks, and a note says where', () => {
  const second = make.change(make.cpu(hosts.xeonSilver4214, 1), { '7.0.edx': (word) => word & ~0x400 });
  const dump = text(make.cpu(hosts.xeonSilver4214, 0)).replace('CPU:', 'CPU 0:')
    + text(second).replace('CPU:', 'CPU 1:');
  const answer = ask(dump);
  assert.equal(answer.hosts.length, 1);
  assert.equal(answer.hosts[0].words['7.0.edx'], make.hex8(0xbc000400 & ~0x400));
  assert.ok(answer.notes.some(({ severity }) => severity === 'warning'), JSON.stringify(answer.notes));
});

for (const [name, disturb] of Object.entries(noise)) {
  test(`${name}: same answer`, () => {
    for (const [format, { print }] of Object.entries(formats)) {
      const pair = [hosts.xeonL5320, hosts.xeonE52660v3];
      const sources = pair.map((host) => print(host, 2));
      const plain = ask(sources, { profile: 'vmware-2013' });
      const noisy = ask(sources.map(disturb), { profile: 'vmware-2013' });
      assert.equal(noisy.hosts.length, 2, `${format}\n${disturb(sources[0])}`);
      assert.deepEqual(masks(noisy), masks(plain), format);
      assert.deepEqual(noisy.hosts.map((host) => host.words), plain.hosts.map((host) => host.words), format);
      if (!/prompts/.test(name)) assert.deepEqual(noisy.hosts.map((host) => host.name), plain.hosts.map((host) => host.name), format);
    }
  });
}

// CPUs without a header and more CPUs of the same kind cannot be told from one host: left out.
test('formats mixed in one paste: as many hosts as texts', () => {
  const random = seeded(17);
  for (let n = 0; n < 100; n++) {
    const list = Array.from({ length: 2 + random.below(4) }, () => random.pick(intel));
    const used = list.map(() => random.pick(Object.keys(formats)));
    if (used.some((name, i) => /no header/.test(used[i - 1]) && /aida/.test(name)
      && list[i] === list[i - 1])) continue;
    const paste = list.map((host, i) => formats[used[i]].print(host)).join('\n');
    const answer = ask(paste, { profile: 'open' });
    assert.equal(answer.hosts.length, list.length, `${used.join(' + ')}\n${paste}`);
    list.forEach((host, i) => {
      const guessed = (key) => key.startsWith('d.');
      const found = wrongWords(answer.hosts[i], make.known(formats[used[i]].carries(host)), guessed);
      assert.deepEqual(found.slice(0, 3), [], `${used.join(' + ')}, host ${i}`);
    });
  }
});

test('at and length of a host cut out a text that reads to the same host', () => {
  for (const [format, { print }] of Object.entries(formats)) {
    const paste = `two hosts\n\n${print(hosts.xeonL5320)}\n\n${print(hosts.xeonE52660v3)}`;
    const bytes = new TextEncoder().encode(paste);
    for (const host of ask(paste, { profile: 'open' }).hosts) {
      const alone = ask(bytes.slice(host.at, host.at + host.length), { profile: 'open' });
      assert.deepEqual(alone.hosts.map(({ words }) => words), [host.words], format);
      const before = paste.slice(0, host.at).split('\n').length;
      assert.equal(host.line, before, format);
    }
  }
});

test('every line is used, blank, set aside or unread', () => {
  for (const { print } of Object.values(formats)) {
    const { reading } = ask(`what is this\n${print(hosts.xeonE52660v3)}`);
    const { lines, used, blank, aside, unread } = reading;
    assert.equal(used + blank + aside + unread, lines);
    assert.ok(unread >= 1);
  }
});

test('a line that was not understood has its number in a note', () => {
  const dump = `${text(hosts.xeonL5320)}0x00000001 0xzz: eax=broken\n${text(hosts.xeonE52660v3)}`;
  const line = text(hosts.xeonL5320).split('\n').length;
  const { notes, hosts: read } = ask(dump);
  assert.equal(read.length, 2);
  assert.ok(notes.some((note) => note.line === line), JSON.stringify(notes));
});

test('a dump of a guest is said to be one', () => {
  const guest = make.change(hosts.xeonL5320, { '1.0.ecx': (word) => word | 0x80000000 });
  const { hosts: [host], notes } = ask(text(guest));
  assert.equal(host.guest, true);
  assert.ok(notes.some((note) => /guest|virtual machine|hypervisor/i.test(note.text)));
  assert.equal(ask(text(hosts.xeonL5320)).hosts[0].guest, false);
});

test('nothing readable: no host, one error, and the verdict repeats it', () => {
  for (const words of ['', ' \n', 'the quick brown fox\n', '{"a": 1}', '<html></html>']) {
    const answer = ask(words);
    assert.deepEqual(answer.hosts, []);
    assert.equal(answer.notes[0].severity, 'error');
    assert.ok(answer.verdict.sentence.includes(answer.notes[0].text)
      || answer.notes[0].text.includes(answer.verdict.sentence));
  }
});

// ── the link ───────────────────────────────────────────────────────────────────────────────────

const asked = (texts, choices = {}) => ({ sources: [texts].flat().map((one) => ({ name: '', text: one })),
  profile: null, check: null, defaults: [], ...choices });

/** What a link carries: everything about the bits that some default mask looks at. */
const carried = ({ registers, bits, hosts: read, check, verdict }) => ({
  check,
  migratable: verdict.migratable,
  hosts: read.map(({ name, vendor, family, model, stepping }) => ({ name, vendor, family, model, stepping })),
  registers: registers.filter(({ default: base }) => /[^x ]/.test(base))
    .map(({ key, default: base, custom, effective, differ, unknown, hide }) => {
      const looked = [...letters(base)].reduce((sum, one) => sum * 2 + (one === 'x' ? 0 : 1), 0);
      const kept = (word) => make.hex8(parseInt(word, 16) & looked);
      return { key, base, custom, effective, hide, differ: kept(differ), unknown: kept(unknown) };
    }),
  bits: bits.filter(({ default: base }) => base !== 'x'),
});

test('answer(decode(encode(request))) == answer(request), for every bit that a default looks at', () => {
  for (const { fleet, profile, answer, what } of fleets(150, 77, { gaps: 0.3 })) {
    const request = asked(text(fleet), { profile, check: answer.check });
    const payload = core.encode(request, { names: true });
    assert.match(payload, /^[\w-]+$/, what);
    const back = core.decode(payload);
    assert.equal(back.error, undefined, what);
    assert.deepEqual(carried(core.answer(back.request)), carried(core.answer(request)), what);
  }
});

test('a link of real hosts opens to the same verdict', () => {
  for (const [n, a] of real.entries()) {
    for (const b of real.slice(n)) {
      const request = asked([text(a), text(b)]);
      const again = core.answer(core.decode(core.encode(request, { names: true })).request);
      assert.deepEqual(again.verdict, core.answer(request).verdict, `${a.name} and ${b.name}`);
    }
  }
});

test('the link keeps what was chosen: profile, check, default masks', () => {
  const mask = 'RRRR RRRR RRRR RRR0 00xR R0H0 000H 0RRH';
  const request = asked(text([hosts.xeonL5320, hosts.xeonE52660v3]),
    { profile: 'vmware-2013', check: 'equal', defaults: [{ register: '1.ecx', mask }] });
  const { request: back } = core.decode(core.encode(request, { names: true }));
  assert.equal(back.profile, 'vmware-2013');
  assert.equal(back.check, 'equal');
  assert.deepEqual(carried(core.answer(back)), carried(core.answer(request)));
});

test('ESX CD hosts survive the link: unknown stays unknown, the profile stays', () => {
  const request = asked([text(make.post2006[0], 'esx cd'), text(hosts.xeonE52660v3)]);
  const first = core.answer(request);
  const again = core.answer(core.decode(core.encode(request, { names: true })).request);
  assert.deepEqual(carried(again), carried(first));
  assert.equal(again.profile, first.profile);
});

test('names survive the link when they are left in', () => {
  const request = { ...asked(''), sources: ['rack-1', 'größer', 'a b'].map((name) =>
    ({ name: `${name}.txt`, text: text(hosts.xeonL5320) })) };
  const names = (one) => core.answer(one).hosts.map(({ name }) => name);
  assert.deepEqual(names(core.decode(core.encode(request, { names: true })).request), names(request));
});

test('the link carries no APIC id and, when asked, no name', () => {
  const named = (n) => ({ sources: [{ name: 'esx-secret.txt', text: text(make.cpu(hosts.xeonL5320, n)) }],
    profile: null, check: null, defaults: [] });
  assert.equal(core.encode(named(1), { names: true }), core.encode(named(77), { names: true }));
  const { request } = core.decode(core.encode(named(1), { names: false }));
  assert.doesNotMatch(request.sources.map(({ name, text: body }) => name + body).join(), /secret/);
});

const types = [hosts.xeonE52660v3, hosts.xeonE52620v4, hosts.xeonSilver4214, hosts.xeonGold6336y];
const eight = [...types, hosts.xeonL5320, hosts.xeonE52697v2, hosts.xeonBronze3104, hosts.xeonW72475x];

/** Sixty-four hosts no two of which are alike: real ones, each with its own few bits of firmware. */
function sixtyFour() {
  const random = seeded(64);
  const switches = { '7.0.edx': [10, 26, 27, 28, 29, 31], '1.0.ecx': [3, 5, 6, 7, 21, 25],
    '7.0.ebx': [4, 11, 22], '80000001.0.edx': [11, 20] };
  return Array.from({ length: 64 }, (_, n) => make.change(real[n % real.length], Object.fromEntries(
    Object.entries(switches).map(([key, bits]) => [key, (word = 0) =>
      bits.reduce((sum, bit) => (random.chance(0.2) ? sum ^ (1 << bit) : sum), word)])), `host ${n}`));
}

for (const [what, list, budget] of [
  ['2 servers', [hosts.xeonE52660v3, hosts.xeonSilver4214], 250],
  ['2 servers of two vendors', [hosts.epyc9655, hosts.xeonW72475x], 250],
  ['2 servers with firmware of their own', sixtyFour().slice(16, 18), 250],
  ['8 different', eight, 550],
  ['8 different with firmware of their own', sixtyFour().slice(16, 24), 550],
  ['64 of 4 types', Array.from({ length: 64 }, (_, n) => types[n % 4]), 400],
  ['64 different', sixtyFour(), 1500],
]) {
  test(`link of ${what} <= ${budget} characters`, (t) => {
    const request = asked(list.map((host) => text(host)));
    const { length } = `#${core.encode(request, { names: false })}`;
    t.diagnostic(`${length} characters`);
    assert.ok(length <= budget, `${length} characters`);
    const again = core.answer(core.decode(core.encode(request, { names: false })).request);
    assert.deepEqual(carried(again).registers, carried(core.answer(request)).registers);
    assert.equal(again.hosts.length, list.length);
  });
}

test('decode of anything malformed is a sentence, never an exception', () => {
  const random = seeded(13);
  const good = core.encode(asked(text(eight)), { names: true });
  const letter = () => random.pick('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_%=# é');
  for (let n = 0; n < 3000; n++) {
    let payload = [...good];
    for (let edits = 1 + random.below(4); edits > 0; edits--) {
      payload.splice(random.below(payload.length), random.below(3), ...Array.from({ length: random.below(3) }, letter));
    }
    payload = payload.slice(random.chance(0.2) ? random.below(payload.length) : 0).join('');
    const back = core.decode(payload);
    if (back.error !== undefined) assert.match(back.error, /\w \w/);
    else core.answer(back.request);
  }
  for (const payload of ['', '#', '~', '9999', good.slice(0, 1)]) {
    const back = core.decode(payload);
    assert.ok(back.error ?? back.request, payload);
  }
});

// ── any bytes at all ───────────────────────────────────────────────────────────────────────────

/** Nothing an answer says may point outside what was pasted. */
function inside(answer, sources, what) {
  const count = sources.map((bytes) => (Buffer.from(bytes).toString('latin1').match(/\r\n|\r|\n|\u2028/g) ?? []).length + 1);
  const most = Math.max(...count) + 2 * Math.max(...sources.map(({ length }) => length)) / 3;
  for (const { line, host, source, text: said } of answer.notes) {
    assert.ok(said.length > 0, what);
    if (line !== null) assert.ok(line >= 1 && line <= most, `${what}: line ${line} of ${count}`);
    if (source !== null && source !== undefined) assert.ok(source < sources.length, what);
    if (host !== null && typeof host === 'number') assert.ok(host < answer.hosts.length, what);
  }
  for (const { source, at: from, length } of answer.hosts) {
    assert.ok(from >= 0 && from + length <= sources[source].length, `${what}: host at ${from}+${length} of ${sources[source].length}`);
  }
  assert.ok(answer.notes.length <= 1000, `${answer.notes.length} notes`);
  for (const { default: base, custom, effective } of answer.registers) {
    for (const mask of [base, custom, effective]) assert.match(mask, /^[01xHRTF-]{4}( [01xHRTF-]{4}){7}$/);
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

test('hostile choices: no trap', () => {
  const random = seeded(19);
  for (let n = 0; n < 500; n++) {
    const junk = () => String.fromCharCode(...Array.from({ length: random.below(60) }, () => random.below(400)));
    const answer = ask(text(hosts.xeonL5320), { profile: random.pick([null, 'open', junk()]),
      check: random.pick([null, 'equal', junk()]),
      defaults: [{ register: random.pick(['1.ecx', junk()]), mask: junk() }] });
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
  assert.ok(answer.hosts.length === 2000 || answer.notes.some(({ text: said }) => /limit/.test(said)));
});

// ── tables ─────────────────────────────────────────────────────────────────────────────────────

test('every profile has an id, a name, a check and a sentence, and answers', () => {
  const profiles = core.list('profiles');
  assert.deepEqual(profiles.map(({ id }) => id).sort(), Object.keys(PROFILES).sort());
  for (const { id, name, check, about } of profiles) {
    assert.ok(name && about, id);
    assert.equal(check, PROFILES[id].check, id);
    const answer = ask(text(hosts.epyc9655), { profile: id });
    assert.equal(answer.profile, id);
    assert.equal(answer.profileName, name);
    for (const { default: base } of answer.registers) {
      assert.match(base, /^[01xHRTF]{4}( [01xHRTF]{4}){7}$/, id);
    }
  }
});

/** A bit that no table names is called by its place, such as 1.ecx[16]. */
const unnamed = (name) => /\[\d+\]$/.test(name);

test('every bit of every listed register has a name and a reason, every named one a meaning', () => {
  const answer = ask(text(amd));
  for (const { key } of answer.registers) {
    for (let bit = 0; bit < 32; bit++) {
      const told = core.explain(key, bit);
      assert.equal(told.key, key);
      assert.equal(told.bit, bit);
      const named = !unnamed(told.name);
      for (const field of ['name', 'reason', 'merge', 'decision', ...(named ? ['meaning', 'level'] : [])]) {
        assert.ok(typeof told[field] === 'string' && told[field].length > 0, `${key}[${bit}] ${field}`);
      }
    }
  }
});

test('every decided bit has a name, a level and a sentence', () => {
  for (const list of [intel, amd, real]) {
    for (const { key, bit, name, level, meaning, merge, reason, decision } of ask(text(list)).bits) {
      assert.ok(name && (meaning || unnamed(name)), `${key}[${bit}]`);
      if (/^AND/.test(merge) && !unnamed(name)) assert.match(level, /^(user|kernel)$/, `${key}[${bit}]`);
      assert.match(decision, /^(hide|hidden|ignore|keep|conflict|unknown|closure|warn)$/);
      assert.match(reason, /^\S+ \S+/, `${key}[${bit}]`);
    }
  }
});

test('every format has a name and a sentence', () => {
  const list = core.list('formats');
  assert.ok(list.length >= 5);
  for (const { id, name, about, command } of list) {
    assert.ok(id && name && about, id);
    assert.equal(typeof command, 'string');
  }
});

test('targets and models are lists of rows', () => {
  for (const { id, name } of core.list('targets')) assert.ok(id && name);
  for (const { id, name } of core.list('models')) assert.ok(id && name);
});

// ── golden links: every link that was ever given away opens for ever ───────────────────────────
// Rows are added to links.json, never changed.

for (const { what, link, hosts: names, profile, check, hide } of JSON.parse(
  readFileSync(new URL('./links.json', import.meta.url), 'utf8'))) {
  test(`golden link: ${what}`, () => {
    const { request, error } = core.decode(link);
    assert.equal(error, undefined);
    const answer = core.answer(request);
    const hidden = answer.registers.filter((one) => one.hide !== '00000000');
    assert.deepEqual({ names: answer.hosts.map(({ name }) => name), profile: answer.profile,
      check: answer.check, hide: Object.fromEntries(hidden.map((one) => [one.key, one.hide])) },
    { names, profile, check, hide });
  });
}
