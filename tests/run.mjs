// `npm test`: prepares, then runs every test file, or just the ones named.
// --update rewrites what the Markdown cases expect.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { prepare, root } from './setup.mjs';

const named = process.argv.slice(2).filter((word) => !word.startsWith('--'));
const env = { ...process.env };
if (process.argv.includes('--update')) env.UPDATE = '1';

await prepare('test');
const files = named.length ? named : ['tests', 'tests/site', 'tests/browser'].flatMap(testsIn);
// A file that does not end is ended, so that there always is a summary.
const options = ['--test-reporter=spec', '--test-concurrency=2', '--test-timeout=600000'];
const args = ['--test', ...options, ...files];
const done = spawnSync(process.execPath, args, { cwd: root, env, stdio: 'inherit' });
process.exit(done.status ?? 1);

function testsIn(folder) {
  if (!existsSync(join(root, folder))) return [];
  return readdirSync(join(root, folder))
    .filter((name) => name.endsWith('.test.mjs'))
    .map((name) => join(folder, name));
}
