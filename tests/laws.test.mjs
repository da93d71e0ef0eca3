// What must hold for every answer, as equations. Hosts come from hosts.mjs, the second opinion
// from control.mjs; every random choice is seeded, so a failure can be run again.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { amd, ask, core, fleets, intel, masks, real, register, text, vendorOf } from './core.mjs';
import { PROFILES, broken, control, decide, disagreed, features, value } from './control.mjs';
import { at, letters, parents, printed, settled, ungrounded } from './control.mjs';
import * as make from './hosts.mjs';
import { wrongWords } from './words.mjs';

const { hosts, seeded } = make;
const words = make.truth;
const none = '---- ---- ---- ---- ---- ---- ---- ----';

/** The three promises and the truth of every word, or a sentence with the seed that broke them. */
function holds(answer, list, what) {
  const sets = list.map(words);
  noneOf([...broken(answer, sets), ...untrue(answer, list)], what, list);
}

/** Fails with the first few problems and the text to see them again. */
function noneOf(problems, what, list) {
  if (problems.length) assert.fail(`${what}\n${problems.slice(0, 5).join('\n')}\n${text(list)}`);
}

/** Words the answer has wrong, misses or invents. */
function untrue(answer, list) {
  const count = answer.hosts.length;
  if (count !== list.length) return [`${count} hosts, not ${list.length}`];
  return list.flatMap((host, n) => wrongWords(answer.hosts[n], make.known(host)));
}

// ── the case everything began with ───────────────────────────────────────────────────────────────

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

// ── masks ────────────────────────────────────────────────────────────────────────────────────────

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
      const zeros = [...letters(custom)].map((one) => (one === '0' ? '1' : '0')).join('');
      assert.equal(make.hex8(parseInt(zeros, 2)), hide);
      const overlay = [...letters(custom)]
        .map((one, n) => (one === '-' ? letters(base)[n] : one)).join('');
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
      const own = { defaults: [{ register: '1.ecx', mask: spell(mask) }] };
      const answer = ask(text(hosts.xeonL5320), own);
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
    // What the hidden features leave without ground goes with them.
    const closed = answer.bits.filter((bit) => bit.key === key && bit.decision === 'closure');
    if (key !== '1.0.ecx') assert.equal(zeros(custom), closed.length, key);
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

// ── the three promises and the control ───────────────────────────────────────────────────────────

for (const profile of Object.keys(PROFILES)) {
  // After the recommendation every host shows the guest the same value in every bit that counts;
  // take any one 0 away and that breaks; no bit is hidden without a stated reason.
  test(`${profile}: the three promises`, () => {
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
      agree(answer, fleet, profile, check, what);
    }
  });

  test(`${profile}: core == control on real hosts`, () => {
    for (const list of [intel, amd]) {
      agree(ask(text(list), { profile }), list, profile, PROFILES[profile].check, profile);
    }
  });
}

function agree(answer, fleet, profile, check, what, pins) {
  const vendor = vendorOf(fleet[0]);
  noneOf(disagreed(answer, fleet.map(words), vendor, profile, check, pins), what, fleet);
}

test('MSR 0x10a: core == control, and a host without ARCH_CAPABILITIES has none of it', () => {
  const random = seeded(10);
  const list = intel.filter((host) => words(host).has('7.0.edx'));
  const msr = () => (Math.floor(random.next() * 2 ** 32) & 0x7fffffff) >>> 0;
  for (let n = 0; n < 60; n++) {
    const profile = ['open', 'kvm', 'xen-hvm'][n % 3];
    const pair = [random.pick(list), random.pick(list)];
    const sets = pair.map(words);
    const paste = pair.map((host, at) => {
      const announced = (sets[at].get('7.0.edx') >>> 29) & 1;
      const value = announced ? msr() : 0;
      sets[at].set('msr10a.0.eax', value).set('msr10a.0.edx', 0);
      return text(host) + (announced ? `MSR 0x10a: 0x${make.hex8(value)}\n` : '');
    });
    const answer = ask(paste.join(''), { profile });
    const got = register(answer, 'msr10a.0.eax');
    if (!got) continue;
    const want = control(sets, 'GenuineIntel', profile)['msr10a.0.eax'];
    assert.equal(got.differ, make.hex8(want.differ), `${n}, ${profile}`);
    assert.equal(letters(got.effective), want.effective, `${n}, ${profile}`);
  }
});

