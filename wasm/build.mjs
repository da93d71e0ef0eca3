// Builds build/wasm/core.wasm with CMake and Emscripten.
import { spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { emsdkPath } from './emsdk.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const folder = join(root, 'build', 'wasm');
export const corePath = join(folder, 'core.wasm');

/** Says what is missing in one sentence, or builds. */
export function buildCore() {
  const env = compilerEnv();
  const missing = ['emcc', 'cmake'].filter((name) => !onPath(name, env.PATH));
  if (missing.length) {
    throw new Error(`core.wasm cannot be built: ${missing.join(' and ')} not found. `
      + 'On Debian or Ubuntu: apt-get install -y emscripten cmake make');
  }
  if (!existsSync(join(folder, 'CMakeCache.txt'))) {
    run('emcmake', ['cmake', '-S', root, '-B', folder, '-DCMAKE_BUILD_TYPE=Release'], env);
  }
  run('cmake', ['--build', folder], env);
  return corePath;
}

function compilerEnv() {
  const env = { ...process.env };
  // Debian keeps emcc's own JavaScript where a Node from elsewhere does not look.
  env.NODE_PATH ||= '/usr/share/nodejs';
  if (!onPath('emcc', env.PATH) && env.NETLIFY) env.PATH = emsdkPath(root, env.EMSDK_VERSION);
  return env;
}

export function onPath(name, path = process.env.PATH) {
  return path.split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, name), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

function run(command, args, env) {
  const done = spawnSync(command, args, { env, encoding: 'utf8' });
  if (done.status === 0) {
    process.stdout.write(done.stderr.replace(/^configure: .*\n/gm, ''));
    return;
  }
  throw new Error(`${command} ${args.join(' ')} failed\n${done.stdout ?? ''}${done.stderr ?? ''}`);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  try {
    console.log(`built ${buildCore().slice(root.length + 1)}`);
  } catch (error) {
    console.error(error.message);
    process.exit(1);
  }
}
