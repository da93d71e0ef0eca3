// Named models: what is printed for QEMU, libvirt and Proxmox, read back, against a second opinion
// and against the programs themselves where they are installed.
import { after, test } from 'node:test';
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync }
  from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ask, core } from './core.mjs';
import { letters, printed } from './control.mjs';
import { seeded } from './hosts.mjs';

const corpus = new URL('../../shared/corpus/', import.meta.url);
const absent = existsSync(corpus) ? false : 'the public dumps are not here';
const NAMED = ['qemu', 'qemu-newest', 'libvirt', 'proxmox', 'proxmox-type', 'nova', 'kubevirt',
  'ovirt', 'cloudstack', 'opennebula', 'incus'];

const folder = (name) => readdirSync(new URL(`${name}/`, corpus)).map((file) => `${name}/${file}`);
const dumps = absent ? [] : [...folder('instlatx64'), ...folder('libvirt')]
  .filter((file) => !/-host\.xml$|Lakefield|Isaiah|Katmai|Dothan|Thoroughbred|X1_/.test(file))
  .sort();
const source = (file) => ({ name: file.split('/')[1],
  bytes: new Uint8Array(readFileSync(new URL(file, corpus))) });
const vendor = (file) => core.answer({ sources: [source(file)] }).hosts[0].vendor;
const vendors = new Map(dumps.map((file) => [file, vendor(file)]));

/** Pairs and triples of one vendor, the same ones every time. */
function fleets(count, seed) {
  const random = seeded(seed);
  return Array.from({ length: count }, (_, n) => {
    const first = random.pick(dumps);
    const same = dumps.filter((file) => vendors.get(file) === vendors.get(first));
    return [first, ...Array.from({ length: 1 + n % 2 }, () => random.pick(same))];
  });
}

const sample = absent ? [] : fleets(60, 20061);
const answers = (choices) => sample.map((files) =>
  ({ files, answer: ask(files.map(source), { profile: 'open', ...choices }) }));
const newest = answers({});
const debian = answers({ qemu: '7.2', libvirt: '9.0' });

const word = (text) => Number.parseInt(text ?? '0', 16);

/** Bits known to be 1 on every host: key -> word. */
function common({ hosts }) {
  const [first, ...others] = hosts;
  return Object.fromEntries(Object.entries(first.words).map(([key, value]) => [key,
    others.reduce((all, { words, known }) => all & word(words[key]) & word(known[key]),
      word(value) & word(first.known[key])) >>> 0]));
}

// What KVM adds whatever the hosts are, and what it decides about by itself when a name is read
// back; what named models are never asked for.
const EMULATED = { '1.0.ecx': 0x81200000, '1.0.edx': 0x00000200, '6.0.eax': 0x4,
  '7.0.ebx': 0x2, '7.0.edx': 0x20000000, '80000001.0.ecx': 0x00400000,
  'msr10a.0.eax': 0x40 };
const LEFT_OUT = { '1.0.ecx': 0x0000802c, '1.0.edx': 0x18600200, '7.0.ebx': 0x02002044,
  '7.0.ecx': 0x40000020, '7.0.edx': 0x30000000, '80000001.0.ecx': 0x00400006,
  '80000001.0.edx': 0x0183f1ff, '80000008.0.ebx': 0x00020000, '80000022.0.eax': ~0 };

/** The features KVM offers: letters but 0, and in leaf 0xd those of subleaf 1. */
function offered(key) {
  const mask = key === 'd.1.eax' ? null : printed('kvm', 'GenuineIntel', key);
  if (!mask) return key === 'd.1.eax' ? 0x1f : 0;
  return [...letters(mask)].reduce((all, one) => (all << 1 | Number(one !== '0')) >>> 0, 0);
}

/** Linux takes XSAVES from Zen 1 and 2, and Intel CPUs hide SYSCALL outside 64-bit mode. */
function corrected(answer) {
  const shared = common(answer);
  if (answer.hosts.some(({ family }) => family === 23 || family === 24)) shared['d.1.eax'] &= ~8;
  const intel = answer.hosts.every((host) => host.vendor === 'GenuineIntel');
  if (intel && shared['80000001.0.edx'] & 0x20000000) shared['80000001.0.edx'] |= 0x800;
  return shared;
}

