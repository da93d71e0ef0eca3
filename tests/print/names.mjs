// Printers of formats that name features. must: bits such a text tells, whatever the reader does;
// may: bits it may conclude from the text, if it is right about them.
import { readFileSync } from 'node:fs';
import { ALIASES } from '../hosts.mjs';
import { brand, cpusOf, lines, signature, upper, vendor, word } from './common.mjs';

/** names.tsv: a row for every bit that Linux, QEMU, libvirt or VMware have a name for. */
const names = readFileSync(new URL('./names.tsv', import.meta.url), 'utf8').trim().split('\n')
  .slice(1).map((line) => {
    const [key, bit, linux, since, qemu, alias, libvirt, vmware] = line.split('\t');
    const aliases = alias ? alias.split('|') : [];
    return { key, bit: Number(bit), linux, since, qemu, aliases, libvirt, vmware };
  });

const isAmd = (host) => vendor(host) === 'AuthenticAMD';

/** A bit as the host has it; "mba" is two, one of each vendor. */
const has = (host, { key, bit, linux }) => (linux === 'mba' && isAmd(host) !== key.startsWith('8')
  ? 0 : (word(host, key) >>> bit) & 1);

/** must and may out of lists of { key, bit }. */
function bitsOf(list) {
  const known = {};
  for (const { key, bit } of list) known[key] = ((known[key] ?? 0) | (1 << bit)) >>> 0;
  return known;
}

/** What a text of names carries: the bits, the vendor and the signature where it says them. */
function said(host, { must, may = [], identity = true, vendorToo = identity }) {
  const known = bitsOf(must);
  const keys = [...Object.keys(known), ...(vendorToo ? ['0.0.ebx', '0.0.ecx', '0.0.edx'] : [])];
  for (const key of keys) known[key] ??= 0xffffffff;
  if (identity) known['1.0.eax'] = 0x0fff0fff;
  const extra = { ...bitsOf([...must, ...may]) };
  const whole = ['0.0.eax', '0.0.ebx', '0.0.ecx', '0.0.edx', '1.0.eax', '80000000.0.eax'];
  for (const key of whole) extra[key] = 0xffffffff;
  extra['80000008.0.eax'] = 0xffff; // address sizes
  extra['1.0.ebx'] = 0xff00; // the size of a cache line
  for (const n of [2, 3, 4]) {
    for (const reg of ['eax', 'ebx', 'ecx', 'edx']) extra[`8000000${n}.0.${reg}`] = 0xffffffff;
  }
  return { name: host.name, leaves: new Map(), must: known, may: extra, truth: host, named: true };
}

// ── Linux ──────────────────────────────────────────────────────────────────────────────────────

const KERNELS = ['5.10', '6.1', '6.12', '7.2'];

/** Was the flag printed by that kernel? since: "5.10", or "5.10-6.1". */
function printed({ linux, since }, kernel) {
  if (!linux) return false;
  const [first, last = '7.2'] = since.split('-');
  const at = KERNELS.indexOf(kernel);
  return KERNELS.indexOf(first) <= at && at <= KERNELS.indexOf(last);
}

/** Words of the kernel's own, which stand for different bits of Intel and AMD. */
const OWN = [
  ['ibrs', '7.0.edx', 26, '80000008.0.ebx', 14], ['ibpb', '7.0.edx', 26, '80000008.0.ebx', 12],
  ['stibp', '7.0.edx', 27, '80000008.0.ebx', 15], ['ssbd', '7.0.edx', 31, '80000008.0.ebx', 24],
  ['constant_tsc', '80000007.0.edx', 8, '80000007.0.edx', 8],
  ['nonstop_tsc', '80000007.0.edx', 8, '80000007.0.edx', 8]];

function linuxFlags(host, kernel) {
  const own = OWN.filter(([, key, bit, amdKey, amdBit]) =>
    (word(host, isAmd(host) ? amdKey : key) >>> (isAmd(host) ? amdBit : bit)) & 1);
  return [...names.filter((one) => printed(one, kernel) && has(host, one)).map(({ linux }) => linux),
    'rep_good', 'nopl', 'cpuid', ...own.map(([name]) => name)];
}

