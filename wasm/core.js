// SPDX-License-Identifier: MIT
// The core as plain objects. The only file that knows the memory of core.wasm exists; the page,
// the command and the tests all load it.

const CHECKS = ['equal', 'subset'];
const DECISIONS =
  ['hide', 'hidden', 'ignore', 'keep', 'conflict', 'unknown', 'closure', 'warn'];
const LEVELS = ['user', 'kernel', 'unknown'];
const MERGES = ['AND', 'AND-WARN', 'ALIAS', 'OR', 'OR-SAFE', 'OR-INFO', 'COND', 'HINT', 'MIRROR',
  'SET', 'TOPO', 'IGNORE', 'DERIVED', 'EQ', 'EQ-TSC', 'MIN', 'FIXED', 'PER-CPU', 'UNTOLD'];
const VENDORS = { 0: '', 1: 'Intel', 2: 'AMD', 3: 'Intel and AMD', 4: 'Centaur and Zhaoxin',
  8: 'Transmeta', 16: 'hypervisors' };
const PINS = [null, 'hide', 'keep', null];
const SIDES = ['destination', 'source', 'host', 'either', 'extra'];
const REGISTERS = ['eax', 'ebx', 'ecx', 'edx'];
/** Whose names are written; the names of others are only read. */
export const DIALECTS = ['linux', 'qemu', 'libvirt', 'xen', 'vmware'];
const LISTS = {
  profiles: [0, ['id', 'name', 'check', 'about']],
  formats: [1, ['id', 'name', 'command', 'about']],
  targets: [2, ['id', 'name', 'file', 'platform']],
  models: [3, ['id', 'name']],
  notes: [4, ['kind', 'severity']],
  bits: [5, ['leaf', 'sub', 'reg', 'bit', 'vendor', 'merge', 'level', 'age', 'name', 'meaning',
    'intel', 'amd', 'cause', ...DIALECTS, 'others', 'needs']],
};

const encoder = new TextEncoder();
const decoder = new TextDecoder();
const hex8 = (word) => word.toString(16).padStart(8, '0');

/** The pseudo leaf of MSR 0x10a, whose bits are features, too; see know.h. */
const MSR_10A = 0xffff010a;
const keyOf = (leaf, sub, reg) => (leaf === MSR_10A ? `msr10a.0.${REGISTERS[reg]}`
  : `${leaf.toString(16)}.${sub.toString(16)}.${REGISTERS[reg]}`);


/** The module's memory, seen through the layout that the module itself describes. */
class Memory {
  constructor(exports) {
    this.exports = exports;
    this.bytes = new Uint8Array(exports.memory.buffer);
    this.words = new Uint32Array(exports.memory.buffer);
    this.base = exports.memory_base();
    const at = exports.schema();
    const schema = decoder.decode(this.bytes.subarray(at, this.bytes.indexOf(0, at)));
    this.fields = Object.fromEntries(schema.trim().split('\n').map((line) => {
      const [name, ...fields] = line.split(' ');
      return [name, fields];
    }));
  }

  /** Text at an offset from the base. */
  text(at, length) {
    return decoder.decode(this.bytes.subarray(this.base + at, this.base + at + length));
  }

  /** One record as an object of numbers; pairs x_at, x_len come as text x besides. */
  record(kind, at) {
    const record = {};
    let word = (this.base + at) / 4;
    for (const field of this.fields[kind]) {
      record[field] = this.words[word++];
      if (field.endsWith('_len')) {
        const name = field.slice(0, -4);
        record[name] = this.text(record[`${name}_at`], record[field]);
      }
    }
    return record;
  }

  records(kind, at, count) {
    const size = this.fields[kind].length * 4;
    return Array.from({ length: count }, (_, i) => this.record(kind, at + i * size));
  }

  /** Writes bytes into the input, at most as many as fit; returns how many. */
  write(bytes, at = 0) {
    const room = this.exports.input_size() - at;
    const piece = bytes.length > room ? bytes.subarray(0, room) : bytes;
    this.bytes.set(piece, this.exports.input() + at);
    return piece.length;
  }

  /** Feeds a text of any length; what a piece leaves over goes in front of the next one. */
  feed(bytes) {
    const { exports } = this;
    let rest = 0;
    let done = 0;
    do {
      const piece = this.write(done ? bytes.subarray(done) : bytes, rest);
      done += piece;
      const length = rest + piece;
      const used = exports.feed(length, done === bytes.length ? 1 : 0);
      rest = length - used;
      this.bytes.copyWithin(exports.input(), exports.input() + used, exports.input() + length);
    } while (done < bytes.length);
  }
}

