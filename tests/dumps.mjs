// A small reader of public dumps, written from the formats' grammar: what the core is compared
// with. It knows well-formed files only, and no more than one host a file.

const H = '([0-9a-f]{8})';
const AIDA = new RegExp(`^CPUID ${H}\\s*:?\\s*${H}[- ]${H}[- ]${H}[- ]${H}(.*)$`, 'i');
const LIBCPUID = new RegExp(`^(basic|ext|intel|amd)_(\\w+)\\[(\\d+)\\]=${H} ${H} ${H} ${H}$`);
const TODD = new RegExp(`^ *0x${H} 0x([0-9a-f]+): eax=0x${H} ebx=0x${H} ecx=0x${H} edx=0x${H}$`);
const REGS = ['eax', 'ebx', 'ecx', 'edx'];
const XML = /^\s*<cpuid /;
const END = /^-{60,}$/;

/** @returns {{ cpus: Map<string, number[]>[], unsure: Set<string> }} leaf "7.1" -> four words */
export function readDump(text) {
  const cpus = [];
  const unsure = new Set();
  let repeats = new Map();
  const put = (leaf, subleaf, words) => {
    const key = (at) => `${leaf.toString(16)}.${at.toString(16)}`;
    if (leaf === 0 && (!cpus.length || cpus.at(-1).has('0.0'))) {
      cpus.push(new Map());
      repeats = new Map();
    }
    if (!cpus.length) cpus.push(new Map());
    let at = subleaf;
    if (at === undefined) {
      at = repeats.get(leaf) ?? 0;
      repeats.set(leaf, at + 1);
      if (leaf === 0xd && at) return void unsure.add('d'); // components may have been skipped
    }
    if (!cpus.at(-1).has(key(at))) cpus.at(-1).set(key(at), words);
  };
  for (const line of text.split(/\r\n|\r|\n/)) {
    if (END.test(line)) break;
    const row = parse(line);
    if (row) put(...row);
  }
  return { cpus, unsure };
}

function parse(line) {
  const hex = (word) => parseInt(word, 16);
  let found = AIDA.exec(line);
  if (found) {
    const label = /\[SL ([0-9A-F]+)\]/i.exec(found[6]);
    return [hex(found[1]), label ? hex(label[1]) : undefined, found.slice(2, 6).map(hex)];
  }
  found = TODD.exec(line);
  if (found) return [hex(found[1]), hex(found[2]), found.slice(3).map(hex)];
  found = LIBCPUID.exec(line);
  if (found) {
    const place = libcpuidPlace(found[1], found[2], Number(found[3]));
    return [...place, found.slice(4).map(hex)];
  }
  if (!XML.test(line)) return null;
  const said = Object.fromEntries([...line.matchAll(/(\w+)=['"]0x([0-9a-f]+)['"]/g)]
    .map(([, name, word]) => [name, hex(word)]));
  return [said.eax_in, said.ecx_in ?? 0, REGS.map((name) => said[name] ?? 0)];
}

function libcpuidPlace(group, name, index) {
  if (group === 'basic') return [index, 0];
  if (group === 'ext') return [0x80000000 + index, 0];
  const [, number, isHex] = /^fn(\w+?)(h?)$/.exec(name);
  return [parseInt(number, isHex ? 16 : 10), index];
}

/** What the CPUs of a dump say together, above-maximum text left out: "7.0.ebx" -> number.
 *  shared: the words every CPU has alike; the others are here as their AND. */
export function join({ cpus, unsure }) {
  const words = new Map();
  const shared = new Set();
  for (const key of new Set(cpus.flatMap((cpu) => [...cpu.keys()]))) {
    if (unsure.has(key.split('.')[0]) && key !== 'd.0') continue;
    const rows = cpus.filter((cpu) => cpu.has(key) && !above(cpu, key)).map((cpu) => cpu.get(key));
    if (!rows.length) continue;
    REGS.forEach((reg, n) => {
      words.set(`${key}.${reg}`, rows.reduce((and, row) => and & row[n], -1) >>> 0);
      const alike = rows.every((row) => row[n] === rows[0][n]);
      if (rows.length === cpus.length && alike) shared.add(`${key}.${reg}`);
    });
  }
  words.zero = (key) => above(cpus[0], key.split('.').slice(0, 2).join('.'));
  const echoes = RANGES.filter((at) => {
    const [base, max] = [parseInt(at, 16), cpus[0].get(at)?.[0]];
    return max !== undefined && (max < base || max > base + 0xffff);
  });
  return { words, shared, echoes };
}

/** Leaves whose EAX names the last leaf of their range; what names another range is an echo. */
const RANGES = ['80000000.0', '80860000.0', 'c0000000.0'];

function above(cpu, key) {
  const [leaf, subleaf] = key.split('.').map((part) => parseInt(part, 16));
  const max = (at, whenMissing) => cpu.get(at)?.[0] ?? whenMissing;
  if (leaf === 7 && subleaf > max('7.0', subleaf)) return true;
  if (leaf < 0x40000000) return leaf > max('0.0', leaf);
  if (leaf >= 0x80000000 && leaf < 0x80860000) return leaf > max('80000000.0', leaf);
  const own = cpu.get('c0000000.0')?.[0]; // Centaur's range; elsewhere what stands there is an echo
  if (leaf >= 0xc0000000) return own !== undefined && !(own >= leaf && own < 0xc0010000);
  return true;
}

/** MSR 0x10a where the text has it: "msr10a.0.eax" -> number, the AND over the CPUs. */
export function readMsr(text) {
  const aida = [...text.matchAll(/^MSR 0000010A: (\w{4})-(\w{4})-(\w{4})-(\w{4})/gm)]
    .map(([, ...quarters]) => [quarters.slice(0, 2).join(''), quarters.slice(2).join('')]);
  const xml = [...text.matchAll(/<msr index='0x10a' edx='0x(\w+)' eax='0x(\w+)'/g)]
    .map(([, edx, eax]) => [edx, eax]);
  const said = [...aida, ...xml].map((halves) => halves.map((half) => parseInt(half, 16)));
  const all = (half) => said.reduce((and, halves) => and & halves[half], -1) >>> 0;
  return new Map(said.length ? [['msr10a.0.edx', all(0)], ['msr10a.0.eax', all(1)]] : []);
}

/** Identity as the registers tell it. */
export function identity(words) {
  const text = (...keys) => Buffer.from(keys.flatMap((key) => {
    const word = words.get(key) ?? 0;
    return [word & 255, (word >>> 8) & 255, (word >>> 16) & 255, word >>> 24];
  })).toString('latin1').replace(/\0[^]*$/, '').replace(/\s+/g, ' ').trim();
  const eax = words.get('1.0.eax') ?? 0;
  const base = (eax >>> 8) & 15;
  return {
    vendor: text('0.0.ebx', '0.0.edx', '0.0.ecx'),
    brand: text(...['2', '3', '4'].flatMap((n) => REGS.map((reg) => `8000000${n}.0.${reg}`))),
    family: base + (base === 15 ? (eax >>> 20) & 255 : 0),
    model: ((eax >>> 4) & 15) + (base === 15 || base === 6 ? ((eax >>> 16) & 15) << 4 : 0),
    stepping: eax & 15,
  };
}
