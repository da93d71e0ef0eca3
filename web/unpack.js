// The other half of pack.mjs, in the page.

// Zero is the most frequent byte and HTML forbids it, so it takes the place of one that is rare.
export const ZERO = '\x7f';

// Bytes that mean something within a template literal stand above the others.
export const MOVED = [0x7f, 0x0d, 0x5c, 0x60];

/** @param {string} text */
export function unpack(text) {
  const bytes = new Uint8Array(text.length);
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (text[at] !== ZERO) bytes[at] = code < 0x100 ? code : MOVED[code - 0x100];
  }
  return bytes;
}