/** Flags the kernel sets or hides by itself, whatever the CPU says. */
const WILFUL = /^(mba|la57|sgx|sgx_lc|ibt|enqcmd|xsaves|lam|fred|arch_lbr|sme|sev|sev_es|sev_snp|arat|intel_ppin|vnmi)$/;

/** Present flags are known; absent ones where the text proves that its kernel knew them. */
function linuxCarries(host, { proven = [], ...more } = {}) {
  const all = names.filter(({ linux }) => linux);
  const must = all.filter((one) => !WILFUL.test(one.linux) && printed(one, more.kernel ?? '6.12')
    && (has(host, one) || proven.includes(one.since)));
  const own = OWN.flatMap(([, ...at]) => [{ key: at[0], bit: at[1] }, { key: at[2], bit: at[3] }]);
  const copies = [...Array(32).keys()].map((bit) => ({ key: '80000001.0.edx', bit }));
  const power = [...Array(32).keys()].map((bit) => ({ key: '80000007.0.edx', bit }));
  return said(host, { must, may: [...all, ...own, ...copies, ...power], ...more });
}

/** Bugs first named by 6.1 prove that all of 5.10 is known. */
const bugs = (kernel) => `spectre_v1 spectre_v2${kernel === '5.10' ? '' : ' bhi its'}`;
const provenBy = (kernel) => (kernel === '5.10' ? [] : ['5.10']);

const cpuinfoBlock = (host, n, kernel) => {
  const { family, model, stepping } = signature(host);
  return [`processor\t: ${n}`, `vendor_id\t: ${vendor(host)}`, `cpu family\t: ${family}`,
    `model\t\t: ${model}`, `model name\t: ${brand(host)}`, `stepping\t: ${stepping}`,
    'microcode\t: 0x49', 'cpu MHz\t\t: 2594.000', 'cache size\t: 25600 KB', 'physical id\t: 0',
    'siblings\t: 20', `core id\t\t: ${n}`, 'cpu cores\t: 10', `apicid\t\t: ${n}`,
    `initial apicid\t: ${n}`, 'fpu\t\t: yes', 'fpu_exception\t: yes',
    `cpuid level\t: ${host.leaves.get('0.0')[0]}`, 'wp\t\t: yes',
    `flags\t\t: ${linuxFlags(host, kernel).join(' ')}`,
    ...(isAmd(host) ? [] : ['vmx flags\t: vnmi preemption_timer invvpid ept_x_only flexpriority']),
    `bugs\t\t: ${bugs(kernel)}`, 'bogomips\t: 5188.00',
    `clflush size\t: ${(word(host, '1.0.ebx') >>> 5) & 0x7f8}`, 'cache_alignment\t: 64',
    ...addressSizes(host), `power management: ${power(host)}`.trimEnd(), ''];
};

function addressSizes(host) {
  const eax = word(host, '80000008.0.eax');
  return eax ? [`address sizes\t: ${eax & 255} bits physical, ${(eax >>> 8) & 255} bits virtual`] : [];
}

/** 80000007.EDX in the kernel's words; what has none is a number. */
const POWER = ['ts', 'fid', 'vid', 'ttp', 'tm', 'stc', '100mhzsteps', 'hwpstate', '', 'cpb',
  'eff_freq_ro', 'proc_feedback', 'acc_power'];
const power = (host) => [...Array(32).keys()]
  .filter((bit) => (word(host, '80000007.0.edx') >>> bit) & 1)
  .map((bit) => POWER[bit] ?? `[${bit}]`).filter(Boolean).join(' ');

const cpuinfo = (kernel) => (host, cpus = 2) => lines(cpusOf(host, cpus).flatMap((one, n) =>
  cpuinfoBlock(one, n, kernel)));

const LSCPU = {
  en: ['Architecture', 'CPU op-mode(s)', 'Byte Order', 'CPU(s)', 'On-line CPU(s) list', 'Vendor ID',
    'Model name', 'CPU family', 'Model', 'Stepping', 'Flags'],
  de: ['Architektur', 'CPU Operationsmodus', 'Byte-Reihenfolge', 'CPU(s)', 'Liste der Online-CPU(s)',
    'Anbieterkennung', 'Modellname', 'Prozessorfamilie', 'Modell', 'Stepping', 'Markierungen'],
};

