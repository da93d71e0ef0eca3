import { useLayoutEffect, useRef } from 'preact/hooks';
import { answer, explained, goal, pin, selected, step, takeBack, undo } from '../state.js';
import { MOST_KINDS, capital, kinds, letter, levelWords, nameOf, namesBy, place, referenceOf,
  whoHas } from '../view.js';

// The paragraph that changed under the focus, and the button there that is to have it.
let follow = null;

/**
 * All that is known about the selected bit.
 * @param {{ listed?: boolean }} props listed: below its row in the table of differences
 */
export function Bit({ listed = false }) {
  const root = useRef();
  useLayoutEffect(() => {
    if (follow?.listed !== listed) return;
    root.current.querySelector(follow.to)?.focus({ preventScroll: true });
    root.current.scrollIntoView({ block: 'nearest' });
    follow = null;
  });
  const bit = explained.value;
  const { hosts, check } = answer.value;
  const groups = kinds(hosts);
  const other = (bit.names ?? []).filter((name) => name && name !== bit.name);
  // Many reasons say already what the letter means.
  const told = bit.reason.includes(`default ${bit.default}`);
  const show = () => { goal.value = { key: bit.key, bit: bit.bit, row: 'custom' }; };
  const go = (by) => {
    follow = { to: `[data-by="${by}"]`, listed };
    step(bit, by);
  };
  // A row that is ranked anew takes the focus off its buttons.
  const decide = (change) => {
    follow = { to: '[aria-pressed=true]', listed };
    change();
    if (listed && !selected.value?.listed) follow = null;
  };
  const close = () => {
    const around = root.current.closest(listed ? 'section' : 'article');
    const origin = around.querySelector('.place[aria-expanded=true], td[aria-selected=true]');
    selected.value = null;
    origin?.focus();
  };
  const keys = (event) => {
    if (event.key === 'Escape') close();
  };
  return (
    <div class="bit" ref={root} onKeyDown={keys}>
      <p>
        <button type="button" class="place" translate={false} onClick={show}
          title="show it in the masks">{place(bit.key, bit.bit)}</button>{' '}
        <strong translate={false}>{nameOf(bit) || 'no name known'}</strong>
        {other.length > 0 && <span class="quiet" translate={false}> also {other.join(', ')}</span>}
        {bit.meaning && <>: {bit.meaning}</>}.{' '}
        {levelWords(bit.level)}
      </p>
      <p>
        <span translate={false}>{whoHas(groups, bit)}</span>.{' '}
        Default <b translate={false}>{bit.default}</b>
        {!told && <>: {letter(bit.default, check)}</>}.{' '}
        {capital(bit.reason)}
      </p>
      {groups.length > MOST_KINDS && <Names bit={bit} />}
      {bit.ruled && <Pins bit={bit} decide={decide} />}
      <p class="acts">
        <button type="button" data-by="-1" onClick={() => go(-1)}>previous difference</button>
        <button type="button" data-by="1" onClick={() => go(1)}>next difference</button>
        {referenceOf(bit) && (
          <a class="online" href={referenceOf(bit)} target="_blank" rel="noopener">reference</a>
        )}
        <button type="button" onClick={close}>close</button>
      </p>
    </div>
  );
}

const WAYS = [['hide', 'hide'], ['keep', 'keep'], [null, 'as the default']];

/** What the person wants of the bit, and the way back from the last choice. */
function Pins({ bit, decide }) {
  return (
    <p class="pins" role="group" aria-label="what to do with it">
      {WAYS.map(([way, word]) => (
        <button type="button" key={word} aria-pressed={bit.pin === way}
          onClick={() => bit.pin !== way && decide(() => pin(bit, way))}>{word}</button>
      ))}
      {undo.value?.place === `${bit.key}.${bit.bit}` && (
        <span role="status">
          {undo.value.text} <button type="button" onClick={() => decide(takeBack)}>undo</button>
        </span>
      )}
    </p>
  );
}

/** The hosts behind the counts, when asked for. */
const Names = ({ bit }) => (
  <details>
    <summary>which hosts</summary>
    <dl translate={false}>
      {namesBy(answer.value.hosts, bit).map(([value, names]) => (
        <div key={value}><dt>{value}</dt><dd>{names.join(', ')}</dd></div>
      ))}
    </dl>
  </details>
);
