// A source is what was pasted or dropped at once: { name, bytes }. Changes to one host are
// changes to its slice of those bytes, so the text stays what the person gave.

const encoder = new TextEncoder();

/** The field and the editor show at most this much. */
export const SHOWN = 64 * 1024;

/** @param {string} text */
export const toBytes = (text) => encoder.encode(text);

/** @param {Uint8Array} bytes */
export const toText = (bytes) => new TextDecoder().decode(bytes);

/** The bytes with `length` of them from `at` on replaced. */
export function splice(bytes, at, length, middle) {
  const out = new Uint8Array(bytes.length - length + middle.length);
  out.set(bytes.subarray(0, at));
  out.set(middle, at);
  out.set(bytes.subarray(at + length), at + middle.length);
  return out;
}

/** Only what could stand in a `# host:` line. */
export const cleanName = (name) => name.replace(/\s+/g, ' ').trim().slice(0, 64);

/** The bytes with one host named: its `# host:` line is put in, or replaced. */
export function rename(bytes, { at, length }, name) {
  const line = toBytes(`# host: ${name}\n`);
  const own = nameLine(bytes, at, at + length);
  if (own) return splice(bytes, own.at, own.length, line);
  const before = nameLine(bytes, lineBefore(bytes, at), at);
  if (before) return splice(bytes, before.at, before.length, line);
  return splice(bytes, at, 0, line);
}

/** A host's slice with the `# host:` line above it, which would name the next host. */
export function extent(bytes, { at, length }) {
  const before = nameLine(bytes, lineBefore(bytes, at), at);
  return before ? { at: before.at, length: at + length - before.at } : { at, length };
}

// The line at this place, when it is one that names a host.
function nameLine(bytes, at, end) {
  let stop = bytes.indexOf(10, at);
  stop = stop < 0 || stop >= end ? end : stop + 1;
  const text = toText(bytes.subarray(at, Math.min(stop, at + 200)));
  return /^\s*# host:/.test(text) ? { at, length: stop - at } : null;
}

function lineBefore(bytes, at) {
  return bytes.lastIndexOf(10, Math.max(0, at - 2)) + 1;
}

/** The sources without some of their hosts; those that held no other are left out. */
export function without(sources, hosts, gone) {
  return sources.flatMap((source, index) => {
    const own = hosts.filter((host) => host.source === index);
    const leaving = own.filter((host) => gone.includes(host));
    if (leaving.length === 0) return [source];
    if (leaving.length === own.length) return [];
    const bytes = leaving.sort((a, b) => b.at - a.at).reduce((rest, host) => {
      const { at, length } = extent(rest, host);
      return splice(rest, at, length, new Uint8Array());
    }, source.bytes);
    return [{ ...source, bytes }];
  });
}
