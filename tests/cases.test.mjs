// The Markdown cases: each heading is a test, input fences are sources, a setting fence is the
// person's own mask, the expect fence is the report; "expect --more" has levels, state and costs,
// too, "expect --targets ID ID" what is written for platforms, of the hosts before where no input
// fence stands above it, "expect --limits ID ID" also what that cannot say. UPDATE=1 rewrites the
// expect fences; the difference is reviewed like code.
import { test } from 'node:test';
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { core } from './core.mjs';
import { report } from './report.mjs';

const folder = new URL('./cases/', import.meta.url);

for (const file of readdirSync(folder).filter((name) => name.endsWith('.md')).sort()) {
  const place = new URL(file, folder);
  const scenes = readScenes(readFileSync(place, 'utf8'));
  test(file, async (t) => {
    if (process.env.UPDATE) return rewrite(place, scenes);
    if (!scenes.length) throw new Error(`${file}: no expect fence`);
    for (const scene of scenes) {
      await t.test(scene.heading, () => compare(file, scene, scene.told));
    }
  });
}

function compare(file, { expect, line }, got) {
  const want = expect.split('\n');
  const have = got.split('\n');
  for (let n = 0; n < Math.max(want.length, have.length); n++) {
    if (want[n] === have[n]) continue;
    const error = new Error(`${file}:${line + n}\n  expected ${want[n] ?? '(nothing more)'}`
      + `\n  got      ${have[n] ?? '(nothing more)'}`);
    error.stack = error.message;
    throw error;
  }
}

function texts({ targets, how }, ids, limits) {
  const cannot = (id) => (limits ? how[id].cannot.map((line) => `cannot: ${line}\n`).join('') : '');
  return ids.map((id) => `# ${id}\n${targets[id]}${cannot(id)}`).join('\n').trimEnd();
}

/** One scene is a heading, its input fences and the expect fence that closes it. */
function readScenes(text) {
  const scenes = [];
  let heading = '';
  let inputs = [];
  let asked;
  for (const fence of fences(text)) {
    if (fence.heading) [heading, inputs] = [fence.heading, []];
    else if (fence.kind === 'input' || fence.kind === 'setting') inputs.push(fence);
    else if (fence.kind === 'expect') {
      const { body: expect, info, line } = fence;
      asked = inputs.length ? core.answer(request(inputs)) : asked;
      const [what, ...targets] = info.split(' ');
      const told = targets.length ? texts(asked, targets, what === '--limits')
        : report(asked, what === '--more');
      scenes.push({ heading, told, expect, line });
      inputs = [];
    }
  }
  return scenes;
}

function* fences(text) {
  let open = null;
  for (const [n, line] of text.split('\n').entries()) {
    if (open && line === open.mark) {
      yield { ...open, body: open.body.join('\n') };
      open = null;
    } else if (open) open.body.push(line);
    else if (/^`{3,}\w/.test(line)) {
      const [, mark, kind, info] = /^(`+)(\w+) *(.*)$/.exec(line);
      open = { mark, kind, info, line: n + 2, body: [] };
    } else if (line.startsWith('#')) yield { heading: line.replace(/^#+ */, '') };
  }
}

/** Info strings read like the command line: a file name, --profile X, --default "R=MASK",
 *  --hide BIT, --keep BIT, --qemu V, --libvirt V. */
function request(inputs) {
  const asked = { sources: [], profile: null, check: null, defaults: [], hide: [], keep: [] };
  for (const { kind, info, body } of inputs) {
    const words = (info.match(/"[^"]*"|\S+/g) ?? []).map((word) => word.replaceAll('"', ''));
    const source = { name: '', text: `${body}\n` };
    while (words.length) {
      const word = words.shift();
      if (word === '--profile') asked.profile = words.shift();
      else if (word === '--check') asked.check = words.shift();
      else if (word === '--default') asked.defaults.push(ownDefault(words.shift()));
      else if (word === '--hide' || word === '--keep') asked[word.slice(2)].push(words.shift());
      else if (word === '--qemu' || word === '--libvirt') asked[word.slice(2)] = words.shift();
      else if (word === '--crlf') source.text = source.text.replaceAll('\n', '\r\n');
      else if (word === '--bom') source.text = `\ufeff${source.text}`;
      else source.name = word;
    }
    if (kind === 'setting') asked.setting = source;
    else asked.sources.push(source);
  }
  return asked;
}

function ownDefault(text) {
  const at = text.indexOf('=');
  return { register: text.slice(0, at), mask: text.slice(at + 1) };
}

function rewrite(place, scenes) {
  const lines = readFileSync(place, 'utf8').split('\n');
  for (const { told, expect, line } of scenes.toReversed()) {
    lines.splice(line - 1, expect === '' ? 0 : expect.split('\n').length,
      ...told.split('\n'));
  }
  writeFileSync(place, lines.join('\n'));
}
