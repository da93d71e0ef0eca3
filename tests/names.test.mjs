// Names of features: which bit a word means where, and what it tells that a word is missing.
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { ask } from './core.mjs';

const INTEL = ['GenuineIntel', 6, 85, 4];
const AMD = ['AuthenticAMD', 25, 17, 1];
const BASE = 'fpu vme de pse tsc msr pae mce cx8 apic sep nopl';

const cpuinfo = ([vendor, family, model, stepping], flags, more = []) => [
  'processor\t: 0', ...(vendor ? [`vendor_id\t: ${vendor}`] : []), `cpu family\t: ${family}`,
  `model\t\t: ${model}`, `stepping\t: ${stepping}`, `flags\t\t: ${BASE} ${flags}`, ...more, '',
].join('\n');

/** 1, 0, or null where it is unknown. */
function bit(host, key, n) {
  const known = parseInt(host.known[key] ?? '0', 16) >>> n & 1;
  return known ? parseInt(host.words[key], 16) >>> n & 1 : null;
}

const one = (text, choices) => {
  const answer = ask(text, choices);
  assert.equal(answer.hosts.length, 1, text);
  return answer.hosts[0];
};

test('a word of Linux for bits of both vendors goes to the one of the CPU', () => {
  const AMD_WORD = '80000008.0.ebx';
  const places = { ibrs: ['7.0.edx', 26, AMD_WORD, 14], mba: ['10.0.ebx', 3, AMD_WORD, 6],
    ibpb: ['7.0.edx', 26, AMD_WORD, 12], stibp: ['7.0.edx', 27, AMD_WORD, 15],
    ssbd: ['7.0.edx', 31, AMD_WORD, 24] };
  for (const [word, [key, n, amdKey, amdBit]] of Object.entries(places)) {
    const intel = one(cpuinfo(INTEL, word));
    assert.deepEqual([bit(intel, key, n), bit(intel, amdKey, amdBit)], [1, null], word);
    const amd = one(cpuinfo(AMD, word));
    assert.deepEqual([bit(amd, key, n), bit(amd, amdKey, amdBit)], [null, 1], word);
    const nobody = one(cpuinfo(['', 6, 85, 4], word));
    assert.deepEqual([bit(nobody, key, n), bit(nobody, amdKey, amdBit)], [null, null], word);
  }
});

test('words that Linux also sets by itself tell nothing', () => {
  assert.equal(bit(one(cpuinfo(AMD, 'arat')), '6.0.eax', 2), null);
  assert.equal(bit(one(cpuinfo(INTEL, 'arat')), '6.0.eax', 2), 1);
  assert.equal(bit(one(cpuinfo(['AuthenticAMD', 23, 1, 2], 'ssbd')), '80000008.0.ebx', 24), null);
  assert.equal(bit(one(cpuinfo(INTEL, 'intel_ppin')), '7.1.ebx', 0), null);
  assert.equal(bit(one(cpuinfo(INTEL, 'vnmi')), '8000000a.0.edx', 25), null);
  assert.equal(bit(one(cpuinfo(AMD, 'vnmi')), '8000000a.0.edx', 25), 1);
  const host = one(cpuinfo(INTEL, 'nonstop_tsc pti rep_good constant_tsc ept vpid'));
  assert.equal(bit(host, '80000007.0.edx', 8), 1);
});

// A bit by what first prints it: 2.6.32, 4.11 or before, 5.10 or before, 6.1, 6.12.
const firsts = [['1.0.ecx', 28], ['7.0.ebx', 5], ['7.0.ecx', 11], ['7.0.edx', 24],
  ['8000001f.0.eax', 14]];
const AGES = {
  'no sign': [[], 'aes', 1], 'the word cpuid': [[], 'cpuid', 2],
  'VT-x settings, of 5.6': [['vmx flags\t: vnmi'], '', 2],
  'a bug of 6.1': [['bugs\t\t: spectre_v1 its'], '', 3], 'a flag of 6.1': [[], 'avx_vnni', 3],
  'a word of 6.12': [[], 'user_shstk', 4], 'a bug of 7.2': [['bugs\t\t: old_microcode'], '', 5],
};

for (const [what, [more, flags, age]] of Object.entries(AGES)) {
  test(`absence: ${what}`, () => {
    const host = one(cpuinfo(INTEL, flags, more));
    firsts.forEach(([key, n], i) =>
      assert.equal(bit(host, key, n), i < age ? 0 : null, `${key}[${n}]`));
    // OSXSAVE is never printed; LA57 and SGX are hidden where the kernel does not use them.
    for (const [key, n] of [['1.0.ecx', 27], ['7.0.ecx', 16], ['7.0.ebx', 2]]) {
      assert.equal(bit(host, key, n), null, `${key}[${n}]`);
    }
  });
}

