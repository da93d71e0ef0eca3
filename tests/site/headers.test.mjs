import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { brotliDecompressSync } from 'node:zlib';
import { headersFor, listFiles, readHeaders, serve } from '../../web/serve.mjs';
import { root } from '../setup.mjs';
import { dist } from './visit.mjs';

const rules = readHeaders(readFileSync(join(root, 'netlify.toml'), 'utf8'));
const directives = (path) => Object.fromEntries(headersFor(rules, path)['Content-Security-Policy']
  .split('; ').map((part) => [part.split(' ')[0], part.split(' ').slice(1).join(' ')]));

describe('netlify.toml', () => {
  it('lets the page connect to nothing and run nothing but its own script', () => {
    for (const path of ['/', '/index.html']) {
      const policy = directives(path);
      assert.equal(policy['default-src'], "'none'");
      assert.equal(policy['connect-src'], "'none'");
      assert.equal(policy['script-src'], "'self' 'wasm-unsafe-eval'");
      assert.equal(policy['style-src'], "'self'");
      assert.equal(policy['form-action'], "'none'");
      assert.equal(policy['frame-ancestors'], "'none'");
      assert.equal(policy['require-trusted-types-for'], "'script'");
      assert.equal(policy['trusted-types'], 'app');
    }
  });

  it('lets the reference do still less', () => {
    const policy = directives('/reference.html');
    const { 'default-src': rest, 'script-src': script, 'style-src': style } = policy;
    assert.deepEqual([rest, script, style], ["'none'", "'self'", "'self'"]);
    assert.equal(policy['connect-src'], "'none'");
    assert.equal(policy['require-trusted-types-for'], "'script'");
    assert.equal(policy['trusted-types'], "'none'");
  });

  it("lets the worker fetch the page's own files", () => {
    assert.deepEqual(directives('/sw.js'),
      { 'default-src': "'none'", 'script-src': "'self'", 'connect-src': "'self'" });
  });

  it('allows nothing inline and no other origin anywhere', () => {
    for (const { path, values } of rules) {
      const policy = values['Content-Security-Policy'] ?? '';
      assert.doesNotMatch(policy, /unsafe-inline|'unsafe-eval'|https?:|\*/, path);
    }
  });

  it('sets no header twice for any built file', () => {
    for (const path of ['/', ...listFiles(dist)]) {
      const names = rules.filter((rule) => Object.keys(headersFor([rule], path)).length)
        .flatMap((rule) => Object.keys(rule.values).map((name) => name.toLowerCase()));
      assert.deepEqual(names.filter((name, at) => names.indexOf(name) !== at), [], path);
    }
  });

  it('keeps named-by-content files for ever and asks again for the others', () => {
    for (const path of ['/', ...listFiles(dist)]) {
      const cache = headersFor(rules, path)['Cache-Control'];
      if (path.startsWith('/assets/')) assert.match(cache, /immutable/, path);
      else assert.match(cache, /^(no-cache|public, max-age=86400)$/, path);
    }
  });

  it('is refused when a header line is not understood', () => {
    const broken = '[[headers]]\n  for = "/"\n  [headers.values]\n  X-A = """\n';
    assert.throws(() => readHeaders(broken), /line 4: not understood/);
  });
});

describe('the server', () => {
  let site;
  before(async () => { site = await serve(); });
  after(() => site.close());

  it('sends exactly those headers with every file', async () => {
    for (const path of ['/', ...listFiles(dist), '/nothing/here']) {
      const { headers } = await fetch(site.address + path);
      for (const [name, value] of Object.entries(headersFor(rules, path))) {
        assert.equal(headers.get(name), value, `${name} of ${path}`);
      }
      if (!('Content-Security-Policy' in headersFor(rules, path))) {
        assert.equal(headers.get('content-security-policy'), null, path);
      }
    }
  });

  it('sends the built bytes, compressed when asked to', async () => {
    const wanted = readFileSync(join(dist, 'index.html'));
    const plain = await fetch(`${site.address}/`, { headers: { 'accept-encoding': 'identity' } });
    assert.equal(plain.headers.get('content-encoding'), null);
    assert.deepEqual(Buffer.from(await plain.arrayBuffer()), wanted);
    const packed = await fetchRaw(`${site.address}/`, { 'accept-encoding': 'gzip, br' });
    assert.equal(packed.headers['content-encoding'], 'br');
    assert.deepEqual(brotliDecompressSync(packed.body), wanted);
  });

  it('answers 304 for what has not changed, 404 for what is not there', async () => {
    const { headers } = await fetch(`${site.address}/`);
    const again = await fetchRaw(`${site.address}/`, { 'if-none-match': headers.get('etag') });
    assert.equal(again.status, 304);
    for (const path of ['/nothing', '/assets/', '/assets/../../package.json', '/%2e%2e/LICENSE']) {
      assert.equal((await fetchRaw(site.address + path)).status, 404, path);
    }
    const post = await fetch(`${site.address}/`, { method: 'POST', body: 'x' });
    assert.equal(post.status, 405);
  });
});

// fetch() would decode the body and tidy the path.
async function fetchRaw(address, headers = {}) {
  const { request } = await import('node:http');
  const { origin } = new URL(address);
  return new Promise((resolve, reject) => {
    request(origin, { path: address.slice(origin.length), headers }, (response) => {
      const parts = [];
      response.on('data', (part) => parts.push(part));
      response.on('end', () => resolve({
        status: response.statusCode, headers: response.headers, body: Buffer.concat(parts),
      }));
    }).on('error', reject).end();
  });
}
