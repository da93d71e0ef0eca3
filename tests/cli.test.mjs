// The command: node wasm/cli.js, as DESIGN section 4 promises it.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ask, core } from './core.mjs';
import { change, formats, hosts, post2006 } from './hosts.mjs';

const cli = fileURLToPath(new URL('../wasm/cli.js', import.meta.url));
const esx = (host) => formats['esx cd'].print(host);
const todd = (host) => formats['cpuid -1 -r'].print(host);
const pair2006 = post2006.map(esx).join('\n');

function run(options, input = '') {
  const { status, stdout, stderr } = spawnSync(process.execPath, [cli, ...options],
    { input, encoding: 'utf8' });
  return { status, stdout, stderr };
}

/** Runs with the texts in files, named as given. */
function runFiles(options, texts) {
  const folder = mkdtempSync(join(tmpdir(), 'motionmask-'));
  try {
    const paths = Object.entries(texts).map(([name, text]) => {
      const path = join(folder, name);
      writeFileSync(path, text);
      return path;
    });
    return run([...options, ...paths]);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const json = (options, input = pair2006) => {
  const out = run(['--json', ...options], input);
  return { ...out, answer: JSON.parse(out.stdout) };
};

const one = (text) => {
  assert.equal(text.trimEnd().split('\n').length, 1, text);
  assert.match(text, /^\S+ .*\S\.?\n$/, text);
};

test('stdin when no file: the masks in plain text, exit 0', () => {
  const { status, stdout, stderr } = run([], pair2006);
  assert.equal(status, 0, stderr);
  assert.equal(stderr, '');
  assert.match(stdout, /---- ---- ---- ---- ---- ---- ---0 -0-0/);
  assert.match(stdout, /RRRR RRRR RRRR RRR0 00xR R0H0 0000 00R0/);
});

test('files: each host is named after its file', () => {
  const texts = { 'esx01.txt': esx(post2006[0]), 'esx02.txt': esx(post2006[1]) };
  const { status, stdout } = runFiles(['--json'], texts);
  assert.equal(status, 0);
  const [first, second] = JSON.parse(stdout).hosts.map(({ name }) => name);
  assert.match(first, /^esx01(\.txt)?$/);
  assert.match(second, /^esx02(\.txt)?$/);
});

test('several hosts in one file and a file of bytes that are no text', () => {
  const { status, stdout } = runFiles(['--json'],
    { 'rack.txt': pair2006, 'noise.bin': Buffer.from([0, 255, 10, 200, 13, 0]) });
  assert.equal(status, 0);
  assert.equal(JSON.parse(stdout).hosts.length, 2);
});

test('--json: exactly the keys and shapes of the contract', () => {
  const { status, answer } = json([]);
  assert.equal(status, 0);
  const has = (object, keys) => {
    for (const key of keys.split(' ')) assert.ok(key in object, `${key} in ${Object.keys(object)}`);
  };
  has(answer, 'version hosts profile check registers bits verdict notes targets');
  assert.equal(answer.version, 1);
  assert.equal(answer.profile, 'esx-2006');
  assert.equal(answer.check, 'equal');
  for (const host of answer.hosts) {
    has(host, 'name format line cpus vendor brand family model stepping words known');
    for (const words of [host.words, host.known]) {
      for (const [key, word] of Object.entries(words)) {
        assert.match(key, /^[0-9a-f]+\.[0-9a-f]+\.e[abcd]x$/);
        assert.match(word, /^[0-9a-f]{8}$/);
      }
    }
    assert.deepEqual(Object.keys(host.words), Object.keys(host.known));
  }
  assert.deepEqual(answer.hosts[0].words['1.0.ecx'], '0000641d');
  assert.deepEqual(answer.hosts.map(({ line }) => line), [1, 6]);
  for (const register of answer.registers) {
    has(register, 'key differ unknown hide default custom effective');
    for (const word of [register.differ, register.unknown, register.hide]) {
      assert.match(word, /^[0-9a-f]{8}$/);
    }
    for (const mask of [register.default, register.custom, register.effective]) {
      assert.equal(mask.length, 39);
      assert.match(mask, /^[01xHRTF-]{4}( [01xHRTF-]{4}){7}$/);
    }
  }
  for (const bit of answer.bits) {
    has(bit, 'key bit name level values decision reason');
    assert.equal(bit.values.length, 2);
    for (const value of bit.values) assert.ok([0, 1, null].includes(value));
    assert.match(bit.decision, /^(hide|hidden|ignore|keep|conflict|unknown|closure|warn)$/);
  }
  has(answer.verdict, 'migratable sentence psabi evc vendor physBits problems');
  assert.ok(Array.isArray(answer.verdict.problems));
  for (const note of answer.notes) has(note, 'severity kind host line text');
  for (const text of Object.values(answer.targets)) assert.equal(typeof text, 'string');
});

test('--json says what the core says', () => {
  const { answer } = json([]);
  const { registers, bits, verdict } = ask(pair2006);
  assert.deepEqual({ registers, bits, verdict },
    { registers: answer.registers, bits: answer.bits, verdict: answer.verdict });
});

test('registers lists every register that some host knows, in the 2006 pair four', () => {
  const { answer } = json([]);
  const keys = answer.registers.map(({ key }) => key);
  for (const key of ['1.0.ecx', '1.0.edx', '80000001.0.ecx', '80000001.0.edx']) {
    assert.ok(keys.includes(key), key);
  }
});

test('--profile and --check', () => {
  assert.equal(json(['--profile', 'vmware-2013']).answer.profile, 'vmware-2013');
  assert.equal(json(['--profile', 'open']).answer.check, 'subset');
  const { answer } = json(['--check', 'subset']);
  assert.equal(answer.check, 'subset');
  assert.equal(answer.profile, 'open');
  assert.equal(json(['--profile=open']).status, 0);
});

for (const spelling of ['1.ecx', '1.0.ecx', '1.ECX', '0x1.ecx', '00000001.ecx']) {
  test(`--default ${spelling}=MASK`, () => {
    const { answer } = json(['--default', `${spelling}=HHHHHHHHHHHHHHHHHHHHHHHHHHHHHHHH`]);
    const ecx = answer.registers.find(({ key }) => key === '1.0.ecx');
    assert.equal(ecx.default, 'HHHH HHHH HHHH HHHH HHHH HHHH HHHH HHHH');
    assert.equal(ecx.hide, '0000201d');
    assert.equal(answer.profile, 'own');
  });
}

for (const mask of [
  'RRRR RRRR RRRR RRR0 00XR R0H0 000H 0RRH',
  'rrrr rrrr rrrr rrr0 00xr r0h0 000h 0rrh',
  'RRRR:RRRR:RRRR:RRR0:00xR:R0H0:000H:0RRH',
  'RRRRRRRRRRRRRRR000xRR0H0000H0RRH',
]) {
  test(`--default reads ${mask}`, () => {
    const { answer } = json(['--default', `1.ecx=${mask}`]);
    const ecx = answer.registers.find(({ key }) => key === '1.0.ecx');
    assert.equal(ecx.default, 'RRRR RRRR RRRR RRR0 00xR R0H0 000H 0RRH');
    assert.equal(ecx.custom, '---- ---- ---- ---- ---- ---- ---0 -0-0');
  });
}

test('--default repeats, names subleaves, and overrides a profile at its register only', () => {
  const input = todd(hosts.xeonE52660v3) + todd(hosts.xeonSilver4214);
  const { answer } = json(['--profile', 'vmware-2013',
    '--default', '7.0.edx=HHHHHHHHHHHHHHHHHHHHHHHHHHHHHHHH',
    '--default', '80000001.edx=xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx'], input);
  const base = Object.fromEntries(answer.registers.map((one) => [one.key, one.default]));
  assert.equal(answer.profile, 'vmware-2013');
  assert.equal(base['7.0.edx'], 'HHHH HHHH HHHH HHHH HHHH HHHH HHHH HHHH');
  assert.equal(base['80000001.0.edx'], 'xxxx xxxx xxxx xxxx xxxx xxxx xxxx xxxx');
  assert.equal(base['1.0.ecx'], 'xHHH xHH0 HHxH H0HR 00HH 00H0 00H0 H0HH');
});

test('exit 1 for different vendors', () => {
  const { status, answer } = json([], todd(hosts.xeonSilver4214) + todd(hosts.epyc7402p));
  assert.equal(status, 1);
  assert.equal(answer.verdict.migratable, false);
});

test('exit 1 for a T conflict, exit 0 where T is met', () => {
  const mask = '80000001.edx=xxTx xxxx xxxx xxxx xxxx xxxx xxxx xxxx';
  assert.equal(run(['--default', mask], pair2006).status, 1);
  assert.equal(run(['--default', mask], esx(post2006[0]) + esx(post2006[0])).status, 0);
});

test('exit 0 where only something is unknown', () => {
  assert.equal(run([], `${esx(post2006[0])}\n${todd(hosts.xeonL5320)}`).status, 0);
});

test('exit 2 where nothing is readable: one sentence on stderr', () => {
  for (const input of ['', 'hello world\n', '\0\0\0']) {
    const { status, stderr } = run([], input);
    assert.equal(status, 2, input);
    one(stderr);
  }
});

for (const [what, options] of Object.entries({
  'an option that does not exist': ['--nonsense'],
  'a profile that does not exist': ['--profile', 'vmware-1999'],
  'a profile without its name': ['--profile'],
  'a check that does not exist': ['--check', 'same'],
  'a target that does not exist': ['--target', 'nothing'],
  'a list that does not exist': ['--list', 'hosts'],
  'a default without a mask': ['--default', '1.ecx'],
  'a default with a letter that does not exist': ['--default', `1.ecx=${'K'.repeat(32)}`],
  'a default of 31 letters': ['--default', `1.ecx=${'H'.repeat(31)}`],
  'a default of 33 letters': ['--default', `1.ecx=${'H'.repeat(33)}`],
  'a default for no register': ['--default', `1.efx=${'H'.repeat(32)}`],
  'a default for no leaf': ['--default', `zz.ecx=${'H'.repeat(32)}`],
  'a file that does not exist': ['no-such-file.txt'],
})) {
  test(`usage: ${what}: exit 2, one sentence on stderr, nothing on stdout`, () => {
    const { status, stdout, stderr } = run(options, pair2006);
    assert.equal(status, 2, stdout);
    assert.equal(stdout, '');
    one(stderr);
  });
}

test('--list profiles, targets, formats, models', () => {
  for (const what of ['profiles', 'targets', 'formats', 'models']) {
    const { status, stdout, stderr } = run(['--list', what]);
    assert.equal(status, 0, stderr);
    for (const { id } of core.list(what)) assert.ok(stdout.includes(id), `${what}: ${id}`);
  }
});

test('--list bits finds a bit by any of its names', () => {
  const lines = run(['--list', 'bits']).stdout.trim().split('\n');
  assert.equal(lines.length, 854);
  const [line] = lines.filter((one) => one.startsWith('7.0.edx.26 '));
  assert.match(line, /SPEC_CTRL; .*; spec_ctrl spec-ctrl ibrsb IBRSIBPB ibpb ibrs$/);
});

test('--target prints just that text', () => {
  for (const { id } of core.list('targets')) {
    const { status, stdout } = run(['--target', id], pair2006);
    assert.equal(status, 0);
    assert.equal(stdout.trim(), json([]).answer.targets[id].trim());
  }
});

test('--how says how a text is applied, verified and undone', () => {
  const { how } = json([]).answer;
  for (const { id } of core.list('targets')) {
    const { status, stdout } = run(['--how', id], pair2006);
    assert.equal(status, 0);
    const { name, apply, verify, undo, cannot } = how[id];
    assert.ok(stdout.includes(name), id);
    for (const line of [...apply, ...verify, ...undo, ...cannot]) assert.ok(stdout.includes(line));
  }
  assert.equal(run(['--how', 'nothing'], pair2006).status, 2);
});

test('a target without a text says why', () => {
  const { answer } = json([]);
  const [id] = Object.entries(answer.targets).find(([, text]) => text === '');
  const { status, stdout, stderr } = run(['--target', id], pair2006);
  assert.equal(status, 0);
  assert.equal(stdout, '');
  assert.equal(stderr.trim(), answer.how[id].cannot.join('\n'));
  assert.ok(answer.how[id].cannot.length);
});

test('--link prints the share fragment, which decodes to the same masks', () => {
  const { status, stdout } = run(['--link'], pair2006);
  assert.equal(status, 0);
  assert.match(stdout, /^#[\w-]+\n$/);
  const { request } = core.decode(stdout.trim().slice(1));
  const { registers } = json([]).answer;
  assert.deepEqual(core.answer(request).registers, registers);
});

test('one host: answered, nothing hidden', () => {
  const { status, answer } = json([], todd(hosts.epyc9655));
  assert.equal(status, 0);
  for (const { hide } of answer.registers) assert.equal(hide, '00000000');
});

test('a guest dump is answered, and said to be one', () => {
  const guest = change(hosts.xeonL5320, { '1.0.ecx': (word) => word | 0x80000000 });
  const { status, stdout } = run([], todd(guest));
  assert.equal(status, 0);
  assert.match(stdout, /guest|virtual machine/i);
});