const lscpuValues = (host, kernel = '6.12') => {
  const { family, model, stepping } = signature(host);
  return ['x86_64', '32-bit, 64-bit', 'Little Endian', '20', '0-19', vendor(host), brand(host),
    String(family), String(model), String(stepping), linuxFlags(host, kernel).join(' ')];
};

const lscpu = (language) => (host) => lines([...lscpuValues(host).map((value, n) =>
  `${`${LSCPU[language][n]}:`.padEnd(33)}${value}`),
'L1d cache:                       320 KiB (10 instances)',
'NUMA node0 CPU(s):               0-19',
'Vulnerability Meltdown:          Mitigation; PTI']);

const lscpuJson = (host, nested) => {
  const fields = lscpuValues(host).map((data, n) => ({ field: `${LSCPU.en[n]}:`, data }));
  return `${JSON.stringify({ lscpu: nested ? [fields[0], { ...fields[5], children: [
    { ...fields[6], children: [...fields.slice(7)] }] }] : fields }, null, 3)}\n`;
};

const pyCpuinfo = (host) => {
  const { family, model, stepping } = signature(host);
  return `${JSON.stringify({ python_version: '3.11.2.final.0 (64 bit)', cpuinfo_version: [9, 0, 0],
    cpuinfo_version_string: '9.0.0', arch: 'X86_64', bits: 64, count: 20,
    arch_string_raw: 'x86_64', vendor_id_raw: vendor(host), brand_raw: brand(host), stepping, model,
    family, flags: linuxFlags(host, '6.12').sort() }, null, 2)}\n`;
};

const lshw = (host) => lines(['  *-cpu', `       product: ${brand(host)}`,
  `       vendor: ${isAmd(host) ? 'Advanced Micro Devices [AMD]' : 'Intel Corp.'}`,
  '       physical id: 1', '       bus info: cpu@0', '       width: 64 bits',
  `       capabilities: lm fpu fpu_exception wp ${linuxFlags(host, '6.12').join(' ')}`]);

const hwinfo = (host) => {
  const { family, model, stepping } = signature(host);
  return lines(['01: None 00.0: 10103 CPU', '  [Created at cpu.462]', '  Unique ID: rdCR.j8NaKXDZtZ6',
    '  Hardware Class: cpu', '  Arch: X86-64', `  Vendor: "${vendor(host)}"`,
    `  Model: ${family}.${model}.${stepping} "${brand(host)}"`,
    `  Features: ${linuxFlags(host, '6.12').join(',')}`, '  Clock: 2594 MHz', '  Cache: 25600 kb']);
};

// ── QEMU and libvirt ───────────────────────────────────────────────────────────────────────────

/** Names that one dialect has for one bit only. */
function unambiguous(field) {
  const count = {};
  for (const one of names) if (one[field]) count[one[field]] = (count[one[field]] ?? 0) + 1;
  return names.filter((one) => one[field] && count[one[field]] === 1);
}

/** Not of the host: what a hypervisor says of itself, Centaur's; AMD's copies follow 1.EDX. */
const own = ({ key, bit }) => !/^[4c]00000/.test(key)
  && !(key === '80000001.0.edx' && (ALIASES >>> bit) & 1);

const qemuNames = unambiguous('qemu').filter(own);
const libvirtNames = unambiguous('libvirt').filter(own);

const COPIES = [...Array(32).keys()].map((bit) => ({ key: '80000001.0.edx', bit }));
const QEMU = (host) => said(host, { must: qemuNames, may: [...names, ...COPIES] });

const qmp = (host, { indent, twice } = {}) => {
  const { family, model, stepping } = signature(host);
  const props = { 'min-level': host.leaves.get('0.0')[0], vendor: vendor(host), family, model,
    stepping, 'model-id': brand(host), 'phys-bits': 0, 'host-phys-bits': true, pmu: false };
  for (const one of qemuNames) {
    props[one.qemu] = Boolean(has(host, one));
    for (const alias of one.aliases) props[alias] = Boolean(has(host, one));
  }
  const first = JSON.stringify({ return: { model: { name: 'base', props } } }, null, indent);
  return `${first}\n${twice ? `\n${JSON.stringify({ return: { model: { name: 'base',
    props: { ...props } } } }, null, indent)}\n` : ''}`;
};

