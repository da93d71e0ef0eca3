import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, afterEach, before, describe, it } from 'node:test';
import { pathToFileURL } from 'node:url';
import { listFiles } from '../../web/serve.mjs';
import { dist, launch, openPage, serveNoting, skip, untilKept } from './visit.mjs';

describe('sw.js', () => {
  it('keeps every built file the page can ask for, and no other', () => {
    const [, list] = /const FILES = (\[.*\]);/.exec(readFileSync(join(dist, 'sw.js'), 'utf8'));
    const asked = listFiles(dist)
      .filter((path) => !['/404.html', '/offline.html', '/sw.js'].includes(path))
      // Kept from when it is first opened: it would double what a first visit costs.
      .filter((path) => !path.includes('reference'))
      .map((path) => (path === '/index.html' ? '/' : path));
    assert.deepEqual(JSON.parse(list).sort(), asked.sort());
  });
});

describe('the page without a network', { skip }, () => {
  let browser;
  let context;
  let page;
  let site;

  before(async () => { browser = await launch(); });
  after(() => browser?.close());
  afterEach(async () => {
    await context.close();
    await site.close();
  });

  it('opens again and answers', async () => {
    await visit();
    await untilKept(page);
    const { port } = new URL(site.address);
    await site.close();
    await page.reload();
    await openPage(page, `http://127.0.0.1:${port}/?from=mail`, { sample: true });
  });

  it('opens the reference again, once it has been opened', async () => {
    await visit();
    await untilKept(page);
    await page.goto(`${site.address}/reference.html`);
    await page.getByText('AVX2').first().waitFor();
    const { port } = new URL(site.address);
    await page.waitForFunction(async () => (await Promise.all(['/reference.html',
      document.querySelector('script').src].map((url) => caches.match(url)))).every(Boolean));
    await site.close();
    await page.goto(`http://127.0.0.1:${port}/reference.html#bit=7.0.ebx.5`);
    await page.reload();
    await page.getByLabel('Find').fill('avx512-vnni');
    await page.getByText('1 of 854 bits').waitFor();
  });

  it('leaves a wrong address a real 404', async () => {
    await visit();
    await untilKept(page);
    const answer = await page.goto(`${site.address}/nothing`);
    assert.equal(answer.status(), 404);
  });

  it('takes a new version when asked, by one reload, and forgets the old', async () => {
    const newer = newerBuild();
    await visit();
    await untilKept(page);
    const { port } = new URL(site.address);
    await site.close();
    site = await serveNoting({ folder: newer, port: Number(port) });

    await page.reload();
    const button = offer();
    await button.waitFor();
    assert.doesNotMatch(await page.title(), /newer/, 'the old version stays until asked');

    let loads = 0;
    page.on('load', () => { loads += 1; });
    await button.click();
    await page.waitForFunction(() => /newer/.test(document.title));
    await page.waitForTimeout(1000);
    assert.equal(loads, 1);
    assert.equal(await button.count(), 0);
    assert.equal((await page.evaluate(() => caches.keys())).length, 1);
    rmSync(newer, { recursive: true });
  });

  it('says nothing of a new version on a first visit', async () => {
    await visit();
    await untilKept(page);
    await page.waitForTimeout(300);
    assert.equal(await offer().count(), 0);
  });

  it('is one file that works from a disk and cannot send', async () => {
    context = await browser.newContext();
    page = await context.newPage();
    const asked = [];
    const messages = [];
    page.on('request', (request) => asked.push(request.url()));
    page.on('console', (message) => messages.push(message.text()));
    page.on('pageerror', (error) => messages.push(String(error)));
    const address = pathToFileURL(join(dist, 'offline.html')).href;
    await openPage(page, address, { sample: true });
    assert.deepEqual(asked.filter((url) => !url.startsWith('data:')), [address]);
    assert.deepEqual(messages, []);
    const outcome = await page.evaluate(() =>
      fetch('http://127.0.0.1:9/').then(() => 'sent', (error) => `refused: ${error.message}`));
    assert.match(outcome, /refused/);
    assert.match(messages.join('\n'), /Content Security Policy/);
  });

  const offer = () => page.getByRole('button', { name: /new version/i });

  async function visit() {
    site = await serveNoting();
    context = await browser.newContext();
    page = await context.newPage();
    await openPage(page, site.address);
  }
});

/** The same site as if built from other sources: another text, another hash. */
function newerBuild() {
  const folder = mkdtempSync(join(tmpdir(), 'motionmask-'));
  cpSync(dist, folder, { recursive: true });
  const edit = (name, change) => {
    const path = join(folder, name);
    writeFileSync(path, change(readFileSync(path, 'utf8')));
  };
  edit('index.html', (text) => text.replace('</title>', ' newer</title>'));
  edit('sw.js', (text) => text.replace(/const HASH = '\w+'/, "const HASH = 'newer'"));
  return folder;
}
