// The page's pure parts: from an answer to rows, labels and classes; from bytes to bytes.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { samples } from '../web/samples.js';
import { cleanName, extent, rename, splice, toBytes, toText, without } from '../web/source.js';
import * as view from '../web/view.js';
import { ask, core } from './core.mjs';

const post = () => ask(samples[0].text);
const xeon = () => ask(samples[1].text);
const epyc = () => ask(samples[2].text);

test('places are short, and name a subleaf only where there are several', () => {
  assert.equal(view.place('1.0.ecx', 2), '1.ecx[2]');
  assert.equal(view.place('7.0.ebx', 16), '7.0.ebx[16]');
  assert.equal(view.place('7.1.eax'), '7.1.eax');
  assert.equal(view.place('80000001.0.edx', 29), '80000001.edx[29]');
});

test('the 2006 pair is laid out as a written addition', () => {
  const answer = post();
  const [register] = answer.registers;
  const rows = view.rowsOf(answer, register, view.kinds(answer.hosts));
  assert.deepEqual(rows.map(({ label, cells }) => [label, cells]), [
    ['default', 'RRRRRRRRRRRRRRR000xRR0H0000H0RRH'],
    ['esx01', '00000000000000000110010000011101'],
    ['esx02', '00000000000000000100010000000000'],
    ['custom', '---------------------------0-0-0'],
    ['effective', 'RRRRRRRRRRRRRRR000xRR0H0000000R0'],
  ]);
});

test('a bit that counts is marked by a shape in its rows and a triangle below', () => {
  const answer = post();
  const bits = view.bitsOf(answer, '1.0.ecx');
  assert.deepEqual([13, 4, 3, 2, 0, 5].map((bit) => view.mark(bits[bit]).glyph),
    ['△', '▲', '△', '▲', '▲', '']);
  const counts = view.mark(bits[4]);
  assert.equal(view.cellShape({ host: true }, '1', counts), 'differs');
  assert.equal(view.cellShape({ id: 'custom' }, '0', counts), 'zero');
  assert.equal(view.cellShape({ id: 'effective' }, '0', counts), 'sum');
  assert.equal(view.cellShape({ host: true }, '?', view.mark(undefined)), 'unknown');
  assert.equal(view.mark({ decision: 'conflict' }).glyph, '!');
  const nobody = view.mark({ decision: 'unknown', ones: 0, zeros: 0, unknowns: 2 });
  assert.equal(nobody.glyph + view.cellShape({ host: true }, '?', nobody), '', 'none stands out');
});

test('differences: conflicts first, then hide, then what needs no action', () => {
  const all = view.differences(post(), 'differ');
  assert.deepEqual(all.map(({ bit, decision }) => `${bit} ${decision}`),
    ['4 hide', '2 hide', '0 hide', '3 hidden', '13 ignore', '29 ignore']);
  assert.deepEqual(view.differences(post(), 'count').map(({ bit }) => bit), [4, 2, 0]);
  assert.equal(view.extentOf(all), '6 bits in 2 registers');
  assert.equal(view.othersOf(post(), 'count'), 3);
  assert.equal(view.othersOf(post(), 'all'), 0);
  const many = epyc();
  const shown = view.differences(many, 'differ').length;
  assert.ok(view.differences(many, 'all').length > shown);
});

test('every bit of every row agrees with the words that were read', () => {
  for (const answer of [post(), xeon(), epyc()]) {
    for (const { key } of answer.registers) {
      answer.hosts.forEach((host, at) => {
        const letters = view.hostLetters(answer, key, at);
        const word = host.words[key];
        if (word === undefined) return;
        const known = parseInt(host.known[key], 16);
        for (let bit = 0; bit < 32; bit += 1) {
          if (!((known >>> bit) & 1)) continue;
          const value = (parseInt(word, 16) >>> bit) & 1;
          assert.equal(letters[31 - bit], String(value), `${key} ${bit}`);
        }
      });
    }
  }
});

