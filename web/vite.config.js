import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';
import { buildCore } from '../wasm/build.mjs';
import { createCore } from '../wasm/core.js';
import { pack, packDeflated } from './pack.mjs';
import { referencePage } from './reference/page.mjs';
import { listFiles } from './serve.mjs';

const web = dirname(fileURLToPath(import.meta.url));
const root = dirname(web);

const jsx = { runtime: 'automatic', importSource: 'preact' };

export default defineConfig({
  root: web,
  plugins: [inlineCore(), headLinks(), paintFirst(), reference(), afterBuild()],
  oxc: { jsx },
  optimizeDeps: { rolldownOptions: { transform: { jsx } } },
  server: { fs: { allow: [root] } },
  build: {
    outDir: join(root, 'dist'),
    emptyOutDir: true,
    target: 'es2022',
    modulePreload: false,
    rolldownOptions: { output: { codeSplitting: false } },
  },
});

/**
 * `import { loadCore } from 'virtual:core'`: core.wasm inside the script, because the
 * page's policy lets it fetch nothing.
 */
function inlineCore() {
  const id = '\0virtual:core';
  let literal;
  let mark;
  return {
    name: 'inline-core',
    resolveId: (name) => (name === 'virtual:core' ? id : undefined),
    load(name) {
      if (name !== id) return undefined;
      const path = buildCore();
      this.addWatchFile(path);
      const bytes = readFileSync(path);
      literal = pack(bytes);
      // The script is named by its content, of which this is a part.
      mark = `__CORE_${createHash('sha256').update(bytes).digest('hex')}__`;
      return `import { createCore } from ${JSON.stringify(join(root, 'wasm/core.js'))};
import { unpack } from ${JSON.stringify(join(web, 'unpack.js'))};
const packed = ${this.environment.mode === 'dev' ? literal : JSON.stringify(mark)};
export const loadCore = async () => createCore(await unpack(packed));`;
    },
    // Put in last: the minifier would spell the bytes its own way.
    generateBundle(_options, bundle) {
      for (const chunk of Object.values(bundle)) {
        if (chunk.type !== 'chunk') continue;
        const parts = chunk.code.split(new RegExp(`["'\`]${mark}["'\`]`));
        if (parts.length !== 2) this.error('core.wasm has no single place in the script');
        chunk.code = parts.join(literal);
      }
    },
  };
}

// The icon is in the page itself: one request less.
function iconUrl() {
  const icon = readFileSync(join(web, 'public/icon.svg'), 'utf8').trim();
  return `data:image/svg+xml,${encodeURIComponent(icon)}`;
}

function headLinks() {
  const link = (attrs) => ({ tag: 'link', attrs, injectTo: 'head' });
  return {
    name: 'head-links',
    transformIndexHtml: () => [
      link({ rel: 'icon', href: iconUrl() }),
      link({ rel: 'manifest', href: '/manifest.webmanifest' }),
    ],
  };
}

/** The page can be read before its script is there: that need not hold the first paint up. */
function paintFirst() {
  return {
    name: 'paint-first',
    transformIndexHtml: {
      order: 'post',
      handler: (html) =>
        html.replace('<script type="module"', '<script type="module" fetchpriority="low"'),
    },
  };
}

/**
 * reference.html, made from what the core knows; it shares the page's style sheet and has a small
 * one and a script of its own.
 */
function reference() {
  const make = async ({ styles, script }) => referencePage({
    core: await createCore(readFileSync(buildCore())),
    know: join(root, 'core/know'),
    head: [...styles.map((path) => `<link rel="stylesheet" href="${path}">`),
      `<link rel="icon" href="${iconUrl()}">`,
      `<script type="module" src="${script}"></script>`].join('\n'),
  });
  return {
    name: 'reference',
    configureServer({ middlewares }) {
      middlewares.use('/reference.html', async (_request, response) => {
        response.setHeader('Content-Type', 'text/html');
        response.end(await make({
          styles: ['/style.css', '/reference/style.css'], script: '/reference/search.js' }));
      });
    },
    async generateBundle(_options, bundle) {
      const own = (name) => {
        const source = readFileSync(join(web, 'reference', name), 'utf8');
        const hash = createHash('sha256').update(source).digest('base64url').slice(0, 8);
        const fileName = `assets/reference-${hash}.${name.split('.').pop()}`;
        this.emitFile({ type: 'asset', fileName, source });
        return `/${fileName}`;
      };
      const shared = Object.keys(bundle).find((name) => name.endsWith('.css'));
      const source = await make({
        styles: [`/${shared}`, own('style.css')], script: own('search.js') });
      this.emitFile({ type: 'asset', fileName: 'reference.html', source });
    },
  };
}

function afterBuild() {
  return {
    name: 'after-build',
    apply: 'build',
    writeBundle({ dir }) {
      writeFileSync(join(dir, 'offline.html'), oneFile(dir));
      writeFileSync(join(dir, 'sw.js'), worker(dir));
    },
  };
}

/** sw.js with the list of files to keep, and the hash of all it may keep as its version. */
function worker(dist) {
  const apart = ['/404.html', '/offline.html', '/sw.js'];
  const files = listFiles(dist).filter((path) => !apart.includes(path));
  const hash = createHash('sha256');
  for (const path of files) hash.update(path).update(readFileSync(join(dist, path)));
  const kept = files.filter((path) => !/\/reference[-.]/.test(path))
    .map((path) => (path === '/index.html' ? '/' : path));
  return readFileSync(join(web, 'sw.js'), 'utf8')
    .replace("'__FILES__'", () => JSON.stringify(kept))
    .replace('__HASH__', hash.digest('hex').slice(0, 16));
}

/** The page as one file that works from a disk, under a policy of its own. */
function oneFile(dist) {
  const hashes = { script: '', style: '' };
  const hashed = (tag, text) => {
    hashes[tag] += ` 'sha256-${createHash('sha256').update(text).digest('base64')}'`;
    return text;
  };
  const bytes = readFileSync(buildCore());
  const read = (path) => readFileSync(join(dist, path), 'utf8');
  const deflated = (path) => {
    const script = hashed('script', read(path).split(pack(bytes)).join(packDeflated(bytes)));
    const loader = ['unpack.js', 'onefile.js'].map((name) => readFileSync(join(web, name), 'utf8'));
    return hashed('script', escapeEnd(`const packed = ${packDeflated(Buffer.from(script))};\n${
      loader.join('').replaceAll('export const', 'const')}`));
  };
  const html = read('index.html')
    .replace(/\s*<link rel="manifest"[^>]*>/, '')
    .replace(/<link rel="stylesheet"[^>]*href="([^"]+)"[^>]*>/g, (_match, path) =>
      `<style>${hashed('style', read(path))}</style>`)
    .replace(/<script type="module"[^>]*src="([^"]+)"[^>]*><\/script>/g, (_match, path) =>
      `<script type="module">${deflated(path)}</script>`);
  const policy = `default-src 'none'; script-src${hashes.script} 'wasm-unsafe-eval'; `
    + `style-src${hashes.style}; img-src data:; connect-src 'none'; base-uri 'none'; `
    + "form-action 'none'; require-trusted-types-for 'script'; trusted-types offline";
  return html
    .replace('<html', '<html data-one-file')
    .replace(/<meta charset[^>]*>/i, (charset) =>
      `${charset}\n<meta http-equiv="Content-Security-Policy" content="${policy}">`);
}

// Inside a page, a script ends at the first end tag, even one within a string.
const escapeEnd = (text) =>
  text.replaceAll('</script', '<\\/script').replaceAll('<!--', '\\x3c!--');