const feature = (policy, name) => `    <feature policy='${policy}' name='${name}'/>`;

const libvirtExpanded = (host) => lines(["<cpu mode='custom' match='exact'>",
  `  <vendor>${isAmd(host) ? 'AMD' : 'Intel'}</vendor>`,
  ...libvirtNames.map((one) => feature(has(host, one) ? 'require' : 'disable', one.libvirt)),
  '</cpu>']);

const capabilities = (host) => {
  const { family, model, stepping } = signature(host);
  return lines(['<capabilities>', '  <host>', '    <uuid>00000000-0000-0000-0000-000000000000</uuid>',
    '    <cpu>', '      <arch>x86_64</arch>', '      <model>qemu32</model>'.replace('qemu32', '486'),
    `      <vendor>${isAmd(host) ? 'AMD' : 'Intel'}</vendor>`, "      <microcode version='73'/>",
    `      <signature family='${family}' model='${model}' stepping='${stepping}'/>`,
    "      <counter name='tsc' frequency='2594000000' scaling='no'/>",
    "      <topology sockets='1' dies='1' cores='10' threads='2'/>",
    ...libvirtNames.filter((one) => has(host, one)).map(({ libvirt }) =>
      `      <feature name='${libvirt}'/>`), "      <pages unit='KiB' size='4'/>", '    </cpu>',
    '    <power_management>', '      <suspend_mem/>', '    </power_management>', '  </host>',
    '  <guest>', '    <os_type>hvm</os_type>', "    <arch name='x86_64'>",
    '      <wordsize>64</wordsize>', '    </arch>', '  </guest>', '</capabilities>']);
};

const present = (list) => (host) => said(host, { must: list.filter((one) => has(host, one)),
  may: [...names, ...COPIES] });

const cpuInfo = (host, escaped) => {
  const info = { arch: 'x86_64', model: '486', vendor: isAmd(host) ? 'AMD' : 'Intel',
    features: libvirtNames.filter((one) => has(host, one)).map(({ libvirt }) => libvirt),
    topology: { cells: 1, sockets: 1, cores: 10, threads: 2 } };
  return `${JSON.stringify({ cpu_info:
    escaped ? JSON.stringify(info) : info }, null, 2)}\n`;
};

const labelled = (host) => libvirtNames.filter((one) => has(host, one));
const kubevirt = (form) => (host) => lines(['apiVersion: v1', 'kind: Node', 'metadata:', '  labels:',
  '    kubernetes.io/arch: amd64', ...labelled(host).map(({ libvirt }) => form(libvirt)),
  `    cpu-vendor.node.kubevirt.io/${isAmd(host) ? 'AMD' : 'Intel'}: "true"`,
  '    kubernetes.io/os: linux']);

/** NFD's words for some bits that nobody calls otherwise. */
const NFD = { '1.0.ecx': { 25: 'AESNI', 28: 'AVX', 12: 'FMA3', 22: 'MOVBE', 13: 'CX16' },
  '7.0.ebx': { 5: 'AVX2', 16: 'AVX512F', 17: 'AVX512DQ', 19: 'ADX', 28: 'AVX512CD',
    30: 'AVX512BW', 31: 'AVX512VL', 29: 'SHA' }, '7.0.ecx': { 8: 'GFNI', 9: 'VAES' } };
const COREINFO = { '1.0.edx': { 0: 'FPU', 1: 'VME', 2: 'DE', 3: 'PSE', 4: 'TSC', 6: 'PAE', 7: 'MCE',
  8: 'CX8', 11: 'SEP', 12: 'MTRR', 13: 'PGE', 14: 'MCA', 15: 'CMOV', 16: 'PAT', 17: 'PSE36',
  18: 'PSN', 19: 'CLFSH', 21: 'DS', 22: 'ACPI', 23: 'MMX', 24: 'FXSR', 25: 'SSE', 26: 'SSE2',
  27: 'SS', 29: 'TM', 31: 'PBE' },
'1.0.ecx': { 0: 'SSE3', 1: 'PCLMULDQ', 2: 'DTES64', 3: 'MONITOR', 4: 'DS-CPL', 5: 'VMX', 6: 'SMX',
  7: 'EIST', 8: 'TM2', 9: 'SSSE3', 10: 'CNXT-ID', 12: 'FMA', 13: 'CX16', 14: 'xTPR', 15: 'PDCM',
  17: 'PCID', 18: 'DCA', 19: 'SSE4.1', 20: 'SSE4.2', 21: 'x2APIC', 22: 'MOVBE', 23: 'POPCNT',
  24: 'TSC-DEADLINE', 25: 'AES', 26: 'XSAVE', 28: 'AVX', 29: 'F16C', 30: 'RDRAND',
  31: 'HYPERVISOR' },
'7.0.ebx': { 3: 'BMI1', 4: 'HLE', 5: 'AVX2', 7: 'SMEP', 8: 'BMI2', 9: 'ERMSB', 10: 'INVPCID',
  11: 'RTM', 18: 'RDSEED', 19: 'ADX', 20: 'SMAP' },
'80000001.0.edx': { 20: 'NX', 26: 'PAGE1GB', 27: 'RDTSCP' } };

