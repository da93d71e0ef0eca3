// The share link: what it carries, how long it is, and that every link ever given away opens.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { asked, core, fleets, masks, real, text } from './core.mjs';
import { letters } from './control.mjs';
import * as make from './hosts.mjs';

const { hosts, seeded } = make;

/** The request that comes out of the link made of a request. */
const opened = (request) => core.decode(core.encode(request, { names: true })).request;

/** What a link carries: everything about the bits that some default mask looks at. */
const carried = ({ registers, bits, hosts: read, check, verdict }) => ({
  check,
  migratable: verdict.migratable,
  hosts: read.map(({ name, vendor, family, model, stepping }) =>
    ({ name, vendor, family, model, stepping })),
  registers: registers.filter(({ default: base }) => /[^x ]/.test(base))
    .map(({ key, default: base, custom, effective, differ, unknown, hide }) => {
      const looked = [...letters(base)].reduce((sum, one) => sum * 2 + (one === 'x' ? 0 : 1), 0);
      const kept = (word) => make.hex8(parseInt(word, 16) & looked);
      return { key, base, custom, effective, hide, differ: kept(differ), unknown: kept(unknown) };
    }),
  bits: bits.filter(({ default: base }) => base !== 'x'),
});

test('answer(decode(encode(request))) == answer(request) in every bit a default looks at', () => {
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
      // Only the size of the XSAVE area needs what no link carries.
      const { verdict } = core.answer(request);
      assert.deepEqual({ ...again.verdict, xsaveSize: null }, { ...verdict, xsaveSize: null },
        `${a.name} and ${b.name}`);
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

const chosen = ({ profile, check, hide, keep, qemu, libvirt }) =>
  ({ profile, check, hide, keep, qemu, libvirt });

test('the link keeps pins and versions, in few characters', () => {
  const pair = [text(hosts.xeonE52660v3), text(hosts.xeonSilver4214)];
  const plain = core.encode(asked(pair), { names: false }).length;
  for (const choices of [
    { hide: ['7.0.ebx.5'] }, { keep: ['1.0.ecx.13'] }, { qemu: '8.2' }, { libvirt: '10.0' },
    { hide: ['7.0.ebx.5', '1.0.ecx.28', '80000001.0.edx.26'], keep: ['7.0.ebx.16', '99.3.edx.31'],
      qemu: '10.1', libvirt: '9.10', profile: 'kvm', check: 'equal' },
    { hide: ['msr10a.0.eax.3'] },
  ]) {
    const request = asked(pair, { hide: [], keep: [], qemu: null, libvirt: null, ...choices });
    const payload = core.encode(request, { names: false });
    assert.match(payload, /^2[\w-]+$/);
    const back = core.decode(payload).request;
    assert.deepEqual(chosen(back), chosen(request));
    assert.deepEqual(carried(core.answer(back)).bits, carried(core.answer(request)).bits);
    if (!choices.profile) assert.ok(payload.length <= plain + 6, `${payload.length} and ${plain}`);
  }
});

test('MSR 0x10A travels where a host has it', () => {
  const lines = 'msr10a.0.eax = 0x0000000b\nmsr10a.0.edx = 0x00000002\n';
  const request = asked([`${lines}1.ecx = 1\n`, '1.ecx = 1\n', text(hosts.xeonSilver4214)]);
  const payload = core.encode(request, { names: true });
  assert.match(payload, /^2/);
  const read = ({ hosts: all }) => all.map(({ words }) => [words['msr10a.0.eax'], words['msr10a.0.edx']]);
  assert.deepEqual(read(core.answer(core.decode(payload).request)), read(core.answer(request)));
  assert.deepEqual(read(core.answer(request))[0], ['0000000b', '00000002']);
});

test('a link without pins and versions is of version 1', () => {
  for (const host of real) assert.match(core.encode(asked(text(host)), { names: true }), /^1/);
});

test('random pins survive the link, named or placed', () => {
  const random = seeded(21);
  for (const { fleet, profile, answer, what } of fleets(60, 78)) {
    const place = () => `${random.pick(answer.registers).key}.${random.below(32)}`;
    const all = [...new Set(Array.from({ length: random.below(20) }, place))];
    const request = asked(text(fleet), { profile, check: answer.check,
      hide: [...all.filter((_, n) => n % 2), 'avx2'], keep: all.filter((_, n) => n % 2 === 0)
        .filter((one) => one !== '7.0.ebx.5') });
    const back = opened(request);
    assert.deepEqual(carried(core.answer(back)), carried(core.answer(request)), what);
  }
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
  assert.deepEqual(names(opened(request)), names(request));
});

test('the link carries no APIC id and, when asked, no name', () => {
  const named = (n) => asked({ name: 'esx-secret.txt', text: text(make.cpu(hosts.xeonL5320, n)) });
  assert.equal(core.encode(named(1), { names: true }), core.encode(named(77), { names: true }));
  const { request } = core.decode(core.encode(named(1), { names: false }));
  assert.doesNotMatch(request.sources.map(({ name, text: body }) => name + body).join(), /secret/);
});

const types = [hosts.xeonE52660v3, hosts.xeonE52620v4, hosts.xeonSilver4214, hosts.xeonGold6336y];
const eight = [...types, hosts.xeonL5320, hosts.xeonE52697v2, hosts.xeonBronze3104,
  hosts.xeonW72475x];

/** Sixty-four hosts, no two alike: real ones, each with its own few bits of firmware. */
function sixtyFour() {
  const random = seeded(64);
  const switches = { '7.0.edx': [10, 26, 27, 28, 29, 31], '1.0.ecx': [3, 5, 6, 7, 21, 25],
    '7.0.ebx': [4, 11, 22], '80000001.0.edx': [11, 20] };
  const flip = (bits) => (word = 0) =>
    bits.reduce((sum, bit) => (random.chance(0.2) ? sum ^ (1 << bit) : sum), word);
  const edits = Object.fromEntries(
    Object.entries(switches).map(([key, bits]) => [key, flip(bits)]));
  return Array.from({ length: 64 }, (_, n) =>
    make.change(real[n % real.length], edits, `host ${n}`));
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

test('a bit is explained as before, whatever links were made or opened since', () => {
  const request = asked(text([hosts.xeonL5320, hosts.xeonE52660v3]));
  const [{ key, bit }] = core.answer(request).bits;
  const before = core.explain(key, bit);
  const payload = core.encode(asked(text(real[0])), { names: true });
  for (const link of [null, payload, '1nonsense']) {
    if (link) core.decode(link);
    assert.deepEqual(core.explain(key, bit), before);
  }
});

test('decode of anything malformed is a sentence, never an exception', () => {
  const random = seeded(13);
  const good = core.encode(asked(text(eight)), { names: true });
  const letter = () => random.pick([...good, '-', '_', '%', '=', '#', ' ', '~', '\u00e9']);
  for (let n = 0; n < 3000; n++) {
    let payload = [...good];
    for (let edits = 1 + random.below(4); edits > 0; edits--) {
      const added = Array.from({ length: random.below(3) }, letter);
      payload.splice(random.below(payload.length), random.below(3), ...added);
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

// ── golden links: rows are added to links.json, their links never changed ────────────────────────────────────

for (const { what, link, hosts: names, profile, check, hide, pins = [] } of JSON.parse(
  readFileSync(new URL('./links.json', import.meta.url), 'utf8'))) {
  test(`golden link: ${what}`, () => {
    const { request, error } = core.decode(link);
    assert.equal(error, undefined);
    const answer = core.answer(request);
    const hidden = answer.registers.filter((one) => one.hide !== '00000000');
    assert.deepEqual({ names: answer.hosts.map(({ name }) => name), profile: answer.profile,
      check: answer.check, hide: Object.fromEntries(hidden.map((one) => [one.key, one.hide])) },
    { names, profile, check, hide });
    assert.deepEqual(answer.bits.filter(({ pin }) => pin)
      .map(({ key, bit, pin }) => `${pin} ${key}.${bit}`), pins);
  });
}
