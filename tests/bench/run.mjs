// Reading speed against memcpy in the same run; ratios hold on noisy machines, seconds do not.
// Nothing is asserted: read the table. Budgets: read at most 4 x memcpy, 10,000 hosts 16 ms.
import { readFile } from 'node:fs/promises';
import { createCore } from '../../wasm/core.js';
import { aida, aidaStyles, change, cpu, formats, hosts, seeded } from '../hosts.mjs';

const built = await readFile(new URL('../../build/wasm/core.wasm', import.meta.url));
const core = await createCore(built);
const bare = (await WebAssembly.instantiate(built, {})).instance.exports;
const memory = new Uint8Array(bare.memory.buffer);
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

function fastest(runs, body, before = () => {}) {
  const times = Array.from({ length: runs }, () => {
    before();
    const start = performance.now();
    body();
    return performance.now() - start;
  });
  return Math.min(...times);
}

/** The bytes stand in the module's memory already; what is timed is the reading alone. */
function timesOf(bytes) {
  const put = () => memory.set(bytes, bare.input());
  const begin = () => {
    bare.begin();
    bare.source(0);
    put();
  };
  const read = () => bare.feed(bytes.length, 1);
  const request = { sources: [{ name: '', bytes }], profile: 'open', check: null, defaults: [] };
  const whole = () => core.answer(request);
  return {
    memcpy: fastest(15, put),
    first: fastest(1, read, begin),
    read: fastest(9, read, begin),
    answer: fastest(9, () => bare.answer(0)),
    objects: fastest(5, whole),
  };
}

bare._initialize?.();
const rows = [];
for (const [format, print] of Object.entries(printers)) {
  for (const count of [1000, 10000]) {
    const bytes = fleet(print, count);
    const { memcpy, first, read, answer, objects } = timesOf(bytes);
    rows.push({ format, hosts: count, 'MB': (bytes.length / 1e6).toFixed(1),
      'memcpy ms': memcpy.toFixed(2), 'first read ms': first.toFixed(1), 'read ms': read.toFixed(1),
      'read x memcpy': (read / memcpy).toFixed(1),
      'read GB/s': (bytes.length / read / 1e6).toFixed(2),
      'answer ms': answer.toFixed(1), 'all, as objects ms': objects.toFixed(1) });
  }
}
console.log('A fleet in one text');
console.table(rows);

const request = (list) => ({ profile: 'open', check: null, defaults: [], sources: [{ name: '',
  bytes: new TextEncoder().encode(list.map(printers['cpuid -1 -r']).join('')) }] });
const two = request([hosts.xeonE52660v3, hosts.xeonSilver4214]);
const edited = request([hosts.xeonE52660v3,
  change(hosts.xeonSilver4214, { '1.0.ecx': (word) => word ^ 1 })]);
let n = 0;
const turn = () => core.answer(n++ % 2 ? two : edited);
fastest(200, turn);
console.log('Two hosts, one of them edited in turn');
console.table([{ 'answer us': (fastest(500, turn) * 1000).toFixed(0),
  'link us': (fastest(200, () => core.encode(two, { names: true })) * 1000).toFixed(0) }]);
