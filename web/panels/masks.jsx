import { answer, request, selected, unfolded } from '../state.js';
import {
  MOST_KINDS, isQuiet, kinds, letter, masksAside, place, plural, runs, whereIs,
} from '../view.js';
import { Register } from './register.jsx';

/** The written addition, register by register. */
export function Masks() {
  const { hosts, registers, check } = answer.value;
  const groups = kinds(hosts);
  const open = registers.every(({ key }) => unfolded.value.get(key));
  const unfoldAll = () => {
    unfolded.value = new Map(registers.map(({ key }) => [key, !open]));
  };
  const isFolded = (register) => !unfolded.value.has(register.key)
    && selected.value?.key !== register.key && isQuiet(answer.value, register);
  const used = [...new Set(registers.flatMap((one) => [...one.default, ...one.custom]))]
    .filter((one) => one !== ' ').sort();
  return (
    <section class="masks" aria-labelledby="masks">
      <div class="head">
        <h2 id="masks">Masks</h2>
        {hosts.length > 1 && (
          <span>
            ▲ differs and counts, △ differs without counting, ? unknown
            {groups.length > MOST_KINDS && ', # 1 on some hosts'}
            {answer.value.bits.some(({ pin }) => pin) && ', • chosen by you'}
          </span>
        )}
        <button type="button" onClick={unfoldAll}>{open ? 'fold all' : 'unfold all'}</button>
      </div>
      <Aside />
      {runs(answer.value, isFolded).map(({ registers: some, word }) => (word
        ? <Run key={some[0].key} registers={some} word={word} />
        : <Register key={some[0].key} register={some[0]} groups={groups}
          quiet={isQuiet(answer.value, some[0])} />))}
      <details class="letters">
        <summary>What the letters mean</summary>
        <dl>
          {used.map((one) => (
            <div key={one}><dt translate={false}>{one}</dt><dd>{letter(one, check)}</dd></div>
          ))}
        </dl>
      </details>
    </section>
  );
}

const FIRST = 20;

/** Many registers of which the same is to be said. */
function Run({ registers, word }) {
  const names = `${place(registers[0].key)} to ${place(registers.at(-1).key)}`;
  const show = () => {
    unfolded.value = new Map([...unfolded.value, ...registers.map(({ key }) => [key, false])]);
    // The focus stays where it is, on the first of them.
    setTimeout(() => document.getElementById(`r${registers[0].key}`).parentNode
      .querySelector('button').focus());
  };
  return (
    <article class="register folded">
      <h3>
        <span class="key" translate={false}>{names}</span>{' '}
        <span class="title">{plural(registers.length, 'register')}</span>
      </h3>
      <p class="acts">
        <span class="quiet">{word}</span>
        <button type="button" aria-label={`show ${names}`} onClick={show}>show</button>
      </p>
    </article>
  );
}

/** Lines of the person's texts that are masks, too, but stand beside no register here. */
function Aside() {
  const aside = masksAside(answer.value);
  if (aside.length === 0) return null;
  return (
    <details class="aside">
      <summary>{plural(aside.length, 'line')} of your texts {
        aside.length > 1 ? 'are masks that are' : 'is a mask that is'} not compared</summary>
      <p>They are for another vendor, for bits that have no place in CPUID, or for registers that
        no host tells of.</p>
      <ul>
        {aside.slice(0, FIRST).map((mask, at) => (
          <li key={at}>{whereIs(mask, request.value.sources)}:{' '}
            <code translate={false}>{mask.text}</code></li>
        ))}
        {aside.length > FIRST && <li>and {aside.length - FIRST} more</li>}
      </ul>
    </details>
  );
}
