// An answer as text a person can check by eye: what the Markdown cases expect.

/**
 * @param {object} answer what core.answer() returned
 * @param {boolean} [more] with levels, state and costs, too
 */
export function report(answer, more = false) {
  const { hosts, registers, bits, verdict, notes, reading } = answer;
  return [
    ...answer.refusals.flatMap(refusalLines),
    ...hosts.flatMap(hostLines),
    `profile ${answer.profile} (${answer.check}): ${answer.profileReason}`,
    ...registers.filter((register) => matters(register)
      || bits.some(({ key, pin }) => pin && key === register.key)).flatMap((register) =>
      registerLines(register, bits.filter(({ key }) => key === register.key), hosts.length)),
    ...counts(bits),
    `verdict ${verdict.migratable ? 'yes' : 'no'}: ${verdict.sentence}`,
    facts(verdict),
    ...(more ? moreFacts(verdict) : []),
    ...verdict.problems.map((problem) => `  ${problem}`),
    ...verdict.drift.map((sentence) => `  drift: ${sentence}`),
    ...(answer.masks ?? []).map(({ key, mask, vendor, host, line, text }) => [`mask line ${line}`,
      host === null ? '' : ` [${host}]`, vendor && ` ${vendor}`, key ? ` ${key} ${mask}` : '', ` (${text})`].join('')),
    ...settingLines(answer.setting),
    ...notes.map(noteLine),
    `read: ${reading.sentence}`,
  ].map((line) => line.trimEnd()).join('\n');
}

/** The person's own mask, where there is one. */
function settingLines(setting) {
  if (!setting) return [];
  const { format, works, sentence, registers, diff, notes: said } = setting;
  const letters = (bit) => diff.find(({ key, bit: at }) => key === bit.key && at === bit.bit);
  const line = (group) => (bit) => {
    const { yours = '', ours = '' } = letters(bit) ?? {};
    return `  ${group} ${bit.key}[${bit.bit}] ${bit.name}${yours && ` ${yours} for ${ours}`}: ${bit.reason}`;
  };
  const listed = [...setting.missing, ...setting.needless, ...setting.dangerous];
  const others = diff.filter((bit) => !listed.some(({ key, bit: at }) => key === bit.key && at === bit.bit));
  return [
    `setting${format && `, ${format}`} (${works ? 'works' : 'does not work'}): ${sentence}`,
    ...registers.map(({ key, custom, effective }) => `  ${key} ${custom}\n    effective ${effective}`),
    ...setting.missing.map(line('missing')),
    ...setting.needless.map(line('needless')),
    ...setting.dangerous.map(line('dangerous')),
    ...others.map(line('other')),
    ...said.map((note) => `  note: ${note}`),
  ];
}

function refusalLines({ platform, line, lastLine, sentence, step, bits }) {
  return [
    `refused by ${platform}, line${line === lastLine ? ` ${line}` : `s ${line}-${lastLine}`}: ${
      sentence} ${step}`,
    ...bits.map(({ key, bit, name, side, first, cause, step: next, hosts }) => [
      `  ${name}${bit === null ? '' : ` ${key}[${bit}]`} (${side}),`,
      first.intel || first.amd ? `since ${first.intel ?? '-'} / ${first.amd ?? '-'}:` : 'since -:',
      cause && `${cause}. ${next}`.trimEnd(),
      hosts,
    ].filter(Boolean).join(' ')),
  ];
}

function hostLines(host) {
  const { line, lastLine } = host;
  const lines = line === lastLine ? `line ${line}` : `lines ${line}-${lastLine}`;
  const words = Object.entries(host.words).map(([key, word]) => `${key} ${word}`);
  return [[
    `${host.name}: ${host.formatName}`, lines, plural(host.cpus, 'CPU'),
    plural(host.registers, 'register'), host.vendor, host.brand,
    host.family === null || host.family === undefined ? ''
      : `${host.family}-${host.model}-${host.stepping}`,
    host.guest ? 'taken in a guest' : '',
  ].filter(Boolean).join(', '), ...(words.length <= 8 ? [`  ${words.join(', ')}`] : [])];
}

const plural = (count, word) => `${count} ${word}${count === 1 ? '' : 's'}`;

const matters = ({ differ, custom }) => differ !== '00000000' || /[^- ]/.test(custom);

function registerLines(register, bits, hosts) {
  const { key, title, differ, unknown, hide } = register;
  return [
    `${key}, ${title}: differ ${differ} hide ${hide}`
      + (unknown === '00000000' ? '' : ` unknown ${unknown}`),
    `  default   ${register.default}`,
    `  custom    ${register.custom}`,
    `  effective ${register.effective}`,
    ...bits.filter(worthALine).map((bit) => bitLine(bit, hosts)),
  ];
}

const worthALine = ({ decision, ones, zeros, pin }) => pin || decision !== 'unknown'
  && (decision !== 'ignore' || (ones > 0 && zeros > 0));

function bitLine({ bit, name, level, values, ones, zeros, unknowns, decision, reason }, hosts) {
  const shown = hosts <= 8 ? values.map((value) => value ?? '?').join(' ')
    : `1 on ${ones}, 0 on ${zeros}, ? on ${unknowns}`;
  return `  ${String(bit).padStart(2)} ${name} (${level}) ${shown} ${decision}: ${reason}`;
}

function counts(bits) {
  const tally = {};
  for (const { decision } of bits) tally[decision] = (tally[decision] ?? 0) + 1;
  const words = Object.entries(tally).map(([decision, count]) => `${count} ${decision}`);
  return words.length ? [`bits: ${words.join(', ')}`] : [];
}

const facts = ({ vendor, psabi, physBits }) => `  vendor ${vendor ?? 'unknown'}, level ${
  psabi ?? 'unknown'}, address bits ${physBits ?? 'unknown'}`;

const moreFacts = ({ evc, evcNext, xcr0, xsaveSize, guests, costs }) => [
  `  EVC ${evc ?? 'unknown'}${evcNext && `. ${evcNext}`}`,
  `  XSAVE area: ${xcr0 === '00000000' ? 'none' : `components ${
    xcr0.replace(/^0+/, '')}, ${xsaveSize ?? 'unknown'} bytes`}`,
  ...guests.map((sentence) => `  no longer starts: ${sentence}`),
  ...costs.map((sentence) => `  lost: ${sentence}`),
];

function noteLine({ severity, kind, host, line, text }) {
  const place = line === null || line === undefined ? '' : ` line ${line}`;
  const whose = host === null || host === undefined ? '' : ` [${host}]`;
  return `${severity} ${kind}${place}${whose}: ${text}`;
}
