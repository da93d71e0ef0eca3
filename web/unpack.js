// The other half of pack.mjs, in the page.

// Zero is the most frequent byte and HTML forbids it, so it takes the place of one that is rare.
export const ZERO = '\x7f';

// Bytes that mean something within a template literal stand above the others.
export const MOVED = [0x7f, 0x0d, 0x5c, 0x60];

/** In front of bytes that were deflated and written in base 85. */
export const DEFLATED = 'deflated ';

/** The digits of base 85 from 0x23 on, but for those that mean something in a literal or a page. */
export const DIGITS = Array.from({ length: 92 }, (_, at) => String.fromCharCode(0x23 + at))
  .filter((digit) => !'$<\\`&>'.includes(digit)).join('').slice(0, 85);

function characters(text) {
  const bytes = new Uint8Array(text.length);
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (text[at] !== ZERO) bytes[at] = code < 0x100 ? code : MOVED[code - 0x100];
  }
  return bytes;
}

async function inflated(text) {
  const values = new Map(Array.from(DIGITS, (digit, at) => [digit, at]));
  const words = new DataView(new ArrayBuffer(((text.length - 1) / 5) * 4));
  for (let at = 0; at < words.byteLength; at += 4) {
    let word = 0;
    for (let n = 0; n < 5; n += 1) word = word * 85 + values.get(text[1 + at * 1.25 + n]);
    words.setUint32(at, word);
  }
  // The first digit counts the bytes that only fill the last word.
  const bytes = new Uint8Array(words.buffer, 0, words.byteLength - Number(text[0]));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('deflate-raw'));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

/**
 * @param {string} text
 * @returns {Promise<Uint8Array>}
 */
export const unpack = async (text) => (text.startsWith(DEFLATED)
  ? inflated(text.slice(DEFLATED.length)) : characters(text));
