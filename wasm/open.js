// SPDX-License-Identifier: MIT
// Files as texts: gzip and zip are unpacked by the browser's (and Node's) own DecompressionStream,
// which checks every sum. Whatever the bytes are, what cannot be opened becomes a sentence.

/** No more than this comes out of the archives opened at once: 256 MB. */
export const ROOM = 256 << 20;
/** No more files than this are taken from one archive. */
export const MOST_FILES = 10_000;

/** Why something is not opened, as the end of a sentence. */
class Unopened extends Error {}

const refuse = (why) => { throw new Unopened(why); };

const DAMAGED = 'damaged or cut short';

const half = (bytes, at) => bytes[at] | bytes[at + 1] << 8;
const word = (bytes, at) => (half(bytes, at) | half(bytes, at + 2) << 16) >>> 0;

const isGzip = (bytes) => half(bytes, 0) === 0x8b1f;
const isZip = (bytes) => half(bytes, 0) === 0x4b50 && [0x0403, 0x0605].includes(half(bytes, 2));

// How other archives begin, and at which byte.
const UNREAD = [['tar', 'ustar', 257], ['xz', '\xfd7zXZ'], ['bzip2', 'BZh'], ['7z', '7z\xbc\xaf'],
  ['zstd', '\x28\xb5\x2f\xfd'], ['rar', 'Rar!']];

function refuseOthers(bytes) {
  const found = UNREAD.find(([, letters, at = 0]) =>
    Array.from(letters).every((letter, i) => bytes[at + i] === letter.charCodeAt(0)));
  if (found) refuse(`${found[0]} archives are not read; unpack it and open its files`);
}

/** What comes out of a gzip stream, given in parts; room.left shrinks by its size. */
async function gunzip(parts, room) {
  const reader = new Blob(parts).stream().pipeThrough(new DecompressionStream('gzip')).getReader();
  const pieces = [];
  let size = 0;
  try {
    for (let next = await reader.read(); !next.done; next = await reader.read()) {
      size += next.value.length;
      if (size > room.left) break;
      pieces.push(next.value);
    }
  } catch {
    refuse(DAMAGED);
  }
  if (size > room.left) {
    reader.cancel().catch(() => {});
    room.left = 0;
    refuse(`more than ${ROOM >> 20} MB would come out, which is the limit; unpack it first`);
  }
  room.left -= size;
  const bytes = new Uint8Array(size);
  let at = 0;
  for (const piece of pieces) {
    bytes.set(piece, at);
    at += piece.length;
  }
  return bytes;
}

/** Bytes as DEFLATE holds them unpacked: up to 65,535 a block. */
function storedBlocks(bytes) {
  const parts = [];
  let at = 0;
  do {
    const piece = bytes.subarray(at, at + 0xffff);
    const { length } = piece;
    at += length;
    const last = at === bytes.length ? 1 : 0;
    parts.push(Uint8Array.of(last, length, length >> 8, ~length, ~length >> 8), piece);
  } while (at < bytes.length);
  return parts;
}

const GZIP_HEAD = Uint8Array.of(0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255);

/** A file of a zip, which is a gzip stream but for its ends: so its sum is checked like one. */
async function openEntry(zip, { flags, method, packed, local, ends }, room) {
  const start = local + 30 + half(zip, local + 26) + half(zip, local + 28);
  if (flags & 1) refuse('encrypted; unpack it first');
  if (method !== 0 && method !== 8) refuse(`packed by method ${method}, which is not read`);
  if (word(zip, local) !== 0x04034b50 || start + packed > zip.length) refuse(DAMAGED);
  const bytes = zip.subarray(start, start + packed);
  return gunzip([GZIP_HEAD, ...(method ? [bytes] : storedBlocks(bytes)), ...ends], room);
}

/** The files of a zip, as its central directory lists them. */
function entriesOf(zip) {
  let end = zip.length - 22;
  const lowest = Math.max(0, end - 0xffff);
  while (end >= lowest && word(zip, end) !== 0x06054b50) end -= 1;
  if (end < lowest) refuse(DAMAGED);
  const count = half(zip, end + 10);
  let at = word(zip, end + 16);
  if (count === 0xffff || at === 0xffffffff) refuse('zip64 archives are not read; unpack it first');
  return Array.from({ length: count }, () => {
    if (word(zip, at) !== 0x02014b50) refuse(DAMAGED);
    const entry = {
      flags: half(zip, at + 8),
      method: half(zip, at + 10),
      packed: word(zip, at + 20),
      local: word(zip, at + 42),
      ends: [zip.subarray(at + 16, at + 20), zip.subarray(at + 24, at + 28)],
      path: new TextDecoder().decode(zip.subarray(at + 46, at + 46 + half(zip, at + 28))),
    };
    at += 46 + half(zip, at + 28) + half(zip, at + 30) + half(zip, at + 32);
    return entry;
  });
}

