// Links, files and the clipboard: the ways out of the page, each only when asked for.
import { toText } from './source.js';

export const linkTo = (payload) => `${location.href.replace(/#.*/s, '')}#${payload}`;

export function putInAddressBar(payload) {
  history.replaceState(null, '', `#${payload}`);
}

/** The payload in the address bar, or ''. */
export const payloadInAddressBar = () => location.hash.slice(1);

/** The hosts as text that this page reads again. */
export function savedText(core, payload) {
  const { request } = core.decode(payload);
  return request.sources.map(({ text, bytes }) => text ?? toText(bytes)).join('\n');
}

export function saveText(text, name = 'motionmask.txt') {
  const anchor = document.createElement('a');
  anchor.href = URL.createObjectURL(new Blob([text], { type: 'text/plain' }));
  anchor.download = name;
  anchor.click();
  setTimeout(() => URL.revokeObjectURL(anchor.href), 10_000);
}

/** @returns {Promise<boolean>} whether it is on the clipboard */
export async function copyText(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return copyBySelection(text);
  }
}

// Pages of a plain http address have no clipboard object.
function copyBySelection(text) {
  const area = document.createElement('textarea');
  area.value = text;
  (document.querySelector('dialog[open]') ?? document.body).append(area);
  const { activeElement } = document;
  area.select();
  const done = document.execCommand('copy');
  area.remove();
  activeElement?.focus();
  return done;
}
