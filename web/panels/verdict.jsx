import { answer, hasHosts, refusals, shownTarget } from '../state.js';
import { facts, plural, refusedWords } from '../view.js';
import { Costs } from './costs.jsx';
import { CopyTarget } from './targets.jsx';

/** The answer in one sentence. The status line is always there, so that changes are read out. */
export function Verdict() {
  const now = answer.value;
  const there = hasHosts.value;
  const said = there ? now.verdict.sentence : refusedWords(refusals.value);
  return (
    <section class={said ? 'verdict' : 'verdict none'} aria-label="Verdict">
      <p class="sentence" role="status">{said}</p>
      {there && <p class="quiet">{facts(now)}</p>}
      {there && now.verdict.problems.length > 0 && (
        <ul class="problems">
          {now.verdict.problems.slice(0, 3).map((problem) => <li key={problem}>{problem}</li>)}
        </ul>
      )}
      {there && <Drift lines={now.verdict.drift} />}
      {there && <Costs />}
      {there && now.verdict.migratable && shownTarget.value?.text && <p><CopyTarget named /></p>}
    </section>
  );
}

const FIRST = 3;

/** Why hosts of one model are not alike; the rest of many sentences on demand. */
function Drift({ lines }) {
  if (lines.length === 0) return null;
  const others = lines.slice(FIRST);
  const item = (line) => <li key={line}>{line}</li>;
  return (
    <div class="drift">
      <h2>Same CPU, different bits</h2>
      <ul>{lines.slice(0, FIRST).map(item)}</ul>
      {others.length > 0 && (
        <details><summary>{plural(others.length, 'more line')}</summary><ul>{others.map(item)}</ul>
        </details>
      )}
    </div>
  );
}
