import { useLayoutEffect, useRef } from 'preact/hooks';
import { answer, explained, goal, selected, step } from '../state.js';
import { capital, kinds, letter, levelWords, place, whoHas } from '../view.js';

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
        <strong translate={false}>{bit.name || 'no name known'}</strong>
        {other.length > 0 && <span class="quiet" translate={false}> also {other.join(', ')}</span>}
        {bit.meaning && <>: {bit.meaning}</>}.{' '}
        {levelWords(bit.level)}
      </p>
      <p>
        <span translate={false}>{whoHas(kinds(hosts), bit)}</span>.{' '}
        Default <b translate={false}>{bit.default}</b>
        {!told && <>: {letter(bit.default, check)}</>}.{' '}
        {capital(bit.reason)}
      </p>
      <p class="acts">
        <button type="button" data-by="-1" onClick={() => go(-1)}>previous difference</button>
        <button type="button" data-by="1" onClick={() => go(1)}>next difference</button>
        <button type="button" onClick={close}>close</button>
      </p>
    </div>
  );
}
