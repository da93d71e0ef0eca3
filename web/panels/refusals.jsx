import { answer, hasHosts, refusals, request, show } from '../state.js';
import { capital, causes, firstWords, hasBit, nameOf, place, whereIs } from '../view.js';

const FIRST = 5;

const SIDES = {
  destination: 'Missing on the destination:',
  source: 'Missing on the source:',
  host: 'Missing on this host:',
  either: 'Missing on one of the hosts:',
  extra: 'The machine has it, its CPU model has not:',
};

/** What a hypervisor said when it would not move a machine, in named bits. */
export function Refusals() {
  if (refusals.value.length === 0) return null;
  const others = refusals.value.length - FIRST;
  return (
    <section class="refusals" aria-labelledby="refused">
      <div class="head"><h2 id="refused">
        {refusals.value.length > 1 ? 'What was refused' : 'The refusal'}
      </h2></div>
      {refusals.value.slice(0, FIRST).map((refusal, at) => <Refusal key={at} refusal={refusal} />)}
      {others > 0 && <p class="quiet">and {others} more</p>}
    </section>
  );
}

function Refusal({ refusal }) {
  const { platform, sentence, step, text } = refusal;
  const where = whereIs(refusal, request.value.sources);
  return (
    <article class="refusal">
      <p class="quiet">{[platform, where].filter(Boolean).join(', ')}</p>
      {(hasHosts.value || refusals.value.length > 1) && <p class="said">{sentence}</p>}
      {text && <blockquote translate={false}>{text}</blockquote>}
      {step && <p>{step}</p>}
      {causes(refusal).map((group, at) => <Cause key={at} group={group} />)}
    </article>
  );
}

/** Bits with one cause, and what to do about it. */
const Cause = ({ group: { bits, side, cause, step } }) => (
  <div class="cause">
    {SIDES[side] && <p>{SIDES[side]}</p>}
    <ul>{bits.map((bit, at) => <li key={at}><Refused bit={bit} /></li>)}</ul>
    {cause && <p><b class="word">Usual cause.</b> {stop(capital(cause))}</p>}
    {step && <p><b class="word">Next.</b> {stop(capital(step))}</p>}
  </div>
);

const stop = (text) => (text.endsWith('.') ? text : `${text}.`);

const Refused = ({ bit }) => (
  <>
    <Place bit={bit} />{' '}
    <strong translate={false}>{nameOf(bit) || 'no name known'}</strong>
    {bit.meaning && <>: {bit.meaning}</>}.{' '}
    {bit.hosts && <>{stop(capital(bit.hosts))} </>}
    {firstWords(bit) && <span class="quiet">First in {firstWords(bit)}.</span>}
  </>
);

/** Leads to the bit's paragraph where the hosts tell of its register; some names have no place. */
function Place({ bit: { key, bit } }) {
  if (key === null) return null;
  const name = place(key, bit ?? undefined);
  return bit !== null && answer.value && hasBit(answer.value, key)
    ? <button type="button" class="place" translate={false} onClick={() => show(key, bit)}>{
      name}</button>
    : <span class="place" translate={false}>{name}</span>;
}