test('kernel age: what is known never shrinks with a newer sign', () => {
  const known = Object.values(AGES).map(([more, flags]) => one(cpuinfo(INTEL, flags, more)).known);
  known.slice(1).forEach((later, i) => {
    for (const [key, mask] of Object.entries(known[i])) {
      const lost = parseInt(mask, 16) & ~parseInt(later[key] ?? '0', 16);
      assert.equal(lost, 0, `${key} after ${Object.keys(AGES)[i]}`);
    }
  });
});

test('a short list, or one of an unknown maker, tells nothing by what it lacks', () => {
  for (const text of ['aes,avx,avx2,sse,sse2,ssse3,pni,popcnt,fma',
    'CPU_FLAGS_X86: aes avx avx2 sse sse2',
    'Flags: avx avx2 ht lm nx pae sse sse2 sse3 sse4_1 sse4_2 ssse3']) {
    const host = one(text);
    for (const [key, mask] of Object.entries(host.known)) assert.equal(mask, host.words[key], text);
  }
});

test('the same list in each spelling is the same bits', () => {
  const lists = {
    cpuinfo: 'pni ds_cpl sse4_1 tsc_deadline_timer lahf_lm avx512_vnni fxsr_opt cmp_legacy avx aes',
    'qemu-cpu': 'pni ds-cpl sse4.1 tsc-deadline lahf-lm avx512-vnni fxsr-opt cmp-legacy avx aes',
    libvirt: 'pni ds_cpl sse4.1 tsc-deadline lahf_lm avx512vnni fxsr_opt cmp_legacy avx aes',
    xapi: 'sse3 dscpl sse4-1 tsc-deadline lahf-lm avx512-vnni ffxsr cmp-legacy avx aesni',
    'vsphere-features': 'SSE3 DSCPL SSE41 TSC_DEADLINE LAHF64 AVX512VNNI FFXSR CMPLEGACY AVX AES' };
  const words = Object.entries(lists).map(([format, list]) =>
    one([{ name: '', text: list, format }]).words);
  for (const other of words.slice(1)) assert.deepEqual(other, words[0]);
});

test('names nobody knows are listed once for a host, and the rest counts', () => {
  const answer = ask(cpuinfo(INTEL, 'aes frobnicate gizmo2').repeat(1));
  const notes = answer.notes.filter(({ kind }) => kind === 'unmapped');
  assert.equal(notes.length, 1);
  assert.match(notes[0].text, /Linux's dictionary: frobnicate, gizmo2;/);
  assert.equal(bit(answer.hosts[0], '1.0.ecx', 25), 1);
});

test('family, model and stepping as far as the kernel tells them', () => {
  const known = (family) => one(cpuinfo(['GenuineIntel', family, 4, 3], '')).known['1.0.eax'];
  assert.deepEqual([5, 6, 15].map(known), ['0ff00fff', '0fff0fff', '0fff0fff']);
  assert.equal(one(cpuinfo(AMD, '')).words['1.0.eax'], '00a10f11');
});

// Bits that this kernel may show otherwise than CPUID has them, and why.
const OTHERWISE = {
  '7.0.ecx': 1 << 16, // la57: off where the kernel runs on four levels
  '80000008.0.eax': 0xff, // memory encryption takes address bits
};

test('this machine: /proc/cpuinfo agrees with its CPUID', {
  skip: !existsSync('/proc/cpuinfo') || !hasCpuid(),
}, () => {
  const names = one(readFileSync('/proc/cpuinfo', 'utf8'));
  const dump = one(cpuid());
  for (const [key, mask] of Object.entries(names.known)) {
    const both = parseInt(mask, 16) & parseInt(dump.known[key] ?? '0', 16) & ~(OTHERWISE[key] ?? 0);
    const odd = (parseInt(names.words[key], 16) ^ parseInt(dump.words[key] ?? '0', 16)) & both;
    assert.equal(odd >>> 0, 0, `${key}: ${names.words[key]} and ${dump.words[key]}`);
  }
});

function cpuid() {
  return execFileSync('cpuid', ['-1', '-r'], { stdio: ['ignore', 'pipe', 'ignore'] }).toString();
}

function hasCpuid() {
  try {
    return /eax=/.test(cpuid());
  } catch {
    return false;
  }
}
