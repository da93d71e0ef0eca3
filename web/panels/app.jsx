import { hasHosts, refusals } from '../state.js';
import { CollectMore } from './collect.jsx';
import { Differences } from './differences.jsx';
import { Field } from './field.jsx';
import { Hosts } from './hosts.jsx';
import { Masks } from './masks.jsx';
import { Refusals } from './refusals.jsx';
import { Rule } from './rule.jsx';
import { Setting } from './setting.jsx';
import { Share } from './share.jsx';
import { Start } from './start.jsx';
import { Targets } from './targets.jsx';
import { Verdict } from './verdict.jsx';
import { WhatIf } from './whatif.jsx';

export function App() {
  const there = hasHosts.value;
  const some = there || refusals.value.length > 0;
  return (
    <>
      <section class="hosts" aria-label="Hosts">
        <Hosts />
        <Field />
        {there ? <CollectMore /> : !some && <Start />}
      </section>
      <Verdict />
      <Refusals />
      {some && !there && <section class="hosts"><Start more /></section>}
      {there && (
        <>
          <Rule />
          <Differences />
          <Masks />
          <Targets />
          <Setting />
          <WhatIf />
          <Share />
        </>
      )}
    </>
  );
}
