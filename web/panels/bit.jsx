import { answer, explained, goal, selected, step } from '../state.js';
import { capital, kinds, letter, levelWords, place, whoHas } from '../view.js';

/** All that is known about the selected bit. */
export function Bit() {
  const bit = explained.value;
  const { hosts, check } = answer.value;
  const other = (bit.names ?? []).filter((name) => name && name !== bit.name);
  // Many reasons say already what the letter means.
  const told = bit.reason.includes(`default ${bit.default}`);
  const show = () => { goal.value = { key: bit.key, bit: bit.bit, row: 'custom' }; };
  return (
    <div class="bit">
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
        <button type="button" onClick={() => step(bit, -1)}>previous difference</button>
        <button type="button" onClick={() => step(bit, 1)}>next difference</button>
        <button type="button" onClick={() => { selected.value = null; }}>close</button>
      </p>
    </div>
  );
}
