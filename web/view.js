// From an answer to rows, labels and classes. Pure: tested without a browser.

export const LETTERS = {
  0: 'the guest sees 0',
  1: 'the guest sees 1',
  x: 'the guest does not use this bit',
  H: 'the guest sees what the host has, and all hosts must agree',
  R: 'the guest sees 0, but all hosts must agree',
  T: 'the guest sees what the host has, and the destination must have 1',
  F: 'the guest sees what the host has, and the destination must have 0',
  '-': 'as the default says',
};

/** What a letter of a mask means under a check. */
export function letter(one, check) {
  const key = one === 'X' ? 'x' : one;
  if (check !== 'subset') return LETTERS[key];
  if (key === 'H') return 'the guest sees what the host has, and every host must have it';
  return key === 'R' ? LETTERS[0] : LETTERS[key];
}

export const guestSees = (effective) => ({ 0: '0', R: '0', 1: '1' }[effective] ?? 'host’s');

export const plural = (count, one, many = `${one}s`) => `${count} ${count === 1 ? one : many}`;

export const bare = (mask) => mask.replaceAll(' ', '');

export const hasBit = (answer, key) => answer.registers.some((one) => one.key === key);

/** `1.ecx[2]`; the subleaf is named where the leaf has several. */
export function place(key, bit) {
  const [leaf, subleaf, register] = key.split('.');
  const named = subleaf !== '0' || ['7', 'd', '14'].includes(leaf);
  const short = named ? `${leaf}.${subleaf}.${register}` : `${leaf}.${register}`;
  return bit === undefined ? short : `${short}[${bit}]`;
}

/** Where the reference tells more of a bit, or null: all components of XSAVE share their rows. */
export const referenceOf = ({ key, bit, meaning }) => (meaning
  ? `/reference.html#bit=${key.replace(/^d\.([3-9a-f]|..+)\./, 'd.2.')}.${bit}` : null);

/** Hosts with the same registers share a column and a row. */
export function kinds(hosts) {
  const groups = new Map();
  hosts.forEach((host, at) => {
    const group = groups.get(host.kind) ?? { hosts: [], first: at };
    group.hosts.push(host.name);
    groups.set(host.kind, group);
  });
  return [...groups.values()].map((group) => ({ ...group, label: groupLabel(group.hosts) }));
}

const groupLabel = ([first, ...others]) =>
  (others.length ? `${first} and ${others.length} more` : first);

/** Up to this many kinds of hosts stand side by side; beyond, they are counted. */
export const MOST_KINDS = 6;

/** "esx01 1, esx02 0", or counts when there are many. */
export function whoHas(groups, row) {
  if (groups.length > MOST_KINDS) return counts(row);
  return groups.map((group) => `${group.label} ${digit(row.values[group.first])}`).join(', ');
}

export const digit = (value) => (value === null || value === undefined ? '?' : String(value));

export function counts({ ones, zeros, unknowns }) {
  return [[1, ones], [0, zeros], ['?', unknowns]]
    .filter(([, count]) => count)
    .map(([value, count]) => `${value} on ${count}`)
    .join(', ');
}

const RANK = ['conflict', 'hide', 'closure', 'warn', 'unknown', 'hidden', 'ignore', 'keep'];

const COUNTING = new Set(['conflict', 'hide', 'closure', 'warn']);

export const countsForMoving = (row) => COUNTING.has(row.decision);

export const differs = (row) => row.ones > 0 && row.zeros > 0;

export const FILTERS = {
  count: 'those that count',
  differ: 'all that differ',
  all: 'also the unknown ones',
};

/** The rows of the table, conflicts first, then hide, then what needs no action. */
export function differences(answer, filter) {
  const keep = {
    count: (row) => row.pin || countsForMoving(row),
    differ: (row) => row.pin || differs(row) || countsForMoving(row),
    all: () => true,
  }[filter];
  return answer.bits.filter(keep)
    .map((row, at) => ({ row, at }))
    .sort((a, b) => RANK.indexOf(a.row.decision) - RANK.indexOf(b.row.decision) || a.at - b.at)
    .map(({ row }) => row);
}

