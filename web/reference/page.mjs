// reference.html: every bit the core knows, as one page that can be read without its script.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { glossary } from '../../wasm/core.js';
import { place, plural } from '../view.js';

const PROJECTS = { linux: 'Linux', qemu: 'QEMU', libvirt: 'libvirt', xen: 'Xen', vmware: 'VMware' };

// What a leaf is about, in the words of the manuals.
const LEAVES = {
  1: 'family, model and the first features',
  2: 'caches and TLBs',
  4: 'caches',
  5: 'MONITOR and MWAIT',
  6: 'power and temperature',
  7: 'structured extended features',
  9: 'direct cache access',
  a: 'performance counters',
  d: 'XSAVE: state components',
  f: 'resource monitoring',
  10: 'resource allocation',
  12: 'SGX enclaves',
  14: 'processor trace',
  17: 'system on a chip',
  18: 'TLBs',
  19: 'Key Locker',
  '1c': 'last branch records',
  '1e': 'AMX tile multiplication',
  20: 'history reset',
  23: 'performance counters, extended',
  24: 'AVX10',
  29: 'APX',
  40000001: 'KVM',
  40000003: 'Hyper-V: privileges and features',
  40000004: 'Hyper-V: recommendations',
  40000006: 'Hyper-V: hardware it uses',
  40000007: 'Hyper-V: for a root partition',
  40000008: 'Hyper-V: shared virtual memory',
  40000009: 'Hyper-V: nested privileges',
  '4000000a': 'Hyper-V: nested features',
  80000001: 'extended features',
  80000007: 'power and errors, AMD',
  80000008: 'address sizes and more features, AMD',
  '8000000a': 'SVM',
  '8000001a': 'speed of vector units',
  '8000001b': 'instruction based sampling',
  '8000001c': 'lightweight profiling',
  '8000001d': 'caches, AMD',
  '8000001f': 'memory encryption',
  80000020: 'resource control, AMD',
  80000021: 'extended features, AMD',
  80000022: 'performance counters, AMD',
  80000023: 'multi-key memory encryption',
  80000026: 'topology, AMD',
  80860001: 'Transmeta',
  c0000001: 'Centaur and Zhaoxin',
  msr10a: 'IA32_ARCH_CAPABILITIES, an MSR whose bits are compared like features',
};

// How hosts are compared in a bit: for its row, and for the legend.
const RULES = {
  AND: ['every host must have it', 'A feature. A guest may see it where every host has it.'],
  'AND-WARN': ['every host must have it; hiding it costs a mitigation',
    'A feature that guards against an attack. Update microcode before hiding it.'],
  ALIAS: ['follows 1.edx', 'On AMD a copy of the same bit of 1.edx. Both are hidden, or none.'],
  OR: ['1 on one host counts for all',
    'A 1 says that something is absent or weak. A guest that may move there must see the 1.'],
  'OR-SAFE': ['1 where every host has it or needs none of it',
    'A 1 tells a guest that a hole is closed, or that something is not to be relied on. It may '
    + 'stand where each host has it, or is not affected.'],
  'OR-INFO': ['cannot be hidden', 'How the hardware behaves, whatever a mask says.'],
  COND: ['goes with another bit', 'Means something only together with another bit.'],
  HINT: ['about speed only', 'No program fails without it.'],
  MIRROR: ['not compared: shows a switch',
    'Copies a switch that the running system has set. It says nothing of the CPU.'],
  SET: ['not compared: the hypervisor sets it', 'The hypervisor decides it, not the host.'],
  TOPO: ['not compared: topology', 'Belongs to the virtual machine’s cores and threads.'],
  IGNORE: ['not compared', 'No guest sees it, or none minds.'],
  DERIVED: ['follows from other features',
    'Recomputed from the features a guest keeps, never compared by itself.'],
  EQ: ['must be equal, cannot be hidden', 'Hosts that differ here are no pair.'],
  'EQ-TSC': ['wants clocks of one speed',
    'Safe where the time stamp counters of all hosts run alike, or are scaled.'],
};
const HYPERVISOR = ['never compared: the hypervisor’s own',
  'What a hypervisor says of itself, in leaves from 40000000 on.'];

const LEVELS = { user: 'user level', kernel: 'kernel level' };

// Since when /proc/cpuinfo has the name, by the ages of names.def: where a kernel in use may lack it.
const AGES = { 4: 'since 6.1', 5: 'since 6.12', 6: 'since 7.2', 7: 'not always printed' };

// The tables whose facts stand here, and what those are.
const SOURCES = [['bits', 'Places, rules, meanings'], ['names', 'Names'],
  ['deps', 'What needs what'], ['first', 'First generations'], ['causes', 'Usual causes']];

const escape = (text) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;')
  .replaceAll('>', '&gt;').replaceAll('"', '&quot;');
const capital = (text) => text.charAt(0).toUpperCase() + text.slice(1);
const code = (text) => `<code translate="no">${escape(text)}</code>`;
const isHypervisor = ({ key }) => /^4[0-9a-f]{7}\./.test(key);
const idOf = ({ key, bit }) => `bit=${key}.${bit}`;
const link = (row, text) => `<a href="#${idOf(row)}">${text}</a>`;

/** Spellings, each with the projects that share it. */
function spellings({ names, age }) {
  const groups = new Map();
  for (const [dialect, name] of Object.entries(names).filter(([, text]) => text)) {
    const since = dialect === 'linux' && AGES[age] ? ` (${AGES[age]})` : '';
    groups.set(name, [...(groups.get(name) ?? []), PROJECTS[dialect] + since]);
  }
  return [...groups].map(([name, projects]) => `${code(name)} ${projects.join(', ')}`);
}

