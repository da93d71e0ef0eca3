import assert from 'node:assert/strict';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { corePath } from '../../wasm/build.mjs';
import { pack, packDeflated } from '../../web/pack.mjs';
import { brotli, listFiles } from '../../web/serve.mjs';
import { unpack } from '../../web/unpack.js';
import { root } from '../setup.mjs';
import { dist, launch, openPage, serveNoting, skip, untilKept } from './visit.mjs';

const KiB = 1024;
const weigh = (path) => brotli(readFileSync(path)).length;
const show = (t, name, bytes, budget) => {
  t.diagnostic(`${name}: ${(bytes / KiB).toFixed(1)} of ${budget} KiB`);
  assert.ok(bytes <= budget * KiB, `${name}: ${bytes} bytes, ${budget} KiB allowed`);
};

describe('budgets', () => {
  // Fifty readers, the names and models of all projects and thirty targets made it what it is, half
  // code, half tables. What is owed stays written here; the gates below keep it from growing unseen.
  it.todo('core.wasm: at most 32 KiB');
  it.todo('the first visit: at most 72 KiB');

  it('core.wasm: until then no larger than 120 KiB', (t) => {
    show(t, 'core.wasm, brotli', weigh(corePath), 120);
  });

  it('core.wasm: nothing imported', async () => {
    const module = await WebAssembly.compile(readFileSync(corePath));
    assert.deepEqual(WebAssembly.Module.imports(module), []);
  });

  it('core.wasm: 64 MiB of memory that never grows', async () => {
    const { instance } = await WebAssembly.instantiate(readFileSync(corePath));
    const { memory } = instance.exports;
    assert.equal(memory.buffer.byteLength, 64 * KiB * KiB);
    assert.throws(() => memory.grow(1), RangeError);
  });

  it('core.wasm: inlined at almost no cost', (t) => {
    const bytes = readFileSync(corePath);
    const inlined = brotli(Buffer.from(pack(bytes))).length;
    t.diagnostic(`inlined ${inlined}, bare ${brotli(bytes).length} bytes of brotli`);
    assert.ok(inlined <= brotli(bytes).length * 1.1);
  });

  it('any bytes come back from their literal', async () => {
    const every = Uint8Array.from({ length: 512 }, (_, at) => (at * 7) % 256);
    const awkward = Buffer.concat([every, Buffer.from('${`\\`}\r\n\0\x7f</script><!--')]);
    for (const literal of [pack(awkward), packDeflated(awkward)]) {
      // eslint-disable-next-line no-eval
      const text = (0, eval)(literal);
      assert.deepEqual(Buffer.from(await unpack(text)), awkward);
    }
  });

  it('the first visit: until then at most 162 KiB', (t) => {
    const visited = listFiles(dist).filter((path) => !/404|offline|reference/.test(path));
    const sizes = visited.map((path) => [path, weigh(join(dist, path))]);
    for (const [path, bytes] of sizes) t.diagnostic(`${path}: ${bytes} bytes of brotli`);
    show(t, 'all files, brotli', sizes.reduce((sum, [, bytes]) => sum + bytes, 0), 162);
  });

  it('the first visit: one script, one style sheet', () => {
    const kinds = listFiles(join(dist, 'assets')).filter((path) => !/reference/.test(path))
      .map((path) => path.split('.').pop());
    assert.deepEqual(kinds.sort(), ['css', 'js']);
  });

  it('offline.html: at most 250 KiB', (t) => {
    show(t, 'offline.html', statSync(join(dist, 'offline.html')).size, 250);
  });

  it('the reference, for those who open it: at most 48 KiB more', (t) => {
    const files = listFiles(dist).filter((path) => path.includes('reference'));
    const sizes = files.map((path) => weigh(join(dist, path)));
    assert.equal(files.length, 3);
    show(t, 'its files, brotli', sizes.reduce((sum, bytes) => sum + bytes, 0), 48);
  });

  it('the first visit in Chromium: at most 5 requests, none elsewhere', { skip }, async (t) => {
    const site = await serveNoting();
    const browser = await launch();
    const page = await browser.newPage();
    const asked = [];
    page.on('request', (request) => asked.push(request.url()));
    await openPage(page, site.address);
    await untilKept(page);
    await page.waitForLoadState('networkidle');
    await browser.close();
    await site.close();

    const own = asked.filter((url) => !url.startsWith('data:'));
    assert.deepEqual(own.filter((url) => !url.startsWith(site.address)), []);
    assert.ok(own.length <= 5, own.join('\n'));
    for (const { path, bytes } of site.requests) t.diagnostic(`${path}: ${bytes} bytes sent`);
    const sent = site.requests.reduce((sum, { bytes }) => sum + bytes, 0);
    show(t, "everything sent, with the worker's own copies", sent, 162);
  });
});

describe('the lock file', () => {
  const { packages } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8'));
  const wanted = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));

  it('names no host and no folder that packages came from', () => {
    const told = Object.entries(packages).filter(([, each]) => each.resolved || each.link);
    assert.deepEqual(told, []);
  });

  it('pins what package.json asks for, by exact version', () => {
    const asked = { ...wanted.dependencies, ...wanted.devDependencies };
    for (const [name, version] of Object.entries(asked)) {
      assert.match(version, /^\d+\.\d+\.\d+$/, name);
      assert.equal(packages[`node_modules/${name}`].version, version);
    }
  });

  it('lets only Preact and its signals into the page', () => {
    const shipped = Object.keys(packages).filter((path) => path && !packages[path].dev
      && !packages[path].peer && !packages[path].optional && !packages[path].devOptional);
    assert.deepEqual(shipped.sort(), [
      'node_modules/@preact/signals', 'node_modules/@preact/signals-core', 'node_modules/preact',
    ]);
  });

  it('goes with a file that says what CI runs', () => {
    assert.match(readFileSync(join(root, '.ci/run'), 'utf8'), /exec npm test\n$/);
    assert.ok(existsSync(join(root, 'LICENSE')));
  });
});
