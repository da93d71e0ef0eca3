// Hosts to test with: literal ones named after their processor, random plausible ones, a printer
// for every format the reader knows, and the noise that pasting adds.
import { readFileSync } from 'node:fs';

/** @typedef {{ name: string, leaves: Map<string, (number|undefined)[]> }} Host
 *  leaves: "leaf.subleaf" in hex -> [eax, ebx, ecx, edx]; undefined and absent are unknown. */

export const REGS = ['eax', 'ebx', 'ecx', 'edx'];
export const hex8 = (word) => (word >>> 0).toString(16).padStart(8, '0');

// ── literal hosts ──────────────────────────────────────────────────────────────────────────────

export const hosts = readHosts(readFileSync(new URL('./hosts.txt', import.meta.url), 'utf8'));

function readHosts(text) {
  const found = {};
  let leaves;
  for (const line of text.split('\n').slice(1)) {
    if (line.startsWith('# ')) {
      leaves = new Map();
      found[line.slice(2)] = { name: line.slice(2), leaves };
    } else if (line) {
      const [key, words] = line.split(': ');
      leaves.set(key, words.split(' ').map((word) => parseInt(word, 16)));
    }
  }
  return found;
}

/** The pair of the 2006 post: only what the ESX CD prints. */
export const post2006 = [
  esxHost('post A', 0x0000641d, 0xbfebfbff, 0, 0x20000000),
  esxHost('post B', 0x00004400, 0xbfebfbff, 0, 0),
];

export function esxHost(name, ecx1, edx1, ecx81, edx81) {
  return { name, leaves: new Map([
    ['1.0', [undefined, undefined, ecx1, edx1]],
    ['80000001.0', [undefined, undefined, ecx81, edx81]],
  ]) };
}

/** A copy of a host with single words changed: change(h, { '1.0.ecx': (w) => w | 1 }). */
export function change(host, edits, name = host.name) {
  const leaves = new Map([...host.leaves].map(([key, row]) => [key, [...row]]));
  for (const [key, edit] of Object.entries(edits)) {
    const [leaf, subleaf, reg] = key.split('.');
    const at = `${leaf}.${subleaf}`;
    if (!leaves.has(at)) leaves.set(at, [0, 0, 0, 0]);
    const row = leaves.get(at);
    const place = REGS.indexOf(reg);
    row[place] = typeof edit === 'function' ? edit(row[place]) >>> 0 : edit;
  }
  return { name, leaves };
}

// ── what a text can tell ───────────────────────────────────────────────────────────────────────

/** Every known word as "leaf.subleaf.reg" -> number, without what stands above the maxima. */
export function known(host) {
  const words = {};
  for (const [key, row] of host.leaves) {
    if (above(host, key)) continue;
    row.forEach((word, place) => {
      if (word !== undefined) words[`${key}.${REGS[place]}`] = word;
    });
  }
  return words;
}

/** Bits that tell one logical CPU from another: no property of the host. */
export function perCpu(key) {
  if (/^(b|1a|1f|8000001e|80000026)\./.test(key)) return -1;
  return { '1.0.ebx': 0xff000000, '6.0.edx': 0xffff0000 }[key] ?? 0;
}

/** The words of a host as control.mjs takes them: absent above a maximum is a known zero. */
export function truth(host) {
  const words = new Map(Object.entries(known(host)));
  words.zero = (key) => above(host, key.split('.').slice(0, 2).join('.'));
  return words;
}

/** Whether a leaf stands above the host's own maximum, so that its text is an echo. */
export function above(host, key) {
  const [leaf, subleaf] = key.split('.').map((part) => parseInt(part, 16));
  const max = (at) => host.leaves.get(at)?.[0];
  if (leaf === 7 && subleaf > (max('7.0') ?? subleaf)) return true;
  if (leaf < 0x40000000) return leaf > (max('0.0') ?? leaf);
  if (leaf < 0x80000000) return true;
  if (leaf < 0x80860000) return leaf > (max('80000000.0') ?? leaf);
  return true;
}

const byLeaf = (a, b) => {
  const [x, y] = [a, b].map(([key]) => key.split('.').map((part) => parseInt(part, 16)));
  return x[0] - y[0] || x[1] - y[1];
};

const rows = (host) => [...host.leaves].sort(byLeaf).map(([key, words]) => {
  const [leaf, subleaf] = key.split('.').map((part) => parseInt(part, 16));
  return { leaf, subleaf, words };
});