/** So few rows are read at one look, whatever they say. */
const FEW = 8;

export const usualFilter = (answer) =>
  (answer && differences(answer, 'differ').length <= FEW ? 'differ' : 'count');

/** How many more bits differ than a filter shows. */
export const othersOf = (answer, filter) =>
  Math.max(0, differences(answer, 'differ').length - differences(answer, filter).length);

/** "6 bits in 2 registers" */
export function extentOf(rows) {
  const registers = new Set(rows.map((row) => row.key)).size;
  return `${plural(rows.length, 'bit')} in ${plural(registers, 'register')}`;
}

/** A bit without a name is called by its place, which stands beside it already. */
export const nameOf = ({ name }) => (!name || name.endsWith(']') ? '' : name);

/** "hidden: AVX is only on a" in its two parts: the decision, and why. */
export function because({ reason }) {
  const [, word, why] = /^([a-z ]+): (.*)$/s.exec(reason) ?? [reason, '', reason];
  return { word: capital(word), why: capital(why) };
}

// The rule above the table says this once for all its rows.
export const shortWhy = (row) =>
  because(row).why.replace('; what the guest sees must exist on every host', '');

const PINNED = { hide: 'you hide it', keep: 'you keep it' };

/** A differing bit stands out by more than its colour. */
export function mark(row) {
  if (!row) return { glyph: '', shape: '', word: 'alike' };
  if (row.decision === 'conflict') return { glyph: '!', shape: 'conflict', word: 'conflict' };
  if (!differs(row) && (row.pin || row.decision === 'closure')) {
    return { glyph: '', shape: 'asked', word: PINNED[row.pin] ?? 'goes with another' };
  }
  if (row.decision !== 'warn' && countsForMoving(row)) {
    return { glyph: '▲', shape: 'counts', word: 'differs' };
  }
  if (differs(row)) {
    const word = { hidden: 'differs, already hidden', warn: 'differs, take care' }[row.decision]
      ?? 'differs, ignored';
    return { glyph: '△', shape: 'plain', word };
  }
  // Where no host tells, none stands out for not telling.
  if (row.unknowns > 0 && !row.ones && !row.zeros) {
    return { glyph: '', shape: 'untold', word: 'unknown' };
  }
  return row.unknowns > 0
    ? { glyph: '?', shape: 'unknown', word: 'unknown somewhere' }
    : { glyph: '', shape: '', word: row.decision };
}

/** Bits of one register that the answer speaks of, by number. */
export function bitsOf(answer, key) {
  const found = [];
  for (const row of answer.bits) if (row.key === key) found[row.bit] = row;
  return found;
}

/** 32 characters of one host, bit 31 first: 0, 1 or ? */
export function hostLetters(answer, key, host, bits = bitsOf(answer, key)) {
  // A bit that no row speaks of is known everywhere and alike: any host can tell it.
  const alike = answer.hosts.find((one) => one.words[key] !== undefined)?.words[key] ?? '0';
  const word = parseInt(answer.hosts[host].words[key] ?? alike, 16);
  return Array.from({ length: 32 }, (_, at) => {
    const bit = 31 - at;
    return bits[bit] ? digit(bits[bit].values[host]) : String((word >>> bit) & 1);
  }).join('');
}

/** Beyond six kinds one row stands for all: 1 all have it, 0 none has it, # some have it. */
function summary(answer, key, bits) {
  const letters = hostLetters(answer, key, 0, bits);
  return Array.from(letters, (value, at) => {
    const row = bits[31 - at];
    if (!row) return value;
    if (differs(row)) return '#';
    return row.ones ? '1' : row.zeros ? '0' : '?';
  }).join('');
}

