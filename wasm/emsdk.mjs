// Emscripten for builders without it and without apt: a pinned emsdk, cloned once
// into node_modules/.cache, which Netlify keeps from one build to the next.
import { execFileSync } from 'node:child_process';
import { existsSync, rmSync } from 'node:fs';
import { delimiter, join } from 'node:path';

const SOURCE = 'https://github.com/emscripten-core/emsdk.git';

/**
 * Installs the SDK if it is not there yet.
 * @param {string} root the checkout
 * @param {string} version a release of emsdk, for example 6.0.5
 * @returns {string} the PATH under which emcc is found
 */
export function emsdkPath(root, version) {
  const home = join(root, 'node_modules', '.cache', `emsdk-${version}`);
  const compiler = join(home, 'upstream', 'emscripten');
  if (!existsSync(join(compiler, 'emcc'))) install(home, version);
  return [compiler, process.env.PATH].join(delimiter);
}

function install(home, version) {
  const run = (command, args, cwd) => execFileSync(command, args, { cwd, stdio: 'inherit' });
  rmSync(home, { recursive: true, force: true });
  run('git', ['clone', '--depth', '1', '--branch', version, SOURCE, home]);
  run(join(home, 'emsdk'), ['install', version], home);
  run(join(home, 'emsdk'), ['activate', version], home);
}
