// Printers of the tools that dump registers on Linux, Windows and elsewhere.
import { hex8, REGS } from '../hosts.mjs';
import { bits, bytes, cpusOf, full, hex, indexed, keyOf, letters, lines, only, rows, upper, word,
  words as wordsOf, zeroes } from './common.mjs';

const some = (list) => list.some((value) => value);

// kcpuid skips empty rows and says subleaves in decimal.
function kcpuid(host, { basic = 'Standard' } = {}) {
  const has = (leaf) => indexed(leaf) && leaf !== 0x8000001d && leaf !== 0x80000026;
  const said = (words, comma = ', ') =>
    words.map((value, n) => `${REGS[n].toUpperCase()}=0x${hex8(value)}`).join(comma);
  const range = (title, from, to) => {
    const list = rows(full(host)).filter(({ leaf, words }) =>
      leaf >= from && leaf < to && some(words));
    return [`${title} Leafs :`, '================', ...list.flatMap(({ leaf, subleaf, words }, n) =>
      (has(leaf) ? [...(list[n - 1]?.leaf === leaf ? [] : [`0x${hex8(leaf)}: subleafs:`]),
        ` ${String(subleaf).padStart(2)}: ${said(words)}`] : [`0x${hex8(leaf)}: ${said(words)}`]))];
  };
  return lines([...range(basic, 0, 0x40000000), '', ...range('Extended', 0x80000000, 0x80860000),
    '']);
}

const kcpuidCarries = (host) => zeroes(host, only(host, (leaf, subleaf) =>
  some(host.leaves.get(keyOf(leaf, subleaf)))));

const tychoRow = ({ leaf, subleaf, words }) => `CPUID ${hex8(leaf)}:${
  hex8(subleaf).slice(6)} = ${words.map(hex8).join(' ')} | ${letters(words)}`;

const perCpu = (row, header = (n) => [`CPU ${n}:`]) => (host, cpus = 2) =>
  lines(cpusOf(full(host), cpus).flatMap((one, n) => [...header(n), ...rows(one).map(row)]));

const unindexed = (host) => only(host, (leaf) => !indexed(leaf) && leaf !== 2);
const zeroSubs = (host) => only(host, (leaf, subleaf) => subleaf === 0);

const tychoXen = (value) => (host) => lines(['cpuid = [', ...rows(full(host)).map(
  ({ leaf, subleaf, words }) => `    '0x${hex8(leaf)}${indexed(leaf) ? `,${subleaf}` : ''}:${
    words.map((one, n) => `${REGS[n]}=${value(one)}`).join(',')}',`), ']']);

