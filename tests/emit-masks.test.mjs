// Targets made of masks, over pairs of hosts: what they hide, and that no platform is told what it
// does not know. Names come from lists of their own (print/platforms.tsv, made of Xen's sources and
// of what vSphere lists), never from the core's tables.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import {
  existsSync, mkdtempSync, readFileSync, readdirSync, realpathSync, rmSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { amd, ask, core, intel, text } from './core.mjs';
import { features, value } from './control.mjs';
import { REGS, seeded, truth } from './hosts.mjs';

const names = { xen: new Map(), vmware: new Map() };
for (const line of readFileSync(new URL('print/platforms.tsv', import.meta.url), 'utf8').trim()
  .split('\n').slice(1)) {
  const [platform, key, bit, name, since] = line.split('\t');
  const place = { key, bit: Number(bit), since: Number(since) };
  names[platform].set(name, [...names[platform].get(name) ?? [], place]);
}

/** Pairs of one vendor: the made hosts always, public dumps where they are. */
const corpus = new URL('../../shared/corpus/instlatx64/', import.meta.url);
const dumps = existsSync(corpus) ? readdirSync(corpus).filter((file) => /CPUID/.test(file)) : [];
const dumped = (vendor) => dumps.filter((file) => file.startsWith(vendor))
  .map((name) => ({ name, bytes: new Uint8Array(readFileSync(new URL(name, corpus))) }));
const random = seeded(5);
const pairsOf = (list, most) => list.flatMap((a, n) => list.slice(n + 1).map((b) => [a, b]))
  .map((pair) => [random.word(), pair]).sort(([a], [b]) => a - b).slice(0, most)
  .map(([, pair]) => pair);
const pairs = [
  ...[intel, amd].flatMap((list) => pairsOf(list, 40).map((pair) => ({
    what: pair.map((host) => host.name).join(' and '), sources: pair.map((host) => text(host)),
    words: pair.map(truth) }))),
  ...['GenuineIntel', 'AuthenticAMD'].flatMap((vendor) => pairsOf(dumped(vendor), 12)
    .map((pair) => ({ what: pair.map((file) => file.name).join(' and '), sources: pair }))),
].map((pair) => ({ ...pair, answer: ask(pair.sources, { profile: 'open' }) }));

const each = (check) => {
  for (const pair of pairs) check(pair, pair.answer);
};

// ── what each platform is told, read back ──────────────────────────────────────────────────────

const set = (hidden, key, bit) => hidden.set(key, ((hidden.get(key) ?? 0) | (1 << bit)) >>> 0);

/** The bits of strings like 0xx0, bit 31 first. */
const zeros = (letters) => [...letters].flatMap((one, n) => (one === '0' ? [31 - n] : []));

const INDEXED = ['0x4', '0x7', '0xb', '0xd', '0x12', '0x14', '0x1e', '0x24'];

/** 7.ebx as the answer has it: 7.0.ebx. */
const keyOf = (place) => (place.split('.').length === 2 ? place.replace('.', '.0.') : place);

