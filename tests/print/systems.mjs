// Printers of hypervisors and kernels that say whole feature words: Xen, VirtualBox, Firecracker,
// the BSDs, macOS, and cpuid's report in sentences.
import { readFileSync } from 'node:fs';
import { above, hex8, REGS } from '../hosts.mjs';
import { bits, brand, full, hex, lines, pick, place, rows, signature, upper, vendor,
  word } from './common.mjs';

// ── Xen ────────────────────────────────────────────────────────────────────────────────────────

/** Xen's feature words in their order; the two in brackets are an MSR. */
const FEATURESET = ['1.0.edx', '1.0.ecx', '80000001.0.edx', '80000001.0.ecx', 'd.1.eax', '7.0.ebx',
  '7.0.ecx', '80000007.0.edx', '80000008.0.ebx', '7.0.edx', '7.1.eax', '80000021.0.eax', '7.1.ebx',
  '7.2.edx', '7.1.ecx', '7.1.edx', '', '', '80000021.0.ecx'];
const KEYS = '1d 1c e1d e1c Da1 7b0 7c0 e7d e8b 7d0 7a1 e21a 7b1 7d2 7c1 7d1 m10Al m10Ah e21c';

const featureset = (host, n) => FEATURESET.slice(0, n).map((key) =>
  hex8(key ? word(host, key) : 0));
const carriesFirst = (n) => (host) => pick(host, FEATURESET.slice(0, n).filter(Boolean));
const less = (list, and) => list.map((value) => hex8(parseInt(value, 16) & and));

/** The old order of hw_caps; the third word is Transmeta's, the fourth Linux's own. */
const OLD = ['1.0.edx', '80000001.0.edx', '', '', '1.0.ecx', '', '80000001.0.ecx', '7.0.ebx'];
const oldCaps = (host) => OLD.map((key, n) =>
  (n === 3 ? '00003b40' : hex8(key ? word(host, key) : 0)));

const xlInfo = (host, caps) => lines(['host                   : esx', 'release                : 4.19',
  'machine                : x86_64', 'nr_cpus                : 16', 'max_cpu_id             : 15',
  'nr_nodes               : 1', 'cores_per_socket       : 8', 'threads_per_core       : 2',
  'cpu_mhz                : 2594.0', `hw_caps                : ${caps.join(':')}`,
  'virt_caps              : hvm hvm_directio', 'total_memory           : 32700',
  'free_memory            : 20000', 'xen_major              : 4', 'xen_minor              : 13',
  'xen_caps               : xen-3.0-x86_64 hvm-3.0-x86_64', 'cc_compiler            : gcc'
]).replace(/^host .*\n/, '');

const xapiFour = (host) => ['1.0.ecx', '1.0.edx', '80000001.0.ecx', '80000001.0.edx']
  .map((key) => hex8(word(host, key))).join('-');

const xapi = (host, n, { suffix = '_host' } = {}) => {
  const list = featureset(host, n);
  const { family, model, stepping } = signature(host);
  return lines(['cpu_count: 16', 'socket_count: 2', `vendor: ${vendor(host)}`,
    'speed: 2594.000', `modelname: ${brand(host)}`, `family: ${family}`, `model: ${model}`,
    `stepping: ${stepping}`,
    'flags: fpu de tsc msr pae mce cx8 apic', `features: ${xapiFour(host)}`,
    `features_pv: ${less(list, 0x1789cbf5).join('-')}`,
    `features_hvm: ${(suffix ? less(list, 0x1fcbfbff) : list).join('-')}`,
    ...(suffix ? [`features_hvm_host: ${list.join('-')}`,
      `features_pv_host: ${less(list, 0x1789cbf5).join('-')}`] : [])]);
};

const staticSets = (host, n) => {
  const row = (name, list) => `${name.padStart(24)}        ${list.join(':')}`;
  const list = featureset(host, n);
  return [`nr_features: ${n}`, `${' '.repeat(32)}${KEYS.split(' ').slice(0, n).join(' ')}`, '',
    'Static sets:', row('Known', Array(n).fill('ffffffff')),
    row('Special', less(list, 0x10000200)), '', 'Dynamic sets:', row('Raw', list),
    row('Host', list), row('PV Default', less(list, 0x1789cbf5)),
    row('HVM Default', less(list, 0x1fcbfbff))];
};