/** UTF-16 has a mark in front, or (as cpuid's text would) a zero in every other byte. */
function utf16(bytes) {
  const [a, b, c, d] = bytes;
  if ((a === 0xff && b === 0xfe) || (a && b === 0 && c && d === 0)) return 'utf-16le';
  if ((a === 0xfe && b === 0xff) || (a === 0 && b && c === 0 && d)) return 'utf-16be';
  return null;
}

/** Text in whatever encoding as UTF-8; what host.at and host.length count in. */
export function textBytes(bytes) {
  const encoding = utf16(bytes);
  return encoding ? encoder.encode(new TextDecoder(encoding).decode(bytes)) : bytes;
}

const bytesOf = (source) =>
  (source.bytes ? textBytes(source.bytes) : encoder.encode(source.text ?? ''));

/** Choices of one value; undefined, null and '' stand for no choice. */
const CHOICES = ['profile', 'check', 'qemu', 'libvirt'];

const requestText = (request) => [
  ...CHOICES.filter((key) => request[key]).map((key) => `${key}=${request[key]}`),
  ...(request.defaults ?? []).map((own) => `default=${own.register}=${own.mask}`),
  ...['hide', 'keep'].flatMap((way) => (request[way] ?? []).map((bit) => `${way}=${bit}`)),
].map((line) => line.replaceAll('\n', ' ')).join('\n');

function requestOf(text, choices) {
  const request = { sources: [{ name: '', text }], profile: null, check: null, defaults: [],
    hide: [], keep: [], qemu: null, libvirt: null };
  for (const line of choices.split('\n').slice(0, -1)) {
    const [key, value, mask] = line.split('=');
    if (key === 'default') request.defaults.push({ register: value, mask });
    else if (Array.isArray(request[key])) request[key].push(value);
    else request[key] = value;
  }
  return request;
}

function readKinds(memory, answer) {
  return memory.records('kind', answer.kinds_at, answer.kinds_n).map((kind) => {
    const words = {};
    const known = {};
    for (const row of memory.records('row', kind.rows_at, kind.rows_n)) {
      REGISTERS.forEach((name, reg) => {
        if (row[`${name}_known`]) {
          const key = keyOf(row.leaf, row.sub, reg);
          words[key] = hex8(row[name]);
          known[key] = hex8(row[`${name}_known`]);
        }
      });
    }
    return { ...kind, words, known };
  });
}

function hostObject(host, kind, formats) {
  return {
    name: host.name,
    format: formats[host.format].id,
    line: host.line,
    cpus: host.cpus,
    vendor: kind.vendor_len ? kind.vendor : null,
    brand: kind.brand || null,
    family: kind.signed ? kind.family : null,
    model: kind.signed ? kind.model : null,
    stepping: kind.signed ? kind.stepping : null,
    words: kind.words,
    known: kind.known,
    formatName: formats[host.format].name,
    source: host.source - 1,
    at: host.at,
    length: host.len,
    lastLine: host.last_line,
    kind: host.kind,
    registers: kind.registers,
    named: host.named === 1,
    guest: kind.guest === 1,
  };
}

const registerObject = (memory, register) => ({
  key: keyOf(register.leaf, register.sub, register.reg),
  title: register.leaf === MSR_10A ? `MSR 10a, ${register.reg ? 'high' : 'low'} half`
    : `leaf ${register.leaf.toString(16)}${register.sub ? `.${register.sub.toString(16)}` : ''}, ${
      REGISTERS[register.reg].toUpperCase()}`,
  differ: hex8(register.differ),
  unknown: hex8(register.unknown),
  hide: hex8(register.hide),
  default: memory.text(register.default_at, 39),
  custom: memory.text(register.custom_at, 39),
  effective: memory.text(register.effective_at, 39),
});

const VALUES = [0, 1, null];