const readers = {
  xl(line) {
    const hidden = new Map();
    if (!line) return hidden;
    const [, items] = /^cpuid = "host,([^"]*)"\n$/.exec(line);
    for (const item of items.split(',')) {
      const [, name] = /^([a-z0-9_.+-]+)=0$/.exec(item) ?? assert.fail(`${item} in ${line}`);
      const [place] = names.xen.get(name) ?? assert.fail(`Xen knows no ${name}`);
      set(hidden, place.key, place.bit);
    }
    return hidden;
  },
  xend(lines) {
    const hidden = new Map();
    for (const item of xendStrings(lines)) {
      const [, leaf, sub, rest] = /^0x([0-9a-f]+)(?:,(\d+))?:(.*)$/.exec(item);
      for (const part of rest.split(',')) {
        const [, reg, letters] = /^(e[abcd]x)=([0x]{32})$/.exec(part) ?? assert.fail(part);
        zeros(letters).forEach((bit) => set(hidden, `${leaf}.${sub ?? 0}.${reg}`, bit));
      }
    }
    return hidden;
  },
  vmx(lines) {
    const hidden = new Map();
    for (const line of lines.split('\n').filter(Boolean)) {
      const [, place, mask] = /^cpuid\.(\S+) = "([-0:]{39})"$/.exec(line) ?? assert.fail(line);
      zeros(mask.replaceAll(':', '')).forEach((bit) => set(hidden, keyOf(place), bit));
    }
    return hidden;
  },
  featmask(lines) {
    const hidden = new Map();
    for (const line of lines.split('\n').filter(Boolean)) {
      const [, name] = /^featMask\.vm\.cpuid\.(\w+) = "Val:0"$/.exec(line) ?? assert.fail(line);
      const places = names.vmware.get(name) ?? assert.fail(`VMware knows no ${name}`);
      places.forEach(({ key, bit }) => set(hidden, key, bit));
    }
    return hidden;
  },
  firecracker(json) {
    const hidden = new Map();
    if (!json) return hidden;
    const { cpuid_modifiers: rows, msr_modifiers: msrs = [], ...more } = JSON.parse(json);
    assert.deepEqual(more, {});
    for (const row of rows) {
      assert.deepEqual(Object.keys(row), ['leaf', 'subleaf', 'flags', 'modifiers']);
      assert.match(`${row.leaf} ${row.subleaf}`, /^0x[0-9a-f]+ 0x[0-9a-f]+$/);
      assert.equal(row.flags, INDEXED.includes(row.leaf) ? 1 : 0, row.leaf);
      for (const { register, bitmap, ...rest } of row.modifiers) {
        assert.deepEqual(rest, {});
        assert.match(bitmap, /^0b[0x]{32}$/);
        assert.ok(REGS.includes(register));
        zeros(bitmap.slice(2)).forEach((bit) =>
          set(hidden, `${row.leaf.slice(2)}.${row.subleaf.slice(2)}.${register}`, bit));
      }
    }
    msrs.forEach(({ addr, bitmap }) => assert.match(`${addr} ${bitmap}`, /^0x10a 0b[0x]{64}$/));
    return hidden;
  },
};

const xendStrings = (lines) => [...lines.matchAll(/^ {2}"([^"]*)",?$/gm)].map(([, item]) => item);

/** Registers whose features each platform can show: the words of Xen's featuresets, KVM's and
 *  VMware's leaves. */
const XEN = ['1.0.edx', '1.0.ecx', '80000001.0.edx', '80000001.0.ecx', 'd.1.eax', '7.0.ebx',
  '7.0.ecx', '80000008.0.ebx', '7.0.edx', '7.1.eax', '80000021.0.eax', '7.2.edx', '7.1.edx'];
const KVM = [...XEN, '8000000a.0.edx'];
const shown = { xend: XEN, xl: XEN, firecracker: KVM, vmx: KVM, featmask: KVM };

/** What the hypervisor makes itself or never shows: hosts may differ in it. */
const OWN = { '1.0.ecx': 0x01244dd4 | 0x8008, '1.0.edx': 0xa0600000, '7.0.ebx': 0x2 };

/** Bits of a word that both hosts surely show alike once the hidden ones are gone. */
function unequal({ words }, hidden, key) {
  const spared = (bit) => (key === '80000001.0.edx' && bit === 11) // reads 0 in 32-bit programs
    || ((OWN[key] ?? 0) >>> bit & 1) || ((hidden.get(key) ?? 0) >>> bit & 1);
  const counts = features(key) >>> 0;
  return Array.from({ length: 32 }, (_, bit) => bit).filter((bit) => {
    if (!(counts >>> bit & 1) || spared(bit)) return false;
    const [a, b] = words.map((one) => value(one, key, bit));
    return a !== null && b !== null && a !== undefined && a !== b;
  }).map((bit) => `${key}[${bit}]`);
}

