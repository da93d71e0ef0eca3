import { answer } from '../state.js';
import { costWords } from '../view.js';

/** What the baseline costs; closed, because nobody can act on all of it at once. */
export function Costs() {
  const { guests, costs, evcNext } = answer.value.verdict;
  if (guests.length + costs.length === 0 && !evcNext) return null;
  return (
    <details class="costs">
      <summary>{costWords(answer.value.verdict)}</summary>
      <List title="Guests that no longer start" lines={guests} />
      <List title="What other guests lose" lines={costs} />
      {evcNext && <List title="The next EVC mode" lines={[evcNext]} />}
    </details>
  );
}

function List({ title, lines }) {
  if (lines.length === 0) return null;
  return (
    <>
      <h3>{title}</h3>
      <ul>{lines.map((line) => <li key={line}>{line}</li>)}</ul>
    </>
  );
}
