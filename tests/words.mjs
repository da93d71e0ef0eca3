// Words that an answer has wrong, misses or invents.
import { hex8, perCpu } from './hosts.mjs';

const ALL = 0xffffffff;

/** @param got a host of an answer
 *  @param want its words: "7.0.ebx" -> number where all of it is known, or { value, must, may }:
 *    the bits that must be known and those that may be; other(key) tells of the rest
 *  @param skip keys that the text leaves open */
export function wrongWords(got, { other = () => ({ value: 0, must: 0, may: 0 }), ...want },
  skip = () => false) {
  const found = [];
  for (const key of new Set([...Object.keys(want), ...Object.keys(got.words)])) {
    if (skip(key)) continue;
    const wanted = typeof want[key] === 'number' ? { value: want[key], must: ALL, may: ALL }
      : want[key] ?? other(key);
    const own = ~perCpu(key); // ids of one CPU need not be kept
    const [value, known] = [got.words[key] ?? '0', got.known[key] ?? '0'].map((word) =>
      parseInt(word, 16));
    const say = (what, bits) => bits && found.push(`${got.name}: ${key} ${what} ${hex8(bits)}`);
    say(`is ${hex8(value)}, not ${hex8(wanted.value)}, in the bits`,
      (value ^ wanted.value) & known & wanted.may & own);
    say('ought to be known in the bits', wanted.must & ~known & own);
    say('cannot be known in the bits', known & ~wanted.may & own);
  }
  return found;
}
