// Printers of what VMware's products write down.
import { hex8, REGS } from '../hosts.mjs';
import { bits, full, hex, indexed, lines, nibbles, only, pick, place, rows, signature, vendor, word,
  words as wordsOf } from './common.mjs';

/** Prefixes of a log's lines, by age. */
const prefixes = {
  'Aug 18': () => 'Aug 18 10:01:57.546: vmx| ',
  '2014': () => '2014-01-05T10:00:00.000Z| vmx| I120: ',
  '2016': () => '2016-01-04T16:19:46.611-08:00| vmx| I125: ',
  'In(05)': () => '2023-05-03T08:11:20.174Z In(05) vmx - ',
};

const four = (list) => list.map((value) => `0x${hex8(value)}`).join(' ');

function log(host, prefix, { each = false } = {}) {
  const list = rows(full(host));
  const { family, model, stepping } = signature(host);
  const row = (what) => ({ leaf, subleaf, words }) =>
    `${what} level ${hex8(leaf)}, ${hex(subleaf)}: ${four(words)}`;
  return lines(['Log for VMware ESX pid=1 version=5.0.0 build=build-1 option=Release',
    `hostCPUID vendor: ${vendor(host)}`,
    `hostCPUID family: 0x${hex(family)} model: 0x${hex(model)} stepping: 0x${hex(stepping)}`,
    `hostCPUID codename: Some Code`,
    'hostCPUID name: Some CPU @ 2.00GHz', 'hostCPUID',
    ...(each ? [0, 1].flatMap((n) => list.map(row(`CPUID[${n}]`))) : list.map(row('hostCPUID'))),
    'Monitor Mode: ULM'].map((line) => prefix() + line));
}

/** What a guest gets: less. */
const guest = (key, words) => ({ '1.0': [words[0], 0x00010800, words[2] & 0x16982203,
  words[3] & 0x0fabfbff], '7.0': [0, 0, 0, 0] }[key] ?? words).map((value) => value >>> 0);

function guestVersusHost(host) {
  return lines(['guest vs. host CPUID       level eaxIn, ecxIn:        eax        ebx        ecx'
    + '        edx', ...rows(full(host)).flatMap(({ leaf, subleaf, words }) => {
    const at = `level ${hex8(leaf)}, ${hex(subleaf).padStart(2)}: `;
    const said = guest(`${hex(leaf)}.${hex(subleaf)}`, words);
    return said.every((value, n) => value === words[n])
      ? [`guest vs. host CPUID guest ${at}${four(said)}`,
        `guest vs. host CPUID *host ${at}${four(words)}`]
      : [`guest vs. host CPUID guest ${at}${four(said)}`,
        `guest vs. host CPUID *host ${at}${four(words)}`];
  }), 'Capability Found: cpuid.avx2 = 1'].map((line) => prefixes['In(05)']() + line));
}

const VMX = ['0.0', '1.0', '80000001.0'];
const vmxCarries = (host) => only(host, (leaf, subleaf) =>
  VMX.includes(`${hex(leaf)}.${hex(subleaf)}`));
const joined = (list) => list.map(hex8).join('');

const vmx = (host) => lines(['.encoding = "UTF-8"', 'config.version = "8"',
  'virtualHW.version = "8"', 'displayName = "a guest"', 'guestOS = "debian10-64"',
  ...rows(vmxCarries(host)).flatMap(({ leaf, words }) => [
    `hostCPUID.${hex(leaf)} = "${joined(words)}"`,
    `guestCPUID.${hex(leaf)} = "${joined(guest(`${hex(leaf)}.0`, words))}"`,
    `userCPUID.${hex(leaf)} = "${joined(guest(`${hex(leaf)}.0`, words))}"`]),
  'evcCompatibilityMode = "FALSE"']);

