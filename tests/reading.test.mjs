// Reading: every format back to the same words, whatever pasting did to the text.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { ask, intel, masks, real, text } from './core.mjs';
import * as make from './hosts.mjs';
import { formats, misread, printable } from './print/index.mjs';

const { hosts, noise, seeded, spared } = make;

for (const [name, { print, id }] of Object.entries(formats)) {
  test(`${name}: every host reads back to the same words`, () => {
    for (const host of printable(name)) {
      const answer = ask(print(host));
      assert.equal(answer.hosts.length, 1, `${host.name}\n${print(host)}`);
      if (id) assert.equal(answer.hosts[0].format, id);
      assert.deepEqual(misread(name, host, answer.hosts[0]).slice(0, 5), [], print(host));
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
  const [first, second] = [0, 1].map((n) => make.cpu(hosts.xeonSilver4214, n));
  const lesser = make.change(second, { '7.0.edx': (word) => word & ~0x400 });
  const dump = text(first).replace('CPU:', 'CPU 0:') + text(lesser).replace('CPU:', 'CPU 1:');
  const answer = ask(dump);
  assert.equal(answer.hosts.length, 1);
  assert.equal(answer.hosts[0].words['7.0.edx'], make.hex8(0xbc000400 & ~0x400));
  assert.ok(answer.notes.some(({ kind }) => kind === 'cpus-differ'), JSON.stringify(answer.notes));
});

const pair = [hosts.xeonL5320, hosts.xeonE52660v3];
const clean = Object.keys(formats).map((format) => {
  const sources = pair.map((host) => formats[format].print(host, 2));
  return { format, sources, answer: ask(sources, { profile: 'vmware-2013' }) };
});

// Every noise meets a third of the formats, every format a third of the noises; the oldest meet all.
Object.entries(noise).forEach(([name, disturb], row) => {
  test(`${name}: same answer`, () => {
    clean.forEach(({ format, sources, answer }, column) => {
      const sampled = format in make.formats || process.env.ALL || (row + column) % 3 === 0;
      if (!sampled || spared[name]?.test(format)) return;
      const noisy = ask(sources.map(disturb), { profile: 'vmware-2013' });
      const each = ({ hosts: list }, field) => list.map((host) => host[field]);
      for (const field of ['words', 'known', 'cpus']) {
        assert.deepEqual(each(noisy, field), each(answer, field),
          `${format}\n${disturb(sources[0])}`);
      }
      assert.deepEqual(masks(noisy), masks(answer), format);
      if (/prompts|wrapped/.test(name)) return; // prompts name hosts; so may half a line
      assert.deepEqual(each(noisy, 'name'), each(answer, 'name'), format);
    });
  });
});

// A name and registers of one host may come as two texts: only names in front tell hosts apart.
test('formats mixed in one paste: as many hosts as texts', () => {
  const random = seeded(17);
  for (let n = 0; n < 100; n++) {
    const list = Array.from({ length: 2 + random.below(4) }, () => random.pick(intel));
    const used = list.map(() => random.pick(Object.keys(formats)));
    if (/OVF/.test(used)) continue; // it goes on as settings of a machine
    const paste = list.map((host, i) => `# host: esx${i}\n${formats[used[i]].print(host)}`).join('\n');
    const answer = ask(paste, { profile: 'open' });
    assert.deepEqual(answer.hosts.map(({ name }) => name), list.map((_, i) => `esx${i}`),
      `${used.join(' + ')}\n${paste}`);
    list.forEach((host, i) => {
      const found = misread(used[i], host, answer.hosts[i]);
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
