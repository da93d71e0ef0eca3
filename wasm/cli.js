#!/usr/bin/env node
// SPDX-License-Identifier: MIT
// The command: the same core as the page, for files and pipes. See usage below and README.
import { readFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { createCore, glossary } from './core.js';
import { openAll } from './open.js';

const USAGE = `usage: motionmask [options] [FILE...]

Reads what hosts say about their CPUs (standard input when no file is given; .gz and .zip too) and
says which CPU features to hide so that virtual machines can move between them.

  --json                         print one JSON object
  --profile ID                   which default masks apply (see --list profiles)
  --check equal|subset           what must hold between hosts
  --default LEAF[.SUB].REG=MASK  a default mask of your own, repeatable
  --hide BIT, --keep BIT         a bit to hide or keep whatever the hosts say, repeatable; BIT is a
                                 name (avx2) or a place (7.0.ebx.5)
  --qemu VERSION                 the QEMU you run, as in 8.2; none: the newest known
  --libvirt VERSION              the same for libvirt
  --setting FILE                 a mask your machines have already: a -cpu string, a <cpu> element,
                                 cpuid.* lines, an xl cpuid= list, a template; what it does here
  --target ID                    print just the text for one platform (see --list targets)
  --how ID                       how to apply, verify and undo that text, and what it cannot say
  --format ID                    what the texts are, where that is told wrongly
  --link                         print the fragment of a share link
  --list profiles|targets|formats|models|bits
  --help

Exit status: 0 answered; 1 answered, and machines cannot move as things stand; 2 nothing readable
or wrong usage.
`;

const OPTIONS = {
  json: { type: 'boolean' },
  profile: { type: 'string' },
  check: { type: 'string' },
  default: { type: 'string', multiple: true },
  hide: { type: 'string', multiple: true },
  keep: { type: 'string', multiple: true },
  qemu: { type: 'string' },
  libvirt: { type: 'string' },
  setting: { type: 'string' },
  target: { type: 'string' },
  how: { type: 'string' },
  format: { type: 'string' },
  link: { type: 'boolean' },
  list: { type: 'string' },
  help: { type: 'boolean' },
};

/** Something the person should put right: one sentence, exit status 2. */
class Refusal extends Error {}

const sentence = (text) => (/[.!?]$/.test(text) ? text : `${text}.`);

function readArguments() {
  try {
    return parseArgs({ options: OPTIONS, allowPositionals: true });
  } catch (error) {
    throw new Refusal(sentence(error.message.split('\n')[0].split('. ')[0]));
  }
}

async function readStandardInput() {
  const pieces = [];
  for await (const piece of process.stdin) pieces.push(piece);
  return Buffer.concat(pieces);
}

async function readFiles(paths) {
  if (!paths.length) return [{ path: '', bytes: await readStandardInput() }];
  return Promise.all(paths.map(async (path) => {
    if (path === '-') return { path: '', bytes: await readStandardInput() };
    try {
      return { path, bytes: await readFile(path) };
    } catch (error) {
      throw new Refusal(`Cannot read ${path}: ${error.code === 'ENOENT' ? 'no such file'
        : error.code === 'EISDIR' ? 'it is a folder' : error.code}.`);
    }
  }));
}

async function readSources(paths) {
  const { sources, troubles } = await openAll(await readFiles(paths));
  if (!sources.length && troubles.length) throw new Refusal(troubles.join(' '));
  for (const trouble of troubles) process.stderr.write(`${trouble}\n`);
  return sources;
}

async function readSetting(path) {
  if (path === undefined) return null;
  const [source] = await readSources([path]);
  return source;
}

async function loadCore() {
  const url = new URL('../build/wasm/core.wasm', import.meta.url);
  try {
    return await createCore(await readFile(url));
  } catch (error) {
    if (error.code !== 'ENOENT') throw error;
    throw new Refusal('The core is not built yet: run npm run build:wasm first.');
  }
}

function ownDefault(text) {
  const equals = text.indexOf('=');
  if (equals < 1) {
    throw new Refusal(`--default wants LEAF[.SUB].REG=MASK, as in 1.ecx=RRRR..., not ${text}.`);
  }
  return { register: text.slice(0, equals), mask: text.slice(equals + 1) };
}

function makeRequest(core, values, sources, setting = null) {
  const known = (what, id) => core.list(what).some((row) => row.id === id);
  if (values.profile !== undefined && !known('profiles', values.profile)) {
    throw new Refusal(`There is no profile called ${values.profile}; see --list profiles.`);
  }
  if (values.check !== undefined && !['equal', 'subset'].includes(values.check)) {
    throw new Refusal(`--check is either equal or subset, not ${values.check}.`);
  }
  for (const target of [values.target, values.how]) {
    if (target !== undefined && !known('targets', target)) {
      throw new Refusal(`There is no target called ${target}; see --list targets.`);
    }
  }
  if (values.format !== undefined && !known('formats', values.format)) {
    throw new Refusal(`There is no format called ${values.format}; see --list formats.`);
  }
  return {
    sources: sources.map((source) => ({ ...source, format: values.format })),
    profile: values.profile ?? null,
    check: values.check ?? null,
    defaults: (values.default ?? []).map(ownDefault),
    hide: values.hide ?? [],
    keep: values.keep ?? [],
    qemu: values.qemu ?? null,
    libvirt: values.libvirt ?? null,
    setting,
  };
}

/** Bits as a list: by their places, with every name they have. */
const bitList = (core) => glossary(core).map(({ key, bit, name, meaning, names, others }) => ({
  id: `${key}.${bit}`,
  name: `${name}; ${meaning}`,
  command: [...new Set([...Object.values(names), ...others])].filter(Boolean).join(' '),
}));

function listText(core, what) {
  if (!['profiles', 'targets', 'formats', 'models', 'bits'].includes(what)) {
    throw new Refusal(`--list knows profiles, targets, formats, models and bits, not ${what}.`);
  }
  const rows = what === 'bits' ? bitList(core) : core.list(what);
  const width = Math.max(0, ...rows.map((row) => row.id.length));
  return rows.map((row) => {
    const more = [row.platform, row.name, row.check, row.file, row.command].filter(Boolean).join('; ');
    return `${row.id.padEnd(width)}  ${more}\n`;
  }).join('');
}

const KEYS = ['version', 'hosts', 'profile', 'check', 'registers', 'bits', 'verdict', 'notes',
  'targets'];
const ALSO = ['how', 'models', 'refusals', 'masks', 'setting', 'profileName', 'profileReason',
  'reading'];

function jsonText(answer) {
  const picked = Object.fromEntries([...KEYS, ...ALSO].map((key) => [key, answer[key]]));
  return `${JSON.stringify(picked, null, 1)}\n`;
}

function hostLine(host) {
  const facts = [host.formatName, host.brand ?? host.vendor,
    host.cpus > 1 ? `${host.cpus} logical CPUs` : null,
    `${host.registers} register${host.registers === 1 ? '' : 's'}`];
  return `  ${host.name}: ${facts.filter(Boolean).join(', ')}\n`;
}

const SIDES = {
  destination: 'missing on the destination', source: 'missing on the source',
  host: 'missing on this host', either: 'missing on one of the hosts', extra: 'one too many',
};

/** What was refused: features with the same cause and the same next step stand together. */
function refusalText(refusal) {
  const groups = new Map();
  for (const bit of refusal.bits) {
    const about = SIDES[bit.side]
      + (bit.cause ? `, usual cause: ${bit.cause}. ${bit.step}`.trimEnd() : '');
    groups.set(about, [...groups.get(about) ?? [], bit]);
  }
  const feature = (bit) => {
    const first = [bit.first.intel, bit.first.amd].filter(Boolean).join(' and ');
    const place = bit.bit === null ? '' : ` ${placeOf(bit)}`;
    return `    ${bit.name}${place}${first && `, since ${first}`}${bit.hosts && `; ${bit.hosts}`}\n`;
  };
  return [
    `\nline ${refusal.line}: ${refusal.sentence}\n  ${refusal.step}\n`,
    ...[...groups].map(([about, bits]) => `  ${about}\n${bits.map(feature).join('')}`),
  ].join('');
}

const linesText = (title, lines) =>
  (lines.length ? [`${title}\n`, ...lines.map((line) => `  ${line}\n`)] : []);

const placeOf = (bit) => `${bit.key.replace('.0.', '.')}[${bit.bit}]`;

/** Bits whose difference does not matter: not worth a register of their own in the report. */
const isQuiet = (bit) => !bit.pin && bit.decision === 'ignore' && (bit.ones === 0 || bit.zeros === 0
  || !['x', '0'].includes(bit.default) || ['TOPO', 'IGNORE', 'PER-CPU', 'MIRROR', 'SET', 'UNTOLD',
  'DERIVED', 'MIN'].includes(bit.merge));

/** Hosts differ in it, it goes with one in which they do, or it is pinned. */
const isTold = (bit) => (bit.ones && bit.zeros) || bit.decision === 'closure' || bit.pin;

const MANY = 3;
/** Stands in for a name: no sentence has it. */
const THE_BIT = '\0';

/** Bits that have the same said of them stand in one line where they are many. */
function bitLines(bits) {
  const alike = new Map();
  for (const bit of bits) {
    const about = bit.reason.replaceAll(bit.name, THE_BIT);
    alike.set(about, [...alike.get(about) ?? [], bit]);
  }
  return [...alike].flatMap(([about, some]) => (some.length < MANY ? some.map(bitLine)
    : [`  ${some.map((bit) => `${bit.bit}${nameOf(bit)}`).join(', ')}: ${
      about.replaceAll(THE_BIT, 'each')}\n`]));
}

const nameOf = (bit) => (bit.name === placeOf(bit) ? '' : ` ${bit.name}`);
const bitLine = (bit) => `  ${placeOf(bit)}${nameOf(bit)}: ${bit.reason}\n`;

function registerText(answer, register) {
  const bits = answer.bits.filter((bit) => bit.key === register.key && isTold(bit));
  const labels = ['effective', ...answer.hosts.slice(0, MOST_HOSTS).map((host) => host.name)];
  const width = Math.min(36, Math.max(...labels.map((label) => label.length)));
  const row = (label, letters) => `  ${label.slice(0, width).padEnd(width)}  ${letters}\n`;
  return [
    `\n${register.key.replace('.0.', '.')}   ${register.title}\n`,
    row('default', register.default),
    ...answer.hosts.slice(0, MOST_HOSTS)
      .map((host, index) => row(host.name, hostBits(answer, index, register.key))),
    row('custom', register.custom),
    row('effective', register.effective),
    ...bitLines(bits),
  ].join('');
}

/**
 * A register of a host in binary, bit 31 first; ? where the text is silent. A bit that the answer
 * does not speak of is the same on all hosts.
 */
function hostBits(answer, index, key) {
  const told = new Map(answer.bits.filter((bit) => bit.key === key)
    .map((bit) => [bit.bit, bit.values[index]]));
  const word = parseInt(answer.hosts.find((host) => host.words[key])?.words[key] ?? '0', 16);
  const digits = Array.from({ length: 32 }, (_, i) => {
    const bit = 31 - i;
    return String((told.has(bit) ? told.get(bit) : (word >>> bit) & 1) ?? '?');
  });
  return digits.join('').match(/..../g).join(' ');
}

const placeText = (note) => (note.line ? `line ${note.line}: ` : '');

const MOST_HOSTS = 8;

/** What differs without counting, by the name of the register, in one line. */
function quietText(answer, told) {
  const quiet = answer.bits.filter((bit) => bit.ones && bit.zeros
    && !told.some((register) => register.key === bit.key));
  const places = [...new Set(quiet.map((bit) => bit.key.replace('.0.', '.')))];
  return quiet.length ? [`\n${quiet.length} more bits differ and do not count: ${
    places.slice(0, 12).join(', ')}${places.length > 12 ? ', ...' : ''}.\n`] : [];
}

/** Masks the texts carry already: what a machine was given, or what it asks for. */
function masksText(masks) {
  const rows = masks.map(({ key, mask, vendor, line, text }) => {
    const place = key ? `${key.replace('.0.', '.')}${vendor && `, ${vendor}`}: ${mask}  (` : '';
    return `  line ${line}: ${place}${text}${place && ')'}\n`;
  });
  return rows.length ? ['\nMasks these texts already carry\n', ...rows] : [];
}

const FOUND = [['missing', 'Left'], ['dangerous', 'Dangerous'], ['needless', 'Needless']];

/** What the person's own mask does to these hosts. */
function settingText(setting) {
  if (!setting) return [];
  return [
    `\nYour setting${setting.format && ` (${setting.format})`}\n  ${setting.sentence}\n`,
    ...setting.registers.map(({ key, custom, effective }) =>
      `  ${key.replace('.0.', '.')}\n    custom     ${custom}\n    effective  ${effective}\n`),
    ...FOUND.flatMap(([group, title]) => linesText(`  ${title}`, setting[group]
      .map((bit) => `  ${placeOf(bit)} ${bit.name}: ${bit.reason}`))),
    ...setting.notes.map((note) => `  - ${note}\n`),
  ];
}

function reportText(answer) {
  const { verdict } = answer;
  const facts = [verdict.vendor, verdict.psabi, verdict.evc && `EVC ${verdict.evc}`,
    verdict.physBits && `${verdict.physBits} address bits`].filter(Boolean).join(', ');
  const told = answer.registers.filter((register) => answer.bits.some((bit) =>
    bit.key === register.key && isTold(bit) && !isQuiet(bit)));
  return [
    `${answer.reading.sentence}\n`,
    ...answer.refusals.map(refusalText),
    ...(answer.refusals.length && answer.hosts.length ? ['\n'] : []),
    ...answer.hosts.map(hostLine),
    ...(answer.hosts.length ? [`\n${verdict.sentence}\n`] : []),
    ...(facts ? [`${facts}\n`] : []),
    ...verdict.problems.map((problem) => `- ${problem}\n`),
    ...(verdict.evcNext ? [`- ${verdict.evcNext}\n`] : []),
    ...linesText('\nThe same CPU, different bits', verdict.drift),
    ...linesText('\nGuests that no longer start', verdict.guests),
    ...linesText('\nWhat other guests lose', verdict.costs),
    ...(answer.hosts.length ? [`\nMasks for ${answer.profileName} (${
      answer.profileReason}); hosts must be ${
      answer.check === 'equal' ? 'equal' : 'a superset of what the guest sees'}.\n`] : []),
    ...told.map((register) => registerText(answer, register)),
    ...quietText(answer, told),
    ...masksText(answer.masks),
    ...settingText(answer.setting),
    ...modelsText(answer.models),
    ...(answer.notes.length ? ['\nNotes\n'] : []),
    ...answer.notes.map((note) => `  ${placeText(note)}${note.text}\n`),
  ].join('');
}

const MODEL_NAMES = { qemu: 'QEMU', libvirt: 'libvirt', proxmox: 'Proxmox', clouds: 'clouds' };

/** The model to choose on each platform, and what it leaves out. */
function modelsText(models) {
  const listed = (word, names) => (names.length ? `, ${word} ${names.join(' ')}` : '');
  const lines = Object.entries(models).filter(([, { best }]) => best).map(([platform, { best }]) =>
    `${MODEL_NAMES[platform]}: ${best.name}${listed('with', best.extras)}${
      listed('without', best.removed)}. ${best.next}`.trimEnd());
  return linesText('\nNamed models', lines);
}

function howText({ platform, name, file, apply, verify, undo, cannot }) {
  return [`${platform}: ${name} (${file})\n`,
    ...linesText('Apply', apply), ...linesText('Verify', verify), ...linesText('Undo', undo),
    ...linesText('Cannot say', cannot)].join('');
}

/** The text alone; where there is none, why. */
function printTarget(answer, id) {
  process.stdout.write(answer.targets[id]);
  if (answer.targets[id] === '') process.stderr.write(`${answer.how[id].cannot.join('\n')}\n`);
}

function print(core, values, request) {
  const answer = core.answer(request);
  const wrong = answer.notes.find((note) => note.kind === 'request');
  if (wrong) throw new Refusal(wrong.text);
  const refused = (answer.refusals.length || answer.masks.length) && !values.link
    && values.target === undefined && values.how === undefined;
  if (!answer.hosts.length && !refused) {
    const error = answer.notes.find((note) => note.severity === 'error') ?? answer.notes[0];
    throw new Refusal(error?.text ?? answer.verdict.sentence);
  }
  if (values.link) {
    process.stdout.write(`#${core.encode(request, { names: true })}\n`);
  } else if (values.target !== undefined) {
    printTarget(answer, values.target);
  } else if (values.how !== undefined) {
    process.stdout.write(howText(answer.how[values.how]));
  } else {
    process.stdout.write(values.json ? jsonText(answer) : reportText(answer));
  }
  return answer.verdict.migratable ? 0 : 1;
}

async function main() {
  const { values, positionals } = readArguments();
  if (values.help) {
    process.stdout.write(USAGE);
    return 0;
  }
  const core = await loadCore();
  if (values.list !== undefined) {
    process.stdout.write(listText(core, values.list));
    return 0;
  }
  makeRequest(core, values, []);
  const setting = await readSetting(values.setting);
  return print(core, values, makeRequest(core, values, await readSources(positionals), setting));
}

process.stdout.on('error', (error) => process.exit(error.code === 'EPIPE' ? 0 : 2));
try {
  process.exitCode = await main();
} catch (error) {
  if (!(error instanceof Refusal)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 2;
}