/** Not folders, nor what file managers leave behind. */
export const isWanted = (path) =>
  !/(^|[/\\])(\.[^/\\]*|__MACOSX[/\\].*|Thumbs\.db|desktop\.ini)$|[/\\]$/.test(path);

async function openZip(path, zip, room, out) {
  const entries = entriesOf(zip).filter((entry) => isWanted(entry.path));
  if (entries.some((entry) => entry.path === '[Content_Types].xml' || entry.path === 'mimetype')) {
    refuse('a document of an office program; save it as text');
  }
  for (const entry of entries.slice(0, MOST_FILES)) {
    const inside = `${path.replace(/\.zip$/i, '')}/${entry.path}`;
    try {
      await openOne(inside, await openEntry(zip, entry, room), room, out, true);
    } catch (error) {
      if (room.left === 0) throw error;
      out.unopened.push({ path: inside, why: whyOf(error) });
    }
  }
  if (entries.length > MOST_FILES) refuse(`only the first ${MOST_FILES} of its files are read`);
}

async function openOne(path, bytes, room, out, inside = false) {
  if (isZip(bytes)) {
    if (inside) refuse('an archive within an archive; unpack it first');
    return openZip(path, bytes, room, out);
  }
  const text = isGzip(bytes) ? await gunzip([bytes], room) : bytes;
  refuseOthers(text);
  out.files.push({ path: text === bytes ? path : path.replace(/\.gz$/i, ''), bytes: text });
}

function whyOf(error) {
  if (!(error instanceof Unopened)) throw error;
  return error.message;
}

function grouped(items, keyOf) {
  const groups = new Map();
  for (const item of items) {
    const key = keyOf(item);
    if (groups.has(key)) groups.get(key).push(item);
    else groups.set(key, [item]);
  }
  return groups;
}

// How many places all lists share, counted from the front.
function shared(lists) {
  const [first, ...others] = lists;
  const differs = first.findIndex((one, at) => others.some((list) => list[at] !== one));
  return differs < 0 ? first.length : differs;
}

const lastOf = (path) => path.split(/[/\\]/).filter(Boolean).at(-1) ?? '';

/** A name for each file: its own; where several share that, the folders that tell them apart. */
export function namesOf(paths) {
  const names = new Map();
  for (const [last, group] of grouped(new Set(paths), lastOf)) {
    const folders = group.map((path) => path.split(/[/\\]/).filter(Boolean).slice(0, -1));
    const front = shared(folders);
    const rest = folders.map((one) => one.slice(front));
    const back = shared(rest.map((one) => [...one].reverse()));
    const [ending] = /\.\w+$/.exec(last) ?? ['.txt'];
    group.forEach((path, at) => {
      const apart = rest[at].slice(0, rest[at].length - back).join(' ');
      names.set(path, group.length > 1 && apart ? apart + ending : last);
    });
  }
  return paths.map((path) => names.get(path));
}

// A name in an archive may hold anything at all.
const shown = (path) => path.replace(/[\p{C}\p{Z}]+/gu, ' ').slice(0, 100) || 'the input';

/** "Could not open a.zip/x and 2 more: encrypted." for each reason. */
function sentencesOf(unopened) {
  return [...grouped(unopened, ({ why }) => why)].map(([why, [{ path }, ...others]]) =>
    `Could not open ${shown(path)}${others.length ? ` and ${others.length} more` : ''}: ${
      why}.`);
}

/**
 * Files as sources for the core, with what is in archives in their place.
 * @param {{ path: string, bytes: Uint8Array }[]} files path may have folders, or be empty
 * @returns {Promise<{ sources: { name: string, bytes: Uint8Array }[], troubles: string[] }>}
 *   troubles: a sentence for each reason why something could not be opened
 */
export async function openAll(files) {
  const room = { left: ROOM };
  const out = { files: [], unopened: [] };
  for (const { path, bytes } of files) {
    try {
      await openOne(path, bytes, room, out);
    } catch (error) {
      out.unopened.push({ path, why: whyOf(error) });
    }
  }
  const names = namesOf(out.files.map(({ path }) => path));
  return {
    sources: out.files.map(({ bytes }, at) => ({ name: names[at], bytes })),
    troubles: sentencesOf(out.unopened),
  };
}
