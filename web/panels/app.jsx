import { answer } from '../state.js';
import { Differences } from './differences.jsx';
import { Field } from './field.jsx';
import { Hosts } from './hosts.jsx';
import { Masks } from './masks.jsx';
import { Rule } from './rule.jsx';
import { Share } from './share.jsx';
import { Start } from './start.jsx';
import { Targets } from './targets.jsx';
import { Verdict } from './verdict.jsx';

export function App() {
  const there = answer.value !== null && answer.value.hosts.length > 0;
  return (
    <>
      <section class="hosts" aria-label="Hosts">
        <Hosts />
        <Field />
        {!there && <Start />}
      </section>
      <Verdict />
      {there && (
        <>
          <Rule />
          <Differences />
          <Masks />
          <Targets />
          <Share />
        </>
      )}
    </>
  );
}