// ── VirtualBox, Firecracker ────────────────────────────────────────────────────────────────────

const vbox = (host) => {
  const all = full(host);
  return lines(['VirtualBox VM 7.0.8 r156879 linux.amd64 (Apr 17 2023 18:03:26) release log',
    ...['Raw Standard CPUID Leaves', 'Raw Extended CPUID Leaves'].flatMap((title, n) => [
      `                ${title}`, '     Leaf/sub-leaf  eax      ebx      ecx      edx',
      ...rows(all).filter(({ leaf }) => (leaf >= 0x80000000) === !!n).flatMap(
        ({ leaf, subleaf, words }) => [
          `Gst: ${hex8(leaf)}/${hex8(subleaf).slice(4)}  ${
            words.map((value, at) => hex8(value & (at ? 0x7fffff : -1))).join(' ')}`,
          `Hst:                ${words.map(hex8).join(' ')}`])])].map((line, n) =>
    `00:00:04.${809416 + n} ${line}`));
};

const hostcpuids = (host) => lines(['Host CPUIDs:', '', 'Leaf no.  EAX      EBX      ECX      EDX',
  ...rows(zeroSubs(host)).map(({ leaf, words }) => [leaf, ...words].map(hex8).join('  '))]);

const zeroSubs = (host) => ({ name: host.name, leaves: new Map(
  [...full(host).leaves].filter(([key]) => place(key)[1] === 0)) });

const firecracker = (host, { wrap = (config) => config, leafText = (n) => `0x${hex(n)}` } = {}) =>
  `${JSON.stringify(wrap({ kvm_capabilities: [], cpuid_modifiers: rows(full(host)).map(
    ({ leaf, subleaf, words }) => ({ leaf: leafText(leaf), subleaf: leafText(subleaf), flags: 0,
      modifiers: words.map((value, n) => ({ register: REGS[n], bitmap: `0b${bits(value)}` })) })),
  msr_modifiers: [{ addr: '0x10a', bitmap: `0b${'0'.repeat(62)}11` }] }), null, 2)}\n`;
const firecrackerCarries = (host) => ({ ...full(host), msr: [3, 0] });

// ── the BSDs and macOS ─────────────────────────────────────────────────────────────────────────

const FREEBSD = { Features: '1.0.edx', Features2: '1.0.ecx', 'AMD Features': '80000001.0.edx',
  'AMD Features2': '80000001.0.ecx', 'Structured Extended Features': '7.0.ebx',
  'Structured Extended Features2': '7.0.ecx', 'Structured Extended Features3': '7.0.edx',
  'XSAVE Features': 'd.1.eax', 'AMD Extended Feature Extensions ID EBX': '80000008.0.ebx' };

const freebsd = (host) => {
  const { family, model, stepping, eax } = signature(host);
  return lines(['CPU: Some CPU @ 2.60GHz (2594.00-MHz K8-class CPU)',
    `  Origin="${vendor(host)}"  Id=0x${hex(eax)}  Family=0x${hex(family)}  Model=0x${
      hex(model)}  Stepping=${stepping}`,
    ...Object.entries(FREEBSD).filter(([, key]) => word(host, key)).map(([name, key]) =>
      `  ${name}=0x${hex(word(host, key))}<ONE,TWO,<b13>>`),
    '  VT-x: PAT,HLT,MTF,PAUSE,EPT,UG,VPID', '  TSC: P-state invariant, performance statistics',
    'real memory  = 34359738368 (32768 MB)', 'avail memory = 33282134016 (31740 MB)']);
};

const freebsdCarries = (host) => {
  const carried = pick(host, ['1.0.eax', ...Object.values(FREEBSD)]);
  carried.leaves.set('0.0', [undefined, ...host.leaves.get('0.0').slice(1)]);
  return { ...carried, named: true, may: { 'msr10a.0.eax': -1 } };
};

