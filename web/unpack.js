// The other half of pack.mjs, in the page.

// Zero is the most frequent byte and HTML forbids it, so it takes the place of one that is rare.
export const ZERO = '\x7f';

// Bytes that mean something within a template literal stand above the others.
export const MOVED = [0x7f, 0x0d, 0x5c, 0x60];

/** In front of bytes that were deflated and written in base64. */
export const DEFLATED = 'deflated ';

function characters(text) {
  const bytes = new Uint8Array(text.length);
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (text[at] !== ZERO) bytes[at] = code < 0x100 ? code : MOVED[code - 0x100];
  }
  return bytes;
}

async function inflated(text) {
  const bytes = Uint8Array.from(atob(text), (one) => one.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('deflate-raw'));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

/**
 * @param {string} text
 * @returns {Promise<Uint8Array>}
 */
export const unpack = async (text) => (text.startsWith(DEFLATED)
  ? inflated(text.slice(DEFLATED.length)) : characters(text));