/** The rows of a register: default on top, hosts under it, custom, effective. */
export function rowsOf(answer, register, groups, bits = bitsOf(answer, register.key)) {
  const hosts = groups.length > MOST_KINDS
    ? [{ id: 'hosts', label: plural(answer.hosts.length, 'host'),
      cells: summary(answer, register.key, bits) }]
    : groups.map((group) => ({ id: `host${group.first}`, label: group.label,
      cells: hostLetters(answer, register.key, group.first, bits) }));
  return [
    { id: 'default', label: 'default', cells: bare(register.default) },
    ...hosts.map((row) => ({ ...row, host: true })),
    ...masksOf(answer, register).map((own) =>
      ({ ...own, id: own.label, own: true, cells: bare(own.mask) })),
    { id: 'custom', label: 'custom', cells: bare(register.custom) },
    { id: 'effective', label: 'effective', cells: bare(register.effective) },
  ];
}

/** The classes of one cell. */
export function cellShape(row, value, { shape }, bit) {
  if (row.own) return ['lacks', 'needless', 'other'].find((kind) => row[kind].includes(bit)) ?? '';
  if (row.id === 'custom' && value === '0') return 'zero';
  if (row.id === 'effective' && value === '0' && ['counts', 'asked'].includes(shape)) return 'sum';
  if (!row.host) return '';
  if (value === '?') return shape === 'untold' ? '' : 'unknown';
  return shape === 'counts' ? 'differs' : shape === 'conflict' ? 'conflict' : '';
}

/**
 * What is read out for the cells of a column:
 * "bit 2, DTES64, esx01 1, esx02 0, differs, custom 0, default R, effective 0"
 */
export function cellName(explained, groups, { word }) {
  const { bit, custom, effective, pin } = explained;
  const own = PINNED[pin] === word ? '' : PINNED[pin];
  return [`bit ${bit}`, nameOf(explained), whoHas(groups, explained), word, own, `custom ${custom}`,
    `default ${explained.default}`, `effective ${effective}`].filter(Boolean).join(', ');
}

const none = (word) => /^0*$/.test(word);

/** Whether a register is folded to a line unless asked for: nothing in it counts. */
export const isQuiet = (answer, register) => {
  const { key, hide, custom } = register;
  return none(hide) && !custom.includes('0') && masksOf(answer, register).length === 0
  && !answer.bits.some((row) => row.key === key && (row.pin || countsForMoving(row)));
};

/** Why a register needs no rows, in a few words. */
export function quietWord(answer, { key, unknown }) {
  if (answer.hosts.length < 2) return '';
  const count = answer.bits.filter((row) => row.key === key && differs(row)).length;
  if (count) return `${plural(count, 'bit differs', 'bits differ')} without counting`;
  if (none(unknown)) return 'no difference';
  const known = new Set(answer.hosts.filter((host) => host.words[key] !== undefined));
  const others = answer.hosts.filter((host) => !known.has(host));
  if (others.length === 0) return 'no difference in what is known';
  return `unknown on ${others.length > 2 ? plural(others.length, 'host')
    : list(others.map((host) => host.name))}`;
}

const LONG = 4;

/**
 * Registers in order, with long runs of folded ones that say the same as one.
 * @param {(register: object) => boolean} isFolded
 * @returns {{ registers: object[], word: string }[]} word: '' for a register by itself
 */
export function runs(answer, isFolded) {
  const out = [];
  for (const register of answer.registers) {
    const word = isFolded(register) ? quietWord(answer, register) : '';
    const last = out.at(-1);
    if (word && last?.word === word) last.registers.push(register);
    else out.push({ registers: [register], word });
  }
  return out.flatMap((run) => (run.registers.length >= LONG
    ? [run] : run.registers.map((register) => ({ registers: [register], word: '' }))));
}

/** Whether a column stands out from its neighbours. */
export const stands = (row) => row !== undefined
  && (Boolean(row.pin) || differs(row) || countsForMoving(row));

/** 32 bits in blocks of `columns`; runs of blocks that say nothing become one line. */
export function blocks(bits, columns, all) {
  const out = [];
  for (let top = 31; top >= 0; top -= columns) {
    const numbers = Array.from({ length: columns }, (_, at) => top - at);
    const quiet = !all && columns < 32 && numbers.every((bit) => !stands(bits[bit]));
    const word = numbers.some((bit) => bits[bit]) ? 'unknown' : 'no difference';
    const last = out.at(-1);
    if (quiet && last?.quiet && last.word === word) last.numbers.push(...numbers);
    else out.push({ quiet, word, numbers });
  }
  return out;
}