const NETBSD = { features: '1.0.edx', features1: '1.0.ecx', features2: '80000001.0.edx',
  features3: '80000001.0.ecx', features5: '7.0.ebx', features6: '7.0.ecx', features7: '7.0.edx' };
const netbsd = (host) => {
  const { family, model, stepping, eax } = signature(host);
  return lines([`cpu0: highest basic info ${hex8(host.leaves.get('0.0')[0])}`,
    `cpu0: "Some CPU @ 2.60GHz"`, `cpu0: Some CPU (686-class), 2594.00 MHz`,
    `cpu0: family 0x${hex(family)} model 0x${hex(model)} stepping 0x${hex(stepping)} (id 0x${
      hex(eax)})`, ...Object.entries(NETBSD).filter(([, key]) => word(host, key)).flatMap(
      ([name, key]) => [`cpu0: ${name} 0x${hex(word(host, key))}<FPU,DE,PSE,TSC>`,
        ...(name === 'features' ? [`cpu0: ${name} 0x${hex(word(host, key))}<MSR,PAE>`] : [])]),
    'cpu0: microcode version 0x49, platform ID 0']);
};

/** NetBSD leaves zero words out: what it printed is known, what it did not may be. */
const netbsdCarries = (host) => ({ ...pick(host, ['1.0.eax', ...Object.values(NETBSD)
  .filter((key) => word(host, key))]), truth: host, named: true,
may: Object.fromEntries(['0.0.eax', ...Object.values(NETBSD)].map((key) => [key, -1])) });

const OPENBSD = { '1.0': ['edx', 'ecx'], '6.0': ['eax', 'ecx'], '7.0': ['ebx', 'ecx', 'edx'],
  'd.1': ['eax'], '80000001.0': ['edx', 'ecx'], '80000007.0': ['edx'], '80000008.0': ['ebx'] };
const openbsdKeys = (host) => Object.entries(OPENBSD).flatMap(([at, regs]) =>
  regs.map((reg) => `${at}.${reg}`)).filter((key) => word(host, key));
const openbsd = (host) => {
  const { family, model, stepping } = signature(host);
  const signed = [family, model, stepping].map((one) => hex(one).padStart(2, '0')).join('-');
  return lines([`cpu0: Some CPU @ 2.60GHz, 2594.01 MHz, ${signed}, patch 00000049`,
    ...Object.entries(OPENBSD).flatMap(([at, regs]) => {
      const said = regs.filter((reg) => word(host, `${at}.${reg}`)).map((reg) =>
        `${reg}=${hex(word(host, `${at}.${reg}`))}<ONE,TWO>`);
      const name = /^[7d]/.test(at) ? at : at.replace('.0', '');
      return said.length ? [`cpu0: cpuid ${name} ${said.join(' ')}`] : [];
    }), 'cpu0: 32KB 64b/line 8-way D-cache, 32KB 64b/line 8-way I-cache',
    'cpu0: smt 0, core 0, package 0']);
};

const openbsdCarries = (host) => ({ ...pick(host, openbsdKeys(host)), truth: host, named: true,
  may: { '1.0.eax': -1, ...Object.fromEntries(Object.entries(OPENBSD).flatMap(([at, regs]) =>
    regs.map((reg) => [`${at}.${reg}`, -1]))) } });

