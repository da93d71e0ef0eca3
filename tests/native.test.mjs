// The core built natively by both compilers, and CTest's tests as tests of this run.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { promisify } from 'node:util';
import { onPath } from '../wasm/build.mjs';
import { root } from './setup.mjs';

const BUILDS = {
  gcc: { options: [], about: 'without a warning' },
  clang: { options: ['-DMM_SANITIZE=ON'], about: 'without a warning, with the sanitizers' },
};

for (const [compiler, { options, about }] of Object.entries(BUILDS)) {
  const folder = join(root, 'build', compiler);
  const skip = ['cmake', compiler].every((name) => onPath(name)) ? false : `no ${compiler} here`;

  describe(`the core, by ${compiler}`, { skip }, () => {
    it(`is built ${about}`, async () => {
      const env = { ...process.env, CC: compiler };
      await run('cmake', ['-S', root, '-B', folder, '-DMM_WERROR=ON', ...options], env);
      await run('cmake', ['--build', folder, '--parallel', '2']);
    });

    it('passes its tests', async (t) => {
      const shown = await run('ctest', ['--test-dir', folder, '--show-only=json-v1']);
      const names = JSON.parse(shown).tests.map((test) => test.name);
      assert.ok(names.includes('cases'));
      if (!names.includes('dumps')) await t.test('dumps', { skip: 'no ../shared/corpus' });
      for (const name of names) {
        await t.test(name, () => run('ctest',
          ['--test-dir', folder, '--output-on-failure', '-R', `^${name}$`, '-FA', '.']));
      }
    });
  });
}

async function run(command, args, env = process.env) {
  try {
    return (await promisify(execFile)(command, args, { env, maxBuffer: 1 << 26 })).stdout;
  } catch (error) {
    throw new Error(`${command} ${args.join(' ')}\n${error.stdout}${error.stderr}`);
  }
}
