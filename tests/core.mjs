// The core as every test sees it: one instance, loaded from the built wasm, and short ways to ask.
import { readFile } from 'node:fs/promises';
import { createCore } from '../wasm/core.js';
import { PROFILES } from './control.mjs';
import { formats, hosts, randomFleet, seeded } from './hosts.mjs';

const built = new URL('../build/wasm/core.wasm', import.meta.url);

export const core = await createCore(await readFile(built));

/** The request for texts, bytes or sources, and what was chosen. */
export function asked(texts, choices = {}) {
  const sources = [texts].flat().map((one) => {
    if (typeof one === 'string') return { name: '', text: one };
    return ArrayBuffer.isView(one) ? { name: '', bytes: one } : one;
  });
  return { sources, profile: null, check: null, defaults: [], ...choices };
}

export const ask = (texts, choices) => core.answer(asked(texts, choices));

/** Hosts as one paste. */
export const text = (list, format = 'cpuid -1 -r') =>
  [list].flat().map((host) => formats[format].print(host)).join('');

export const real = Object.values(hosts);
const vendorWord = (host) => host.leaves.get('0.0')?.[1];
export const vendorOf = (host) =>
  ({ 0x756e6547: 'GenuineIntel', 0x68747541: 'AuthenticAMD' })[vendorWord(host)];
export const intel = real.filter((host) => vendorOf(host) === 'GenuineIntel');
export const amd = real.filter((host) => vendorOf(host) === 'AuthenticAMD');

export const register = (answer, key) => answer.registers.find((one) => one.key === key);

export const masks = ({ registers }) => registers.map(({ key, default: base, custom, effective }) =>
  ({ key, base, custom, effective }));

/** Random fleets of one vendor with their answers, in turn under every profile. */
export function* fleets(count, seed, { profiles = Object.keys(PROFILES), ...more } = {}) {
  const random = seeded(seed);
  for (let n = 0; n < count; n++) {
    const fleet = randomFleet(random, more);
    const profile = profiles[n % profiles.length];
    const chosen = random.chance(0.2) ? random.pick(['equal', 'subset']) : null;
    const check = chosen ?? PROFILES[profile].check;
    const answer = ask(text(fleet), { profile, check: chosen });
    const what = `fleet ${n} of seed ${seed}, ${profile}, ${check}`;
    yield { fleet, profile, check, answer, what };
  }
}