test('what a text does not carry is a question mark, never 0', () => {
  const answer = epyc();
  assert.equal(view.hostLetters(answer, '7.0.ebx', 2), '?'.repeat(32));
  const register = answer.registers.find(({ key }) => key === '6.0.ecx');
  assert.equal(view.isQuiet(answer, register), true);
  assert.equal(view.quietWord(answer, register), 'unknown on epyc03');
});

test('hosts of one kind share a column, and many kinds are counted', () => {
  const hosts = ['a', 'b', 'c'].map((name, at) => ({ name, kind: at === 1 ? 1 : 0 }));
  assert.deepEqual(view.kinds(hosts).map(({ label }) => label), ['a and 1 more', 'b']);
  const row = { values: [1, 0, 1], ones: 2, zeros: 1, unknowns: 0 };
  assert.equal(view.whoHas(view.kinds(hosts), row), 'a and 1 more 1, b 0');
  const many = Array.from({ length: 7 }, (_, at) => ({ name: `h${at}`, kind: at }));
  assert.equal(view.whoHas(view.kinds(many), { ones: 5, zeros: 2, unknowns: 1 }),
    '1 on 5, 0 on 2, ? on 1');
});

test('more than six kinds become one row that says all, some or none', () => {
  const text = Array.from({ length: 8 }, (_, at) =>
    `# host: h${at}\nID1ECX 0x0000040${at}\nID1EDX 0xbfebfbff\nID81ECX 0\nID81EDX 0\n`).join('\n');
  const answer = ask(text);
  const rows = view.rowsOf(answer, answer.registers[0], view.kinds(answer.hosts));
  assert.equal(rows[1].label, '8 hosts');
  assert.equal(rows[1].cells, '000000000000000000000100 00000###'.replace(' ', ''));
});

test('a cell is read out with its bit, its hosts and its mask', () => {
  const answer = post();
  const name = view.cellName(core.explain('1.0.ecx', 2), view.kinds(answer.hosts),
    view.mark(view.bitsOf(answer, '1.0.ecx')[2]));
  assert.equal(name, 'bit 2, DTES64, esx01 1, esx02 0, differs, custom 0, default R, effective 0');
});

test('a reason is told as a decision and a why', () => {
  const row = post().bits.find(({ bit }) => bit === 3);
  assert.equal(view.because(row).word, 'Already decided');
  assert.match(view.because(row).why, /^MONITOR is missing on esx02/);
  const [first] = view.differences(xeon(), 'count');
  assert.match(first.reason, /what the guest sees must exist on every host/);
  assert.doesNotMatch(view.shortWhy(first), /what the guest sees/, 'the rule says it already');
  assert.deepEqual(view.because({ reason: 'alike' }), { word: '', why: 'Alike' });
  assert.equal(view.capital('x2APIC is only on a'), 'x2APIC is only on a');
});

test('a bit without a name is not called by its place twice', () => {
  assert.equal(view.nameOf({ name: '6.eax[30]' }), '');
  assert.equal(view.nameOf({ name: 'SSE3' }), 'SSE3');
  const name = view.cellName(core.explain('1.0.ecx', 16), view.kinds(post().hosts), view.mark());
  assert.match(name, /^bit 16, esx01 0/);
});

test('a register is folded when nothing in it counts, and says what differs', () => {
  const answer = post();
  assert.deepEqual(answer.registers.map((one) => view.isQuiet(answer, one)),
    [false, true, true, true]);
  assert.equal(view.quietWord(answer, answer.registers[3]), '1 bit differs without counting');
});

test('many registers of which the same is to be said become one line', () => {
  const answer = ask(`${samples[1].text}# host: esx01\nID1ECX 0x0000641d\n`);
  const folded = (register) => view.isQuiet(answer, register);
  const all = view.runs(answer, folded);
  assert.deepEqual(all.flatMap(({ registers }) => registers), answer.registers, 'in order');
  const [run] = all.filter(({ word }) => word);
  assert.ok(run.registers.length >= 4);
  for (const register of run.registers) {
    assert.equal(view.quietWord(answer, register), run.word);
    assert.ok(folded(register));
  }
  assert.ok(view.runs(answer, () => false).every(({ word }) => !word));
});

