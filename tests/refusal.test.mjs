// Refusals: what hypervisors really print, and what is made of it.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { ask } from './core.mjs';
import { seeded } from './hosts.mjs';

const table = readFileSync(new URL('../core/know/refusals.def', import.meta.url), 'utf8');
const cli = fileURLToPath(new URL('../wasm/cli.js', import.meta.url));

const refused = (paste) => ask(paste).refusals;
const names = ({ bits }) => bits.map(({ name }) => name).join(' ');
const libvirt = (list) => `error: operation failed: guest CPU doesn't match specification: ${list}`;

/** Who said it, what it said, what that means. */
const SAID = [
  ['vCenter', "The CPU of the host is incompatible with the CPU feature requirements of the "
    + "virtual machine; problem detected at CPUID level 0x80000001 register 'edx'.",
  '80000001.edx'],
  ['vCenter', "Host CPU is incompatible with the virtual machine's requirements at CPUID level 0x1 "
    + "register 'ecx'. Host bits: 0000:0010:1001:1000:0010:0010:0000:0011 Required: "
    + 'x000:0x0x:10x1:1xx0:xxx0:xx1x:xxxx:xx01 Mismatch detected for these features: * AES-NI '
    + '* PCLMULQDQ', 'AES PCLMULQDQ'],
  ['vCenter', "Host CPU is incompatible at CPUID level 2147483649 register 'EDX'\n"
    + 'Host bits: 0010:0000:0000:0000:0000:1000:0000:0000\n'
    + 'Required: HHTH:RRRR:xxxT:----:xxxx:xxxx:xxxx:xxxF', 'NX'],
  ['vCenter', "The target host does not support the virtual machine's current hardware "
    + 'requirements.\n* PCID\n* Execute Disable (XD) / No-Execute (NX)\n'
    + '* Bit Manipulation Instruction (BMI) Set 2\n* 3DNow! PREFETCH and PREFETCHW\n'
    + '* Fast string operations (Enhanced REP MOVSB/STOSB)\n'
    + '* 1 GB pages (PDPE1GB)\n* XSAVEC (save extended states in compact format)\n'
    + '* XSAVE of ZMM registers ZMM16-ZMM31',
  'PCID NX BMI2 3DNOWPREFETCH ERMS PAGE1GB XSAVEC XCR0.HI16_ZMM'],
  ['vCenter', 'com.vmware.vim.vmfeature.cpuid.mdclear, com.vmware.vim.vmfeature.cpuid.avx512f',
    'MD_CLEAR AVX512F'],
  ['EVC', "The host cannot be admitted to the cluster's current Enhanced vMotion Compatibility "
    + 'mode. Powered-on or suspended virtual machines on the host may be using CPU features hidden '
    + 'by that mode.', ''],
  ['EVC', "The host's CPU hardware should support the cluster's current Enhanced vMotion "
    + 'Compatibility mode, but some of the necessary CPU features are missing from the host.', ''],
  ['EVC', "The host's CPU hardware does not support the cluster's current Enhanced vMotion "
    + 'Compatibility mode. The host CPU lacks features required by that mode.', ''],
  ['libvirt', libvirt('missing features: vmx-rdrand-exit,vmx-vmfunc,vmx-posted-intr'),
    'vmx-rdrand-exit vmx-vmfunc vmx-posted-intr'],
  ['libvirt', libvirt('missing features: erms,vaes,vpclmulqdq,fsrm'), 'ERMS VAES VPCLMULQDQ FSRM'],
  ['libvirt', libvirt('missing features: waitpkg'), 'WAITPKG'],
  ['libvirt', libvirt('missing features: pdcm'), 'PDCM'],
  ['libvirt', libvirt('extra features: ht'), 'HTT'],
  ['libvirt', libvirt('missing features: xsave,avx,f16c,rdrand,fsgsbase,smep,erms,xsaveopt'),
    'XSAVE AVX F16C RDRAND FSGSBASE SMEP ERMS XSAVEOPT'],
  ['libvirt', libvirt('missing\nfeatures: md-clear'), 'MD_CLEAR'],
  ['libvirt', 'Unknown CPU feature monitor', 'MONITOR'],
  ['libvirt', 'Unknown CPU feature arch-facilities', 'arch-facilities'],
  ['libvirt', "qemuProcessStart: Host CPU does not provide required features: avx, xsave, aes, "
    + 'tsc-deadline, x2apic, pclmuldq', 'AVX XSAVE AES TSC-DEADLINE x2APIC PCLMULQDQ'],
  ['libvirt', 'missing features: hle, rtm', 'HLE RTM'],
  ['OpenStack', "Unacceptable CPU info: CPU doesn't have compatibility.", ''],
  ['QEMU', "qemu: warning: host doesn't support requested feature: CPUID.80000001H:ECX.abm [bit 5]",
    'ABM'],
  ['QEMU', "warning: host doesn't support requested feature:\n"
    + 'CPUID[eax=07h,ecx=01h].EAX.avx-vnni [bit 4]', 'AVX_VNNI'],
  ['QEMU', 'State blocked by non-migratable CPU device (invtsc flag)', 'INVTSC'],
  ['Cloudpods', 'host cpu microcode not match for live migrate', ''],
  ['XAPI', 'CANNOT_EVACUATE_HOST(VM_INCOMPATIBLE_WITH_THIS_HOST, OpaqueRef:1, VM last booted '
    + "on a CPU with features this host's CPU does not have.)", ''],
  ['XAPI', 'Host is missing these CPU features required by the VM: '
    + '00000000-00000000-00000000-00000020-00000000-00000100', 'ABM BMI2'],
  ['Cloud Hypervisor', "Detected incompatible CPUID entry: leaf=0x7 (subleaf=0x01), "
    + "register='EAX', compatible_check='BitwiseSubset', source VM feature='0x30', "
    + "destination VM feature='0x20'.",
  'AVX_VNNI'],
  ['CRaC', 'missing features of this CPU are 400,0 = sse4a', 'SSE4A'],
  ['CRIU', 'Error (criu/arch/x86/cpu.c:306): cpu: CPU capabilities do not match run time', ''],
  ['KubeVirt', 'NoSuitableNodesForHostModelMigration', ''],
  ['KubeVirt', "0/3 nodes are available: 3 node(s) didn't match Pod's node affinity/selector.", ''],
  ['Hyper-V', "Virtual machine 'x' is using processor-specific features not supported on host 'y'.",
    ''],
];