function bitObject(memory, bit, hosts) {
  const values = memory.bytes.subarray(memory.base + bit.values_at);
  return {
    key: keyOf(bit.leaf, bit.sub, bit.reg),
    bit: bit.bit,
    name: bit.name,
    level: LEVELS[bit.level],
    values: hosts.map((host) => VALUES[values[host.kind]]),
    decision: DECISIONS[bit.decision],
    reason: bit.reason,
    meaning: bit.meaning,
    vendor: VENDORS[bit.vendor] ?? '',
    merge: MERGES[bit.merge],
    default: String.fromCharCode(bit.default),
    custom: String.fromCharCode(bit.custom),
    effective: String.fromCharCode(bit.effective),
    ones: bit.ones,
    zeros: bit.zeros,
    unknowns: bit.unknowns,
    pin: PINS[bit.pin],
    ruled: bit.pin < 3,
  };
}

/** A mask the text already carries; host: the one its source holds, if it holds one. */
function maskObject(memory, mask, hosts) {
  const source = mask.source - 1;
  const ofSource = hosts.filter((host) => host.source === source);
  return {
    key: mask.placed ? keyOf(mask.leaf, mask.sub, mask.reg) : null,
    mask: mask.placed ? memory.text(mask.mask_at, 39) : null,
    vendor: VENDORS[mask.vendor].toLowerCase(),
    host: ofSource.length === 1 ? hosts.indexOf(ofSource[0]) : null,
    source,
    line: mask.line,
    text: mask.text,
  };
}

/** Where each record of a named model belongs. */
const MODELS = [['qemu', 'best'], ['qemu', 'newest'], ['libvirt', 'best'], ['libvirt', 'newest'],
  ['proxmox', 'best'], ['proxmox', 'newest'], ['proxmox', 'type'], [], ['clouds', 'best'],
  ['clouds', 'newest']];

/** Named models by platform: best names most of what hosts share, newest is the newest host's. */
function modelsObject(records) {
  const models = { qemu: {}, libvirt: {}, proxmox: {}, clouds: {} };
  for (const { taker, form, name, extras, removed, drops, next } of records) {
    const [on, off, lost] = [extras, removed, drops].map((list) => list.split(' ').filter(Boolean));
    const [platform, which] = MODELS[taker * 2 + form];
    models[platform][which] = { name, extras: on, removed: off, drops: lost, next };
  }
  return models;
}

const noteObject = (note, kinds) => ({
  severity: kinds[note.kind].severity,
  kind: kinds[note.kind].kind,
  host: note.host ? note.host - 1 : null,
  line: note.line || null,
  text: note.text,
  source: note.source ? note.source - 1 : null,
  lastLine: note.last_line || null,
  count: note.count,
});

/** A feature that was refused; key and bit are null for a name without a place. */
function refusedObject({ leaf, sub, reg, bit, side, words }) {
  const [name, meaning, intel, amd, hosts, cause = '', step = ''] = words.split('\t');
  return {
    key: bit <= 32 ? keyOf(leaf, sub, reg) : null,
    bit: bit < 32 ? bit : null,
    name,
    meaning,
    side: SIDES[side],
    first: { intel: intel || null, amd: amd || null },
    cause,
    step,
    hosts,
  };
}

function refusalObject(memory, refusal) {
  const [platform, sentence, step] = refusal.words.split('\t');
  return {
    platform,
    source: refusal.source - 1,
    line: refusal.line,
    lastLine: refusal.last_line,
    sentence,
    step,
    text: refusal.quote,
    bits: memory.records('refused', refusal.bits_at, refusal.bits_n).map(refusedObject),
  };
}

/** The core: see createCore. */
class Core {
  #memory;
  #lists = {};
  /** The last request, and whether its answer was overwritten in memory. */
  #asked = null;
  #forgotten = false;

  constructor(exports) {
    this.#memory = new Memory(exports);
    exports._initialize?.();
    exports.begin();
    for (const what of ['profiles', 'formats', 'targets', 'notes']) this.list(what);
  }

