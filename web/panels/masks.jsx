import { answer, request, unfolded } from '../state.js';
import { MOST_KINDS, isQuiet, kinds, letter, masksAside, plural, whereIs } from '../view.js';
import { Register } from './register.jsx';

/** The written addition, register by register. */
export function Masks() {
  const { hosts, registers, check } = answer.value;
  const groups = kinds(hosts);
  const open = registers.every(({ key }) => unfolded.value.get(key));
  const unfoldAll = () => {
    unfolded.value = new Map(registers.map(({ key }) => [key, !open]));
  };
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
          </span>
        )}
        <button type="button" onClick={unfoldAll}>{open ? 'fold all' : 'unfold all'}</button>
      </div>
      <Aside />
      {registers.map((register) => (
        <Register key={register.key} quiet={isQuiet(answer.value, register)} {...{ register, groups }} />
      ))}
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
