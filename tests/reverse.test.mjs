// Settings read back: what we print ourselves is what we recommend, a 0 fewer is exactly that bit
// left, a 0 more exactly that one needless; and no setting at all can do harm.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { ask, asked, core, amd, intel, text } from './core.mjs';
import { mutate, seeded } from './hosts.mjs';

const corpus = new URL('../../shared/corpus/', import.meta.url);
const dumps = existsSync(corpus) ? readdirSync(new URL('instlatx64/', corpus)).sort()
  .map((name) => ({ name, bytes: new Uint8Array(readFileSync(new URL(`instlatx64/${name}`, corpus))) }))
  : [];
const own = [...intel, ...amd].map((host, n) => ({ name: `host${n}`, text: text(host) }));

/** Fleets of one vendor: some of the public dumps where they are at hand, and our own hosts. */
function fleets(count, seed) {
  const random = seeded(seed);
  const of = (word) => [...dumps.filter(({ name }) => name.startsWith(word))];
  const pools = [of('GenuineIntel'), of('AuthenticAMD'),
    own.slice(0, intel.length), own.slice(intel.length)]
    .filter((pool) => pool.length > 1);
  return Array.from({ length: count }, () => {
    const pool = random.pick(pools);
    return Array.from({ length: random.chance(0.7) ? 2 : 3 }, () => random.pick(pool));
  });
}

const judge = (sources, setting, more) =>
  core.answer(asked(sources, { ...more, setting: { name: '', text: setting } })).setting;
const places = (list) => list.map(({ key, bit, kind }) => `${key}[${bit}] ${kind}`);
const bare = (list) => list.map(({ key, bit }) => `${key}[${bit}]`);
const short = (key) => key.replace('.0.', '.');

/** Targets that are masks, under each of these profiles. By names: not every bit has one. */
const MASKS = ['dialog', 'vmx', 'xend', 'firecracker'];
const BY_NAMES = ['featmask', 'powercli', 'govc', 'xl'];
const PROFILES = ['open', 'kvm', 'xen-hvm', 'vmware-2026', 'vmx-14', 'vmx-20', 'vmware-2010-06'];

test('what we print read back as a setting is what we recommend', () => {
  let read = 0;
  for (const [n, sources] of fleets(70, 1).entries()) {
    const more = { profile: PROFILES[n % PROFILES.length] };
    const answer = core.answer(asked(sources, more));
    if (!answer.verdict.migratable) continue;
    for (const id of [...MASKS, ...BY_NAMES]) {
      if (!answer.targets[id]) continue;
      const setting = judge(sources, answer.targets[id], more);
      const cannot = answer.how[id].cannot.join(' ');
      const found = ['missing', 'needless', 'dangerous', 'diff'].flatMap((group) => setting[group])
        .filter(({ key, bit }) => !cannot.includes(`${short(key)}[${bit}]`)
          && !/ more[:.]/.test(cannot));
      assert.deepEqual(places(found), [],
        `${id}, ${more.profile}, ${sources.map(({ name }) => name)}: ${setting.sentence}`);
      read++;
    }
  }
  assert.ok(read > 100, `${read} texts read`);
});

test('WAITPKG, SGX and the PMU are left out by models on purpose, not for nothing', () => {
  const pair = ['AlderLakeP', 'GraniteRapids', 'Skylake_CPUID', 'ICX_04', 'Genoa_02', 'Turin']
    .map((part) => dumps.find(({ name }) => name.includes(part)));
  if (pair.includes(undefined)) return;
  for (const sources of [pair.slice(0, 2), pair.slice(2, 4), pair.slice(4)]) {
    const { targets } = core.answer(asked(sources, { profile: 'kvm' }));
    assert.deepEqual(places(judge(sources, targets.qemu, { profile: 'kvm' }).needless), []);
  }
});

const NAMED = ['qemu', 'qemu-newest', 'libvirt', 'proxmox', 'nova', 'cloudstack', 'ovirt'];

test('a named model read back leaves nothing, asks for nothing more and hides nothing else', () => {
  let read = 0;
  for (const sources of fleets(40, 2)) {
    const answer = core.answer(asked(sources, { profile: 'kvm' }));
    if (!answer.verdict.migratable) continue;
    for (const id of NAMED) {
      if (!answer.targets[id]) continue;
      const setting = judge(sources, answer.targets[id], { profile: 'kvm' });
      // libvirt's Opterons have RDTSCP, QEMU's of the same name have not: guests get QEMU's.
      const old = ({ name }) => name === 'RDTSCP' && /Opteron/.test(answer.targets[id]);
      const found = ['missing', 'needless', 'dangerous', 'diff'].flatMap((group) => setting[group])
        .filter((bit) => !old(bit));
      assert.deepEqual(places(found), [],
        `${id}, ${sources.map(({ name }) => name)}: ${setting.sentence}\n${answer.targets[id]}`);
      assert.equal(setting.works, true);
      read++;
    }
  }
  assert.ok(read > 50, `${read} texts read`);
});

