// Words that an answer has wrong, misses or invents.
import { hex8, perCpu } from './hosts.mjs';

/** @param got a host of an answer @param want its words: "7.0.ebx" -> number
 *  @param skip keys that the text leaves open */
export function wrongWords(got, want, skip = () => false) {
  const found = [];
  for (const key of new Set([...Object.keys(want), ...Object.keys(got.words)])) {
    if (skip(key)) continue;
    const own = perCpu(key); // ids of one CPU need not be kept
    const wanted = hex8((want[key] ?? 0) & ~own);
    const is = hex8(parseInt(got.words[key] ?? '0', 16) & ~own);
    if (is !== wanted) found.push(`${got.name}: ${key} is ${is}, not ${wanted}`);
    if (key in got.words && key in want && ~parseInt(got.known[key], 16) & ~own) {
      found.push(`${got.name}: ${key} is known as ${got.known[key]} only`);
    }
  }
  return found;
}