test('who has a bit, by name', () => {
  const hosts = ['a', 'b', 'c'].map((name) => ({ name }));
  assert.deepEqual(view.namesBy(hosts, { values: [1, null, 1] }), [['1', ['a', 'c']], ['?', ['b']]]);
});

test('keys walk the table and stop at its ends', () => {
  const wide = { rows: 5, shown: view.blocks([], 32)[0].numbers, columns: 32 };
  const go = (key, from, ctrl) => view.move(key, ctrl, from, wide);
  assert.deepEqual(go('ArrowRight', { row: 1, bit: 31 }), { row: 1, bit: 30 });
  assert.deepEqual(go('ArrowLeft', { row: 1, bit: 31 }), { row: 1, bit: 31 });
  assert.deepEqual(go('ArrowDown', { row: 4, bit: 0 }), { row: 4, bit: 0 });
  assert.deepEqual(go('Home', { row: 3, bit: 7 }), { row: 3, bit: 31 });
  assert.deepEqual(go('End', { row: 3, bit: 7 }, true), { row: 4, bit: 0 });
  assert.equal(go('x', { row: 0, bit: 0 }), null);
  const narrow = { rows: 5, shown: [15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0],
    columns: 8 };
  assert.deepEqual(view.move('ArrowDown', false, { row: 4, bit: 15 }, narrow), { row: 0, bit: 7 });
  assert.deepEqual(view.move('ArrowUp', false, { row: 0, bit: 7 }, narrow), { row: 4, bit: 15 });
  assert.deepEqual(view.move('Home', false, { row: 0, bit: 5 }, narrow), { row: 0, bit: 7 });
});

test('steps lead from difference to difference across registers', () => {
  const list = view.steps(post());
  assert.deepEqual(list.map(({ bit }) => bit), [13, 4, 3, 2, 0, 29]);
  assert.equal(view.difference(list, { key: '1.0.ecx', bit: 0 }, 1).bit, 29);
  assert.equal(view.difference(list, { key: '1.0.ecx', bit: 9 }, 1).bit, 4);
  assert.equal(view.difference(list, { key: '1.0.ecx', bit: 9 }, -1).bit, 13);
  assert.equal(view.difference(list, { key: '80000001.0.edx', bit: 29 }, 1), undefined);
});

test('narrow: blocks without a difference become one line', () => {
  const bits = view.bitsOf(post(), '1.0.ecx');
  const parts = view.blocks(bits, 8);
  assert.deepEqual(parts.map(({ quiet, numbers }) => [quiet, numbers[0], numbers.at(-1)]),
    [[true, 31, 16], [false, 15, 8], [false, 7, 0]]);
  assert.equal(view.blocks(bits, 8, true).length, 4);
  assert.deepEqual(view.blocks(bits, 8, true).flatMap(({ numbers }) => numbers),
    Array.from({ length: 32 }, (_, at) => 31 - at));
});

test('the facts say what is known and what is not', () => {
  assert.equal(view.facts(post()),
    'Vendor, x86-64 level and address bits not known from these texts.');
  assert.match(view.facts(xeon()), /^Intel, level x86-64-v3, EVC mode intel-haswell, 46 address/);
  const mixed = ask(samples[1].text + samples[2].text);
  assert.doesNotMatch(view.facts(mixed), /vendor/i, 'known, but not one');
});

test('a length in words', () => {
  assert.equal(view.lengthWords(212), '212 characters, fits everywhere');
  assert.match(view.lengthWords(9000), /^9,000 characters, too long/);
});

test('notes of one kind stand together, errors first, with their place', () => {
  const sources = [{ name: 'a.txt' }, { name: '' }];
  const answer = ask([{ name: 'a.txt', text: `${samples[0].text}what is this\n` },
    { name: '', text: 'nothing here\nat all\n' }]);
  const groups = view.noteGroups(answer);
  assert.equal(groups[0].severity, answer.notes.some(({ severity }) => severity === 'error')
    ? 'error' : 'warning');
  const unread = groups.find(({ kind }) => kind === 'unread').notes;
  assert.equal(view.whereIs(unread[0], sources), 'a.txt, line 12');
  assert.equal(view.whereIs(unread[1], sources), 'text 2, line 1');
  assert.deepEqual(view.emptySources(answer, sources).map(({ index }) => index), [1]);
});

