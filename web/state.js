// Signals hold what the person did; everything else is computed from them.
import { batch, computed, signal } from '@preact/signals';
import { textBytes } from '../wasm/core.js';
import { cleanName, extent, rename, splice, toBytes, without } from './source.js';
import { difference, differences, gains, hasBit, kinds, platforms, steps, usualFilter }
  from './view.js';

/** Null until the core is there: the page is readable before. */
export const core = signal(null);

export const sources = signal([]);
/** What is being typed into the field: read like a source, kept when it is left. */
export const draft = signal('');
export const profile = signal(null);
export const check = signal(null);
export const defaults = signal([]);

/** Which version of each the person runs; null: the newest known. */
export const qemu = signal(null);
export const libvirt = signal(null);
/** Bits the person hides or keeps, whatever the hosts say: "7.0.ebx.5". */
export const hide = signal([]);
export const keep = signal([]);
/** What the person's machines have now, in the words of their platform. */
export const setting = signal('');

/** { key, bit, listed } or null; listed: it was chosen in the table of differences. */
export const selected = signal(null);
/** Where the focus should go: { key, bit, row }; a new object each time. */
export const goal = signal(null);
/** Which rows the table of differences was asked to have; null: as many as it fits. */
export const filter = signal(null);
/** The target whose text is shown; null: the likeliest. */
export const target = signal(null);
/** Registers the person unfolded (true) or folded (false). */
export const unfolded = signal(new Map());
/** What is open for change: { host }, { source } or { register }. */
export const editing = signal(null);
export const sharing = signal(false);
/** { at, text, before }: what the last removal took, and the line that offers it back. */
export const undo = signal(null);
/** One sentence about a file or a link that could not be opened. */
export const trouble = signal('');
/** Whether the page is laid out for a printer. */
export const onPaper = signal(false);
/** Bits in a row: 32, 16 or 8 by the width of the window. */
export const columns = signal(32);

// What a person chose besides the hosts: each signal, and what it is until then.
const CHOICES = Object.entries({ profile: [profile, null], check: [check, null],
  defaults: [defaults, []], hide: [hide, []], keep: [keep, []],
  qemu: [qemu, null], libvirt: [libvirt, null], setting: [setting, ''] });

const chosen = () => Object.fromEntries(CHOICES.map(([key, [choice]]) => [key, choice.value]));

function choose(choices) {
  for (const [key, [choice, none]] of CHOICES) choice.value = choices[key] ?? none;
}

export const request = computed(() => ({
  ...chosen(),
  sources: draft.value.trim() === ''
    ? sources.value
    : [...sources.value, { name: '', bytes: toBytes(draft.value) }],
  setting: setting.value.trim() === '' ? null : { name: '', text: setting.value },
}));

export const answer = computed(() =>
  (core.value && request.value.sources.length ? core.value.answer(request.value) : null));

export const isSample = computed(() =>
  sources.value.length > 0 && sources.value.every((source) => source.sample));

/** What the answer can be written as, by platform, the likely ones first: see view.js. */
export const offered = computed(() => platforms(answer.value));
/** The target that is shown: the one chosen, else the likeliest platform's first. */
export const shownTarget = computed(() => {
  const all = offered.value.flatMap(({ targets }) => targets);
  return all.find(({ id }) => id === target.value) ?? all[0];
});

// Each kind of host is an answer more: beyond these it would take too long.
const MOST_TRIED = 12;
const MOST_TRIED_BYTES = 4 << 20;

/** Whether it can be said what each kind of host costs the others. */
export const canTry = computed(() => {
  const count = kinds(answer.value.hosts).length;
  const size = request.value.sources.reduce((sum, { bytes }) => sum + bytes.length, 0);
  return count > 2 && count <= MOST_TRIED && size <= MOST_TRIED_BYTES;
});

/** What would be gained without one kind of host: see view.js. */
export const whatIf = computed(() => {
  const { hosts, profile: id, check: rule } = answer.value;
  // The masks stay those of now, whatever the hosts left would suggest.
  const same = { profile: id === 'own' ? null : id, check: rule, setting: null };
  return kinds(hosts).map(({ label, first }) => {
    const gone = hosts.filter(({ kind }) => kind === hosts[first].kind);
    const left = without(request.value.sources, hosts, gone);
    const then = core.value.tryOut({ ...request.value, ...same, sources: left });
    return { label, words: gains(answer.value, then) };
  }).filter(({ words }) => words);
});

/** The paragraph about the selected bit. */
export const explained = computed(() => {
  const place = selected.value;
  return place && answer.value && hasBit(answer.value, place.key)
    ? core.value.explain(place.key, place.bit)
    : null;
});

function change(next) {
  batch(() => {
    sources.value = next;
    undo.value = null;
    trouble.value = '';
    editing.value = null;
  });
}

/** @param {{ name: string, bytes: Uint8Array, sample?: boolean }[]} added */
export function add(added) {
  // One's own hosts take the place of a sample: nobody wants to compare with it.
  const kept = isSample.value ? [] : sources.value;
  change([...kept, ...added.map((source) => ({ ...source, bytes: textBytes(source.bytes) }))]);
}

export function openSample(sample) {
  batch(() => {
    forget();
    change([{ name: '', bytes: toBytes(sample.text), sample: true }]);
  });
}