/** The bits a filter shows in reading order, for stepping from one to the next. */
export function steps(answer, filter = 'differ') {
  const order = new Map(answer.registers.map(({ key }, at) => [key, at]));
  return differences(answer, filter)
    .map(({ key, bit }) => ({ key, bit, at: order.get(key) * 32 + 31 - bit }))
    .sort((a, b) => a.at - b.at);
}

/** The difference after (by = 1) or before (by = -1) a place. */
export function difference(list, from, by) {
  const here = list.findIndex(({ key, bit }) => key === from.key && bit === from.bit);
  if (here >= 0) return list[here + by];
  const order = list.filter(({ key }) => key === from.key);
  const near = by > 0
    ? order.find(({ bit }) => bit < from.bit)
    : order.findLast(({ bit }) => bit > from.bit);
  return near ?? (by > 0 ? list[0] : list.at(-1));
}

/**
 * Where a key leads inside a table.
 * @param {{ row: number, bit: number }} from
 * @param {{ rows: number, shown: number[], columns: number }} table
 *   shown: the bits on the screen, in order
 * @returns {{ row: number, bit: number } | null} null: the key means nothing here
 */
export function move(key, ctrl, from, { rows, shown, columns }) {
  const at = shown.indexOf(from.bit);
  const start = at - (at % columns);
  const go = (row, place) => ({
    row: Math.max(0, Math.min(rows - 1, row)),
    bit: shown[Math.max(0, Math.min(shown.length - 1, place))],
  });
  if (key === 'ArrowLeft') return go(from.row, at - 1);
  if (key === 'ArrowRight') return go(from.row, at + 1);
  if (key === 'ArrowUp') {
    return from.row === 0 && start > 0 ? go(rows - 1, at - columns) : go(from.row - 1, at);
  }
  if (key === 'ArrowDown') {
    const below = at + columns < shown.length;
    return from.row === rows - 1 && below ? go(0, at + columns) : go(from.row + 1, at);
  }
  if (key === 'Home') return ctrl ? go(0, 0) : go(from.row, start);
  if (key === 'End') return ctrl ? go(rows - 1, Infinity) : go(from.row, start + columns - 1);
  return null;
}

const VENDORS = {
  GenuineIntel: 'Intel', AuthenticAMD: 'AMD', HygonGenuine: 'Hygon', CentaurHauls: 'Centaur',
};

export const vendorName = (vendor) => VENDORS[vendor] ?? vendor;

/** What the baseline costs, in a few words. */
export function costWords({ guests, costs }) {
  const parts = [
    guests.length > 0 && `${plural(guests.length, 'kind')} of guests no longer ${
      guests.length === 1 ? 'starts' : 'start'}`,
    costs.length > 0 && `others lose ${plural(costs.length, 'feature')} they may want`,
  ].filter(Boolean);
  return parts.length ? `What this costs: ${parts.join(', ')}` : 'What the next EVC mode would take';
}

/** One line under the verdict: what is known of all hosts, then what is not. */
export function facts(answer) {
  const { vendor, psabi, evc, physBits } = answer.verdict;
  const all = [
    [vendor && vendorName(vendor), answer.hosts.every((host) => host.vendor) ? null : 'vendor'],
    [psabi && `level ${psabi}`, 'x86-64 level'],
    [evc && `EVC mode ${evc}`, null],
    [physBits && `${physBits} address bits`, 'address bits'],
  ];
  const known = all.map(([fact]) => fact).filter(Boolean);
  const missing = all.filter(([fact, name]) => !fact && name).map(([, name]) => name);
  return [known.join(', '), missing.length ? `${list(missing)} not known from these texts` : '']
    .filter(Boolean).map((fact) => `${capital(fact)}.`).join(' ');
}

/** A sentence begins with a capital, but for names: x2APIC, x86-64. */
export const capital = (text) => text.replace(/^[a-z](?=[a-z]*\b)/, (first) => first.toUpperCase());