/** The host as its CPU number n reports it: only the APIC ids differ. */
export function cpu(host, n) {
  return change(host, {
    '1.0.ebx': (word = 0) => (word & 0x00ffffff) | (n << 24),
    ...(host.leaves.has('b.0') ? { 'b.0.edx': n } : {}),
  });
}

const cpusOf = (host, count) => Array.from({ length: count }, (_, n) => cpu(host, n));

// ── printers ───────────────────────────────────────────────────────────────────────────────────
// Each returns text that ends in a newline; carries(host) is what of the host such a text can say.

const whole = (word) => word !== undefined;
const full = (host) => ({ name: host.name,
  leaves: new Map([...host.leaves].filter(([, words]) => words.every(whole))) });

const alternate = (word) => (word ? `0x${hex8(word)}` : '0000000000');

const ESX = [['ID1ECX', '1.0', 2], ['ID1EDX', '1.0', 3],
  ['ID81ECX', '80000001.0', 2], ['ID81EDX', '80000001.0', 3]];

const esxCarries = (host) => {
  const word = (at, place) => host.leaves.get(at)?.[place] ?? 0;
  return esxHost(host.name, ...ESX.map(([, at, place]) => word(at, place)));
};

const esxValues = (host) => ESX.map(([name, at, place]) =>
  [name, alternate(host.leaves.get(at)?.[place] ?? 0)]);

const toddLine = ({ leaf, subleaf, words }) =>
  `   0x${hex8(leaf)} 0x${subleaf.toString(16).padStart(2, '0')}: `
  + words.map((word, place) => `${REGS[place]}=0x${hex8(word)}`).join(' ');

const lines = (list) => list.map((line) => `${line}\n`).join('');

const todd = (header, host) => lines([header, ...rows(host).map(toddLine)]);

/** An AIDA64 or InstLatx64 dump in one of the spellings met in the wild. */
export function aida(host, { header = () => [], colon = ': ', dash = '-', lower = false,
  labels = true, after = '', cpus = 1, between = [''] } = {}) {
  const indexed = (leaf) => [4, 7, 0xb, 0xd, 0xf, 0x10, 0x12, 0x14, 0x18, 0x1d, 0x1e, 0x1f, 0x24,
    0x8000001d, 0x80000026].includes(leaf);
  const line = ({ leaf, subleaf, words }) => {
    const label = labels && indexed(leaf)
      ? ` [SL ${subleaf.toString(16).padStart(2, '0').toUpperCase()}]` : '';
    const text = `${hex8(leaf)}${colon}${words.map(hex8).join(dash)}`;
    return `CPUID ${lower ? text : text.toUpperCase()}${label}${after}`;
  };
  return lines(cpusOf(full(host), cpus).flatMap((one, n) => [
    ...(n ? between : []), ...header(n), ...rows(one).map(line)]));
}

/** The header styles of AIDA64 and InstLatx64 dumps, each with the line style it was met with. */
export const aidaStyles = {
  'CPUID Registers / Logical CPU':
    { header: (n) => [`------[ CPUID Registers / Logical CPU #${n} ]------`, ''] },
  'Logical CPU': { header: (n) => [`------[ Logical CPU #${n} ]------`, '',
    `allcpu: Package 0 / Core ${n} / Thread 0: Valid`] },
  'CPUID Registers (CPU #1)':
    { header: (n) => [`CPUID Registers (CPU #${n + 1}):`], colon: '  \t' },
  'CPUID Registers (CPU #2 Virtual)':
    { header: (n) => [`CPUID Registers (CPU #${n + 1}${n ? ' Virtual' : ''}):`], colon: ' :' },
  'CPU#000 AffMask':
    { header: (n) => [`CPU#${String(n).padStart(3, '0')} AffMask: 0x${
      (1 << n).toString(16).padStart(16, '0')} `], after: ' ' },
  'CPU 0': { header: (n) => [`CPU ${n}:`] },
  'no header': {},
  'no header, unlabelled': { labels: false },
  'no header, spaces': { dash: ' ', labels: false },
  'no header, lower case': { lower: true },
};

const NAMED = { 4: 'intel_fn4', 0xb: 'intel_fn11', 0x12: 'intel_fn12h', 0x14: 'intel_fn14h',
  0x8000001d: 'amd_fn8000001dh', 0x80000026: 'amd_fn80000026h' };

