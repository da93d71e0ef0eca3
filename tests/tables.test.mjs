// The tables walked: every profile, format, bit, target and model has what a person needs.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { amd, ask, core, intel, real, text } from './core.mjs';
import { PROFILES } from './control.mjs';
import { hosts } from './hosts.mjs';

test('every profile has an id, a name, a check and a sentence, and answers', () => {
  const profiles = core.list('profiles');
  assert.deepEqual(profiles.map(({ id }) => id).sort(), Object.keys(PROFILES).sort());
  for (const { id, name, check, about } of profiles) {
    assert.ok(name && about, id);
    assert.equal(check, PROFILES[id].check, id);
    const answer = ask(text(hosts.epyc9655), { profile: id });
    assert.equal(answer.profile, id);
    assert.equal(answer.profileName, name);
    for (const { default: base } of answer.registers) {
      assert.match(base, /^[01xHRTF]{4}( [01xHRTF]{4}){7}$/, id);
    }
  }
});

/** A bit that no table names is called by its place, such as 1.ecx[16]. */
const unnamed = (name) => /\[\d+\]$/.test(name);

test('every bit of a listed register has a name and a reason, a named one a meaning', () => {
  const answer = ask(text(amd));
  for (const { key } of answer.registers) {
    for (let bit = 0; bit < 32; bit++) {
      const told = core.explain(key, bit);
      assert.equal(told.key, key);
      assert.equal(told.bit, bit);
      const named = !unnamed(told.name);
      const always = ['name', 'reason', 'merge', 'decision'];
      for (const field of named ? [...always, 'meaning', 'level'] : always) {
        assert.match(told[field], /./, `${key}[${bit}] ${field}`);
      }
    }
  }
});

test('every decided bit has a name, a level and a sentence', () => {
  for (const list of [intel, amd, real]) {
    for (const row of ask(text(list)).bits) {
      const { key, bit, name, level, meaning, merge, reason, decision } = row;
      assert.ok(name && (meaning || unnamed(name)), `${key}[${bit}]`);
      if (/^AND/.test(merge) && !unnamed(name)) {
        assert.match(level, /^(user|kernel)$/, `${key}[${bit}]`);
      }
      assert.match(decision, /^(hide|hidden|ignore|keep|conflict|unknown|closure|warn)$/);
      assert.match(reason, /^\S+ \S+/, `${key}[${bit}]`);
    }
  }
});

test('every format has a name and a sentence', () => {
  const list = core.list('formats');
  assert.ok(list.length >= 5);
  for (const { id, name, about, command } of list) {
    assert.ok(id && name && about, id);
    assert.equal(typeof command, 'string');
  }
});

test('targets and models are lists of rows', () => {
  for (const { id, name } of core.list('targets')) assert.ok(id && name);
  for (const { id, name } of core.list('models')) assert.ok(id && name);
});

test('every table says in its head where its facts come from', () => {
  const folder = new URL('../core/', import.meta.url);
  const tables = readdirSync(folder, { recursive: true }).filter((name) => name.endsWith('.def'));
  assert.ok(tables.length > 20);
  const silent = tables.filter((name) => {
    const [head] = readFileSync(new URL(name, folder), 'utf8').split('*/');
    return !/\bSources?: \S/.test(head);
  });
  assert.deepEqual(silent, []);
});