const pair = (high, low) => String((BigInt(high) << 32n) | BigInt(low));
const MACOS = ['1.0.eax', '1.0.ecx', '1.0.edx', '7.0.ebx', '80000001.0.ecx', '80000001.0.edx'];
const macos = (host, old) => {
  const at = (key) => word(host, key);
  const { family, model, stepping } = signature(host);
  return lines(['machdep.cpu.max_basic: 13', 'machdep.cpu.max_ext: 2147483656',
    `machdep.cpu.vendor: ${vendor(host)}`, 'machdep.cpu.brand_string: Some CPU @ 2.60GHz',
    `machdep.cpu.family: ${family}`, `machdep.cpu.model: ${model}`,
    `machdep.cpu.stepping: ${stepping}`, `machdep.cpu.signature: ${at('1.0.eax')}`,
    ...(old ? [`machdep.cpu.feature_bits: ${at('1.0.edx')} ${at('1.0.ecx')}`,
      `machdep.cpu.leaf7_feature_bits: ${at('7.0.ebx')}`,
      `machdep.cpu.extfeature_bits: ${at('80000001.0.edx')} ${at('80000001.0.ecx')}`]
      : [`machdep.cpu.feature_bits: ${pair(at('1.0.ecx'), at('1.0.edx'))}`,
        `machdep.cpu.leaf7_feature_bits: ${at('7.0.ebx')} ${at('7.0.ecx')}`,
        `machdep.cpu.leaf7_feature_bits_edx: ${at('7.0.edx')}`,
        `machdep.cpu.extfeature_bits: ${pair(at('80000001.0.ecx'), at('80000001.0.edx'))}`]),
    'machdep.cpu.core_count: 4', 'machdep.cpu.thread_count: 8'])
    .replace('max_basic: 13', `max_basic: ${host.leaves.get('0.0')[0]}`)
    .replace('2147483656', `${host.leaves.get('80000000.0')?.[0] ?? 0}`);
};
const macosCarries = (old) => (host) => {
  const said = old ? MACOS : [...MACOS, '7.0.ecx', '7.0.edx'];
  const carried = pick(host, said.filter((key) => !above(host, key.replace(/\.e.x$/, ''))));
  carried.leaves.set('0.0', [undefined, ...host.leaves.get('0.0').slice(1)]);
  Object.assign(carried, { truth: host, named: true });
  carried.may = { '0.0.eax': -1, '80000000.0.eax': -1 };
  return carried;
};

// ── cpuid's report in sentences ────────────────────────────────────────────────────────────────

/** labels.tsv: section, label, register and bit of a few sections whole. */
const labels = readFileSync(new URL('./labels.tsv', import.meta.url), 'utf8').trim().split('\n')
  .slice(1).map((line) => {
    const [vendors, key, bit, section, label] = line.split('\t');
    return { vendors, key, bit: Number(bit), section, label };
  });

const labelsOf = (host) => labels.filter(({ vendors, key }) =>
  (vendors === 'both' || vendors === vendor(host))
  && host.leaves.has(key.split('.').slice(0, 2).join('.')));

function decoded(host, header = 'CPU:') {
  const { base, stepping } = signature(host);
  const eax = word(host, '1.0.eax');
  const field = (shift, mask) => `0x${hex((eax >>> shift) & mask)} (${(eax >>> shift) & mask})`;
  let section = '';
  return lines([header, `   vendor_id = "${vendor(host)}"`, '   version information (1/eax):',
    '      processor type  = primary processor (0)', `      family          = 0x${hex(base)} (${
      base})`, `      model           = ${field(4, 15)}`, `      stepping id     = 0x${
      hex(stepping)} (${stepping})`, `      extended family = ${field(20, 255)}`,
    `      extended model  = ${field(16, 15)}`, '      (simple synth)  = Some CPU',
    ...labelsOf(host).flatMap((one) => {
      const head = one.section === section ? [] : [`   ${one.section}:`];
      section = one.section;
      const is = (word(host, one.key) >>> one.bit) & 1;
      return [...head, `      ${one.label.padEnd(40)} = ${is ? 'true' : 'false'}`];
    }), ...(brand(host) ? [`   brand = "${brand(host)}"`] : []),
    '   (multi-processing synth) = none', '   (synth) = Some CPU']);
}

function decodedCarries(host) {
  const known = {};
  for (const { key, bit } of labelsOf(host)) known[key] = (known[key] ?? 0) | (1 << bit);
  const carried = pick(host, ['1.0.eax', ...Object.keys(known)]);
  carried.leaves.set('0.0', [undefined, ...host.leaves.get('0.0').slice(1)]);
  return { ...carried, must: known, may: known, named: true };
}