test('a host is renamed by the line above it', () => {
  const text = toBytes(samples[0].text);
  const [first, second] = ask(samples[0].text).hosts;
  assert.match(toText(rename(text, second, 'db 7')), /# host: esx01\n[^#]*# host: db 7\nID1ECX/);
  assert.doesNotMatch(toText(rename(text, first, 'db 7')), /esx01/);
  const bare = samples[0].text.replaceAll(/# host.*\n/g, '');
  const [, b] = ask(bare).hosts;
  const named = ask(toText(rename(toBytes(bare), b, 'esx99')));
  assert.equal(named.hosts[1].name, 'esx99');
  assert.equal(named.hosts.length, 2);
  assert.equal(cleanName('  a\n b '), 'a b');
});

test('a host is cut out with the line that names it', () => {
  const bytes = toBytes(samples[0].text);
  const [first] = ask(samples[0].text).hosts;
  const { at, length } = extent(bytes, first);
  const rest = ask(toText(splice(bytes, at, length, new Uint8Array())));
  assert.deepEqual(rest.hosts.map(({ name }) => name), ['esx02']);
  const split = toBytes('# host: a\nx\n');
  assert.deepEqual(extent(split, { at: 10, length: 2 }), { at: 0, length: 12 });
});

test('the samples read without a note, and show what they promise', () => {
  for (const sample of samples) {
    const answer = ask(sample.text);
    assert.deepEqual(answer.notes.filter(({ severity }) => severity === 'error'), [], sample.id);
    assert.equal(answer.reading.unread, 0, sample.id);
  }
  assert.deepEqual(xeon().hosts.map(({ brand }) => brand),
    ['Intel(R) Xeon(R) CPU E5-2660 v3 @ 2.60GHz', 'Intel(R) Xeon(R) Gold 6130 CPU @ 2.10GHz']);
  assert.equal(post().profile, 'esx-2006');
});

const vmx = (mask, line = 12, more = {}) => ({ key: '1.0.ecx', mask, vendor: null, host: null,
  line, source: 0, text: `cpuid.1.ecx = "${mask}"`, ...more });
const withMasks = (...masks) => ({ ...post(), masks });
const OWN = '---- ---- ---- ---- --0- x--- ---0 -0--';

test('a mask from the text stands above the recommended one, with what it lacks', () => {
  const answer = withMasks(vmx(OWN), vmx(OWN, 20));
  const [register] = answer.registers;
  const rows = view.rowsOf(answer, register, view.kinds(answer.hosts));
  assert.deepEqual(rows.map(({ label }) => label),
    ['default', 'esx01', 'esx02', 'yours', 'custom', 'effective']);
  const own = rows[3];
  assert.deepEqual([own.lacks, own.needless, own.other], [[0], [13], [11]]);
  assert.deepEqual(own.places.map(({ line }) => line), [12, 20]);
  assert.deepEqual([0, 13, 11, 4].map((bit) => view.cellShape(own, '0', view.mark(), bit)),
    ['lacks', 'needless', 'other', '']);
  const words = view.againstWords(own, (bit) => `bit ${bit}`);
  assert.equal(words, 'It does not hide bit 0, but hides bit 13 without need and says otherwise '
    + 'than the default about bit 11.');
  assert.equal(view.againstWords(view.against({ mask: register.custom }, register, 'equal'), String),
    'It hides what is needed, and no more.');
});

test('masks of the other vendor, or of no register here, stand aside', () => {
  const amd = vmx(OWN, 1, { vendor: 'AMD' });
  const far = vmx(OWN, 2, { key: '7.0.ebx' });
  const other = { ...post(), masks: [amd, far, vmx(OWN, 3)] };
  other.hosts.forEach((host) => { host.vendor = 'GenuineIntel'; });
  assert.deepEqual(view.masksAside(other), [amd, far]);
  assert.deepEqual(view.masksAside(post()), []);
  const two = withMasks(vmx(OWN), vmx(OWN.replace('x', '-')));
  assert.deepEqual(view.masksOf(two, two.registers[0]).map(({ label }) => label),
    ['yours 1', 'yours 2']);
  assert.equal(view.isQuiet(two, two.registers[0]), false);
});

test('with the check subset, R hides a bit as well as 0 does', () => {
  const lacks = (mask, check) => view.against({ mask: mask.padEnd(32, '-') },
    { custom: '0'.padEnd(32, '-'), default: 'H'.repeat(32) }, check).lacks;
  assert.deepEqual(lacks('R', 'subset'), []);
  assert.deepEqual(lacks('R', 'equal'), [31]);
  assert.deepEqual(lacks('0', 'equal'), []);
});

test('bits of a refusal are told by cause', () => {
  const bit = (number, side, cause) => ({ bit: number, side, cause, step: 'x', first: {} });
  const groups = view.causes({ bits: [bit(1, 'a', 'BIOS'), bit(28, 'a', 'age'), bit(25, 'a', 'BIOS')] });
  assert.deepEqual(groups.map(({ cause, bits }) => [cause, bits.map((one) => one.bit)]),
    [['BIOS', [1, 25]], ['age', [28]]]);
  assert.equal(view.firstWords({ first: { intel: 'Westmere', amd: 'Bulldozer' } }),
    'Intel Westmere, AMD Bulldozer');
  assert.equal(view.firstWords({ first: { intel: null, amd: 'Zen 4' } }), 'AMD Zen 4');
  assert.equal(view.firstWords({}), '');
  const refusal = (...names) => ({ sentence: 'No.', bits: names.map((name) => ({ name })) });
  assert.equal(view.refusedWords([]), '');
  assert.equal(view.refusedWords([refusal('AES')]), 'No.');
  assert.equal(view.refusedWords([refusal('AES', 'AVX'), refusal('AVX')]),
    '2 refusals, about AES and AVX.');
  assert.equal(view.refusedWords([refusal(...'abcdefgh'), refusal()]),
    '2 refusals, about a, b, c, d, e and 3 more.');
});

test('a text without a host says what it holds instead', () => {
  const answer = { refusals: [{ source: 0 }], masks: [{ source: 1 }, { source: 1 }] };
  assert.equal(view.heldInstead(answer, 0), 'no host, but 1 refusal');
  assert.equal(view.heldInstead(answer, 1), 'no host, but 2 masks');
  assert.equal(view.heldInstead(answer, 2), '');
});

test('targets stand by platform, those of the profile and of the texts first', () => {
  const one = (platform) => ({ name: 'x', platform, file: 'x', apply: [], verify: [], undo: [],
    cannot: [] });
  const how = { a: one('VMware'), b: one('VMware'), c: one('QEMU'), d: one('XCP-ng') };
  const targets = { a: 'text\n', b: '', c: '', d: '' };
  const order = (profile, ...formats) => view.platforms({ targets, how, profile,
    hosts: formats.map((format) => ({ format })) }).map(({ platform }) => platform);
  assert.deepEqual(order('open'), ['VMware', 'QEMU', 'XCP-ng']);
  assert.deepEqual(order('kvm', 'cpuinfo'), ['QEMU', 'VMware', 'XCP-ng']);
  assert.deepEqual(order('esx-2006', 'cpuid-r'), ['VMware', 'QEMU', 'XCP-ng']);
  assert.deepEqual(order('open', 'xapi', 'qemu-cpu'), ['XCP-ng', 'QEMU', 'VMware']);
  const [vmware] = view.platforms({ targets, how, profile: 'vmx-9', hosts: [] });
  assert.deepEqual(vmware.targets.map(({ id, text }) => [id, text]), [['a', 'text'], ['b', '']]);
});

test('what is to be typed stands apart in a step', () => {
  assert.deepEqual(view.typed('Run `qm set 1` twice.'), [{ text: 'Run ', code: false },
    { text: 'qm set 1', code: true }, { text: ' twice.', code: false }]);
});

test('a setting is judged the worst first, once for all bits of which the same is said', () => {
  const told = core.answer({ sources: [{ name: '', text: samples[1].text }],
    setting: { name: '', text: '-cpu Haswell-noTSX,+avx512f,-pcid' } }).setting;
  const groups = view.settingGroups(told);
  assert.deepEqual([groups[0].word, groups.at(-1).word], ['dangerous', 'needless']);
  const bits = groups.flatMap((group) => group.bits.map(({ key, bit }) => `${key}.${bit}`));
  assert.equal(new Set(bits).size, bits.length);
  assert.equal(groups[0].bits[0].name, 'AVX512F');
  assert.deepEqual([groups[0].yours, groups[0].ours], ['H', '0']);
  assert.deepEqual(view.sentences('One (v1.2) is. Two is.'), ['One (v1.2) is.', 'Two is.']);
  assert.deepEqual(view.sentences(''), ['', '']);
});

test('what a host costs the others is said in bits and levels, and disturbs nothing', () => {
  const sources = [{ name: '', bytes: toBytes(samples[2].text) }];
  const now = core.answer({ sources });
  const [{ key, bit }] = now.bits;
  const before = core.explain(key, bit);
  const words = now.hosts.map((host) => view.gains(now,
    core.tryOut({ sources: without(sources, now.hosts, [host]), profile: now.profile })));
  assert.match(words[0], /^\d+ bits fewer hidden$/);
  assert.match(words[1], /^\d+ bits fewer hidden, none left$/);
  assert.match(words[2], /^x86-64-v3 instead of x86-64-v2, EVC mode amd-zen2 instead of /);
  assert.deepEqual(core.explain(key, bit), before);
  assert.deepEqual(without(sources, now.hosts, now.hosts), []);
});

test('models to choose from are said with what they need besides, each once', () => {
  const model = (name, extras, removed, drops = []) => ({ name, extras, removed, drops, next: '' });
  const models = { qemu: { best: model('Haswell', ['a', 'b'], []), newest: model('Haswell', [], []),
    type: model('x86-64-v3', [], ['c'], ['d']) }, libvirt: { best: model('', [], []) } };
  assert.deepEqual(view.modelLines(models, 'qemu'), ['Best fit: `Haswell`, 2 features added.',
    'Built-in type: `x86-64-v3`, 1 taken away, d lost.']);
  assert.deepEqual(view.modelLines(models, 'libvirt'), []);
  assert.deepEqual(view.modelLines(undefined, 'qemu'), []);
});

test('a pinned bit stands out, is said, and keeps its register open', () => {
  const answer = ask(samples[0].text, { hide: ['1.edx.0'], keep: ['1.ecx.4'] });
  const [ecx, edx] = ['1.0.ecx', '1.0.edx'].map((key) => view.bitsOf(answer, key));
  assert.deepEqual(view.mark(edx[0]), { glyph: '', shape: 'asked', word: 'you hide it' });
  assert.ok(view.stands(edx[0]));
  assert.equal(view.cellShape({ id: 'custom' }, '0', view.mark(edx[0])), 'zero');
  assert.equal(view.cellShape({ id: 'effective' }, '0', view.mark(edx[0])), 'sum');
  assert.equal(view.cellShape({ host: true }, '1', view.mark(edx[0])), '');
  assert.equal(view.mark(ecx[4]).glyph, '!');
  const groups = view.kinds(answer.hosts);
  const name = (row) => view.cellName(core.explain(row.key, row.bit), groups, view.mark(row));
  assert.match(name(edx[0]), /^bit 0, FPU, .*1, you hide it, custom 0/);
  assert.match(name(ecx[4]), /conflict, you keep it, custom -/);
  const register = answer.registers.find(({ key }) => key === '1.0.edx');
  assert.equal(view.isQuiet(answer, register), false);
  for (const filter of ['count', 'differ', 'all']) {
    assert.ok(view.differences(answer, filter).includes(edx[0]), filter);
  }
});