test('a bit is decided as the control decides it', () => {
  for (const { answer, fleet, check, what } of fleets(400, 99)) {
    const sets = fleet.map(words);
    for (const { key, bit, decision, values, default: base } of answer.bits) {
      if ((make.perCpu(key) >>> bit) & 1) continue;
      assert.deepEqual(values, sets.map((one) => value(one, key, bit)), `${what}, ${key}[${bit}]`);
      if (['closure', 'warn', 'keep'].includes(decision)) continue;
      const want = decide(base, values, check);
      const idle = want === 'same' && ['unknown', 'ignore', 'hidden'].includes(decision);
      assert.ok(idle || decision === want,
        `${what}, ${key}[${bit}]: ${base} ${values} ${check} is ${decision}`);
    }
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
      for (const key of ['1.0.ecx', '80000001.0.ecx', '80000001.0.edx']) {
        assert.ok(listed.includes(key));
      }
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
      assert.deepEqual([ones, zeros, unknowns], [count(1), count(0), count(null)],
        `${what}, ${key}[${bit}]`);
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

// ── sets of hosts ────────────────────────────────────────────────────────────────────────────────

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

const zeros = (mask) => mask.split('0').length - 1;

test('one host: nothing to mask but what is without its ground', () => {
  for (const { answer, what } of fleets(150, 6, { count: 1 })) {
    for (const { custom, differ, key } of answer.registers) {
      const closed = answer.bits.filter((bit) => bit.key === key && bit.decision === 'closure');
      assert.equal(zeros(custom), closed.length, `${what}, ${key}`);
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

// ── a person's own pins ──────────────────────────────────────────────────────────────────────────

const unruled = ['1.0.ecx.27', '1.0.edx.28', '7.0.ebx.6', '7.0.ebx.13', '7.0.ecx.4', '1.0.eax.8'];

/** A few bits to hide and to keep, most of them such as others need or as differ. */
function randomPins(random, answer) {
  const told = answer.bits.filter(({ key, ruled }) => ruled && features(key))
    .map(({ key, bit }) => `${key}.${bit}`);
  const any = answer.registers.flatMap(({ key }) => Array.from({ length: 32 }, (_, bit) =>
    ((features(key) >>> bit) & 1 ? [`${key}.${bit}`] : [])).flat());
  const lists = [told, told, parents, parents, any, any, unruled].filter((one) => one.length);
  const all = [...new Set(Array.from({ length: 1 + random.below(6) }, () =>
    random.pick(random.pick(lists))))];
  return { hide: all.filter((_, n) => n % 2), keep: all.filter((_, n) => n % 2 === 0) };
}

/** Random fleets again, each answered with some pins. */
function* pinnedFleets(count, seed, more) {
  const random = seeded(seed);
  for (const fleet of fleets(count, seed, more)) {
    const pins = randomPins(random, fleet.answer);
    const { profile, check } = fleet;
    yield { ...fleet, plain: fleet.answer, pins, what: `${fleet.what}, ${JSON.stringify(pins)}`,
      answer: ask(text(fleet.fleet), { profile, check, ...pins }) };
  }
}

/** Pins in force: those of bits that a mask rules. */
const inForce = (answer, list) => list.filter((place) => {
  const [, key, bit] = /^(.*)\.(\d+)$/.exec(place);
  return core.explain(key, Number(bit))?.ruled;
});

test('with pins: core == control', () => {
  for (const { answer, fleet, profile, check, pins, what } of pinnedFleets(600, 71)) {
    agree(answer, fleet, profile, check, what, pins);
  }
});

test('with pins: the three promises, and no feature is seen without what it needs', () => {
  for (const { answer, fleet, what } of pinnedFleets(500, 72)) {
    holds(answer, fleet, what);
    noneOf(ungrounded(answer, fleet.map(words)), what, fleet);
  }
});

test('with default masks and pins: no feature is seen without what it needs', () => {
  const random = seeded(73);
  for (const { fleet, plain, pins, check, what } of pinnedFleets(300, 73)) {
    const defaults = Array.from({ length: 3 }, () => ({
      register: random.pick(plain.registers).key,
      mask: Array.from({ length: 32 }, () => random.pick('01xHRTFHHH')).join('') }));
    const answer = ask(text(fleet), { check, defaults, ...pins });
    noneOf(ungrounded(answer, fleet.map(words)), `${what}, ${JSON.stringify(defaults)}`, fleet);
  }
});

test('every pin in force is reported, and obeyed or refused with a reason', () => {
  for (const { answer, pins, what } of pinnedFleets(400, 74, { gaps: 0.3 })) {
    const rows = new Map(answer.bits.map((row) => [`${row.key}.${row.bit}`, row]));
    const [hide, keep] = [inForce(answer, pins.hide), inForce(answer, pins.keep)];
    for (const row of answer.bits) {
      const want = hide.includes(`${row.key}.${row.bit}`) ? 'hide'
        : keep.includes(`${row.key}.${row.bit}`) ? 'keep' : null;
      assert.equal(row.pin, want, `${what}, ${row.key}[${row.bit}]`);
    }
    for (const place of hide) {
      const { decision, custom, effective, reason } = rows.get(place);
      assert.deepEqual([decision, custom, effective], ['hide', '0', '0'], `${what}, ${place}`);
      assert.match(reason, /^hidden: you asked for it; \S+ \S+/);
    }
    for (const place of keep) {
      const { decision, reason } = rows.get(place);
      assert.match(decision, /^(keep|conflict|unknown|warn)$/, `${what}, ${place}`);
      assert.match(reason, /you asked/, `${what}, ${place}`);
      if (decision === 'conflict') assert.equal(answer.verdict.migratable, false, what);
    }
    const refused = answer.notes.filter(({ kind }) => kind === 'pin').length;
    assert.equal(refused, pins.hide.length + pins.keep.length - hide.length - keep.length, what);
  }
});

test('hiding more never shows more, and no pin at all changes nothing', () => {
  for (const { fleet, profile, check, plain, pins, what } of pinnedFleets(300, 75)) {
    const hidden = ask(text(fleet), { profile, check, hide: pins.hide });
    for (const { key, hide } of plain.registers) {
      const more = parseInt(register(hidden, key).hide, 16);
      // MPX and APX exclude each other: where APX is hidden, MPX may stay.
      const freed = key === '7.0.ebx' && pins.hide.includes('7.1.edx.21') ? 1 << 14 : 0;
      assert.equal(parseInt(hide, 16) & ~more & ~freed, 0, `${what}, ${key}`);
    }
    assert.deepEqual(masks(ask(text(fleet), { profile, check, hide: [], keep: [] })), masks(plain));
  }
});

test('a pin by name is the pin by place', () => {
  const pair = text([hosts.xeonSilver4214, hosts.xeonE52660v3]);
  for (const [name, place] of [['avx2', '7.0.ebx.5'], ['AVX512F', '7.ebx[16]'], ['sse4_1', '1.0.ecx[19]'],
    ['SSE4.1', '1.ecx.19'], ['sse4-1', '0x1.0.ecx.19'], ['cpuid.AVX2', '7.0.EBX.5'],
    ['spec-ctrl', '7.edx.26'], ['cx16', '1.ecx[13]'], ['pdpe1gb', '80000001.edx.26']]) {
    for (const way of ['hide', 'keep']) {
      assert.deepEqual(ask(pair, { [way]: [name] }), ask(pair, { [way]: [place] }), name);
    }
  }
});