/** libcpuid keeps 32 basic and 32 extended leaves, whatever the maximum says. */
function libcpuid(host, { echo = true, header = true } = {}) {
  const highest = host.leaves.get(`${host.leaves.get('0.0')[0].toString(16)}.0`) ?? [0, 0, 0, 0];
  const word = (leaf) => host.leaves.get(`${leaf.toString(16)}.0`)
    ?? (echo && above(host, `${leaf.toString(16)}.0`) ? highest : [0, 0, 0, 0]);
  const row = (name, n, words) => `${name}[${n}]=${words.map(hex8).join(' ')}`;
  const range = Array.from({ length: 32 }, (_, n) => n);
  return lines(['version=0.8.2', '', ...(header
    ? ['_________________ Logical CPU #0 _________________'] : []),
  ...range.map((n) => row('basic_cpuid', n, word(n))),
  ...range.map((n) => row('ext_cpuid', n, word(0x80000000 + n))),
  ...rows(host).filter(({ leaf }) => NAMED[leaf]).map(({ leaf, subleaf, words }) =>
    row(NAMED[leaf], subleaf, words))]);
}

function libcpuidCarries(host) {
  const leaves = new Map();
  for (let n = 0; n < 32; n++) {
    for (const base of [0, 0x80000000]) {
      const key = `${(base + n).toString(16)}.0`;
      if (!above(host, key)) leaves.set(key, host.leaves.get(key) ?? [0, 0, 0, 0]);
    }
  }
  for (const [key, words] of host.leaves) {
    if (NAMED[parseInt(key, 16)]) leaves.set(key, words);
  }
  return { name: host.name, leaves };
}

const cpudata = (host, { quote = "'" } = {}) => lines([`<!-- ${host.name} -->`,
  "<cpudata arch='x86'>", ...rows(full(host)).map(({ leaf, subleaf, words }) =>
    `  <cpuid eax_in='0x${hex8(leaf)}' ecx_in='0x${subleaf.toString(16).padStart(2, '0')}' `
    + `${words.map((word, place) => `${REGS[place]}='0x${hex8(word)}'`).join(' ')}/>`
  ).map((line) => line.replaceAll("'", quote)), '</cpudata>']);

/** format name -> { print(host, cpus), carries(host), cpus: can it hold several } */
export const formats = {
  'esx cd': { carries: esxCarries,
    print: (host) => lines(esxValues(host).map((pair) => pair.join(' '))) },
  'esx cd table': { carries: esxCarries, print: (host) => {
    const values = esxValues(host);
    const row = (which) => values.map((pair) => pair[which].padEnd(12)).join('').trimEnd();
    return lines([row(0), row(1)]);
  } },
  'cpuid -1 -r': { carries: full, print: (host) => todd('CPU:', full(host)) },
  'cpuid -r': { carries: full, cpus: true, print: (host, cpus = 2) =>
    cpusOf(full(host), cpus).map((one, n) => todd(`CPU ${n}:`, one)).join('') },
  ...Object.fromEntries(Object.entries(aidaStyles).map(([name, style]) => [`aida: ${name}`, {
    cpus: true,
    carries: style.labels === false ? unlabelled : full,
    print: (host, cpus = 2) =>
      aida(style.labels === false ? unlabelled(host) : host, { ...style, cpus }),
  }])),
  'libcpuid raw': { carries: libcpuidCarries, print: (host) => libcpuid(host) },
  'libcpuid raw, old': { carries: libcpuidCarries,
    print: (host) => libcpuid(host, { echo: false, header: false }) },
  'libcpuid .test': { carries: libcpuidCarries, print: (host) => `${libcpuid(host)}${'-'.repeat(80)}
x86
x86-64-v2
general
6
` },
  'libcpuid .test, aida': { carries: full, print: (host) =>
    `${aida(host, aidaStyles['Logical CPU'])}${'-'.repeat(80)}\nx86\nserver\n15\n` },
  'libvirt cpudata': { carries: full, print: (host) => cpudata(host) },
  'libvirt cpudata, double quotes':
    { carries: full, print: (host) => cpudata(host, { quote: '"' }) },
};