for (const [platform, said, bits] of SAID) {
  test(`${platform}: ${said.slice(0, 90).replaceAll('\n', ' ')}`, () => {
    const quoted = `> 2026-01-02T03:04:05Z host1 error: "${said}"`;
    for (const paste of [said, quoted, said.toUpperCase()]) {
      const [refusal, ...more] = refused(paste);
      assert.deepEqual(more, []);
      assert.equal(refusal.platform, platform);
      assert.equal(names(refusal).toLowerCase(), bits.toLowerCase());
      assert.ok(refusal.sentence.endsWith('.') && refusal.step.endsWith('.'));
    }
  });
}

test('every text of the table is read, and says something of its own platform', () => {
  const rows = [...table.matchAll(/^REFUSAL\((\w+), (\w+), (\w+),\s+"([^"]+)"\)/gm)];
  assert.ok(rows.length > 40);
  for (const [, , , how, mark] of rows) {
    const [refusal] = refused(`x ${mark}${how === 'LEVEL' ? " 0x1 register 'ecx'" : ''}`);
    assert.ok(refusal, mark);
    assert.ok(!refusal.sentence.includes('%'), refusal.sentence);
    assert.equal(refused(`x${mark}`).length, 0, `${mark} inside a word`);
  }
});

/** Since when, and why one host may lack it: facts to check the derived tables by. */
const FACTS = {
  avx2: ['Haswell', 'Excavator', /real/], avx512f: ['Skylake-SP', 'Zen 4 (Genoa)', /real/],
  pcid: ['Westmere', 'Zen 3 (Milan)', /real/], aes: ['Westmere', 'Bulldozer', /BIOS/],
  'sse4.2': ['Nehalem', 'Bulldozer', /real/], popcnt: ['Nehalem', 'K10 (Barcelona)', /real/],
  smap: ['Broadwell', 'Zen (Naples)', /real/], sha: ['Ice Lake', 'Zen (Naples)', /real/],
  pku: ['Skylake-SP', 'Zen 3 (Milan)', /hypervisor/],
  umip: ['Ice Lake', 'Zen 2 (Rome)', /hypervisor/],
  rtm: ['Haswell', null, /took it away/], 'spec-ctrl': [null, null, /microcode/],
  'md-clear': [null, null, /microcode/], 'avx512-bf16': ['Cooper Lake', 'Zen 4 (Genoa)', /real/],
  'amx-tile': ['Sapphire Rapids', null, /real/], sse4a: [null, 'K10 (Barcelona)', /real/],
  svm: [null, 'K8 revision F', /BIOS/], fma4: [null, 'Bulldozer', /real/],
  vmx: ['Core 2 (Merom)', null, /BIOS/],
  cx16: ['Prescott', 'K8 revision F', /real/], fma: ['Haswell', 'Piledriver', /real/],
  vaes: ['Ice Lake', 'Zen 3 (Milan)', /real/], clwb: ['Skylake-SP', 'Zen 2 (Rome)', /real/],
  xsaves: ['Skylake', 'Zen (Naples)', /hypervisor/],
  la57: ['Ice Lake', 'Zen 4 (Genoa)', /hypervisor/],
};

test('first generations and usual causes are those that are known', () => {
  const [{ bits }] = refused(libvirt(`missing features: ${Object.keys(FACTS).join(',')}`));
  Object.entries(FACTS).forEach(([name, [intel, amd, cause]], at) => {
    assert.deepEqual(bits[at].first, { intel, amd }, name);
    assert.match(bits[at].cause, cause, name);
  });
});

test('who lacks it: host bits against what is required', () => {
  const vectors = (host, required) => refused(`at CPUID level 0x1 register 'ecx'\n`
    + `Host bits: ${host}\nRequired: ${required}`)[0].bits.map(({ bit, side }) => [bit, side]);
  assert.deepEqual(vectors('0'.repeat(31) + '1', `${'x'.repeat(31)}0`), [[0, 'source']]);
  assert.deepEqual(vectors('0'.repeat(32), `${'x'.repeat(31)}1`), [[0, 'destination']]);
  assert.deepEqual(vectors('0'.repeat(32), `T${'H'.repeat(31)}`), [[31, 'destination']]);
  assert.deepEqual(vectors('-'.repeat(32), '1'.repeat(32)), [[null, 'either']]);
});

test('a refusal alone is an answer, without an error', () => {
  const answer = ask(libvirt('missing features: avx2'));
  assert.deepEqual(answer.hosts, []);
  assert.deepEqual(answer.notes, []);
  assert.equal(answer.verdict.migratable, true);
  assert.match(answer.verdict.sentence, /AVX2/);
});

test('where vendors differ, nothing moves', () => {
  assert.equal(ask('VM last booted on a host which had a CPU from a different vendor.')
    .verdict.migratable, false);
});

test('the same error again is said once', () => {
  const once = libvirt('missing features: avx2,fma');
  assert.equal(refused(`${once}\nTraceback (most recent call last):\n${once}\n`).length, 1);
  const warning = "warning: host doesn't support requested feature: CPUID.01H:ECX.pcid [bit 17]\n";
  assert.equal(names(refused(warning.repeat(50))[0]), 'PCID');
});

test('hosts pasted besides say who has it', () => {
  const answer = ask(`host: a\n7.0.ebx = 0x20\nhost: b\n7.0.ebx = 0\n\n${
    libvirt('missing features: avx2,sha')}`);
  assert.deepEqual(answer.refusals[0].bits.map(({ hosts }) => hosts),
    ['a has it, b lacks it.', 'No host read here has it.']);
});

test('the command: exit status, report and JSON', () => {
  const run = (input, ...options) => spawnSync(process.execPath, [cli, ...options], { input });
  const paste = libvirt('missing features: avx2');
  const plain = run(paste);
  assert.equal(plain.status, 0);
  assert.match(plain.stdout.toString(), /AVX2 7.ebx\[5\], since Haswell and Excavator/);
  assert.equal(JSON.parse(run(paste, '--json').stdout).refusals[0].bits[0].key, '7.0.ebx');
  assert.equal(run('a CPU from a different vendor').status, 1);
  assert.equal(run(paste, '--target', 'vmx').status, 2);
});

test('any bytes around and inside: bounded, quick, and never a trap', () => {
  const random = seeded(3);
  for (let n = 0; n < 600; n++) {
    const [, said] = random.pick(SAID);
    const bytes = Buffer.from(said.repeat(1 + random.below(3)));
    for (let i = random.below(6); i > 0; i--) bytes[random.below(bytes.length)] = random.below(256);
    const answer = ask(bytes.subarray(0, random.below(bytes.length + 1)));
    for (const { bits, text: quoted } of answer.refusals) {
      assert.ok(bits.length <= 128 && Buffer.byteLength(quoted) <= 260);
      assert.ok(bits.every(({ name }) => name.length > 0));
    }
  }
});

test('very many refusals and very long lists end somewhere, and it is said', () => {
  const many = Array.from({ length: 500 }, (_, i) => libvirt(`missing features: a${i},b${i}`));
  const answer = ask(many.join('\n\n'));
  assert.equal(answer.refusals.length, 32);
  assert.ok(answer.notes.some(({ kind }) => kind === 'limit'));
  const list = Array.from({ length: 1e5 }, (_, i) => `x${i}`);
  const [long] = refused(libvirt(`missing features: ${list}`));
  assert.equal(long.bits.length, 128);
  const labels = `current hardware requirements ${"support the virtual machine's current hardware "
    + 'requirements '}${'* AVX (AES '.repeat(1e5)}`;
  assert.ok(refused(labels)[0].bits.length <= 128);
});
