import { useSignal } from '@preact/signals';
import { answer, core } from '../state.js';
import { plural } from '../view.js';
import { Copy } from './copy.jsx';

/** The text to paste into one's own hypervisor. */
export function Targets() {
  const chosen = useSignal(null);
  const { targets } = answer.value;
  const offered = Object.keys(targets).filter((one) => targets[one].trim() !== '');
  if (offered.length === 0) return null;
  const names = new Map(core.value.list('targets').map(({ id, name }) => [id, name]));
  const id = offered.includes(chosen.value) ? chosen.value : offered[0];
  const text = targets[id];
  return (
    <section class="targets" aria-labelledby="targets">
      <div class="head"><h2 id="targets">For your platform</h2></div>
      <fieldset>
        <legend class="unseen">Platform</legend>
        {offered.map((one) => (
          <label key={one}>
            <input type="radio" name="target" checked={one === id}
              onChange={() => { chosen.value = one; }} />
            <span>{names.get(one) ?? one}</span>
          </label>
        ))}
      </fieldset>
      <pre translate={false} tabIndex={0} aria-label={names.get(id) ?? id}>{text}</pre>
      <Copy text={text} done={`copied ${plural(text.trimEnd().split('\n').length, 'line')}`} />
    </section>
  );
}
