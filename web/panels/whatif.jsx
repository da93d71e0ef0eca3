import { canTry, whatIf } from '../state.js';
import { More } from './collect.jsx';

/** What each kind of host costs the others; worked out when it is asked for. */
export const WhatIf = () => canTry.value && (
  <section class="whatif" aria-labelledby="whatif">
    <div class="head"><h2 id="whatif">What if</h2></div>
    <More title="What each host costs the others">{() => <Gains />}</More>
  </section>
);

const Gains = () => (whatIf.value.length === 0
  ? <p>Without any one of them the masks stay as they are.</p>
  : (
    <ul>
      {whatIf.value.map(({ label, words }, at) => (
        <li key={at}>Without <b translate={false}>{label}</b>: {words}.</li>
      ))}
    </ul>
  ));
