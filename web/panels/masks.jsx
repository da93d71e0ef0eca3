import { answer, unfolded } from '../state.js';
import { MOST_KINDS, isQuiet, kinds, letter } from '../view.js';
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
