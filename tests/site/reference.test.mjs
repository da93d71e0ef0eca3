// The reference page: every bit, found by any name, linked to by its place.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { corePath } from '../../wasm/build.mjs';
import { createCore, glossary } from '../../wasm/core.js';
import { sourceOf } from '../../web/reference/page.mjs';
import { serve } from '../../web/serve.mjs';
import { referenceOf } from '../../web/view.js';
import { root } from '../setup.mjs';
import { dist, launch, openPage, skip } from './visit.mjs';

const core = await createCore(readFileSync(corePath));
const rows = glossary(core);
const table = (name) => readFileSync(join(root, 'core/know', `${name}.def`), 'utf8');

describe('the glossary', () => {
  it('has every row of bits.def, at its place', () => {
    const told = [...table('bits').matchAll(
      /^BIT\((\w+), \w+, (\w+), (\d+), \w+, (\w+), \w+, "([^"]*)"/gm)]
      .map(([, leaf, reg, bit, merge, name]) => [
        leaf === 'MSR_10A' ? 'msr10a' : Number(leaf).toString(16), reg.toLowerCase(), Number(bit),
        merge.replace('_', '-'), name]);
    assert.equal(told.length, 854);
    assert.deepEqual(rows.map(({ key, bit, merge, name }) =>
      [key.split('.')[0], key.split('.')[2], bit, merge, name]), told);
  });

  it('has the names of every dialect', () => {
    const { names, others } = rows.find(({ key, bit }) => key === '1.0.ecx' && bit === 1);
    assert.deepEqual(names, { linux: 'pclmulqdq', qemu: 'pclmulqdq', libvirt: 'pclmuldq',
      xen: 'pclmulqdq', vmware: 'PCLMULQDQ' });
    assert.deepEqual(others, ['clmul', 'pclmul']);
  });

  it('has as many needs as deps.def has hard rows', () => {
    const hard = table('deps').match(/\bHARD\)/g).length;
    assert.equal(rows.reduce((sum, { needs }) => sum + needs.length, 0), hard);
  });

  it('does not disturb the answer made last', () => {
    const fresh = core.answer({ sources: [{ name: '', text: 'ID1ECX 0x0000641d\n' }] });
    core.list('bits');
    assert.equal(core.explain('1.0.ecx', 0).name, 'SSE3');
    assert.equal(fresh.hosts.length, 1);
  });
});

describe('reference.html', () => {
  const html = readFileSync(join(dist, 'reference.html'), 'utf8');

  it('has a row for every bit, and says who claims it', () => {
    const ids = [...html.matchAll(/<li id="bit=([^"]+)">/g)].map(([, id]) => id);
    assert.deepEqual(ids, rows.map(({ key, bit }) => `${key}.${bit}`));
    assert.match(html, /Places, rules, meanings<\/dt><dd>Vendor manuals/);
    assert.doesNotMatch(html, /undefined|>null<|NaN/);
  });

  it('links to no row that is not there', () => {
    const ids = new Set([...html.matchAll(/id="([^"]+)"/g)].map(([, id]) => id));
    const links = [...html.matchAll(/href="#([^"]+)"/g)].map(([, id]) => id);
    assert.deepEqual(links.filter((id) => !ids.has(id)), []);
  });

  it('takes its sources from the head of a table', () => {
    assert.equal(sourceOf('/* A table.\n * Sources: Xen 4.20 and\n * others. More.\n */ Sources: no.'),
      'Xen 4.20 and others');
    assert.equal(sourceOf('/* None. */'), '');
  });

  it('is linked to where it has the row', () => {
    const about = { meaning: 'text' };
    assert.equal(referenceOf({ key: '7.0.ebx', bit: 5, ...about }), '/reference.html#bit=7.0.ebx.5');
    assert.equal(referenceOf({ key: 'd.11.ecx', bit: 1, ...about }), '/reference.html#bit=d.2.ecx.1');
    assert.equal(referenceOf({ key: 'd.1.eax', bit: 1, ...about }), '/reference.html#bit=d.1.eax.1');
    assert.equal(referenceOf({ key: '7.0.ebx', bit: 5, meaning: '' }), null);
  });
});

describe('the reference in Chromium', { skip }, () => {
  let site;
  let browser;
  const messages = [];

  before(async () => {
    site = await serve();
    browser = await launch();
  });
  after(async () => {
    await browser?.close();
    await site?.close();
  });

  async function open(path, options = {}) {
    const context = await browser.newContext(options);
    const page = await context.newPage();
    page.on('console', (message) => messages.push(message.text()));
    page.on('pageerror', (error) => messages.push(String(error)));
    await page.goto(site.address + path);
    return page;
  }

  const shown = (page) => page.locator('.bitlist > li:visible').evaluateAll((all) =>
    all.map(({ id }) => id));
  const isThere = (page, place) => page.evaluate((id) => {
    const { top, bottom } = document.getElementById(`bit=${id}`).getBoundingClientRect();
    return top >= 0 && bottom <= innerHeight;
  }, place);

  it('finds a bit by any name and by its place', async () => {
    const page = await open('/reference.html');
    const wanted = {
      'avx512-vnni': ['bit=7.0.ecx.11'],
      AVX512_VNNI: ['bit=7.0.ecx.11'],
      '7.0.ecx.11': ['bit=7.0.ecx.11'],
      '7.ecx[11]': ['bit=7.0.ecx.11'],
      'svme-addr-chk': ['bit=8000000a.0.edx.28'],
      'msr10a.eax[0]': ['bit=msr10a.0.eax.0'],
    };
    for (const [words, ids] of Object.entries(wanted)) {
      await page.getByLabel('Find').fill(words);
      assert.deepEqual(await shown(page), ids, words);
    }
    await page.getByText('1 of 854 bits').waitFor();
    await page.getByLabel('Find').fill('no such bit');
    await page.getByText('No bit is called so').waitFor();
    await page.keyboard.press('Escape');
    assert.equal((await shown(page)).length, 854);
  });

  it('opens at the row of a link, and leads to others', async () => {
    const page = await open('/reference.html#bit=7.0.ebx.5');
    assert.ok(await isThere(page, '7.0.ebx.5'));
    const marked = await page.locator(':target').evaluate((row) => getComputedStyle(row));
    assert.notEqual(marked.backgroundColor, 'rgba(0, 0, 0, 0)');
    await page.getByLabel('Find').fill('avx2');
    await page.locator(':target').getByRole('link', { name: 'AVX', exact: true }).click();
    await page.waitForFunction(() => document.querySelector(':target').id === 'bit=1.0.ecx.28');
    assert.ok(await isThere(page, '1.0.ecx.28'), 'although the search had hidden it');
  });

  it('can be read and linked to without its script', async () => {
    const page = await open('/reference.html#bit=7.0.ecx.11', { javaScriptEnabled: false });
    assert.equal(await page.getByLabel('Find').isVisible(), false);
    assert.match(await page.locator(':target').innerText(), /AVX512_VNNI/);
  });

  it('is one link away from the bit that is explained', async () => {
    const page = await open('/');
    await openPage(page, site.address, { sample: true });
    await page.getByRole('button', { name: '1.ecx[2]', exact: true }).click();
    const [there] = await Promise.all([page.context().waitForEvent('page'),
      page.getByRole('link', { name: 'reference', exact: true }).first().click()]);
    await there.waitForLoadState();
    assert.match(there.url(), /\/reference\.html#bit=1\.0\.ecx\.2$/);
    assert.match(await there.locator(':target').innerText(), /DTES64/);
  });

  it('complains about nothing', () => {
    assert.deepEqual(messages, []);
  });
});