const ovf = (host) => lines(['<?xml version="1.0" encoding="UTF-8"?>',
  '<Envelope xmlns="http://schemas.dmtf.org/ovf/envelope/1" xmlns:vmw="http://www.vmware.com/schema/ovf">',
  '  <VirtualSystem ovf:id="guest">', '    <VirtualHardwareSection>',
  ...rows(vmxCarries(host)).flatMap(({ leaf, words }) => [
    `      <vmw:ExtraConfig ovf:required="false" vmw:key="hostCPUID.${hex(leaf)}" vmw:value="${
      joined(words)}"/>`,
    `      <vmw:ExtraConfig ovf:required="false" vmw:key="guestCPUID.${hex(leaf)}" vmw:value="${
      joined(guest(`${hex(leaf)}.0`, words))}"/>`]),
  '    </VirtualHardwareSection>', '  </VirtualSystem>', '</Envelope>']);

// vSphere's vectors: levels are signed; a host has these only.
const VECTORS = ['0.0', '1.0', '80000000.0', '80000001.0', '80000008.0'];
const vectorCarries = (host) => only(host, (leaf, subleaf) =>
  VECTORS.includes(`${hex(leaf)}.${hex(subleaf)}`));
const vectors = (host) => rows(vectorCarries(host)).map(({ leaf, words }) =>
  ({ level: leaf | 0, words: words.map(nibbles) }));

const govc = (host, up = (name) => name) => `${JSON.stringify([{ Name: 'hardware.cpuFeature', Val: {
  HostCpuIdInfo: vectors(host).map(({ level, words }) => Object.fromEntries([
    [up('level'), level], [up('vendor'), ''],
    ...words.map((value, n) => [up(REGS[n]), value])])) } }], null, 2)}\n`;
const capital = (name) => name[0].toUpperCase() + name.slice(1);

const goDump = (host) => lines(['CpuFeature: []types.HostCpuIdInfo{',
  ...vectors(host).flatMap(({ level, words }) => ['    {', `        Level:  ${level},`,
    '        Vendor: "",', ...words.map((value, n) => `        ${capital(REGS[n])}:    "${value}",`),
    '    },']), '},']);

const powercli = (host) => ['', '', ...vectors(host).flatMap(({ level, words }) => [
  `Level  : ${level}`, 'Vendor : ', ...words.map((value, n) => `${capital(REGS[n])}    : ${value}`),
  '']), ''].map((line) => `${line}\r\n`).join('');

const vimcmd = (host) => lines(['(vim.host.HardwareInfo) {',
  '   cpuFeature = (vim.host.CpuIdInfo) [',
  ...vectors(host).flatMap(({ level, words }, n, all) => ['      (vim.host.CpuIdInfo) {',
    `         level = ${level},`, '         vendor = <unset>,',
    ...words.map((value, at) => `         ${REGS[at]} = "${value}"${at < 3 ? ',' : ''}`),
    `      }${n < all.length - 1 ? ',' : ''}`]), '   ]', '}']);

const mob = (host) => lines(['Data Object Type: HostCpuIdInfo', ...vectors(host).flatMap(
  ({ level, words }) => ['Name\tType\tValue', `level\tint\t${level}`, 'vendor\tstring\tUnset',
    ...words.map((value, n) => `${REGS[n]}\tstring\t"${value}"`)])]);

// esxcli's own layout: levels in columns, objects or elements.
const esxRows = (host) => rows(only(host, (leaf, subleaf) => subleaf === 0));
const esxCarries = (host) => only(host, (leaf, subleaf) => subleaf === 0);
const COLUMNS = ['Level', 'EAX', 'EBX', 'ECX', 'EDX'];
const cells = (value) => ({ leaf, words }) => [leaf, ...words].map(value);
const zeroX = (value) => `0x${hex8(value)}`;

const esxTable = (host) => {
  const list = [COLUMNS, COLUMNS.map((name) => '-'.repeat(name === 'Level' ? 10 : 10)),
    ...esxRows(host).map(cells(zeroX))];
  return lines(list.map((row) => row.map((cell) => cell.padEnd(10)).join('  ').trimEnd()));
};