const table = (words) => Object.entries(words).flatMap(([key, list]) =>
  Object.entries(list).map(([bit, name]) => ({ key, bit: Number(bit), name })));

const nfd = (host) => lines(['metadata:', '  labels:', ...table(NFD).filter((one) => has(host, one))
  .map(({ name }) => `    feature.node.kubernetes.io/cpu-cpuid.${name}: "true"`),
"    feature.node.kubernetes.io/cpu-hardware_multithreading: \"true\""]);

function widths(host) {
  const eax = word(host, '80000008.0.eax');
  return eax ? [`Maximum implemented address width: ${(eax >>> 8) & 255} bits (virtual), ${
    eax & 255} bits (physical).`] : [];
}

const coreinfo = (host) => {
  const { family, model, stepping } = signature(host);
  return lines(['', 'Coreinfo v3.6 - Dump information on system CPU and memory topology',
    'Copyright (C) 2008-2022 Mark Russinovich', 'Sysinternals - www.sysinternals.com', '', brand(host),
    `${isAmd(host) ? 'AMD64' : 'Intel64'} Family ${family} Model ${model} Stepping ${stepping}, ${
      vendor(host)}`, 'Microcode signature: 00000049',
    `HTT${has(host, { key: '1.0.edx', bit: 28 }) ? '*' : '-'}\tHyperthreading enabled`,
    ...table(COREINFO).map((one) => `${one.name.padEnd(16)}${has(host, one) ? '*' : '-'}\tSupports ${
      one.name}`), '', `Maximum implemented CPUID leaves: ${upper(host.leaves.get('0.0')[0])} (Basic), ${
      upper(host.leaves.get('80000000.0')[0])} (Extended).`, ...widths(host), '',
    'Processor signature: 00000000']);
};

// ── VMware ─────────────────────────────────────────────────────────────────────────────────────

const VMWARE = /^(1\.0\.e[cd]x|7\.0\.e[bcd]x|80000001\.0\.e[cd]x)$/;
const vmwareNames = unambiguous('vmware').filter((one) => VMWARE.test(one.key) && own(one));
const vmwareCarries = (host) => said(host, { must: vmwareNames, may: [...names, ...COPIES], identity: false });

const capabilityJson = (host) => `${JSON.stringify([{ Name: 'config.featureCapability', Val: {
  HostFeatureCapability: vmwareNames.map((one) => ({ key: `cpuid.${one.vmware}`,
    featureName: `cpuid.${one.vmware}`, value: String(has(host, one)) })) } }], null, 2)}\n`;

const capabilityText = (host) => lines(vmwareNames.flatMap((one) => [
  `Key         : cpuid.${one.vmware}`, `FeatureName : cpuid.${one.vmware}`,
  `Value       : ${has(host, one)}`, '']));

const capabilityFound = (host) => lines(vmwareNames.map((one) =>
  `2023-05-03T08:11:20.174Z In(05) vmx - Capability Found: cpuid.${one.vmware.toLowerCase()} = ${
    has(host, one)}`));

/** Every CPU has an FPU, and Intel no 80000008.ebx[6]; hosts made up may differ. */
const suits = (host) => word(host, '1.0.edx') & 1
  && (isAmd(host) || !((word(host, '80000008.0.ebx') >>> 6) & 1));