export const list = (words) =>
  (words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`);

/** "lines 1 to 4" */
export const lines = ({ line, lastLine }) =>
  (lastLine > line ? `lines ${line} to ${lastLine}` : `line ${line}`);

export function sizeOf(bytes) {
  if (bytes < 1024) return plural(bytes, 'byte');
  return bytes < 1024 * 1024
    ? `${Math.round(bytes / 1024)} KB`
    : `${(bytes / 1024 / 1024).toFixed(1)} MB`;
}

/** "esx01, esx02" for each value of a bit: who has it, who has not, who does not say. */
export function namesBy(hosts, { values }) {
  return [1, 0, null]
    .map((value) => [digit(value), hosts.filter((_, at) => (values[at] ?? null) === value)
      .map(({ name }) => name)])
    .filter(([, names]) => names.length);
}

/** The sources that gave no host: each gets a line of its own. */
export function emptySources(answer, sources) {
  const told = new Set(answer.hosts.map((host) => host.source));
  return sources.map((source, index) => ({ ...source, index }))
    .filter(({ index }) => !told.has(index));
}

/** Bits that share who lacks them, the cause and the next step stand together. */
export function causes({ bits }) {
  const groups = new Map();
  for (const bit of bits) {
    const id = [bit.side, bit.cause, bit.step].join('\n');
    if (!groups.has(id)) groups.set(id, { ...bit, bits: [] });
    groups.get(id).bits.push(bit);
  }
  return [...groups.values()];
}

/** Several refusals in one sentence. */
export function refusedWords(refusals) {
  if (refusals.length < 2) return refusals[0]?.sentence ?? '';
  const names = [...new Set(refusals.flatMap(({ bits }) => bits.map(({ name }) => name)))];
  const some = names.length > 6 ? [...names.slice(0, 5), `${names.length - 5} more`] : names;
  return `${refusals.length} refusals${some.length ? `, about ${list(some)}` : ''}.`;
}

/** "Intel Westmere, AMD Bulldozer" */
export const firstWords = ({ first }) => [['Intel', first?.intel], ['AMD', first?.amd]]
  .filter(([, name]) => name).map((words) => words.join(' ')).join(', ');

/** What a text without a host holds instead, or ''. */
export function heldInstead(answer, index) {
  const of = (list = []) => list.filter(({ source }) => source === index).length;
  const found = [[of(answer.refusals), 'refusal'], [of(answer.masks), 'mask']]
    .filter(([count]) => count).map(([count, word]) => plural(count, word));
  return found.length ? `no host, but ${list(found)}` : '';
}

const hides = (one, check) => one === '0' || (check === 'subset' && one === 'R');

/**
 * A mask that a text came with, against the recommended one: bits it lacks, bits it hides without
 * need, and bits where it says something else than the default.
 */
export function against(mask, register, check) {
  const [own, custom, usual] = [mask.mask, register.custom, register.default].map(bare);
  const found = { lacks: [], needless: [], other: [] };
  for (let at = 0; at < 32; at += 1) {
    const hidden = hides(own[at], check);
    const sees = own[at] === '-' ? usual[at] : own[at];
    const kind = (custom[at] === '0' && !hidden && 'lacks')
      || (hidden && custom[at] !== '0' && guestSees(usual[at]) !== '0' && 'needless')
      || (!hidden && sees.toUpperCase() !== usual[at].toUpperCase() && 'other');
    if (kind) found[kind].push(31 - at);
  }
  return found;
}

const ofVendor = (mask, hosts) =>
  !mask.vendor || hosts.some(({ vendor }) =>
    !vendor || vendor.toLowerCase().includes(mask.vendor.toLowerCase()));

/** The masks of the person's own texts for one register, each once. */
export function masksOf({ masks = [], hosts, check }, register) {
  const groups = new Map();
  for (const mask of masks) {
    if (mask.key !== register.key || !ofVendor(mask, hosts)) continue;
    if (groups.has(mask.mask)) groups.get(mask.mask).places.push(mask);
    else groups.set(mask.mask, { mask: mask.mask, places: [mask] });
  }
  return [...groups.values()].map((own, at, all) => ({
    ...own,
    label: all.length > 1 ? `yours ${at + 1}` : 'yours',
    ...against(own, register, check),
  }));
}

/** Masks that stand beside no register: of another vendor, or of a leaf no host tells of. */
export const masksAside = (answer) => {
  const shown = new Set(answer.registers.flatMap((register) =>
    masksOf(answer, register).flatMap(({ places }) => places)));
  return (answer.masks ?? []).filter((mask) => !shown.has(mask));
};

/**
 * "It lacks DTES64 and SSE3, and hides MONITOR without need."
 * @param {(bit: number) => string} nameOf
 */
export function againstWords({ lacks, needless, other }, nameOf) {
  const names = (bits) => {
    const some = bits.slice(0, 6).map(nameOf);
    return list(bits.length > 6 ? [...some, `${bits.length - 6} more`] : some);
  };
  const hidden = needless.length && `hides ${names(needless)} without need`;
  const parts = [
    lacks.length ? `does not hide ${names(lacks)}${hidden ? `, but ${hidden}` : ''}` : hidden,
    other.length && `says otherwise than the default about ${names(other)}`,
  ].filter(Boolean);
  return parts.length ? `It ${list(parts)}.` : 'It hides what is needed, and no more.';
}

const bitsIn = (hex) => parseInt(hex, 16).toString(2).replaceAll('0', '').length;

const hiddenIn = ({ registers }) => registers.reduce((sum, { hide }) => sum + bitsIn(hide), 0);

/** What one answer has over another: "3 bits fewer hidden, x86-64-v3 instead of x86-64-v2". */
export function gains(now, then) {
  const fewer = hiddenIn(now) - hiddenIn(then);
  const better = (key, name = '') => then.verdict[key] && then.verdict[key] !== now.verdict[key]
    && `${name}${then.verdict[key]}${now.verdict[key] ? ` instead of ${now.verdict[key]}` : ''}`;
  return [
    then.verdict.migratable && !now.verdict.migratable && 'machines can move',
    fewer > 0 && `${plural(fewer, 'bit')} fewer hidden${hiddenIn(then) ? '' : ', none left'}`,
    better('psabi'),
    better('evc', 'EVC mode '),
  ].filter(Boolean).join(', ');
}

const ORDER = ['error', 'warning', 'info'];

/** Notes of one kind together, the worst first. */
export function noteGroups(answer) {
  const groups = new Map();
  // What is wrong with a default mask is said beside that mask.
  const aside = (note) =>
    note.kind === 'request' && answer.registers.some(({ key }) => note.text.includes(key));
  for (const note of answer.notes.filter((one) => !aside(one))) {
    const id = `${note.severity}/${note.kind}`;
    if (!groups.has(id)) groups.set(id, { severity: note.severity, kind: note.kind, notes: [] });
    groups.get(id).notes.push(note);
  }
  return [...groups.values()]
    .sort((a, b) => ORDER.indexOf(a.severity) - ORDER.indexOf(b.severity));
}

/** "esx01.txt, line 12" or "line 12" or nothing */
export function whereIs(note, sources) {
  const name = sources.length > 1 && note.source !== null
    ? sources[note.source]?.name || `text ${note.source + 1}`
    : '';
  const line = note.line === null ? '' : lines(note);
  return [name, line].filter(Boolean).join(', ');
}

/** How long a link is, in words. */
export function lengthWords(count) {
  const characters = `${count.toLocaleString('en')} characters`;
  if (count <= 2000) return `${characters}, fits everywhere`;
  if (count <= 8000) return `${characters}, fits in mail and in most chats`;
  return `${characters}, too long for many chats: save it as a file`;
}

export const levelWords = (level) => ({
  user: 'User level: programs use it without asking the operating system.',
  kernel: 'Kernel level: only the operating system uses it.',
}[level] ?? '');

// What a text came from, or what its masks are for, tells which platform it is about.
const HINTS = [
  [/^(esx|vm[wx]|vsphere)/, ['VMware']],
  [/^libvirt/, ['libvirt', 'QEMU', 'Proxmox']],
  [/^(qemu|qmp)/, ['QEMU', 'libvirt', 'Proxmox']],
  [/^cpu-info/, ['OpenStack', 'oVirt', 'Incus']],
  [/^node-labels/, ['KubeVirt']],
  [/^firecracker/, ['Firecracker']],
  [/^xapi/, ['XCP-ng', 'Xen']],
  [/^(xen|xl-)/, ['Xen', 'XCP-ng']],
  [/^(coreinfo|hyper-?v)/, ['Hyper-V']],
  [/^virtualbox/, ['VirtualBox']],
  // What Linux prints comes from KVM's hosts most of all.
  [/^(kvm|cpuid-|kcpuid|cpuinfo|lscpu|x86info)/, ['Proxmox', 'libvirt', 'QEMU']],
];

/**
 * The targets by platform: { platform, targets: [{ id, name, text, file, apply, verify, undo,
 * cannot }] }; first what the profile is for, then what the texts came from.
 */
export function platforms({ targets, how, profile, hosts }) {
  const groups = new Map();
  for (const [id, { platform, ...rest }] of Object.entries(how)) {
    const text = targets[id].trimEnd();
    groups.set(platform, [...(groups.get(platform) ?? []), { id, platform, ...rest, text }]);
  }
  const told = [profile, ...hosts.map(({ format }) => format)];
  const likely = [...new Set(told)].flatMap((word) =>
    HINTS.filter(([pattern]) => pattern.test(word)).flatMap(([, names]) => names));
  const rank = (platform) => (likely.indexOf(platform) + 1) || likely.length + 1;
  return [...groups].map(([platform, all]) => ({ platform, targets: all }))
    .sort((a, b) => rank(a.platform) - rank(b.platform));
}

const FITS = [['best', 'Best fit'], ['newest', 'Newest'], ['type', 'Built-in type']];

const changes = ({ extras, removed, drops }) => [
  extras.length && `${plural(extras.length, 'feature')} added`,
  removed.length && `${removed.length} taken away`,
  drops.length && `${list(drops.slice(0, 6))}${drops.length > 6 ? ` and ${drops.length - 6} more` : ''
  } lost`,
].filter(Boolean).map((words) => `, ${words}`).join('');

/** The named models there are to choose from: "Best fit: `Haswell`, 5 features added." */
export function modelLines(models, key) {
  const seen = new Set();
  return FITS.map(([form, words]) => [words, models?.[key]?.[form]])
    .filter(([, model]) => model?.name && !seen.has(model.name) && seen.add(model.name))
    .map(([words, model]) => `${words}: \`${model.name}\`${changes(model)}.`);
}

