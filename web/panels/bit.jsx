import { useLayoutEffect, useRef } from 'preact/hooks';
import { answer, explained, goal, selected, step } from '../state.js';
import { MOST_KINDS, capital, kinds, letter, levelWords, nameOf, namesBy, place, referenceOf,
  whoHas }
  from '../view.js';

// The paragraph and button that stepped on: the focus follows to the next paragraph.
let follow = null;

/**
 * All that is known about the selected bit.
 * @param {{ listed?: boolean }} props listed: below its row in the table of differences
 */
export function Bit({ listed = false }) {
  const root = useRef();
  useLayoutEffect(() => {
    if (follow?.listed !== listed) return;
    root.current.querySelector(`[data-by="${follow.by}"]`).focus({ preventScroll: true });
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
    follow = { by, listed };
    step(bit, by);
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