/** Everything at once, as a link or a file holds it. */
export function openRequest(opened) {
  const before = snapshot();
  batch(() => {
    forget();
    change(opened.sources.map(({ name, bytes, text }) =>
      ({ name, bytes: bytes ?? toBytes(text) })));
    choose(opened);
    if (before.sources.length) offerUndo(0, 'The link took the place of your hosts.', before);
  });
}

export function keepDraft() {
  const text = draft.value;
  if (text.trim() === '') return;
  batch(() => {
    draft.value = '';
    add([{ name: '', bytes: toBytes(text) }]);
  });
}

function replaceSource(index, bytes) {
  change(sources.value.map((source, at) => (at === index ? { ...source, bytes } : source)));
}

/** What a text is to be read as, from now on; '' for what it looks like. */
export function readAs(index, format) {
  change(sources.value.map((source, at) =>
    (at === index ? { ...source, format: format || undefined } : source)));
}

export function renameHost(host, typed) {
  const name = cleanName(typed);
  if (name === '' || name === host.name) return;
  replaceSource(host.source, rename(sources.value[host.source].bytes, host, name));
}

export function editSlice(index, at, length, text) {
  replaceSource(index, splice(sources.value[index].bytes, at, length, toBytes(text)));
}

export function removeHost(host, at) {
  const before = snapshot();
  const { bytes } = sources.value[host.source];
  const { at: from, length } = extent(bytes, host);
  const rest = splice(bytes, from, length, new Uint8Array());
  const others = answer.value.hosts.some((one) => one !== host && one.source === host.source);
  batch(() => {
    if (others) replaceSource(host.source, rest);
    else change(sources.value.filter((_, index) => index !== host.source));
    offerUndo(at, `${host.name} removed.`, before);
  });
}

export function removeSource(index, at) {
  const before = snapshot();
  batch(() => {
    change(sources.value.filter((_, other) => other !== index));
    offerUndo(at, 'Text removed.', before);
  });
}

export function clear() {
  const before = snapshot();
  const text = isSample.value ? 'Sample cleared.' : 'Hosts cleared.';
  batch(() => {
    forget();
    change([]);
    offerUndo(0, text, before);
  });
}

function forget() {
  draft.value = '';
  choose({});
  selected.value = null;
  unfolded.value = new Map();
  filter.value = null;
}

/** Whether there is something to show besides the hosts' list. */
export const hasHosts = computed(() => answer.value !== null && answer.value.hosts.length > 0);
export const refusals = computed(() => answer.value?.refusals ?? []);

const snapshot = () => ({ ...chosen(), sources: sources.value });

function offerUndo(at, text, before) {
  undo.value = { at, text, before };
}

export function takeBack() {
  const { before } = undo.value;
  batch(() => {
    change(before.sources);
    choose(before);
  });
  keepInSight();
}

/** Hides or keeps a bit; null leaves it to the default again. */
export function pin(bit, way) {
  if (!bit.ruled || bit.pin === way) return;
  const before = snapshot();
  const place = `${bit.key}.${bit.bit}`;
  const others = (list) => list.filter((one) => one !== place);
  batch(() => {
    hide.value = [...others(hide.value), ...(way === 'hide' ? [place] : [])];
    keep.value = [...others(keep.value), ...(way === 'keep' ? [place] : [])];
    undo.value = { at: null, place, before,
      text: { hide: 'Hidden.', keep: 'Kept.' }[way] ?? 'As the default again.' };
  });
  keepInSight();
}

// A row that only a pin brought into the table goes with it: the bit stands in the masks, too.
function keepInSight() {
  const { key, bit, listed } = selected.value ?? {};
  const stays = !listed || !answer.value || differences(answer.value, rows.value)
    .some((row) => row.key === key && row.bit === bit);
  if (!stays) show(key, bit);
}

export function setDefault(register, mask) {
  batch(() => {
    // Their mask goes on top of the profile they see, whoever chose that.
    profile.value ??= answer.value.profile;
    defaults.value = [
      ...defaults.value.filter((one) => one.register !== register),
      ...(mask.trim() === '' ? [] : [{ register, mask }]),
    ];
  });
}

export function unfold(key, open) {
  unfolded.value = new Map(unfolded.value).set(key, open);
}

export function select(key, bit, listed = false) {
  const now = selected.value;
  const same = now?.key === key && now.bit === bit && now.listed === listed;
  selected.value = same ? null : { key, bit, listed };
}

/** Leads to a bit in the masks. */
export function show(key, bit) {
  batch(() => {
    selected.value = { key, bit, listed: false };
    goal.value = { key, bit, row: 'custom' };
  });
}

/** The rows of the table of differences: all that differ where they are few. */
export const rows = computed(() => filter.value ?? usualFilter(answer.value));

/** Selects the next difference, or the one before, across registers. */
export function step(from, by, focus) {
  // Inside the table the steps lead along its own rows.
  const shown = !focus && selected.value?.listed ? rows.value : 'differ';
  const to = difference(steps(answer.value, shown), from, by);
  if (!to) return;
  batch(() => {
    unfold(to.key, true);
    if (focus) goal.value = { ...to, row: from.row };
    else selected.value = { ...selected.value, key: to.key, bit: to.bit };
  });
}