  #readList(what) {
    const { exports } = this.#memory;
    const [number, columns] = LISTS[what];
    const at = exports.list(number);
    const rows = this.#memory.text(at, exports.said_len()).split('\n').slice(0, -1);
    return rows.map((row) => {
      const words = row.split('\t');
      return Object.fromEntries(columns.map((column, i) => [column, words[i]]));
    });
  }

  /**
   * Rows of a table: profiles {id, name, check, about}, formats {id, name, command, about},
   * targets {id, name, file, platform}, models {id, name}; bits: see glossary.
   */
  list(what) {
    this.#lists[what] ??= this.#readList(what);
    return this.#lists[what];
  }

  #read({ sources, setting }) {
    const memory = this.#memory;
    memory.exports.begin();
    for (const source of sources ?? []) {
      const format = this.#lists.formats.findIndex(({ id }) => id === source.format);
      memory.exports.source(memory.write(encoder.encode(source.name ?? '').subarray(-1024)), format);
      memory.feed(bytesOf(source));
    }
    if (setting && memory.exports.setting()) memory.feed(bytesOf(setting));
  }

  /** Reads the sources and answers; never throws, whatever the bytes are. */
  answer(request) {
    this.#asked = request;
    this.#forgotten = false;
    return this.#answer(request);
  }

  /** The same for a request that only was a question: explain still speaks of the one before. */
  tryOut(request) {
    const { hosts } = this;
    const answer = this.#answer(request);
    this.#forgotten = true;
    this.hosts = hosts;
    return answer;
  }

  #answer(request) {
    const memory = this.#memory;
    this.#read(request);
    const length = memory.write(encoder.encode(requestText(request)));
    const at = memory.exports.answer(length);
    return this.#answerObject(memory.record('answer', at));
  }

  #answerObject(answer) {
    const memory = this.#memory;
    const { profiles, formats, targets, notes } = this.#lists;
    const kinds = readKinds(memory, answer);
    const hosts = memory.records('host', answer.hosts_at, answer.hosts_n)
      .map((host) => hostObject(host, kinds[host.kind], formats));
    const lines = (at, count) => memory.records('line', at, count).map((line) => line.text);
    const profile = profiles[answer.profile] ?? { id: 'own', name: 'your own default masks' };
    this.hosts = hosts;
    return {
      version: 1,
      hosts,
      profile: profile.id,
      check: CHECKS[answer.check],
      registers: memory.records('register', answer.registers_at, answer.registers_n)
        .map((register) => registerObject(memory, register)),
      bits: memory.records('bit', answer.bits_at, answer.bits_n)
        .map((bit) => bitObject(memory, bit, hosts)),
      verdict: {
        migratable: answer.migratable === 1,
        sentence: answer.sentence,
        psabi: answer.psabi ? `x86-64-v${answer.psabi}` : null,
        evc: answer.evc || null,
        evcNext: answer.evc_next,
        xcr0: hex8(answer.xcr0),
        xsaveSize: answer.xsave_size || null,
        vendor: answer.vendor_len ? answer.vendor : null,
        physBits: answer.phys_bits || null,
        problems: lines(answer.problems_at, answer.problems_n),
        guests: lines(answer.guests_at, answer.guests_n),
        costs: lines(answer.costs_at, answer.costs_n),
        drift: lines(answer.drift_at, answer.drift_n),
      },
      notes: memory.records('note', answer.notes_at, answer.notes_n)
        .map((note) => noteObject(note, notes)),
      targets: Object.fromEntries(
        memory.records('target', answer.targets_at, answer.targets_n)
          .map((target) => [targets[target.id].id, target.text])),
      how: Object.fromEntries(
        memory.records('target', answer.targets_at, answer.targets_n)
          .map((target) => [targets[target.id].id, howObject(target, targets[target.id])])),
      models: modelsObject(memory.records('model', answer.models_at, answer.models_n)),
      refusals: memory.records('refusal', answer.refusals_at, answer.refusals_n)
        .map((refusal) => refusalObject(memory, refusal)),
      masks: memory.records('mask', answer.masks_at, answer.masks_n)
        .map((mask) => maskObject(memory, mask, hosts)),
      setting: answer.setting_at ? settingObject(memory, answer.setting_at) : null,
      profileName: profile.name,
      profileReason: answer.reason,
      reading: {
        hosts: hosts.length,
        lines: answer.lines,
        used: answer.used,
        blank: answer.blank,
        aside: answer.aside,
        unread: answer.unread,
        sentence: answer.reading,
      },
    };
  }

  /**
   * The payload of a share link: a version character and base64url, to stand behind '#'.
   * Empty when it would not fit the memory (tens of thousands of different hosts).
   */
  encode(request, { names = true } = {}) {
    const memory = this.#memory;
    this.#read(request);
    memory.exports.answer(memory.write(encoder.encode(requestText(request))));
    this.#forgotten = request !== this.#asked;
    const at = memory.exports.encode(names ? 1 : 0);
    return memory.text(at, memory.exports.said_len());
  }

  /** A payload as {request}, its hosts as text in one source, or {error: sentence}. */
  decode(payload) {
    const memory = this.#memory;
    const { exports } = memory;
    const bytes = encoder.encode(payload);
    const at = exports.decode(memory.write(bytes));
    this.#forgotten = true;
    if (!at) {
      const start = exports.input();
      exports.begin();
      return { error: decoder.decode(memory.bytes.subarray(start, start + exports.said_len())) };
    }
    const text = memory.text(at, exports.said_len());
    const choices = memory.text(exports.choices_at(), exports.choices_len());
    exports.begin();
    return { request: requestOf(text, choices) };
  }

  /** One bit of a register that the last answer lists, or null. */
  explain(key, bit) {
    const memory = this.#memory;
    if (this.#forgotten && this.#asked) this.answer(this.#asked);
    const [leaf, sub, reg] = key.replace('msr10a.0', `${MSR_10A.toString(16)}.ff`).split('.');
    const at = memory.exports.explain(parseInt(leaf, 16), parseInt(sub, 16),
      REGISTERS.indexOf(reg), bit);
    return at ? bitObject(memory, memory.record('bit', at), this.hosts) : null;
  }
}