for (const id of Object.keys(readers)) {
  test(`${id}: after it every host shows the same, or the rest is named`, () => {
    each((pair, answer) => {
      const hidden = readers[id](answer.targets[id]);
      const told = answer.how[id].cannot.join('\n');
      const left = !pair.words ? [] : shown[id].flatMap((one) => unequal(pair, hidden, one))
        .filter((one) => !told.includes(one.replace('.0.', '.')) && !/and \d+ more/.test(told));
      assert.deepEqual(left, [], `${pair.what}\n${told}`);
    });
  });

  test(`${id} hides only what some host has, and no APIC id`, () => {
    each((pair, answer) => {
      for (const [key, bits] of readers[id](answer.targets[id])) {
        assert.ok(!['1.0.eax', '1.0.ebx'].includes(key), `${pair.what}: ${key}`);
        if (/^d\.(0|[1-9a-f]+\.ecx|1\.ecx)/.test(key) || id === 'featmask') continue;
        const had = answer.hosts
          .reduce((all, host) => all | parseInt(host.words[key] ?? '0', 16), 0);
        const extra = (bits & ~had) >>> 0;
        assert.equal(extra, 0, `${pair.what}: ${key} ${extra.toString(16)}`);
      }
    });
  });
}

test('every target: no optional, no forbid, no whole leaf 1, no host-only name', () => {
  const hostOnly = new RegExp(`[,"](${['monitor', 'eist', 'est', 'tm', 'tm1', 'tm2', 'smx',
    'dtes64', 'dscpl', 'dca', 'pdcm', 'xtpr', 'ds', 'acpi', 'pbe', 'cntxid', 'sdbg'].join('|')})=`);
  each((pair, { targets }) => {
    for (const [id, one] of Object.entries(targets)) {
      assert.doesNotMatch(one, /optional|forbid\b(?!'>)/, `${pair.what}, ${id}`);
      assert.doesNotMatch(one, /cpuid-set=0*1:|x2apic=0/, `${pair.what}, ${id}`);
      if (id === 'xl') assert.doesNotMatch(one, hostOnly, `${pair.what}, ${id}`);
    }
  });
});

test('.vmx and featMask lines read back as the masks they are', () => {
  each((pair, answer) => {
    const { masks } = core.answer({ sources: [{ name: '', text: answer.targets.vmx }],
      profile: null, check: null, defaults: [] });
    const back = new Map(masks.map(({ key, mask }) => [key, mask]));
    const want = [...answer.targets.vmx.matchAll(/^cpuid\.(\S+) = "(.*)"$/gm)];
    assert.equal(back.size, want.length, pair.what);
    for (const [, place, mask] of want) {
      assert.equal(back.get(keyOf(place)), mask.replaceAll(':', ' '), `${pair.what}: ${place}`);
    }
  });
});

test('states of XSAVE go with their features', () => {
  const STATES = { AVX: ['YMM_H'], MPX: ['BNDREGS', 'BNDCSR'],
    AVX512F: ['OPMASK', 'ZMM_H', 'HI16_ZMM'], PKU: ['PKRU'], AMX_TILE: ['XTILECFG', 'XTILEDATA'] };
  each((pair, { targets }) => {
    const said = new Set([...targets.featmask.matchAll(/cpuid\.(\w+)/g)].map(([, name]) => name));
    for (const [feature, states] of Object.entries(STATES)) {
      for (const state of states) {
        assert.equal(said.has(`XCR0_MASTER_${state}`), said.has(feature), `${pair.what}: ${state}`);
      }
    }
    assert.equal(said.has('XSS_MASTER_CET_S'), said.has('CET_SS'), pair.what);
  });
});

test('Firecracker is told of leaves, VirtualBox of values, that all hosts have', () => {
  each((pair, answer) => {
    const highest = answer.hosts.map((host) => [parseInt(host.words['0.0.eax'] ?? 'ffffffff', 16),
      parseInt(host.words['80000000.0.eax'] ?? 'ffffffff', 16)]);
    for (const key of readers.firecracker(answer.targets.firecracker).keys()) {
      const leaf = parseInt(key, 16);
      highest.forEach(([basic, extended]) =>
        assert.ok(leaf <= (leaf >= 0x80000000 ? extended : basic), `${pair.what}: ${key}`));
    }
    for (const [, leaf, ...words] of answer.targets.virtualbox
      .matchAll(/--cpuid-set=(\w+):0 (\w+) (\w+) (\w+) (\w+)/g)) {
      answer.hosts.forEach((host) => REGS.slice(leaf === '00000007' ? 1 : 2).forEach((reg, n) => {
        const at = leaf === '00000007' ? n + 1 : n + 2;
        const has = parseInt(host.words[`${leaf.replace(/^0+/, '')}.0.${reg}`] ?? '0', 16);
        const more = (parseInt(words[at], 16) & ~has & ~(1 << 11)) >>> 0;
        assert.equal(more, 0, `${pair.what}: ${leaf} ${reg}`);
      }));
    }
  });
});

test('different vendors: no setting, and a sentence that says so', () => {
  const answer = ask([text(intel[0]), text(amd[0])], { profile: 'open' });
  for (const id of ['vmx', 'featmask', 'powercli', 'govc', 'evc', 'vm-evc', 'evc-custom', 'xl',
    'xend', 'xcp-ng', 'hyper-v', 'ahv', 'firecracker', 'virtualbox', 'crac', 'criu']) {
    assert.equal(answer.targets[id], '', id);
    assert.match(answer.how[id].cannot[0], /vendors/, id);
  }
});

// ── Xen's own parser ───────────────────────────────────────────────────────────────────────────

const PARSER = `
#include <libxl.h>
#include <stdio.h>
#include <string.h>
int main(void)
{
    static char line[1 << 16];
    while (fgets(line, sizeof(line), stdin)) {
        libxl_cpuid_policy_list policy = NULL;
        line[strcspn(line, "\\n")] = 0;
        printf("%d\\n", line[0] == 'l' ? libxl_cpuid_parse_config(&policy, line + 1)
            : libxl_cpuid_parse_config_xend(&policy, line + 1));
    }
    return 0;
}
`;

/** The compiled parser and its minor version, or why there is none. */
function parser() {
  const library = '/usr/lib/x86_64-linux-gnu/libxenlight.so';
  const there = existsSync('/usr/include/libxl.h') && existsSync(library);
  if (!there) return 'libxen-dev is not installed';
  const folder = mkdtempSync(join(tmpdir(), 'motionmask-'));
  const program = join(folder, 'xl');
  const args = ['-x', 'c', '-', '-x', 'none', '-o', program, '-lxenlight'];
  const { status, stderr } = spawnSync('gcc', args, { input: PARSER, encoding: 'utf8' });
  const minor = Number(/\.so\.4\.(\d+)/.exec(realpathSync(library))?.[1]);
  return status === 0 ? { folder, program, minor } : `gcc cannot build it: ${stderr}`;
}

const xl = parser();

test('libxl takes every string', { skip: typeof xl === 'string' ? xl : false }, (t) => {
  const lines = new Set();
  each((pair, { targets }) => {
    const items = /"host,([^"]*)"/.exec(targets.xl)?.[1].split(',') ?? [];
    for (const item of items) lines.add(`l${item}`);
    for (const item of xendStrings(targets.xend)) lines.add(`x${item}`);
  });
  const list = [...lines];
  const { stdout } = spawnSync(xl.program, { input: list.join('\n'), encoding: 'utf8' });
  rmSync(xl.folder, { recursive: true });
  const results = stdout.trim().split('\n').map(Number);
  assert.equal(results.length, list.length);
  const since = (line) => (line[0] === 'l' ? names.xen.get(line.slice(1, -2))[0].since : 0);
  const refused = list.filter((line, n) => results[n] !== (since(line) > xl.minor ? 2 : 0));
  assert.deepEqual(refused, []);
  t.diagnostic(`${list.length} strings, Xen 4.${xl.minor}`);
});