/** A step in pieces: what stands between backquotes is to be typed. */
export const typed = (step) => step.split('`')
  .map((text, at) => ({ text, code: at % 2 === 1 })).filter(({ text }) => text);

const FOUND = [['dangerous', 'dangerous'], ['missing', 'missing'], ['needless', 'needless'],
  ['diff', 'otherwise']];

/** What is to be said of a setting, the worst first: bits of which the same is said together. */
export function settingGroups(setting) {
  const at = ({ key, bit }) => `${key}.${bit}`;
  const letters = new Map(setting.diff.map((row) => [at(row), row]));
  const seen = new Set();
  const groups = new Map();
  for (const [group, word] of FOUND) {
    for (const row of setting[group]) {
      if (seen.has(at(row))) continue;
      seen.add(at(row));
      const { yours, ours } = letters.get(at(row)) ?? {};
      const id = [word, row.reason, yours, ours].join('\n');
      if (!groups.has(id)) groups.set(id, { word, reason: row.reason, yours, ours, bits: [] });
      groups.get(id).bits.push(row);
    }
  }
  return [...groups.values()];
}

/** A text's first sentence, and the others. */
export function sentences(text) {
  const [, first, rest] = /^(.*?\.)(?: (.*))?$/s.exec(text) ?? [text, text];
  return [first, rest ?? ''];
}
