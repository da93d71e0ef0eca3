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

// A host inside a document begins at its own element: what only the root tells may be unknown.
const within = /virsh capabilities|featureCapability JSON/;

test('at and length of a host cut out a text that reads to the same host', () => {
  for (const [format, { print }] of Object.entries(formats)) {
    const paste = `two hosts\n\n${print(hosts.xeonL5320)}\n\n${print(hosts.xeonE52660v3)}`;
    const bytes = new TextEncoder().encode(paste);
    for (const host of ask(paste, { profile: 'open' }).hosts) {
      const alone = ask(bytes.slice(host.at, host.at + host.length), { profile: 'open' });
      assert.equal(alone.hosts.length, 1, format);
      const [cut] = alone.hosts;
      if (within.test(format)) {
        for (const [key, word] of Object.entries(cut.words)) {
          const both = parseInt(cut.known[key], 16) & parseInt(host.known[key] ?? '0', 16);
          assert.equal((parseInt(word, 16) ^ parseInt(host.words[key] ?? '0', 16)) & both, 0, format);
        }
      } else {
        assert.deepEqual(cut.words, host.words, format);
      }
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

const sums = ({ lines, used, blank, aside, unread }) => [used + blank + aside + unread, lines];

test('other architectures get one sentence and no host', () => {
  const texts = {
    ARM: 'processor\t: 0\nBogoMIPS\t: 243.75\nFeatures\t: fp asimd evtstrm aes pmull sha1 crc32\n'
      + 'CPU implementer\t: 0x41\nCPU architecture: 8\nCPU variant\t: 0x3\nCPU part\t: 0xd0c\n',
    POWER: 'processor\t: 0\ncpu\t\t: POWER9, altivec supported\nclock\t\t: 3800.000000MHz\n'
      + 'revision\t: 2.2 (pvr 004e 1202)\n\ntimebase\t: 512000000\nplatform\t: PowerNV\n',
    s390: 'vendor_id       : IBM/S390\n# processors    : 2\nbogomips per cpu: 3033.00\n'
      + 'features\t: esan3 zarch stfle msa ldisp eimm dfp edat etf3eh highgprs te vx\n',
  };
  for (const [name, words] of Object.entries(texts)) {
    const { hosts: found, notes } = ask(words);
    assert.deepEqual(found, [], name);
    assert.equal(notes.length, 1, `${name}: ${JSON.stringify(notes.map(({ text: t }) => t))}`);
    assert.equal(notes[0].kind, 'architecture', name);
  }
});

test('vendors mixed are read and cannot migrate, in a format of names as well', () => {
  for (const format of ['cpuid -1 -r', '/proc/cpuinfo of 6.12', 'libvirt, expanded', 'QMP']) {
    const list = [hosts.xeonE52660v3, hosts.epyc7402p];
    const paste = list.map((host, n) => `# host: esx${n}\n${formats[format].print(host)}`).join('\n');
    const { hosts: found, verdict } = ask(paste);
    assert.deepEqual(found.map(({ vendor }) => vendor), ['GenuineIntel', 'AuthenticAMD'], format);
    assert.equal(verdict.migratable, false, format);
  }
});

test('5 MB with 2 % of garbage: every line counted, the notes few', () => {
  const random = seeded(23);
  const garbage = () => Array.from({ length: 1 + random.below(60) }, () =>
    String.fromCharCode(33 + random.below(90))).join('');
  const dump = formats['cpuid -r'].print(hosts.xeonE52660v3, 16).split('\n').slice(0, -1);
  const all = [];
  let bad = 0;
  for (let size = 0; size < 5e6;) {
    const line = random.chance(0.02) ? `~${garbage()}` : dump[all.length % dump.length];
    bad += line[0] === '~' ? 1 : 0;
    size += line.length + 1;
    all.push(line);
  }
  const { hosts: found, notes, reading } = ask(`${all.join('\n')}\n`);
  assert.equal(...sums(reading));
  assert.ok(found.length >= 1 && notes.length < 100, `${found.length} hosts, ${notes.length} notes`);
  const noted = notes.filter(({ kind }) => kind === 'unread')
    .reduce((sum, { count }) => sum + count, 0);
  assert.ok(reading.unread <= bad && noted === reading.unread,
    `${bad} bad lines, ${reading.unread} unread, ${noted} noted`);
  assert.ok(reading.unread > bad * 0.9, `${bad} bad lines, ${reading.unread} unread`);
});

test('random bytes put into any format never trap, and every line is counted', () => {
  const random = seeded(29);
  for (const { print } of Object.values(formats)) {
    const bytes = new TextEncoder().encode(print(random.pick(real)));
    for (let n = 0; n < 6; n++) {
      const { reading, hosts: found, notes } = ask(make.mutate(random, bytes));
      assert.equal(...sums(reading));
      assert.ok(found.every(({ at, length }) => at >= 0 && length >= 0));
      assert.ok(notes.length < 300);
    }
  }
});

test('registers and names of one host, named by the same prompt, are one; registers count', () => {
  const of = (host) => `[root@esx01 ~]# cpuid -1 -r\n${text(host)}`
    + `[root@esx01 ~]# cat /proc/cpuinfo\n${formats['/proc/cpuinfo of 6.12'].print(hosts.xeonE52660v3)}`;
  const same = ask(of(hosts.xeonE52660v3));
  assert.deepEqual(same.hosts.map(({ name, format }) => [name, format]), [['esx01', 'cpuid-r']]);
  assert.ok(!same.notes.some(({ kind }) => kind === 'sources-differ'));
  const noAes = make.change(hosts.xeonE52660v3, { '1.0.ecx': (word) => word & ~0x02000000 });
  const other = ask(of(noAes));
  assert.equal(other.hosts.length, 1);
  assert.equal(other.hosts[0].words['1.0.ecx'], make.hex8(noAes.leaves.get('1.0')[2]));
  assert.ok(other.notes.some(({ kind }) => kind === 'sources-differ'));
});

// Words that several dialects have: what the person says decides.
test('the person decides what an ambiguous text is', () => {
  const words = 'fpu vme de pse tsc msr pae mce cx8 apic sep mtrr pge mca cmov pat sse sse2 ssse3\n';
  const as = (format, paste) => ask([{ name: '', text: paste, format }]).hosts.map((host) => host.format);
  assert.deepEqual(as(null, words), ['flags']);
  assert.deepEqual(as('flags', words), ['flags']);
  const sets = `hw_caps : ${'bfebfbff:7ffefbff:2c100800:00000021:00000001:000037ab:00000000:00000100'}\n`;
  assert.deepEqual(as(null, sets), ['xl-info']);
  const table = formats['table, no header'].print(hosts.xeonE52660v3);
  assert.deepEqual(as('table', table), ['table']);
});