function namesHtml(row) {
  const parts = spellings(row);
  if (row.others.length) parts.push(`also ${row.others.map(code).join(', ')}`);
  return parts.length ? `<ul>${parts.map((part) => `<li>${part}</li>`).join('')}</ul>` : '';
}

function ruleHtml(row) {
  if (isHypervisor(row)) return HYPERVISOR[0];
  return row.merge === 'ALIAS'
    ? `follows ${link({ key: '1.0.edx', bit: row.bit }, place('1.0.edx', row.bit))}`
    : RULES[row.merge][0];
}

function factsHtml(row, rows) {
  const first = [['Intel', row.first.intel], ['AMD', row.first.amd]]
    .filter(([, name]) => name).map((words) => words.join(' ')).join(', ');
  const needs = row.needs.map((at) => link(rows[at], escape(rows[at].name))).join(', ');
  const usual = /^a real difference/.test(row.cause) || isHypervisor(row) ? '' : row.cause;
  return [
    [row.vendor, LEVELS[row.level]].filter(Boolean).join(', '),
    ruleHtml(row),
    needs && `needs ${needs}`,
    first && `first in ${escape(first)}`,
    usual && `usual cause of a difference: ${escape(usual)}`,
  ].filter(Boolean).map((text) => `${capital(text)}.`).join(' ');
}

const bitHtml = (row, rows) => `<li id="${idOf(row)}">
${link(row, place(row.key, row.bit))}
<p><b translate="no">${escape(row.name)}</b> ${escape(row.meaning)}</p>
${namesHtml(row)}
<p class="facts">${factsHtml(row, rows)}</p>
</li>`;

function registerHtml(key, own, rows) {
  const about = LEAVES[key.split('.')[0]];
  return `<section aria-labelledby="bit=${key}">
<h2 id="bit=${key}"><span class="key" translate="no">${place(key)}</span>${
  about ? ` <span class="title">${about}</span>` : ''}</h2>
<ul class="bitlist">
${own.map((row) => bitHtml(row, rows)).join('\n')}
</ul>
</section>`;
}

const legendHtml = (rows) => Object.entries(RULES)
  .map(([merge, words]) => [rows.filter((row) => row.merge === merge && !isHypervisor(row)).length,
    merge === 'ALIAS' ? ['follows a bit of 1.edx', words[1]] : words])
  .concat([[rows.filter(isHypervisor).length, HYPERVISOR]])
  .filter(([count]) => count)
  .map(([count, [short, long]]) => `<div><dt>${capital(short)}</dt><dd>${long} <span class="quiet">${
    plural(count, 'bit')}</span></dd></div>`).join('\n');

/** What the head comment of a table says of its sources. */
export function sourceOf(table) {
  const [head] = table.split('*/');
  const text = head.replaceAll(/^\s*\/?\*+ ?/gm, '').replaceAll(/\s+/g, ' ');
  return /(?:Sources?|Places, names and rules): ((?:[^.]|\.(?! [A-Z]|\s*$))+)/.exec(text)?.[1] ?? '';
}

const sourcesHtml = (know) => SOURCES
  .map(([name, what]) => [what, sourceOf(readFileSync(join(know, `${name}.def`), 'utf8'))])
  .filter(([, source]) => source)
  .map(([what, source]) => `<div><dt>${what}</dt><dd>${escape(capital(source))}.</dd></div>`)
  .join('\n');

/**
 * @param {object} parts
 * @param {object} parts.core
 * @param {string} parts.know the folder of the tables
 * @param {string} parts.head what links the style sheets, the script and the icon
 */
export function referencePage({ core, know, head }) {
  const rows = glossary(core);
  const registers = new Map(rows.map(({ key }) => [key, rows.filter((row) => row.key === key)]));
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="description" content="All ${rows.length} CPUID bits MotionMask knows: what they mean, what each project calls them, how hosts are compared in them.">
<meta name="color-scheme" content="light dark">
<title>CPUID bits: MotionMask</title>
${head}
</head>
<body class="reference">
<header>
<h1><a href="/">MotionMask</a> reference</h1>
<p>${rows.length} CPUID bits: what they mean, what each project calls them, how hosts are compared in them.</p>
</header>
<main>
<p class="search" hidden><label for="search">Find a name or a place</label> <kbd>/</kbd>
<input id="search" type="search" spellcheck="false" autocapitalize="off" autocomplete="off" translate="no" placeholder="avx512-vnni, 7.0.ecx.11, ibrs microcode">
<span id="found" role="status"></span></p>
<details><summary>Registers</summary>
<p class="registers" translate="no">${[...registers.keys()].map((key) =>
    `<a href="#bit=${key}">${place(key)}</a>`).join(' ')}</p>
</details>
<details><summary>How bits are compared</summary>
<dl>
${legendHtml(rows)}
</dl>
</details>
<details><summary>Where this comes from</summary>
<dl>
${sourcesHtml(know)}
</dl>
</details>
${[...registers].map(([key, own]) => registerHtml(key, own, rows)).join('\n')}
</main>
<footer>
<p class="quiet"><a href="/">Compare your own hosts</a>. A link to a row is the address of this page and #${
  idOf(rows[0])}.</p>
</footer>
</body>
</html>
`;
}