test('a setting with a 0 taken away has exactly that bit left', () => {
  const random = seeded(3);
  let tried = 0;
  for (const [n, sources] of fleets(60, 4).entries()) {
    const more = { profile: ['open', 'vmware-2026', 'vmx-20', 'vmware-2010-06'][n % 4] };
    const answer = core.answer(asked(sources, more));
    const hidden = answer.bits.filter(({ decision, key }) => decision === 'hide'
      && !key.startsWith('msr') && answer.targets.vmx.includes(`cpuid.${short(key)} `));
    if (!answer.verdict.migratable || !hidden.length) continue;
    const { key, bit } = random.pick(hidden);
    const lines = answer.targets.vmx.split('\n').map((line) => {
      if (!line.startsWith(`cpuid.${short(key)} `)) return line;
      const at = line.indexOf('"') + 1 + (31 - bit) + Math.floor((31 - bit) / 4);
      return `${line.slice(0, at)}-${line.slice(at + 1)}`;
    });
    if (lines.join('\n') === answer.targets.vmx) continue;
    if (!/0/.test(answer.targets.vmx)) continue;
    const setting = judge(sources, lines.join('\n'), more);
    const what = `${key}[${bit}], ${more.profile}, ${sources.map(({ name }) => name)}`;
    assert.deepEqual(bare(setting.missing), [`${key}[${bit}]`], what);
    assert.deepEqual(setting.needless, [], what);
    assert.deepEqual(setting.dangerous, [], what);
    assert.equal(setting.works, false, what);
    assert.match(setting.sentence, /^This setting leaves 1 bit that differs: /, what);
    tried++;
  }
  assert.ok(tried > 20, `${tried} tried`);
});

test('a setting with a 0 more has exactly that one needless', () => {
  const random = seeded(5);
  let tried = 0;
  for (const [n, sources] of fleets(60, 6).entries()) {
    const more = { profile: ['open', 'vmware-2026', 'vmx-20'][n % 3] };
    const answer = core.answer(asked(sources, more));
    if (!answer.verdict.migratable || !answer.targets.vmx || answer.hosts.length < 2) continue;
    const { key } = random.pick(answer.registers.filter((one) => /H/.test(one.effective)
      && ['1.0.ecx', '7.0.ebx', '80000001.0.ecx'].includes(one.key)));
    const bit = random.below(32);
    const told = core.explain(key, bit);
    if (told.decision !== 'keep' || told.zeros || told.unknowns || !told.ones
      || told.effective !== 'H' || told.merge !== 'AND') continue;
    const letters = Array.from({ length: 32 }, (_, i) => (i === 31 - bit ? '0' : '-')).join('');
    const line = `cpuid.${short(key)} = "${letters}"\n`;
    const setting = judge(sources, `${answer.targets.vmx}${line}`, more);
    const names = sources.map(({ name }) => name);
    const what = `${key}[${bit}], ${more.profile}, ${names}: ${setting.sentence}`;
    if (!setting.needless.length) continue; // the platform never shows it
    assert.deepEqual(setting.missing, [], what);
    assert.deepEqual(bare(setting.needless), [`${key}[${bit}]`], what);
    assert.ok(setting.dangerous.every(({ kind }) => kind === 'alone'), what);
    assert.equal(setting.works, true, what);
    tried++;
  }
  assert.ok(tried > 10, `${tried} tried`);
});

const SEEDS = ['cpuid.1.ecx = "----:----:----:----:----:----:---0:-0-0"\n',
  'featMask.vm.cpuid.AVX = "Val:0"\nfeatureCompat.vm.completeMasks = "TRUE"\n',
  '-cpu Skylake-Server-v5,vendor=GenuineIntel,-avx512f,+pcid,smap=off,enforce\n',
  "<cpu mode='custom' match='exact'>\n<model fallback='forbid'>EPYC-Rome</model>\n"
  + "<feature policy='optional' name='aes'/><feature policy='forbid' name='svm'/>\n</cpu>\n",
  'cpuid = "host,avx=0,smap=k,pni=0"\n',
  'cpuid=["0x7,0:ebx=00x0xx000xx0000000xx0xxxx0x0xxxx,ecx=xxxxxxxxxxxxxxxxxxxxxxxxxxxx0xxx",\n'
  + ' "0xd,1:eax=xxxxxxxxxxxxxxxxxxxxxxxxxxxx000x"]\n',
  'cpu_models = Haswell-noTSX\ncpu_model_extra_flags = ssbd, -vmx\n',
  '{"cpuid_modifiers":[{"leaf":"0x7","subleaf":"0x0","flags":1,"modifiers":[{"register":"ebx",'
  + '"bitmap":"0b00x0xx000xx0000000xx0xxxx0x0xxxx"}]}]}\n',
  'cpu-model: a\n\tflags +aes;-svm\n\treported-model kvm64\n',
  'VBoxManage modifyvm a --cpuid-set=00000007:0 00000000 000037ab 00000000 9c000400\n',
  'Level 1 ecx  ---- ---- ---- ---- ---- ---- ---0 -0-0\n'];

test('any bytes as a setting: no trap, and the answer itself stays as it was', () => {
  const random = seeded(7);
  const hosts = [own[0], own[1]];
  const before = core.answer(asked(hosts, { profile: 'open' }));
  for (let n = 0; n < 600; n++) {
    const bytes = n % 3 ? mutate(random, new TextEncoder().encode(random.pick(SEEDS)))
      : Uint8Array.from({ length: random.below(600) }, () => random.below(256));
    const answer = core.answer(asked(hosts, { profile: 'open', setting: { name: '', bytes } }));
    const { setting, ...rest } = answer;
    assert.equal(typeof setting.sentence, 'string');
    assert.ok(setting.sentence.length > 0);
    if (n % 20 === 0) assert.deepEqual(rest.registers, before.registers);
    for (const { custom } of setting.registers) {
      assert.match(custom, /^[01xHRTF-]{4}( [01xHRTF-]{4}){7}$/);
    }
  }
});

test('a large setting, and one beside masks or nothing', () => {
  const large = SEEDS.join('').repeat(3000);
  assert.ok(judge(own.slice(0, 2), large).sentence.length > 0);
  assert.equal(ask([own[0]]).setting, null);
  assert.match(judge([], SEEDS[0]).sentence, /no hosts/);
  assert.match(judge(own.slice(0, 2), 'hello\n').sentence, /not judged/);
  assert.equal(judge(own.slice(0, 2), 'hello\n').diff.length, 0);
});