const sxp = (host) => lines(['(', ...rows(unindexed(host)).flatMap(({ leaf, words }) =>
  words.map((value, n) => `${n ? '              ' : `    (0x${hex8(leaf)}   (`}(${REGS[n]} ${
    bits(value)})${n === 3 ? '))' : ''}`)), ')']);

// xen-cpuid -p: subleaf ffffffff where there is none; empty rows are skipped.
const XEN_INDEXED = [4, 7, 0xb, 0xd, 0xf, 0x10, 0x12, 0x14, 0x1f, 0x8000001d];
function policy(title, host) {
  const list = rows(full(host)).filter(({ words }) => some(words));
  return [`${title} policy: ${list.length} leaves, 2 MSRs`, ' CPUID:',
    '  leaf     subleaf  -> eax      ebx      ecx      edx',
    ...list.map(({ leaf, subleaf, words }) => `  ${hex8(leaf)}:${
      XEN_INDEXED.includes(leaf) ? hex8(subleaf) : 'ffffffff'} -> ${words.map(hex8).join(':')}`),
    ' MSRs:', '  index    -> value   ', '  000000ce -> 0000000080000000',
    '  0000010a -> 000000000400ec3b'];
}

/** The host as a policy that hides some of it shows it. */
const lesser = (host) => ({ name: host.name, leaves: new Map([...host.leaves].map(([key, words]) =>
  [key, ['1.0', '7.0', '80000001.0'].includes(key) ? [words[0], words[1] & 0x0f0f0f0f,
    words[2] & 0x0ff00ff0, words[3]].map((value) => value >>> 0) : words])) });

const xenPolicy = (host) => lines(['Xen reports there are maximum 115 leaves and 3 MSRs',
  ...policy('Raw', host), ...policy('Host', host), ...policy('PV Max', lesser(host)),
  ...policy('HVM Max', lesser(host)), ...policy('PV Default', lesser(host)),
  ...policy('HVM Default', lesser(host))]);

const x86info = (host, cpus = 1) => lines(['x86info v1.31pre  Dave Jones 2001-2011',
  'Feedback to <davej@redhat.com>.', '', ...cpusOf(zeroSubs(host), cpus).flatMap((one, n) => [
    ...(cpus > 1 ? [`CPU #${n + 1}`] : []),
    ...rows(one).map(({ leaf, words }) => `eax in: 0x${hex8(leaf)}, ${
      words.map((value, at) => `${REGS[at]} = ${hex8(value)}`).join(' ')}`)])]);

// raw-cpuid ends before the last leaf of each range and knows no subleaves.
const rustCarries = (host) => only(host, (leaf, subleaf) => {
  const top = host.leaves.get(leaf < 0x80000000 ? '0.0' : '80000000.0')?.[0] ?? leaf + 1;
  return subleaf === 0 && leaf < top;
});
const rust = (value) => (host) => lines(rows(rustCarries(host)).map(({ leaf, words }) =>
  `(0x${hex(leaf)}, 0x0) => CpuIdResult { ${
    words.map((one, n) => `${REGS[n]}: ${value(one)}`).join(', ')} }`));

const manusov = (host) => lines([
  '  Function    Subfunction   Pass        EAX         EBX         ECX         EDX',
  '-'.repeat(78), ...rows(full(host)).map(({ leaf, subleaf, words }) =>
    ['', upper(leaf), upper(subleaf), '', '00000000', ...words.map(upper)].join('    ')
      .replace('        00000000', '      00000000').slice(2)),
  '-'.repeat(78)]);

const tagged = (leaf, subleaf, words) => `<register eax="${upper(leaf)}" ecx="${upper(subleaf)}">${
  words.map(upper).join(',')}</register>`;

const rjcp = (host, cpus = 2) => `\ufeff${lines(['<?xml version="1.0" encoding="utf-8"?>',
  '<cpuid type="x86">', ...cpusOf(full(host), cpus).flatMap((one) => ['\t<processor>',
    ...rows(one).map(({ leaf, subleaf, words }) => `\t\t${tagged(leaf, subleaf, words)}`),
    '\t</processor>']), '</cpuid>'])}`;

const cpuz = (host, cpus = 2) => lines(['CPU-Z TXT Report', '-'.repeat(73), '',
  'Binaries', '-'.repeat(73), '', 'CPU-Z version\t\t\t2.01.0.x64', '', 'Thread dumps',
  '-'.repeat(73), '', ...cpusOf(full(host), cpus).flatMap((one, n) => [`CPU Thread ${n}`,
    `\tAPIC ID\t\t\t${n}`, `\tMax CPUID level\t\t${upper(one.leaves.get('0.0')[0])}h`,
    '\tCPUID', ...rows(one).map(({ leaf, words }) =>
      `\t${[leaf, ...words].map((value) => `0x${upper(value)}`).join('\t\t')}`),
    '\tMSR 0x0000001B\t\tedx = 0x00000000\teax = 0xFEE00900', ''])]);

const cpuzOld = (host, cpus = 2) => lines(['CPU-Z TXT Report', '-'.repeat(73), '', 'Thread dumps', '-'.repeat(73),
  '', ...cpusOf(full(host), cpus).flatMap((one, n) => [`CPU Thread ${n}`, `APIC ID\t\t${n}`,
    `Max CPUID level\t0000000${hex(n)}h`, '', 'Function\t\teax\t\tebx\t\tecx\t\tedx',
    ...rows(one).map(({ leaf, words }) => [leaf, ...words].map((value) => `0x${upper(value)}`)
      .join('\t\t')), ''])]);

/** Without labels a gap in the subleaves cannot be told: keep those before the first gap. */
export function unlabelled(host) {
  const leaves = new Map();
  for (const { leaf, subleaf, words } of rows(full(host))) {
    if (subleaf === 0 || leaf === 0xd || leaves.has(keyOf(leaf, subleaf - 1))) {
      leaves.set(keyOf(leaf, subleaf), words);
    }
  }
  return { name: host.name, leaves };
}

const table = (between, { head = ['leaf', 'subleaf', ...REGS], value = (one) => `0x${hex8(one)}`,
  ends = '' } = {}) => (host) => lines([head, ...rows(full(host)).map(({ leaf, subleaf, words }) =>
  [`0x${hex(leaf)}`, `0x${hex(subleaf)}`, ...words.map(value)])].map((cells) =>
  `${ends}${cells.join(between)}${ends}`));

// A hexdump of single leaves, as dd reads them out of /dev/cpu/0/cpuid, and of its beginning.
const HEXDUMPED = [0, 1, 2, 3, 4, 5, 6, 7];
const dumped = (host) => HEXDUMPED.flatMap((leaf) =>
  bytes(host.leaves.get(keyOf(leaf)) ?? [0, 0, 0, 0]));

const twos = (list) => list.map((one) => one.toString(16).padStart(2, '0'));
const plainText = (list) => list.map((one) =>
  (one > 31 && one < 127 ? String.fromCharCode(one) : '.')).join('');

export const toolFormats = {
  'kcpuid -r': { id: 'kcpuid', carries: kcpuidCarries, print: (host) => kcpuid(host) },
  'kcpuid -r, older': { id: 'kcpuid', carries: kcpuidCarries,
    print: (host) => kcpuid(host, { basic: 'Basic' }) },
  'tycho cpuid -d': { id: 'cpuid-d', cpus: true, carries: full, print: perCpu(tychoRow) },
  'tycho cpuid -d, results': { id: 'cpuid-d', cpus: true, carries: full, print: perCpu(
    ({ leaf, subleaf, words }) => `CPUID ${hex8(leaf)}, ${indexed(leaf)
      ? `index ${hex(subleaf)} =` : 'results ='} ${words.map(hex8).join(' ')}`) },
  'tycho cpuid -d -o vmware': { id: 'cpuid-d', carries: unindexed, print: (host) =>
    lines(rows(unindexed(host)).flatMap(({ leaf, words }) => words.map((value, n) =>
      `cpuid.${hex(leaf)}.${REGS[n]} = "${bits(value)}"`))) },
  'tycho cpuid -d -o xen': { id: 'cpuid-d', carries: full, print: tychoXen(bits) },
  'tycho cpuid -d -o xen, older': { id: 'cpuid-d', carries: full,
    print: tychoXen((value) => `0x${hex8(value)}`) },
  'tycho cpuid -d -o sxp': { id: 'cpuid-d', carries: unindexed, print: sxp },
  'xen-cpuid -p': { id: 'xen-cpuid', print: xenPolicy,
    carries: (host) => ({ ...kcpuidCarries(host), msr: [0x0400ec3b, 0] }) },
  'x86info -r': { id: 'x86info', cpus: true, carries: zeroSubs, print: x86info },
  'raw-cpuid': { id: 'raw-cpuid', carries: rustCarries, print: rust((value) => `0x${hex(value)}`) },
  'raw-cpuid, decimal': { id: 'raw-cpuid', carries: rustCarries,
    print: rust((value) => String(value)) },
  'manusov': { id: 'table', carries: full, print: manusov },
  'RJCP XML': { id: 'rjcp', cpus: true, carries: full, print: rjcp },
  'CPU-Z': { id: 'cpu-z', cpus: true, carries: unlabelled, guesses: true,
    print: (host, cpus) => cpuz(unlabelled(host), cpus) },
  'CPU-Z, old': { id: 'cpu-z', cpus: true, carries: unlabelled, guesses: true,
    print: (host, cpus) => cpuzOld(unlabelled(host), cpus) },
  'cpucontrol': { id: 'cpucontrol', carries: full, print: (host) => lines(rows(full(host)).map(
    ({ leaf, subleaf, words }) => `cpuid level 0x${hex(leaf)}${indexed(leaf)
      ? `, level_type 0x${hex(subleaf)}` : ''}: ${
      words.map((value) => `0x${hex8(value)}`).join(' ')}`)) },
  'table, commas': { id: 'table', carries: full, print: table(',') },
  'table, semicolons': { id: 'table', carries: full, print: table(';', { head: ['Function', 'Index',
    'EAX', 'EBX', 'ECX', 'EDX'] }) },
  'table, tabs': { id: 'table', carries: full, print: table('\t', { value: upper }) },
  'table, bars': { id: 'table', carries: full, print: table(' | ', { ends: '|' }) },
  'table, blanks': { id: 'table', carries: full, print: table('   ') },
  'table, no header': { id: 'table', carries: full, print: (host) =>
    lines(rows(full(host)).map(({ leaf, subleaf, words }) =>
      [upper(leaf), hex8(subleaf).slice(6), ...words.map(upper)].join('  '))) },
  'xxd of /dev/cpu/0/cpuid': { id: 'bytes', carries: bytesCarry, print: (host) =>
    lines(HEXDUMPED.map((leaf) => {
      const list = dumped(host).slice(leaf * 16, leaf * 16 + 16);
      return `${hex8(leaf * 16)}: ${twos(list).join('').match(/.{4}/g).join(' ')}  ${
        plainText(list)}`;
    })) },
  ...handTyped(),
};

function bytesCarry(host) {
  return full({ name: host.name, leaves: new Map(HEXDUMPED.map((leaf) => [keyOf(leaf),
    host.leaves.get(keyOf(leaf)) ?? [0, 0, 0, 0]])) });
}

/** Forms in which people write single registers down. */
function handTyped() {
  const each = (form, pass = () => true) => ({ id: 'registers',
    carries: (host) => only(host, pass), print: (host) => lines(rows(only(host, pass)).flatMap(
      ({ leaf, subleaf, words }) => words.map((value, n) => form(leaf, subleaf, REGS[n], value)))) });
  const bare = (leaf, subleaf) => subleaf === 0;
  const short = (leaf) => (leaf >= 0x80000000 ? `8${hex(leaf & 0xff)}` : hex(leaf));
  return {
    'typed: CPUID.1:ECX': each((leaf, subleaf, reg, value) =>
      `CPUID.${hex(leaf)}:${reg.toUpperCase()} = 0x${hex8(value)}`, bare),
    'typed: CPUID.(EAX=07H,ECX=0H):EBX': each((leaf, subleaf, reg, value) =>
      `CPUID.(EAX=${hex(leaf).toUpperCase().padStart(2, '0')}H,ECX=${hex(subleaf).toUpperCase()}H):${
        reg.toUpperCase()} = 0x${upper(value)}`),
    'typed: leaf 1 ecx': each((leaf, subleaf, reg, value) =>
      `leaf ${hex(leaf)} ${reg} 0x${hex(value)}`, bare),
    'typed: 1/ecx': each((leaf, subleaf, reg, value) => `${hex(leaf)}/${reg}: ${hex8(value)}`, bare),
    'typed: cpuid.1.ecx = "0x"': each((leaf, subleaf, reg, value) =>
      `cpuid.${hex(leaf)}.${reg} = "0x${hex8(value)}"`, bare),
    'typed: 0x7.0.ebx=': each((leaf, subleaf, reg, value) =>
      `0x${hex(leaf)}.${hex(subleaf)}.${reg}=0x${hex8(value)}`),
    'typed: id1 ecx, binary': { ...each((leaf, subleaf, reg, value) =>
      `id${short(leaf)} ${reg} ${bits(value).match(/.{4}/g).join(' ')}`,
    (leaf, subleaf) => bare(leaf, subleaf) && (leaf === 0 || leaf === 1 || leaf === 0x80000001)),
    id: 'esx-cd' },
    'typed: eax= under a leaf': { id: 'registers', carries: zeroSubs, print: (host) =>
      lines(rows(zeroSubs(host)).flatMap(({ leaf, words }) => [`leaf 0x${hex(leaf)}:`,
        words.map((value, n) => `${REGS[n]}=0x${hex8(value)}`).join(' ')])) },
  };
}

// hexdump -C cuts repeated rows to a star and ends in the length; od groups words.
Object.assign(toolFormats, {
  'hexdump -C of /dev/cpu/0/cpuid': { id: 'bytes', carries: bytesCarry, print: (host) =>
    lines([...HEXDUMPED.map((leaf) => {
      const list = twos(dumped(host).slice(leaf * 16, leaf * 16 + 16));
      return `${hex8(leaf * 16)}  ${list.slice(0, 8).join(' ')}  ${list.slice(8).join(' ')}  |${
        plainText(dumped(host).slice(leaf * 16, leaf * 16 + 16))}|`;
    }), hex8(HEXDUMPED.length * 16)]) },
  'od -A x -t x4 of /dev/cpu/0/cpuid': { id: 'bytes', carries: bytesCarry, print: (host) =>
    lines([...HEXDUMPED.map((leaf) => `${hex8(leaf * 16).slice(2)} ${
      (host.leaves.get(keyOf(leaf)) ?? [0, 0, 0, 0]).map(hex8).join(' ')}`), '000080']) },
  'dd and od -t u4': { id: 'bytes', carries: bytesCarry, print: (host) =>
    lines(HEXDUMPED.flatMap((leaf) => [
      `# dd if=/dev/cpu/0/cpuid bs=16 skip=${leaf} iflag=skip_bytes count=1 | od -A n -t u4`,
      ` ${(host.leaves.get(keyOf(leaf)) ?? [0, 0, 0, 0]).map((one) => String(one).padStart(10))
        .join(' ')}`])) },
  'dmidecode': { id: 'bytes', carries: (host) => wordsOf(host, { '1.0.eax': word(host, '1.0.eax'),
    '1.0.edx': word(host, '1.0.edx') }), print: (host) => lines(['# dmidecode 3.4',
    'Getting SMBIOS data from sysfs.', '', 'Handle 0x0004, DMI type 4, 48 bytes',
    'Processor Information', '\tSocket Designation: CPU1', '\tType: Central Processor',
    `\tID: ${twos(bytes([word(host, '1.0.eax'), word(host, '1.0.edx')])).join(' ').toUpperCase()}`,
    '\tVersion: none', '\tVoltage: 1.6 V']) },
  'ProcessorId': { id: 'bytes', carries: (host) => wordsOf(host, {
    '1.0.eax': word(host, '1.0.eax'), '1.0.edx': word(host, '1.0.edx') }), print: (host) =>
    lines(['ProcessorId', upper(word(host, '1.0.edx')) + upper(word(host, '1.0.eax'))]) },
});
