// Gets a machine ready for `npm start` and `npm test`: npm packages, then Debian's, then a build.
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, readFileSync, readdirSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { onPath } from '../wasm/build.mjs';

export const root = dirname(dirname(fileURLToPath(import.meta.url)));

// optional: the tests that want it skip, and say so.
const PACKAGES = [
  { name: 'emscripten', why: 'compiles the core to WebAssembly', has: () => onPath('emcc') },
  { name: 'cmake', why: 'runs both builds of the core', has: () => onPath('cmake') },
  { name: 'make', why: 'cmake writes its rules for it', has: () => onPath('make') },
  {
    name: 'gcc', test: true, has: () => onPath('gcc'),
    why: 'one of the two compilers the core is warning-free with',
  },
  {
    name: 'libc6-dev', test: true, has: () => existsSync('/usr/include/stdio.h'),
    why: 'headers for the native tests',
  },
  {
    name: 'clang', test: true, has: () => onPath('clang'),
    why: 'the other compiler, with the sanitizers',
  },
  {
    name: 'libclang-rt-dev', test: true, optional: true, has: () => canFuzz(),
    why: 'run-time of the sanitizers and of libFuzzer',
  },
  {
    name: 'chromium', test: true, optional: true, has: () => browserPath() !== null,
    why: 'the browser that the page is tested in',
  },
  {
    name: 'cpuid', test: true, optional: true, has: () => onPath('cpuid'),
    why: 'dumps the CPU of this machine, for the reader to read',
  },
  {
    name: 'libxen-dev', test: true, optional: true, has: () => existsSync('/usr/include/libxl.h'),
    why: "Xen's own parser, for the lines we print for it",
  },
  {
    name: 'libvirt-clients', test: true, optional: true, has: () => onPath('virsh'),
    why: 'works out baselines to hold ours against',
  },
];

/**
 * Installs what is missing and builds what is stale, or says in one sentence what
 * to do first and ends the process.
 * @param {'start' | 'test'} purpose
 */
export async function prepare(purpose) {
  try {
    checkNode();
    installPackages(purpose);
    installModules();
    await fetchBrowser(purpose);
    buildSite();
  } catch (error) {
    console.error(error.message);
    process.exit(1);
  }
}

/** Where a Chromium is, or null. */
export function browserPath() {
  const names = ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome'];
  const folders = (process.env.PATH ?? '').split(':');
  const installed = names.flatMap((name) => folders.map((folder) => join(folder, name)));
  const candidates = [process.env.CHROME_PATH, ...installed, fetchedBrowser()];
  return candidates.find((path) => path && existsSync(path)) ?? null;
}

function checkNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major > 20 || (major === 20 && minor >= 19)) return;
  throw new Error(`Node 20.19 or newer is needed; this is ${process.versions.node}.`);
}

function installPackages(purpose) {
  const wanted = PACKAGES.filter((each) => (purpose === 'test' || !each.test) && !each.has());
  if (wanted.length === 0) return;
  const become = onPath('apt-get') ? rootCommand() : null;
  if (!become) {
    sayWhatIsMissing(purpose, wanted);
    return;
  }
  const apt = (...args) => {
    const [command, ...rest] = [...become, 'apt-get', ...args];
    execFileSync(command, rest, { stdio: ['ignore', 2, 2] });
  };
  try {
    apt('update', '-q');
    const names = wanted.filter((each) => !each.optional || isOffered(each.name));
    console.error(`Installing ${names.map((each) => each.name).join(', ')}`);
    apt('install', '-qy', '--no-install-recommends', ...names.map((each) => each.name));
  } catch {
    sayWhatIsMissing(purpose, wanted.filter((each) => !each.has()));
  }
}

/** How to run something as root without a password; null if that is not to be had. */
function rootCommand() {
  const environment = ['env', 'DEBIAN_FRONTEND=noninteractive'];
  if (process.getuid?.() === 0) return environment;
  const sudo = onPath('sudo') && spawnSync('sudo', ['-n', 'true']).status === 0;
  return sudo ? ['sudo', '-n', ...environment] : null;
}