// core.list('bits') knows which bits have a name: a bit nobody names cannot be asked for.
const readBack = (text) => ask(text, { profile: 'open' }).hosts[0];
const HOST_ONLY = 'monitor|est|tm2|smx|pdcm|dtes64|ds|acpi|intel-pt|invtsc';
const never = new RegExp(`optional|forbid(?!'>)|\\b(${HOST_ONLY})\\b(?!=off|'/>)`);

test('what is turned on is on every host, and what hosts share is turned on', { skip: absent },
  () => {
    for (const { files, answer } of newest) {
      const shared = corrected(answer);
      for (const target of ['qemu', 'qemu-newest', 'libvirt']) {
        const text = answer.targets[target];
        if (!text) continue;
        const guest = readBack(text);
        for (const [key, value] of Object.entries(guest.words)) {
          if (key === '1.0.eax' || key.startsWith('0.')) continue;
          if (key === '80000008.0.eax') { // a number: phys-bits, the fewest
            assert.equal(word(value) & 255, answer.verdict.physBits, text);
            continue;
          }
          const known = word(guest.known[key]);
          const nested = key === '8000000a.0.edx' ? ~0 : LEFT_OUT[key] ?? 0;
          const more = word(value) & known & ~(shared[key] ?? 0) & ~(EMULATED[key] ?? 0) & ~nested;
          assert.equal(more >>> 0, 0, `${files} ${target} ${key}: ${text}`);
          const wanted = (shared[key] ?? 0) & offered(key) & ~(LEFT_OUT[key] ?? 0) & known
            & (key.startsWith('msr') || key === '8000000a.0.edx' ? 0 : ~0);
          assert.equal((wanted & ~word(value)) >>> 0, 0, `${files} ${target} ${key}: ${text}`);
        }
      }
    }
  });

test('nothing prints optional, forbid or a feature that only hosts have', { skip: absent }, () => {
  for (const { files, answer } of [...newest, ...debian]) {
    for (const target of NAMED) {
      assert.doesNotMatch(answer.targets[target], never, `${files} ${target}`);
    }
    assert.doesNotMatch(answer.targets.libvirt, /require' name='(monitor|ds|svm|vmx|invtsc)'/);
  }
});

test('every fleet of one vendor gets a model, and mixed vendors get none', { skip: absent }, () => {
  for (const { files, answer } of newest) {
    const old = /Sledgehammer|Palermo|SantaRosa/.test(files.join());
    for (const target of NAMED.filter((one) => !/^proxmox/.test(one) || !old)) {
      const [first] = answer.how[target].cannot;
      if (target !== 'proxmox-type') {
        assert.ok(answer.targets[target], `${files} ${target}: ${first}`);
      } else if (!answer.targets[target]) {
        assert.match(first, /^No model fits: for \S+ there is no /);
      }
    }
  }
  const mixed = ask(['GenuineIntel00606A6_ICX_04', 'AuthenticAMD0830F10_K17_Rome_CPUID2']
    .map((name) => source(dumps.find((file) => file.includes(name)))));
  for (const target of NAMED) {
    assert.equal(mixed.targets[target], '', target);
    assert.match(mixed.how[target].cannot[0], /different vendors/);
  }
});

test('a text of another platform gets the same models', { skip: absent }, () => {
  for (const files of sample.slice(0, 12)) {
    const [a, b] = ['open', 'vmware-2026'].map((profile) =>
      ask(files.map(source), { profile }).models);
    assert.deepEqual(a, b, files.join());
  }
});

test('the versions asked for are kept to', { skip: absent }, () => {
  for (const { answer } of debian) {
    assert.doesNotMatch(answer.targets.libvirt, /<model[^>]*>[^<]*-v\d/);
    assert.doesNotMatch(answer.targets.qemu, /EPYC-Rome-v4|Genoa|SapphireRapids|flush-l1d/);
  }
});

// ── the programs themselves ──────────────────────────────────────────────────────────────────────

const has = (program) => {
  try {
    return execFileSync(program, ['--version'], { encoding: 'utf8' });
  } catch {
    return '';
  }
};

const version = /version (\d+)\.(\d+)/.exec(has('qemu-system-x86_64'));
const noQemu = absent || (version ? false : 'qemu-system-x86_64 is not installed');

/** One QEMU without a machine that answers questions about its models. */
class Qemu {
  #child = spawn('qemu-system-x86_64', ['-accel', 'tcg', '-machine', 'none', '-display', 'none',
    '-nodefaults', '-S', '-qmp', 'stdio'], { stdio: ['pipe', 'pipe', 'ignore'] });

  #waiting = [];

  constructor() {
    let rest = '';
    this.#child.stdout.on('data', (piece) => {
      const lines = (rest + piece).split('\n');
      rest = lines.pop();
      for (const line of lines.map((one) => JSON.parse(one))) {
        if (line.return !== undefined || line.error) this.#waiting.shift()(line);
      }
    });
  }

  ask(execute, words = {}) {
    return new Promise((done) => {
      this.#waiting.push(done);
      this.#child.stdin.write(`${JSON.stringify({ execute, arguments: words })}\n`);
    });
  }

  end() {
    this.#child.kill();
  }
}

