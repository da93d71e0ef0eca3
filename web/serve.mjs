// Serves dist/ as Netlify would: netlify.toml's own headers, compressed bodies, real 404s.
import { createHash } from 'node:crypto';
import { readFileSync, readdirSync } from 'node:fs';
import { createServer } from 'node:http';
import { dirname, extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';

const root = dirname(dirname(fileURLToPath(import.meta.url)));

const TYPES = {
  '.css': 'text/css; charset=UTF-8',
  '.html': 'text/html; charset=UTF-8',
  '.js': 'text/javascript; charset=UTF-8',
  '.svg': 'image/svg+xml',
  '.txt': 'text/plain; charset=UTF-8',
  '.webmanifest': 'application/manifest+json',
};

/**
 * Reads the [[headers]] tables. Only what netlify.toml uses of TOML is understood;
 * any other line inside such a table is an error rather than a header lost.
 * @param {string} text
 * @returns {{ path: string, values: Record<string, string> }[]}
 */
export function readHeaders(text) {
  const rules = [];
  let rule = null;
  for (const [index, raw] of text.split('\n').entries()) {
    const line = raw.trim();
    if (line === '' || line.startsWith('#')) continue;
    if (line === '[[headers]]') {
      rule = { path: '', values: {} };
      rules.push(rule);
    } else if (line.startsWith('[')) {
      if (line !== '[headers.values]') rule = null;
    } else if (rule) {
      const [, name, value] = /^([\w-]+) = "([^"\\]*)"$/.exec(line)
        ?? fail(`netlify.toml line ${index + 1}: not understood: ${line}`);
      if (name === 'for') rule.path = value;
      else rule.values[name] = value;
    }
  }
  return rules;
}

function fail(sentence) {
  throw new Error(sentence);
}

/**
 * The headers of one path. A name that two rules set is joined, as Netlify joins it.
 * @param {ReturnType<typeof readHeaders>} rules
 * @param {string} path
 */
export function headersFor(rules, path) {
  const headers = {};
  for (const rule of rules.filter((each) => matches(each.path, path))) {
    for (const [name, value] of Object.entries(rule.values)) {
      headers[name] = name in headers ? `${headers[name]}, ${value}` : value;
    }
  }
  return headers;
}

function matches(pattern, path) {
  if (!pattern.endsWith('/*')) return pattern === path;
  return path.startsWith(pattern.slice(0, -1));
}

/** Every file below a folder, as paths that start with '/'. */
export function listFiles(folder) {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name))
    .map((name) => name.slice(folder.length).replaceAll('\\', '/'))
    .sort();
}

export function brotli(bytes) {
  return brotliCompressSync(bytes, {
    params: { [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length },
  });
}

/**
 * Starts a server on 127.0.0.1 and resolves once it listens.
 * @param {{ folder?: string, port?: number, next?: boolean }} options
 *   next: when the port is taken, try the one after it
 */
export async function serve({ folder = join(root, 'dist'), port = 0, next = false } = {}) {
  const rules = readHeaders(readFileSync(join(root, 'netlify.toml'), 'utf8'));
  const site = loadSite(folder);
  const server = createServer((request, response) => respond(site, rules, request, response));
  const listening = await listen(server, port, next);
  return {
    server,
    address: `http://127.0.0.1:${listening}`,
    close: () => new Promise((done) => {
      server.close(done);
      server.closeAllConnections();
    }),
  };
}

function listen(server, port, next) {
  return new Promise((resolve, reject) => {
    const attempt = (candidate) => {
      server.once('error', (error) => {
        if (next && error.code === 'EADDRINUSE' && candidate < port + 100) attempt(candidate + 1);
        else reject(error);
      });
      server.listen(candidate, '127.0.0.1', () => resolve(server.address().port));
    };
    attempt(port);
  });
}

// The whole site lies in memory, compressed once: a few files, well under a megabyte.
function loadSite(folder) {
  return new Map(listFiles(folder).map((path) => {
    const body = readFileSync(join(folder, path));
    const etag = `"${createHash('sha256').update(body).digest('hex').slice(0, 32)}"`;
    return [path, { body, etag, br: brotli(body), gzip: gzipSync(body, { level: 9 }) }];
  }));
}

function respond(site, rules, request, response) {
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    response.writeHead(405, { Allow: 'GET, HEAD' }).end();
    return;
  }
  const path = request.url.split(/[?#]/, 1)[0];
  const name = path.endsWith('/') ? `${path}index.html` : path;
  const found = site.get(name);
  const file = found ?? site.get('/404.html');
  const type = TYPES[extname(found ? name : '404.html')] ?? 'application/octet-stream';
  const headers = { 'Content-Type': type, Vary: 'Accept-Encoding', ...headersFor(rules, path) };
  for (const [header, value] of Object.entries(headers)) response.setHeader(header, value);
  response.statusCode = found ? 200 : 404;
  if (found) response.setHeader('ETag', file.etag);
  if (found && request.headers['if-none-match'] === file.etag) {
    response.writeHead(304).end();
    return;
  }
  const encoding = chooseEncoding(request.headers['accept-encoding'] ?? '');
  const body = file?.[encoding || 'body'] ?? Buffer.alloc(0);
  if (encoding) response.setHeader('Content-Encoding', encoding);
  response.setHeader('Content-Length', body.length);
  response.end(request.method === 'HEAD' ? '' : body);
}

function chooseEncoding(accepted) {
  const names = accepted.split(',').map((part) => part.trim().split(';')[0]);
  if (names.includes('br')) return 'br';
  return names.includes('gzip') ? 'gzip' : '';
}
