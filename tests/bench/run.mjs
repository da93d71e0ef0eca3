// Reading speed against memcpy in the same run; ratios hold on noisy machines, seconds do not.
// Nothing is asserted: read the table.
import { readFile } from 'node:fs/promises';
import { createCore } from '../../wasm/core.js';
import { aida, aidaStyles, change, cpu, formats, hosts, seeded } from '../hosts.mjs';

const core = await createCore(await readFile(new URL('../../build/wasm/core.wasm', import.meta.url)));
const real = Object.values(hosts);

const printers = {
  'cpuid -1 -r': (host) => formats['cpuid -1 -r'].print(host),
  'InstLatx64': (host) => aida(host, { ...aidaStyles['CPUID Registers / Logical CPU'], cpus: 1 }),
};

/** A fleet as one text: real hosts drawn with replacement, every one with its own APIC id. */
function fleet(print, count) {
  const random = seeded(count);
  const text = Array.from({ length: count }, () =>
    print(cpu(random.pick(real), random.below(256)))).join('');
  return new TextEncoder().encode(text);
}

function fastest(runs, body) {
  const times = Array.from({ length: runs }, () => {
    const start = performance.now();
    body();
    return performance.now() - start;
  });
  return Math.min(...times);
}

const memcpy = (bytes) => {
  const target = new Uint8Array(bytes.length);
  return fastest(15, () => target.set(bytes));
};

const request = (bytes, choices = {}) => ({ sources: [{ name: '', bytes }],
  profile: 'open', check: null, defaults: [], ...choices });

const rows = [];
for (const [format, print] of Object.entries(printers)) {
  for (const count of [1000, 10000]) {
    const bytes = fleet(print, count);
    const copy = memcpy(bytes);
    const first = fastest(1, () => core.answer(request(bytes)));
    const warm = fastest(7, () => core.answer(request(bytes)));
    rows.push({ format, hosts: count, 'MB': (bytes.length / 1e6).toFixed(1),
      'first ms': first.toFixed(1), 'warm ms': warm.toFixed(1), 'memcpy ms': copy.toFixed(2),
      'x memcpy': (warm / copy).toFixed(1), 'GB/s': (bytes.length / warm / 1e6).toFixed(2) });
  }
}
console.log('Reading and answering a fleet, copy into wasm and answer as objects included');
console.table(rows);

const two = new TextEncoder().encode([hosts.xeonE52660v3, hosts.xeonSilver4214]
  .map(printers['cpuid -1 -r']).join(''));
const edited = new TextEncoder().encode([hosts.xeonE52660v3, change(hosts.xeonSilver4214,
  { '1.0.ecx': (word) => word ^ 1 })].map(printers['cpuid -1 -r']).join(''));
for (let n = 0; n < 200; n++) core.answer(request(n % 2 ? two : edited));
let n = 0;
const latency = fastest(500, () => core.answer(request(n++ % 2 ? two : edited)));
const link = fastest(200, () => core.encode(request(two), { names: true }));
console.log('Two hosts');
console.table([{ 'answer us': (latency * 1000).toFixed(0), 'link us': (link * 1000).toFixed(0),
  bytes: two.length }]);