let qemu;
after(() => qemu?.end());

/** A -cpu line as QMP takes it: the model and its properties. */
function modelOf(text) {
  const [name, ...options] = /^-cpu (\S+)$/m.exec(text)[1].split(',');
  const props = Object.fromEntries(options.filter((one) => one !== 'enforce').map((option) => {
    const [key, value] = option.split('=');
    return [key, { on: true, off: false }[value] ?? (/^\d+$/.test(value) ? Number(value) : value)];
  }));
  return { name, props };
}

const expand = (model) => qemu.ask('query-cpu-model-expansion', { type: 'static', model });

test('QEMU takes every -cpu line, and expands it to the features it says', { skip: noQemu },
  async () => {
    qemu = new Qemu();
    await qemu.ask('qmp_capabilities');
    const asked = version.slice(1).join('.');
    const own = asked === '7.2' ? debian : answers({ qemu: asked });
    for (const { files, answer } of own) {
      for (const target of ['qemu', 'qemu-newest']) {
        const text = answer.targets[target];
        const model = modelOf(text);
        const { return: got, error } = await expand(model);
        assert.equal(error, undefined, `${files} ${text} ${JSON.stringify(error)}`);
        for (const [key, value] of Object.entries(model.props)) {
          assert.ok(typeof value !== 'boolean' || got.model.props[key] === value,
            `${files} ${key} ${text}`);
        }
      }
    }
  });

test('no model of QEMU inside the common set names more of it', { skip: noQemu }, async () => {
  const { return: definitions } = await qemu.ask('query-cpu-definitions');
  const flags = (props) => Object.keys(props).filter((key) => props[key] === true);
  const all = await Promise.all(definitions
    .filter(({ name }) => !/^(host|max|base|.*-v1)$/.test(name))
    .map(async ({ name }) => ({ name, ...(await expand({ name })).return.model.props })));
  const base = new Set(flags((await expand({ name: 'base' })).return.model.props));
  // What KVM takes away or gives by itself is no feature of a model; without KVM there is no vme.
  const ignored = new Set(['vme', 'acpi', 'monitor', 'svm', 'npt', 'nrip-save', 'svme-addr-chk',
    'vnmi', 'x2apic', 'hypervisor', 'tsc-deadline', 'tsc-adjust', 'arat', ...base]);
  const own = /^(vmx-|kvm|hv-|x-|l3-|legacy)/;
  const models = all.map((props) => ({ name: props.name, vendor: props.vendor,
    has: flags(props).filter((one) => !ignored.has(one) && !own.test(one)) }));
  for (const { files, answer } of version.slice(1).join('.') === '7.2' ? debian : []) {
    const { props } = (await expand(modelOf(answer.targets.qemu))).return.model;
    const guest = new Set(flags(props));
    const { name } = answer.models.qemu.best;
    const covers = (model) => model.has.filter((one) => guest.has(one)).length;
    const picked = covers(models.find((model) => model.name === name.replace(/-v1$/, '')));
    const neutral = /^(qemu|kvm)(32|64)$|^(486|pentium.?)$/;
    for (const model of models) {
      const fits = (neutral.test(model.name) || model.vendor === answer.hosts[0].vendor)
        && model.has.every((one) => guest.has(one));
      const vme = Number(name === 'kvm64');
      assert.ok(!fits || covers(model) <= picked + vme,
        `${files}: ${model.name} rather than ${name}`);
    }
  }
});

const noLibvirt = absent || (existsSync('/usr/bin/virt-xml-validate') ? false
  : 'virt-xml-validate is not installed');

