// The core as every test sees it: one instance, loaded from the built wasm.
import { readFile } from 'node:fs/promises';
import { createCore } from '../wasm/core.js';

const built = new URL('../build/wasm/core.wasm', import.meta.url);

export const core = await createCore(await readFile(built));

/** Answers texts given as strings, one source each. */
export function ask(texts, choices = {}) {
  const sources = [texts].flat().map((one) =>
    (typeof one === 'object' && !ArrayBuffer.isView(one) ? one : { name: '', ...content(one) }));
  return core.answer({ sources, profile: null, check: null, defaults: [], ...choices });
}

function content(one) {
  return typeof one === 'string' ? { text: one } : { bytes: one };
}