function isOffered(name) {
  const { stdout } = spawnSync('apt-cache', ['policy', name], { encoding: 'utf8' });
  return /Candidate: \d/.test(stdout ?? '');
}

function sayWhatIsMissing(purpose, missing) {
  const width = Math.max(...missing.map((each) => each.name.length));
  // Without lists of packages (every archive has cmake) nothing is known to be offered.
  const hasLists = isOffered('cmake');
  const names = missing.filter((each) => !each.optional || !hasLists || isOffered(each.name))
    .map((each) => each.name).join(' ');
  const install = `apt-get update && apt-get install -y ${names}`;
  const command = onPath('sudo') ? `sudo sh -c '${install}'` : `su - -c '${install}'`;
  const text = [
    'Some packages are missing, and installing them needs root:',
    ...missing.map((each) => `  ${each.name.padEnd(width)}  ${each.why}`),
    'Run this first:',
    `  ${command}`,
  ].join('\n');
  if (missing.some((each) => !each.optional)) {
    throw new Error(`${text}\nThen: npm ${purpose}`);
  }
  console.error(`${text}\nGoing on without: the tests that need them are skipped.`);
}

function installModules() {
  if (modulesMatchLock()) return;
  console.error('Installing the npm packages of package-lock.json');
  const args = ['ci', '--include=dev', '--no-audit', '--no-fund'];
  const done = spawnSync('npm', args, { cwd: root, stdio: ['ignore', 2, 2] });
  if (done.status !== 0) throw new Error('npm ci failed: see above.');
}

function modulesMatchLock() {
  const read = (name) => JSON.parse(readFileSync(join(root, name), 'utf8')).packages;
  const installed = join('node_modules', '.package-lock.json');
  if (!existsSync(join(root, installed))) return false;
  const there = read(installed);
  return Object.entries(read('package-lock.json')).every(([path, wanted]) =>
    path === '' || wanted.optional || there[path]?.version === wanted.version);
}

/** Ubuntu has no Chromium package: Playwright's own build will do, if it can be fetched. */
async function fetchBrowser(purpose) {
  if (purpose !== 'test' || browserPath() || isOffered('chromium')) return;
  const dependencies = rootCommand() ? ['--with-deps'] : [];
  const args = ['playwright-core', 'install', ...dependencies, 'chromium'];
  spawnSync('npx', args, { cwd: root, stdio: ['ignore', 2, 2], timeout: 240_000 });
}

function fetchedBrowser() {
  const folder = join(process.env.HOME ?? '', '.cache', 'ms-playwright');
  if (!existsSync(folder)) return null;
  return readdirSync(folder)
    .filter((name) => /^chromium-\d+$/.test(name))
    .flatMap((name) => [join(name, 'chrome-linux'), join(name, 'chrome-linux64')])
    .map((name) => join(folder, name, 'chrome'))
    .find((path) => existsSync(path));
}

function canFuzz() {
  if (!onPath('clang')) return false;
  const args = ['-fsanitize=fuzzer,address,undefined', '-x', 'c', '-', '-o', '/dev/null'];
  const input = 'int LLVMFuzzerTestOneInput(const char *a, unsigned long n) { return !a && n; }';
  return spawnSync('clang', args, { input }).status === 0;
}

function buildSite() {
  const built = join(root, 'dist', 'sw.js');
  const files = ['CMakeLists.txt', 'package.json', 'package-lock.json', 'netlify.toml'];
  const sources = ['core', 'wasm', 'web', ...files];
  const newest = Math.max(...sources.map((name) => lastChange(join(root, name))));
  if (existsSync(built) && statSync(built).mtimeMs > newest) return;
  console.error('Building the site');
  const args = ['run', '--silent', 'build'];
  const done = spawnSync('npm', args, { cwd: root, stdio: ['ignore', 2, 2] });
  if (done.status !== 0) throw new Error('The build failed: see above.');
}

// Folders count too, so that a file taken away is noticed.
function lastChange(path) {
  const stat = statSync(path);
  if (!stat.isDirectory()) return stat.mtimeMs;
  return Math.max(stat.mtimeMs, ...readdirSync(path).map((name) => lastChange(join(path, name))));
}
