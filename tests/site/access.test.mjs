// axe finds nothing, however the page is looked at.
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { after, before, describe, it } from 'node:test';
import { serve } from '../../web/serve.mjs';
import { launch, openPage, skip } from './visit.mjs';

const { source } = createRequire(import.meta.url)('axe-core');

const desktop = { viewport: { width: 1280, height: 1024 } };
const VIEWS = {
  light: { ...desktop, colorScheme: 'light' },
  dark: { ...desktop, colorScheme: 'dark' },
  'forced colours': { ...desktop, forcedColors: 'active' },
  'high contrast': { ...desktop, contrast: 'more' },
  '320 pixels': { viewport: { width: 320, height: 640 }, hasTouch: true },
  '320 pixels, dark': { viewport: { width: 320, height: 640 }, colorScheme: 'dark' },
  // 1280 by 1024 at 400 % leaves 320 by 256 CSS pixels.
  '400 %': { viewport: { width: 320, height: 256 }, deviceScaleFactor: 4 },
};

describe('the page for everyone', { skip }, () => {
  let site;
  let browser;
  before(async () => {
    site = await serve();
    browser = await launch();
  });
  after(async () => {
    await browser?.close();
    await site?.close();
  });

  for (const [name, options] of Object.entries(VIEWS)) {
    it(`${name}, the reference`, async () => {
      const context = await browser.newContext(options);
      const page = await context.newPage();
      await page.goto(`${site.address}/reference.html#bit=7.0.edx.26`);
      for (const summary of await page.locator('summary').all()) await summary.click();
      // What is the same in 854 rows is looked at in some of them.
      await page.getByLabel('Find').fill('ibrs');
      assert.deepEqual(await findings(page), []);
      assert.equal(await overflow(page), 0, 'the page itself never scrolls sideways');
      await context.close();
    });

    for (const sample of [false, true]) {
      it(`${name}, ${sample ? 'with the 2006 hosts' : 'empty'}`, async () => {
        const context = await browser.newContext(options);
        const page = await context.newPage();
        await openPage(page, site.address, { sample });
        // All that stands folded below the field is looked at, too.
        if (sample) await page.getByText('How to collect').click();
        for (const summary of await page.locator('main details details > summary, '
          + '.start details > summary').all()) await summary.click();
        assert.deepEqual(await findings(page), []);
        assert.equal(await overflow(page), 0, 'the page itself never scrolls sideways');
        await context.close();
      });
    }
  }
});

const overflow = (page) => page.evaluate(() =>
  document.scrollingElement.scrollWidth - document.scrollingElement.clientWidth);

async function findings(page) {
  await page.evaluate(source);
  const { violations } = await page.evaluate(() => window.axe.run(document, {
    resultTypes: ['violations'],
    rules: { 'target-size': { enabled: true } },
  }));
  return violations.map(({ id, help, nodes }) => {
    const { target, failureSummary } = nodes[0];
    return `${id}: ${help} (${nodes.length} times, first ${target}: ${failureSummary})`;
  });
}