const domain = (cpu) => `<domain type='kvm'>\n<name>a</name>\n<memory>65536</memory>
<vcpu>1</vcpu>\n<os><type arch='x86_64' machine='q35'>hvm</type></os>\n${cpu}</domain>\n`;

test("every <cpu> fits libvirt's schema", { skip: noLibvirt }, () => {
  const place = mkdtempSync(join(tmpdir(), 'mask-'));
  try {
    for (const [n, { files, answer }] of [...newest, ...debian].entries()) {
      if (n % 15) continue;
      const file = join(place, 'domain.xml');
      writeFileSync(file, domain(answer.targets.libvirt));
      assert.doesNotThrow(() => execFileSync('virt-xml-validate', [file, 'domain'],
        { stdio: 'pipe' }), `${files}`);
    }
  } finally {
    rmSync(place, { recursive: true });
  }
});

const map = '/usr/share/libvirt/cpu_map/';
const noMap = absent || (existsSync(`${map}x86_features.xml`) && has('virsh').startsWith('9.')
  ? false : 'libvirt 9 is not installed');

test('libvirt 9.0 knows every model and feature that is written for it', { skip: noMap }, () => {
  const models = new Set(readdirSync(map).map((file) => file.replace(/^x86_|\.xml$/g, '')));
  const features = new Set([...readFileSync(`${map}x86_features.xml`, 'utf8')
    .matchAll(/<feature name='([^']+)'/g)].map(([, name]) => name));
  for (const { files, answer } of debian) {
    const { libvirt, nova, kubevirt, cloudstack } = answer.targets;
    const said = [/<model[^>]*>([^<]+)/, /cpu_models = (.*)/, /model: (.*)/, /model=(.*)/]
      .map((how, n) => how.exec([libvirt, nova, kubevirt, cloudstack][n])[1]);
    for (const name of said) assert.ok(models.has(name), `${files} ${name}`);
    for (const [, name] of libvirt.matchAll(/<feature [^>]*name='([^']+)'/g)) {
      assert.ok(features.has(name), `${files} ${name}`);
    }
    const flags = /extra_flags = (.*)/.exec(nova)?.[1].split(', ') ?? [];
    for (const name of flags) assert.ok(features.has(name.replace(/^-/, '')), `${files} ${name}`);
  }
});

test("libvirt turns every <cpu> into the -cpu it says", { skip: noMap }, (t) => {
  const place = mkdtempSync(join(tmpdir(), 'mask-'));
  const native = (file) => execFileSync('virsh', ['-q', '-c', `qemu:///embed?root=${place}`,
    'domxml-to-native', 'qemu-argv', file], { encoding: 'utf8', stdio: 'pipe' });
  try {
    const file = join(place, 'domain.xml');
    for (const { files, answer } of debian.slice(0, 12)) {
      const { libvirt } = answer.targets;
      writeFileSync(file, domain(libvirt).replace("'kvm'", "'qemu'"));
      let line;
      try {
        line = / -cpu (\S+)/.exec(native(file))[1];
      } catch (error) {
        if (!/failed to connect/.test(error.stderr)) throw error;
        return t.skip(error.stderr.trim().split('\n').at(-1));
      }
      const [model, ...flags] = line.replaceAll("'", '').split(',');
      assert.equal(model, /<model[^>]*>([^<]+)/.exec(libvirt)[1], files.join());
      const told = [...libvirt.matchAll(/policy='(require|disable)'/g)].length;
      // What libvirt has taken out of a model since, it turns off itself.
      const turned = flags.filter((flag) => /=(on|off)$/.test(flag)
        && !/^(monitor|mpx|intel-pt)=off$/.test(flag));
      assert.equal(turned.length, told, `${files} ${line}`);
    }
  } finally {
    rmSync(place, { recursive: true, force: true });
  }
});

test('a pin takes what KVM gives by itself, and what needs the bit goes, too', () => {
  const flags = { hide: ['x2apic', 'avx'] };
  const [file] = dumps.filter((one) => /HaswellEP/.test(one));
  if (!file) return;
  const { targets, models } = ask(source(file), flags);
  assert.match(targets.qemu, /x2apic=off/);
  assert.ok(!/avx2|fma|f16c/.test(models.qemu.best.extras.join()), targets.qemu);
  const guest = readBack(targets.qemu);
  assert.equal(word(guest.words['7.0.ebx']) & 0x20, 0);
  assert.equal(word(guest.words['1.0.ecx']) & 0x30001000, 0);
});
