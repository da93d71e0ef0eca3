import { answer, columns, offered, shownTarget, target } from '../state.js';
import { plural } from '../view.js';
import { Copy } from './copy.jsx';

/** The text to paste into one's own hypervisor. */
export function Targets() {
  const shown = shownTarget.value;
  if (!shown) return null;
  const Choice = columns.value === 8 ? Select : Tabs;
  return (
    <section class="targets" aria-labelledby="targets">
      <div class="head"><h2 id="targets">For your platform</h2></div>
      {!answer.value.verdict.migratable && (
        <p class="trouble">This alone does not let machines move: see the verdict.</p>
      )}
      <Choice shown={shown} />
      <pre translate={false} tabIndex={0} aria-label={shown.name}>{shown.text}</pre>
      <CopyTarget />
    </section>
  );
}

/** The button that copies what is shown for the platform. */
export function CopyTarget({ named = false }) {
  const { name, text } = shownTarget.value;
  const lines = plural(text.trimEnd().split('\n').length, 'line');
  const label = named ? `copy ${lines} for ${name}` : `copy ${lines}`;
  return <Copy main text={text} label={label} done={`copied ${lines}`} />;
}

function Tabs({ shown }) {
  return (
    <fieldset>
      <legend class="unseen">Platform</legend>
      {offered.value.map(({ id, name }) => (
        <label key={id}>
          <input type="radio" name="target" checked={id === shown.id}
            onChange={() => { target.value = id; }} />
          <span>{name}</span>
        </label>
      ))}
    </fieldset>
  );
}

function Select({ shown }) {
  return (
    <select aria-label="Platform" value={shown.id}
      onChange={(event) => { target.value = event.target.value; }}>
      {offered.value.map(({ id, name }) => <option key={id} value={id}>{name}</option>)}
    </select>
  );
}
