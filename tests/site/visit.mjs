// A served site and a visitor, for the tests in this folder.
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import { serve } from '../../web/serve.mjs';
import { browserPath, root } from '../setup.mjs';

export const dist = join(root, 'dist');

/** The reason to skip, or false. */
export const skip = browserPath() ? false : 'Chromium is not installed';

// Chromium refuses to sandbox itself as root.
export const flags = process.getuid?.() === 0 ? ['--no-sandbox'] : [];

export function launch() {
  return chromium.launch({ executablePath: browserPath(), args: flags });
}

/**
 * Serves a folder and notes what is asked for, and how many bytes the answers have.
 * @param {{ folder?: string, port?: number }} options
 */
export async function serveNoting(options) {
  const site = await serve(options);
  const requests = [];
  site.server.on('request', (request, response) => {
    const entry = { path: request.url, bytes: 0 };
    requests.push(entry);
    response.on('finish', () => {
      if (response.statusCode === 200) entry.bytes = Number(response.getHeader('content-length'));
    });
  });
  return { ...site, requests };
}

/** Opens the page and waits until it answers; with sample, until a sample is answered. */
export async function openPage(page, address, { sample = false } = {}) {
  await page.goto(address);
  const button = page.getByRole('button', { name: /2006/ }).first();
  await button.waitFor();
  if (!sample) return;
  await button.click();
  await page.getByText(/---0 -0-0/).first().waitFor();
}

/** Resolves when the worker controls the page, so that all files are kept. */
export function untilKept(page) {
  return page.waitForFunction(async () => {
    await navigator.serviceWorker.ready;
    return navigator.serviceWorker.controller !== null;
  });
}
