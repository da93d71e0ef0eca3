// The commands that the page offers: what each prints is read, and its hosts keep their names.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { platforms } from '../web/collect.js';
import { ask, core, intel } from './core.mjs';
import * as base from './hosts.mjs';
import { nameFormats } from './print/names.mjs';
import { systemFormats } from './print/systems.mjs';
import { toolFormats } from './print/tools.mjs';
import { vmwareFormats } from './print/vmware.mjs';

const printers = { ...base.formats, ...toolFormats, ...vmwareFormats, ...systemFormats,
  ...nameFormats };

const [a, b] = intel.slice(-2);
const pair = [{ ...a, name: 'one' }, { ...b, name: 'two' }];

const after = (printer, before = ({ name }) => `# host: ${name}\n`) => () =>
  pair.map((host) => before(host) + printers[printer].print(host)).join('');

const libvirtNames = (host) => [...nameFormats['KubeVirt labels, listed'].print(host)
  .matchAll(/cpu-feature\.node\.kubevirt\.io\/([\w.-]+)/g)].map(([, name]) => name);

const json = (object, space = 2) => `${JSON.stringify(object, null, space)}\n`;
const each = (print) => () =>
  pair.map((host) => `# host: ${host.name}\n${print(host)}`).join('');

// What a command prints on two hosts, or for both.
const PRINTED = {
  'vSphere, ESXi': [after('esxcli table'), after('esxcli table'),
    after('featureCapability, PowerCLI'), after('featureCapability JSON'),
    after('vmware.log, In(05)', () => '')],
  'KVM, libvirt, Proxmox': [after('cpuid -1 -r'), after('cpuid -1 -r'),
    after('cpuid -1 -r', ({ name }) => `${name} | CHANGED | rc=0 >>\n# host: ${name}\n`),
    after('/proc/cpuinfo of 6.12'), after('libvirt, expanded')],
  'Xen, XCP-ng, XenServer': [after('xen-cpuid -p'), after('xen-cpuid -p'),
    after('XAPI, one line'), after('xl info')],
  'Hyper-V, Windows': [after('Coreinfo'), after('Coreinfo'), after('CPU-Z'),
    after('aida: Logical CPU')],
  'OpenStack, KubeVirt, oVirt, Incus': [after('/proc/cpuinfo of 6.12'),
    () => `NAME   STATUS   ROLES    AGE   VERSION   LABELS\n${pair.map(({ name, ...host }) =>
      `${name}   Ready    worker   10d   v1.30.0   kubernetes.io/hostname=${name},${
        libvirtNames(host).map((feature) => `cpu-feature.node.kubevirt.io/${feature}=true`)}\n`)
      .join('')}`,
    each((host) => json({ cpu_info: { arch: 'x86_64', model: 'Haswell-noTSX', vendor: 'Intel',
      topology: { cells: 1, sockets: 1, cores: 4, threads: 2 }, features: libvirtNames(host) } })),
    each((host) => json({ cpuCores: '8', cpuFlags:
      [...libvirtNames(host), 'model_Haswell-noTSX'].join(','), cpuModel: 'Intel(R) Xeon(R)' })),
    each((host) => json({ cpu: { architecture: 'x86_64', sockets: [{ name: 'Intel(R) Xeon(R)',
      vendor: 'GenuineIntel', socket: 0, cores: [{ core: 0, threads: [{ id: 0, online: true }],
        flags: /^flags\s*: (.*)$/m.exec(printers['flags line'].print(host))[1].split(' ') }] }] },
    memory: { total: 1 } }))],
  'FreeBSD, bhyve, other BSD': [after('FreeBSD'), after('FreeBSD'), after('OpenBSD'),
    after('NetBSD'), null],
  'VirtualBox, macOS, any other': [after('VBoxManage list hostcpuids'), after('macOS'),
    after('cpuid -1 -r'), after('esx cd', () => ''), after('aida: Logical CPU')],
};

test('every way leads to a format that there is', () => {
  const ids = core.list('formats').map(({ id }) => id);
  for (const { name, ways, tells } of platforms) {
    assert.ok(tells.endsWith('.'), name);
    for (const { by, format, command, lines } of ways) {
      assert.ok(ids.includes(format), `${name}, ${by}: ${format}`);
      assert.ok(Boolean(command) !== Boolean(lines), `${name}, ${by}`);
    }
  }
});

test('what is for many hosts names each of them', () => {
  for (const { ways } of platforms) {
    for (const { command } of ways) {
      if (/for h|for u|foreach|ForEach|while|ansible/.test(command)) assert.match(command, /# host: /);
    }
  }
});

test('commands for a shell are in its grammar', () => {
  for (const { ways } of platforms) {
    for (const { command } of ways) {
      if (!command || /ForEach|foreach|%/.test(command)) continue;
      const { status, stderr } = spawnSync('sh', ['-n', '-c', command], { encoding: 'utf8' });
      assert.equal(status, 0, `${command}: ${stderr}`);
    }
  }
});

for (const { name, ways } of platforms) {
  ways.forEach(({ by, format }, at) => {
    const print = PRINTED[name][at];
    test(`${name}, ${by}: its output is read`, { skip: !print && 'no printer' }, () => {
      const answer = ask(print());
      const expected = pair.map((host) => host.name);
      assert.deepEqual(answer.hosts.map((host) => host.format), [format, format]);
      if (answer.hosts[0].named) {
        assert.deepEqual(answer.hosts.map((host) => host.name), expected);
      }
      const unread = answer.notes.filter(({ kind }) => kind === 'unread').map(({ text }) => text);
      assert.deepEqual(unread, []);
    });
  });
}
