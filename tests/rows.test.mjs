// Rows of registers: a text cut anywhere never says a register that the whole text does not.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { ask } from './core.mjs';
import { hosts, seeded } from './hosts.mjs';
import { toolFormats } from './print/tools.mjs';

// What people type and what is decimal has no length of its own.
for (const [name, { print }] of Object.entries(toolFormats)) {
  if (/^typed|u4|decimal/.test(name)) continue;
  test(`${name}: cut anywhere, what is left is right`, () => {
    const random = seeded(41);
    const text = print(hosts.xeonE52660v3);
    const whole = ask(text);
    assert.equal(whole.hosts.length, 1);
    for (let n = 0; n < 60; n++) {
      const cut = text.slice(0, n < 30 ? text.length - 1 - n : random.below(text.length));
      const { hosts: read, reading } = ask(cut);
      assert.ok(read.length <= 1, cut.slice(-200));
      for (const [key, word] of Object.entries(read[0]?.words ?? {})) {
        if (!(key in whole.hosts[0].words)) continue; // above a maximum that is cut off
        assert.equal(word, whole.hosts[0].words[key], `${key}\n${cut.slice(-200)}`);
      }
      const { lines, used, blank, aside, unread } = reading;
      assert.equal(used + blank + aside + unread, lines, cut.slice(-200));
    }
  });
}

test('two views of one host: the better one counts, in either order', () => {
  const row = (view, edx) => `${view}: 00000001/0000  000906ea 00100800 7ffafbbf ${edx}`;
  const better = row('Hst', 'bfebfbff');
  const lesser = row('Gst', '178bfbff');
  for (const text of [`${better}\n${lesser}\n`, `${lesser}\n${better}\n`]) {
    const { hosts: read, notes } = ask(text);
    assert.equal(read.length, 1);
    assert.equal(read[0].words['1.0.edx'], 'bfebfbff');
    assert.deepEqual(notes.filter(({ kind }) => kind === 'unread'), []);
  }
  assert.equal(ask(`${lesser}\n`).hosts[0].words['1.0.edx'], '178bfbff');
});

test('dd on the device seeks by blocks, as the device counts', () => {
  const row = ' 329300  1050624 2147417087 3219913727\n';
  const command = (options) =>
    `$ dd if=/dev/cpu/0/cpuid ${options} count=1 | od -A n -t u4\n${row}`;
  const place = (options) => Object.keys(ask(command(options)).hosts[0].words)[0];
  assert.equal(place('bs=16 skip=1'), '10.0.eax');
  assert.equal(place('bs=16 skip=1 iflag=skip_bytes'), '1.0.eax');
  assert.equal(place('bs=16 skip=$((0x100000007)) iflag=skip_bytes'), '7.1.eax');
  assert.equal(ask(row).hosts.length, 0);
});

test('lines that only look like rows are left alone', () => {
  for (const line of ['leaf 7 is missing', 'level of eax and ebx', 'CPUID 6.7.1', 'ID: 5',
    'd41d8cd9 8f00b204 e9800998 ecf8427e 12345678', '(ebx 5)', '1/eax', 'index: 3']) {
    const { hosts: read, reading } = ask(`${line}\n`);
    assert.deepEqual([read.length, reading.unread], [0, 1], line);
  }
});