const GROUPS = ['missing', 'needless', 'dangerous'];
const FINDINGS = ['', 'left', 'left', 'lacks', 'dropped', 'forbidden', 'unchecked', 'forced',
  'overrides', 'alone', 'mitigation', 'spare', 'aside'];

/**
 * A mask that is there already, beside the recommended one: which bits it leaves, hides for
 * nothing or makes dangerous; diff has all in which a guest would see something else.
 */
function settingObject(memory, at) {
  const record = memory.record('setting', at);
  const findings = memory.records('finding', record.findings_at, record.findings_n)
    .map(({ leaf, sub, reg, bit, name, group, what, yours, ours, reason }) => ({
      key: keyOf(leaf, sub, reg), bit, name, kind: FINDINGS[what], group: GROUPS[group] ?? 'other',
      yours: String.fromCharCode(yours), ours: String.fromCharCode(ours), reason,
    }));
  const inGroup = (wanted) => findings.filter(({ group }) => group === wanted)
    .map(({ group, yours, ours, ...bit }) => bit);
  return {
    format: record.format,
    sentence: record.sentence,
    works: record.works === 1,
    missing: inGroup('missing'),
    needless: inGroup('needless'),
    dangerous: inGroup('dangerous'),
    registers: memory.records('register', record.registers_at, record.registers_n)
      .map((register) => registerObject(memory, register))
      .filter(({ custom }) => /[^- ]/.test(custom))
      .map(({ key, title, custom, effective }) => ({ key, title, custom, effective })),
    diff: findings.filter(({ yours, ours }) => yours !== ours)
      .map(({ group, ...bit }) => bit),
    notes: memory.records('line', record.lines_at, record.lines_n).map((line) => line.text),
  };
}

/** How a target is used: its file's name, and lists of sentences. */
function howObject(target, { name, platform, file }) {
  const lines = (text) => text.split('\n').filter(Boolean);
  return {
    name, platform, file,
    apply: lines(target.apply),
    verify: lines(target.verify),
    undo: lines(target.undo),
    cannot: lines(target.cannot),
  };
}

/**
 * Makes the core from core.wasm: its bytes, or a WebAssembly.Module. Everything after is
 * synchronous.
 */
export async function createCore(wasm) {
  const made = await WebAssembly.instantiate(wasm, {});
  return new Core((made.instance ?? made).exports);
}

const wordsOf = (text) => text.split(' ').filter(Boolean);

/**
 * All that is known of every bit: { key, bit, name, meaning, vendor, merge, level, names by
 * dialect, others, needs (indexes of this list), first: { intel, amd }, cause, age }. The age is
 * since when Linux prints it in flags: see names.def.
 */
export function glossary(core) {
  return core.list('bits').map((row) => ({
    key: keyOf(Number(row.leaf), Number(row.sub), Number(row.reg)),
    bit: Number(row.bit),
    name: row.name,
    meaning: row.meaning,
    vendor: VENDORS[row.vendor],
    merge: MERGES[row.merge],
    level: LEVELS[row.level],
    names: Object.fromEntries(DIALECTS.map((dialect) => [dialect, row[dialect]])),
    others: wordsOf(row.others),
    needs: wordsOf(row.needs).map(Number),
    first: { intel: row.intel, amd: row.amd },
    cause: row.cause,
    age: Number(row.age),
  }));
}