const linux = (print, more = {}) =>
  ({ carries: (host) => linuxCarries(host, more), print, suits });
const nameless = { identity: false };

export const nameFormats = {
  ...Object.fromEntries(['5.10', '6.1', '6.12'].map((kernel) => [`/proc/cpuinfo of ${kernel}`,
    { id: 'cpuinfo', cpus: true, ...linux(cpuinfo(kernel), { kernel, proven: provenBy(kernel) }) }])),
  'flags line': { id: 'cpuinfo', ...linux((host) =>
    `flags\t\t: ${linuxFlags(host, '6.12').join(' ')}\n`, nameless) },
  'lscpu': { id: 'lscpu', ...linux(lscpu('en')) },
  'lscpu, German': { id: 'lscpu', ...linux(lscpu('de'), nameless) },
  'lscpu -J': { id: 'lscpu', ...linux((host) => lscpuJson(host, false)) },
  'lscpu -J, nested': { id: 'lscpu', ...linux((host) => lscpuJson(host, true)) },
  'py-cpuinfo': { id: 'cpu-info', ...linux(pyCpuinfo) },
  'lshw': { id: 'flags', ...linux(lshw, nameless) },
  'hwinfo': { id: 'flags', ...linux(hwinfo, nameless) },
  'inxi': { id: 'flags', ...linux((host) =>
    lines(['CPU:', `  Flags: ${linuxFlags(host, '6.12').join(' ')}`]), nameless) },
  'a bare list': { id: 'flags', ...linux((host) =>
    `${linuxFlags(host, '6.12').join(' ')}\n`, nameless) },
  'a bare list, commas': { id: 'flags', ...linux((host) =>
    `${linuxFlags(host, '6.12').join(',')}\n`, nameless) },
  'QMP': { id: 'qmp', carries: QEMU, print: (host) => qmp(host) },
  'QMP, indented': { id: 'qmp', carries: QEMU, print: (host) => qmp(host, { indent: 2 }) },
  'QMP, two answers': { id: 'qmp', carries: QEMU, print: (host) =>
    qmp(host, { indent: 4, twice: true }) },
  'libvirt, expanded': { id: 'libvirt', carries: (host) => said(host, { must: libvirtNames,
    may: [...names, ...COPIES], identity: false, vendorToo: true }), print: libvirtExpanded },
  'virsh capabilities': { id: 'libvirt', carries: present(libvirtNames), print: capabilities,
    suits: (host) => (word(host, '1.0.edx') & 0xb) === 0xb },
  'cpu_info JSON': { id: 'cpu-info', carries: (host) => said(host, { must: labelled(host), may: [...names, ...COPIES],
    identity: false, vendorToo: true }), print: (host) => cpuInfo(host, false) },
  'cpu_info JSON, escaped': { id: 'cpu-info', carries: (host) => said(host, { must: labelled(host),
    may: [...names, ...COPIES], identity: false, vendorToo: true }), print: (host) => cpuInfo(host, true) },
  'KubeVirt labels, YAML': { id: 'node-labels', carries: (host) => said(host, {
    must: labelled(host), may: [...names, ...COPIES], identity: false }),
  print: kubevirt((name) => `    cpu-feature.node.kubevirt.io/${name}: "true"`) },
  'KubeVirt labels, listed': { id: 'node-labels', carries: (host) => said(host, {
    must: labelled(host), may: [...names, ...COPIES], identity: false }),
  print: (host) => lines(labelled(host).map(({ libvirt }) =>
    `cpu-feature.node.kubevirt.io/${libvirt}=true`)) },
  'NFD labels': { id: 'node-labels', carries: (host) => said(host, {
    must: table(NFD).filter((one) => has(host, one)), may: [...names, ...COPIES], identity: false }), print: nfd },
  'Coreinfo': { id: 'coreinfo', carries: (host) => said(host, { must: table(COREINFO), may: [...names, ...COPIES], identity: false }), print: coreinfo },
  'featureCapability JSON': { id: 'vsphere-features', carries: vmwareCarries,
    print: capabilityJson },
  'featureCapability, PowerCLI': { id: 'vsphere-features', carries: vmwareCarries,
    print: capabilityText },
  'Capability Found': { id: 'vsphere-features', carries: vmwareCarries, print: capabilityFound },
};
