// Every format there is, with its printer; common.mjs says what a printer is.
import * as make from '../hosts.mjs';
import { carried } from './common.mjs';
import { nameFormats } from './names.mjs';
import { systemFormats } from './systems.mjs';
import { toolFormats } from './tools.mjs';
import { vmwareFormats } from './vmware.mjs';
import { wrongWords } from '../words.mjs';

const all = { ...make.formats, ...toolFormats, ...vmwareFormats, ...systemFormats,
  ...nameFormats };

/** Printed here, but not read yet: to become empty. */
export const pending = /^(tycho|xen-cpuid|x86info|raw-cpuid|manusov|RJCP|CPU-Z|cpucontrol|table,|xxd|hexdump|od |dd |dmidecode|ProcessorId|typed:|vmware|\.vmx|OVF|govc|PowerCLI|vim-cmd|MOB|esxcli|\/proc|VBox|Firecracker|flags line|lscpu|py-|lshw|hwinfo|inxi|a bare|QMP|libvirt, exp|virsh|cpu_info|KubeVirt|NFD|Coreinfo|featureCap|Capability|kcpuid)/;

export const formats = Object.fromEntries(Object.entries(all).filter(([name]) =>
  process.env.PENDING || !pending.test(name)));

/** Hosts to print: real ones and made-up ones, as far as every format can say them. */
export function printable(count = 40) {
  const random = make.seeded(31);
  const made = Array.from({ length: count }, () => make.randomFleet(random, { count: 1 })[0]);
  return [...Object.values(make.hosts), ...made].filter(({ leaves }) =>
    leaves.has('1.0') && leaves.has('80000000.0'));
}

/** What is wrong with a host that was read from its text in a format. */
export function misread(format, host, got) {
  const { carries, guesses } = formats[format];
  const told = carries(host);
  // Without labels the subleaves of 0xD are guessed; names are shown cut and trimmed.
  const open = guesses || /unlabelled|spaces/.test(format) ? /^d\./
    : told.named ? /^8000000[234]\./ : /^$/;
  const found = wrongWords(got, carried(told), (key) => open.test(key));
  if (open.test('d.1') && got.words['d.1.eax'] === '00000100') {
    found.push('the AVX area was read as subleaf 1');
  }
  return found;
}
