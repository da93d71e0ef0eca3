// Every format there is, with its printer; common.mjs says what a printer is.
import * as make from '../hosts.mjs';
import { carried } from './common.mjs';
import { nameFormats } from './names.mjs';
import { systemFormats } from './systems.mjs';
import { toolFormats } from './tools.mjs';
import { vmwareFormats } from './vmware.mjs';
import { wrongWords } from '../words.mjs';

export const formats = { ...make.formats, ...toolFormats, ...vmwareFormats, ...systemFormats,
  ...nameFormats };

/** Hosts to print: real ones and made-up ones, as far as the format can say them. */
export function printable(format, count = 40) {
  const { suits = () => true, carries } = formats[format];
  const random = make.seeded(31);
  const made = Array.from({ length: count }, () => make.randomFleet(random, { count: 1 })[0]);
  return [...Object.values(make.hosts), ...made].filter((host) =>
    ['1.0', '80000000.0'].every((key) => host.leaves.has(key)) && suits(host)
    && (!carries(host).named || host.leaves.has('80000001.0')));
}

/** What is wrong with a host that was read from its text in a format. */
export function misread(format, host, got) {
  const { carries, guesses } = formats[format];
  const told = carries(host);
  // Without labels the subleaves of 0xD are guessed; names are shown cut and trimmed.
  const open = guesses || /unlabelled|spaces/.test(format) ? /^d\./
    : told.named ? /^8000000[234]\./ : /^$/;
  // What is above the maximum is known, and may be left out.
  const above = (key) => told.named && '0.0.eax' in got.words
    && make.above(host, key.split('.').slice(0, 2).join('.'));
  const found = wrongWords(got, carried(told), (key) => open.test(key) || above(key));
  if (open.test('d.1') && got.words['d.1.eax'] === '00000100') {
    found.push('the AVX area was read as subleaf 1');
  }
  return found;
}