/** Without labels a gap in the subleaves cannot be told: keep those before the first gap. */
function unlabelled(host) {
  const leaves = new Map();
  for (const [key, words] of full(host).leaves) {
    const [leaf, subleaf] = key.split('.');
    const before = (parseInt(subleaf, 16) - 1).toString(16);
    if (subleaf === '0' || leaf === 'd' || leaves.has(`${leaf}.${before}`)) leaves.set(key, words);
  }
  return { name: host.name, leaves };
}

// ── noise ──────────────────────────────────────────────────────────────────────────────────────

/** What pasting does to a text without changing what it says. */
export const noise = {
  'CRLF': (text) => text.replaceAll('\n', '\r\n'),
  'lone CR': (text) => text.replaceAll('\n', '\r'),
  'BOM': (text) => `\ufeff${text}`,
  'tabs': (text) => text.replace(/^ +/gm, '\t').replace(/^(CPUID|ID\w+) +/gm, '$1\t'),
  'trailing blanks': (text) => text.replaceAll('\n', '  \t\n'),
  'blank lines between': (text) => text.replaceAll('\n', '\n\n'),
  'mail quoting': (text) => text.replace(/^(?=.)/gm, '> '),
  'quoted twice': (text) => text.replace(/^(?=.)/gm, '> > '),
  'prompts': (text) => `[root@localhost ~]# cat dump.txt\n${text}[root@localhost ~]# \n`,
  'quoted without a blank': (text) => text.replace(/^(?=.)/gm, '>'),
  'user prompts': (text) => `admin@localhost:~$ cat dump.txt\n${text}admin@localhost:~$ \n`,
  'a Markdown fence': (text) => `\`\`\`\n${text}\`\`\`\n`,
  'table borders': (text) => text.replace(/^(?=.)/gm, '| ').replace(/(?<=.)$/gm, ' |'),
  'zero-width characters': (text) => text.replaceAll('\n', '\u200b\n'),
  'no-break spaces': (text) => text.replaceAll(' ', '\u00a0'),
  'line separators': (text) => text.replaceAll('\n', '\u2028'),
  'UTF-16LE': (text) => new Uint8Array(Buffer.from(`\ufeff${text}`, 'utf16le')),
  'UTF-16BE': (text) => new Uint8Array(Buffer.from(`\ufeff${text}`, 'utf16le').swap16()),
  'no last newline': (text) => text.replace(/\n$/, ''),
  'HTML': (text) => `<pre class="dump">${escaped(text).replaceAll('\n', '<br>\n')}</pre>\n`,
  'HTML cells': (text) => `<table><tr>\n${escaped(text).replace(/^(?=.)/gm, '<td>')
    .replace(/(?<=.)$/gm, '</td>')}</tr></table>\n`,
  'quoted-printable': (text) => text.replaceAll('=', '=3D').split('\n').map((line) =>
    line.match(/.{1,72}(=3D)?(?!3D|D)|^$/g)?.join('=\n') ?? line).join('\n'),
  'line numbers': (text) => text.replace(/^(?=.|\n)/gm, number((n) => `${String(n).padStart(6)}\t`)),
  'grep -n': (text) => text.replace(/^(?=.|\n)/gm, number((n) => `${n}:`)),
  'grep -Hn': (text) => text.replace(/^(?=.|\n)/gm, number((n) => `dump.txt:${n}:`)),
  'dmesg': (text) => text.replace(/^(?=.)/gm, number((n) => `[    0.${String(n).padStart(6, '0')}] `)),
  'syslog': (text) => text.replace(/^(?=.)/gm, 'Jan  6 09:30:00 node1 kernel: '),
  'journalctl': (text) => text.replace(/^(?=.)/gm,
    'Jan 05 10:00:00 localhost kernel: [    0.000000] '),
  'ISO dates': (text) => text.replace(/^(?=.)/gm, '2026-01-05T10:00:00.123456+00:00 '),
  'times': (text) => text.replace(/^(?=.)/gm, '00:00:04.809418 '),
  'C comments': (text) => text.replace(/^.+$/gm, '/* $& */'),
  'C++ comments': (text) => text.replace(/^(?=.)/gm, '// '),
  'box drawing': (text) => `┌${'─'.repeat(70)}┐\n${text.replace(/^.+$/gm, '│ $& │')}└${
    '─'.repeat(70)}┘\n`,
  'boxes and rules': (text) => `+${'-'.repeat(60)}+\n${text.replace(/^.+$/gm,
    `| $& |\n+${'-'.repeat(60)}+`)}`,
  'double boxes': (text) => text.replace(/^.+$/gm, `║ $& ║\n╟${'─'.repeat(60)}╢`),
  'colours and titles': (text) => `\x1b]0;root@localhost: ~\x07${text.replace(/^.+$/gm,
    '\x1b[?25l\x1b[01;32m$&\x1b[0m\x1b[K')}\x1b(B`,
  'a Markdown list': (text) => text.replace(/^(?=.)/gm, '* '),
  'bullets': (text) => text.replace(/^(?=.)/gm, '• '),
  'inline code': (text) => text.replace(/^.+$/gm, '`$&`'),
  'smart quotes': (text) => text.replace(/(["'])(.*?)\1/g, (_, mark, word) =>
    (mark === '"' ? `\u201c${word}\u201d` : `\u2018${word}\u2019`)),
  'dashes': (text) => text.replace(/(?<=[0-9A-F]{8})-(?=[0-9A-F]{8})/g, '\u2013'),
  'wrapped by mail': (text) => wrapped(text, /\S{77,}|.{1,76}(?=\s|$)/g),
  'wrapped by a terminal': (text) => wrapped(text, /.{1,72}/g),
};

const escaped = (text) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;')
  .replaceAll('>', '&gt;').replaceAll('"', '&quot;').replaceAll("'", '&#39;')
  .replaceAll('  ', ' &nbsp;');

/** For every match the next number, from 1. */
function number(say) {
  let n = 0;
  return () => say(++n);
}

const wrapped = (text, piece) => text.split('\n').map((line) =>
  (line.length > 72 ? line.match(piece).map((part) => part.trim()).join('\n') : line)).join('\n');

const DOCUMENTS = 'JSON|QMP|lscpu -J|py-cpuinfo|Firecracker|XML|OVF|libvirt|virsh|YAML|labels';
const LOGS = 'vmware.log|VBox.log|Capability Found';
const SETTINGS = 'Go dump|PowerCLI|vim-cmd|MOB|.vmx|XAPI, one line';
const TABLES = 'table|manusov|CSV';
const LEAVES = `${TABLES}|kcpuid|x86info|CPU-Z|VBoxManage|typed: eax|^od `;
const spare = (list, names) => Object.fromEntries(names.map((name) =>
  [name, new RegExp(list.join('|'))]));

/** What a noise does not happen to, or takes something away from: documents are never in a log,
 *  nor logs in another; "2:" in front of four registers is a leaf for anybody; words and columns
 *  cut in two can be joined only in rows that say how many registers they have. */
export const spared = {
  ...spare([DOCUMENTS, LOGS, SETTINGS, LEAVES], ['line numbers', 'grep -n', 'grep -Hn']),
  ...spare([DOCUMENTS, LOGS, SETTINGS, TABLES, 'x86info'], ['dmesg', 'syslog', 'journalctl',
    'ISO dates', 'times']),
  ...spare([DOCUMENTS, LOGS, SETTINGS], ['C comments', 'C++ comments', 'boxes and rules',
    'double boxes', 'a Markdown list', 'bullets', 'inline code', 'box drawing', 'table borders',
    'tabs']),
  ...spare([DOCUMENTS, 'manusov|^dd |guest vs|xen-cpuid -[di]|lscpu|flags|list|Capability'],
    ['wrapped by mail', 'wrapped by a terminal']),
};

// ── random hosts ───────────────────────────────────────────────────────────────────────────────

/** Seeded random numbers: next() in [0, 1), word(), below(n), pick(list), chance(p). */
export function seeded(seed) {
  let state = seed >>> 0;
  const word = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return (t ^ (t >>> 14)) >>> 0;
  };
  const next = () => word() / 4294967296;
  const below = (n) => Math.floor(next() * n);
  return { word, next, below, pick: (list) => list[below(list.length)], chance: (p) => next() < p };
}

export const ALIASES = 0x0183f1ff; // 80000001.EDX bits that copy 1.EDX on AMD (9 mirrors)

const VENDOR = {
  GenuineIntel: [0x756e6547, 0x6c65746e, 0x49656e69],
  AuthenticAMD: [0x68747541, 0x444d4163, 0x69746e65],
};

const FEATURES = ['6.0.eax', '7.0.ebx', '7.0.ecx', '7.0.edx', '7.1.eax', '7.1.edx', '7.2.edx',
  'd.1.eax', '80000001.0.ecx', '80000007.0.edx', '80000008.0.ebx', '8000000a.0.edx',
  '80000021.0.eax', '80000021.0.ecx', '1.0.ecx', '1.0.edx'];

/** A fleet of hosts of one vendor: a common ancestor, and every host some bits away from it. */
export function randomFleet(random, { vendor = random.pick(Object.keys(VENDOR)),
  count = 1 + random.below(6), gaps = 0.1 } = {}) {
  const maxima = () => [random.pick([1, 5, 0xa, 0xd, 0xd, 0x16, 0x20]),
    0x80000000 + random.pick([1, 4, 8, 8, 0x1f, 0x21])];
  let [basic, extended] = maxima();
  const ancestor = Object.fromEntries(FEATURES.map((key) => [key, random.word() | random.word()]));
  const fleet = [];
  for (let n = 0; n < count; n++) {
    const words = { ...ancestor };
    if (random.chance(0.15)) [basic, extended] = maxima();
    for (let flips = random.below(8); flips > 0; flips--) {
      words[random.pick(FEATURES)] ^= 1 << random.below(32);
    }
    fleet.push(randomHost(random, { vendor, basic, extended, words, gaps, n }));
  }
  return fleet;
}

function randomHost(random, { vendor, basic, extended, words, gaps, n }) {
  const [ebx, ecx, edx] = VENDOR[vendor];
  const word = (key) => words[key] >>> 0;
  const signature = vendor === 'GenuineIntel' ? 0x000306f0 : 0x00800f10;
  const amd = vendor === 'AuthenticAMD';
  const edx81 = (words['80000001.0.edx'] ?? words['7.0.edx']) & ~ALIASES;
  const leaves = new Map([
    ['0.0', [basic, ebx, ecx, edx]],
    ['1.0', [signature + (n & 15), 0x00100800, word('1.0.ecx') & 0x7fffffff, word('1.0.edx')]],
    ['6.0', [word('6.0.eax'), 0, 0, 0]],
    ['7.0', [2, word('7.0.ebx'), word('7.0.ecx'), word('7.0.edx')]],
    ['7.1', [word('7.1.eax'), 0, 0, word('7.1.edx')]],
    ['7.2', [0, 0, 0, word('7.2.edx')]],
    ['d.0', [7, 0x340, 0x340, 0]],
    ['d.1', [word('d.1.eax') & 0x1f, 0, 0, 0]],
    ['d.2', [0x100, 0x240, 0, 0]],
    ['80000000.0', [extended >>> 0, ...(amd ? [ebx, ecx, edx] : [0, 0, 0])]],
    ['80000001.0', [0, 0, word('80000001.0.ecx'),
      ((amd ? edx81 | (word('1.0.edx') & ALIASES) : edx81) | 0x20000000) >>> 0]],
    ['80000007.0', [0, 0, 0, word('80000007.0.edx')]],
    ['80000008.0', [0x302e, word('80000008.0.ebx'), 0, 0]],
    ['8000000a.0', [1, 0x40, 0, word('8000000a.0.edx')]],
    ['80000021.0', [word('80000021.0.eax'), 0, word('80000021.0.ecx'), 0]],
  ]);
  const host = { name: `random ${n}`, leaves };
  for (const key of [...leaves.keys()]) {
    if (above(host, key)) leaves.delete(key);
    else if (key !== '0.0' && random.chance(gaps)) leaves.delete(key);
  }
  return host;
}

/** Cuts, repeats and scrambles a text; bytes, because a hostile text need not be characters. */
export function mutate(random, bytes) {
  let out = Uint8Array.from(bytes);
  for (let edits = 1 + random.below(6); edits > 0; edits--) {
    const at = random.below(out.length + 1);
    const length = random.below(40);
    const cut = [out.slice(0, at), out.slice(at + length)];
    const middle = random.pick([
      () => Uint8Array.from({ length }, () => random.below(256)),
      () => out.slice(random.below(out.length + 1)).slice(0, random.below(400)),
      () => new Uint8Array(0),
      () => new TextEncoder().encode(random.pick(['\r', '\u2028', '\0', '0x', ':', '[SL FF]', '---',
        'CPU 4294967296:', 'ID1ECX', '\n\n', 'eax=', '<cpudata>', 'CPUID ', '99999999999999'])),
    ])();
    out = Uint8Array.from([...cut[0], ...middle, ...cut[1]]);
  }
  return out;
}