export const systemFormats = {
  'xl info': { id: 'xl-info', carries: carriesFirst(8),
    print: (host) => xlInfo(host, featureset(host, 8)) },
  'xl info, old order': { id: 'xl-info', carries: (host) => pick(host, OLD.filter(Boolean)),
    print: (host) => xlInfo(host, oldCaps(host)) },
  'hw_caps alone': { id: 'xl-info', carries: carriesFirst(8),
    print: (host) => `hw_caps : ${featureset(host, 8).join(':')}\n` },
  ...Object.fromEntries([9, 10, 14, 15, 18, 19].map((n) => [`XAPI, ${n} words`, { id: 'xapi',
    carries: xapiCarries(n), print: (host) => xapi(host, n) }])),
  'XAPI, pool-levelled': { id: 'xapi', carries: xapiCarries(15),
    print: (host) => xapi(host, 15, { suffix: '' }) },
  'XAPI, four words': { id: 'xapi', carries: (host) => pick(host, ['1.0.ecx', '1.0.edx',
    '80000001.0.ecx', '80000001.0.edx']), print: (host) => `features: ${xapiFour(host)}\n` },
  'XAPI, one line': { id: 'xapi', carries: xapiCarries(15), print: (host) =>
    `     cpu_info (MRO): features_hvm_host: ${featureset(host, 15).join('-')}; features_hvm: ${
      less(featureset(host, 15), 0x1fcbfbff).join('-')}; vendor: ${vendor(host)}; flags: fpu de\n` },
  'xen-cpuid -i': { id: 'xen-cpuid', carries: carriesFirst(16),
    print: (host) => lines(staticSets(host, 16)) },
  'xen-cpuid -d': { id: 'xen-cpuid', carries: carriesFirst(16), print: (host) =>
    lines(staticSets(host, 16).flatMap((line) => (/^ +Host /.test(line)
      ? [line, '  [00] CPUID 0x00000001.edx   fpu vme de pse tsc msr <31>',
        '  [05] CPUID 0x00000007:0.ebx   fsgsbase bmi1'] : [line]))) },
  'VBox.log': { id: 'virtualbox', carries: full, print: vbox },
  'VBoxManage list hostcpuids': { id: 'virtualbox', carries: zeroSubs, print: hostcpuids },
  'Firecracker': { id: 'firecracker', carries: firecrackerCarries, print: (host) => firecracker(host) },
  'Firecracker fingerprint': { id: 'firecracker', carries: firecrackerCarries, print: (host) =>
    firecracker(host, { wrap: (config) => ({ firecracker_version: '1.7.0', kernel_version: '6.1',
      microcode_version: '0x49', bios_version: '1', guest_cpu_config: config }),
    leafText: String }) },
  'FreeBSD': { id: 'freebsd', carries: freebsdCarries, print: freebsd },
  'NetBSD': { id: 'netbsd', carries: netbsdCarries, print: netbsd },
  'OpenBSD': { id: 'openbsd', carries: openbsdCarries, print: openbsd },
  'macOS': { id: 'macos', carries: macosCarries(false), print: (host) => macos(host, false) },
  'macOS, old': { id: 'macos', carries: macosCarries(true), print: (host) => macos(host, true) },
  'cpuid, decoded': { id: 'cpuid-text', cpus: true, carries: decodedCarries, print: (host, cpus = 1) =>
    Array.from({ length: cpus }, (_, n) => decoded(host, cpus > 1 ? `CPU ${n}:` : 'CPU:'))
      .join('') },
};

function xapiCarries(n) {
  return (host) => {
    const carried = carriesFirst(n)(host);
    carried.leaves.set('0.0', [undefined, ...host.leaves.get('0.0').slice(1)]);
    Object.assign(carried, { truth: host, named: true });
    carried.may = { '1.0.eax': -1, '0.0.eax': 0,
      ...(n > 17 ? { 'msr10a.0.eax': -1, 'msr10a.0.edx': -1 } : {}) };
    return carried;
  };
}