const esxXml = (host) => lines(['<?xml version="1.0" encoding="utf-8"?>',
  '<output xmlns="http://www.vmware.com/Products/ESX/5.0/esxcli">', '<root>',
  '   <list type="structure">', ...esxRows(host).flatMap((row) => [
    '      <structure typeName="CPUID">', ...cells(String)(row).flatMap((value, n) => [
      `         <field name="${COLUMNS[n]}">`, `            <integer>${value}</integer>`,
      '         </field>']), '      </structure>']), '   </list>', '</root>', '</output>']);

const keyValue = (host) => lines(esxRows(host).flatMap((row, index) => cells(String)(row).map(
  (value, n) => `CPUID[${index}].${COLUMNS[n]}.integer=${value}`)));

const boxed = (host) => lines(esxRows(host).flatMap((row) => [...cells(zeroX)(row).map(
  (value, n) => `   ${COLUMNS[n]}: ${value}`), '']));

const ecxFeat = (host) => lines([`edxFeat       ${`0x${hex8(word(host, '1.0.edx'))} `.repeat(4)}`,
  `ecxFeat       ${`0x${hex8(word(host, '1.0.ecx'))} `.repeat(4)}`]);

export const vmwareFormats = {
  ...Object.fromEntries(Object.entries(prefixes).map(([name, prefix]) => [`vmware.log, ${name}`, {
    id: 'vmware-log', carries: full, print: (host) => log(host, prefix) }])),
  'vmware.log, CPUID[n]': { id: 'vmware-log', carries: full,
    print: (host) => log(host, prefixes['Aug 18'], { each: true }) },
  'vmware.log, guest vs. host': { id: 'vmware-log', carries: full, print: guestVersusHost },
  'vmware.log, hostCPUID lines only': { id: 'vmware-log', carries: full, print: (host) =>
    lines(rows(full(host)).map(({ leaf, subleaf, words }) =>
      `hostCPUID level ${hex8(leaf)}, ${hex(subleaf)}: ${four(words)}`)) },
  '.vmx': { id: 'vmx', carries: vmxCarries, print: vmx },
  'OVF': { id: 'vmx', carries: vmxCarries, print: ovf },
  'govc JSON': { id: 'vsphere', carries: vectorCarries, print: (host) => govc(host) },
  'govc JSON, older': { id: 'vsphere', carries: vectorCarries,
    print: (host) => govc(host, capital) },
  'govc, Go dump': { id: 'vsphere', carries: vectorCarries, print: goDump },
  'PowerCLI': { id: 'vsphere', carries: vectorCarries, print: powercli },
  'vim-cmd': { id: 'vsphere', carries: vectorCarries, print: vimcmd },
  'MOB': { id: 'vsphere', carries: vectorCarries, print: mob },
  'esxcli table': { id: 'esxcli', carries: esxCarries, print: esxTable },
  'esxcli lines': { id: 'esxcli', carries: esxCarries, print: boxed },
  'esxcli JSON': { id: 'esxcli', carries: esxCarries, print: (host) => `${JSON.stringify(
    esxRows(host).map((row) => Object.fromEntries(cells((value) => value)(row).map(
      (value, n) => [COLUMNS[n], value]))))}\n` },
  'esxcli CSV': { id: 'esxcli', carries: esxCarries, print: (host) => lines([
    'EAX,EBX,ECX,EDX,Level,', ...esxRows(host).map(({ leaf, words }) =>
      `${[...words, leaf].join(',')},`)]) },
  'esxcli XML': { id: 'esxcli', carries: esxCarries, print: esxXml },
  'esxcli keyvalue': { id: 'esxcli', carries: esxCarries, print: keyValue },
  '/proc/vmware/cpuinfo': { id: 'esx-proc', carries: (host) => pick(host, ['1.0.ecx', '1.0.edx']),
    print: ecxFeat },
};
