import { useSignal } from '@preact/signals';
import {
  answer, columns, explained, filter, rows as which, select, selected,
} from '../state.js';
import { FILTERS, MOST_KINDS, because, counts, countsForMoving, differences, digit, extentOf,
  guestSees, kinds, mark, nameOf, othersOf, place, plural, shortWhy, whoHas } from '../view.js';
import { Bit } from './bit.jsx';

const FIRST = 60;

/** The bits that differ, the pressing ones first. */
export function Differences() {
  const all = useSignal(false);
  const now = answer.value;
  if (now.hosts.length < 2) return null;
  const rows = differences(now, which.value);
  const others = othersOf(now, which.value);
  const shown = all.value ? rows : rows.slice(0, FIRST);
  const Rows = columns.value < 32 ? Lines : Table;
  return (
    <section class="differences" aria-labelledby="differences">
      <div class="head">
        <h2 id="differences">Differences</h2>
        <span>{rows.length ? extentOf(rows) : others ? 'none that counts' : 'none'}</span>
        <label>show{' '}
          <select value={which.value} onChange={(event) => { filter.value = event.target.value; }}>
            {Object.entries(FILTERS).map(([id, name]) =>
              <option key={id} value={id}>{name}</option>)}
          </select>
        </label>
      </div>
      {rows.length > 0 && <Rows rows={shown} groups={kinds(now.hosts)} />}
      {rows.length > shown.length && (
        <p><button type="button" onClick={() => { all.value = true; }}>
          show all {rows.length} bits
        </button></p>
      )}
      {others > 0 && (
        <p class="others">
          {moreOf(others, rows.length)} without counting.{' '}
          <button type="button" onClick={() => { filter.value = 'differ'; }}>
            show {others === 1 ? 'it' : 'them'}
          </button>
        </p>
      )}
    </section>
  );
}

const moreOf = (count, before) => (before
  ? plural(count, 'more bit differs', 'more bits differ')
  : plural(count, 'bit differs', 'bits differ'));

const isChosen = ({ key, bit }) => selected.value?.key === key && selected.value.bit === bit;

const isOpen = (row) => isChosen(row) && selected.value.listed && explained.value !== null;

const rowClass = (row) =>
  `${countsForMoving(row) ? 'counts' : 'quiet'}${isChosen(row) ? ' chosen' : ''}`;

function Place({ row }) {
  return (
    <button type="button" class="place" translate={false} aria-expanded={isOpen(row)}
      onClick={() => select(row.key, row.bit, true)}>{place(row.key, row.bit)}</button>
  );
}

function Table({ rows, groups }) {
  const counted = groups.length > MOST_KINDS;
  const width = 6 + (counted ? 1 : groups.length);
  return (
    <div class="scroll">
      <table>
        <thead>
          <tr>
            <th scope="col">bit</th>
            <th scope="col">feature</th>
            {counted
              ? <th scope="col">hosts</th>
              : groups.map(({ label, first }) =>
                <th scope="col" class="value" key={first} title={label} translate={false}>{label}</th>)}
            <th scope="col" class="value">default</th>
            <th scope="col" class="value">custom</th>
            <th scope="col" class="value">guest sees</th>
            <th scope="col">why</th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => [
            <tr key={place(row.key, row.bit)} class={rowClass(row)}>
              <td><Place row={row} /></td>
              <td class="feature" translate={false}>{nameOf(row) || 'unnamed'}</td>
              {counted
                ? <td class="counted">{counts(row)}</td>
                : groups.map(({ first }) =>
                  <td class="value" key={first}>{digit(row.values[first])}</td>)}
              <td class="value" translate={false}>{row.default}</td>
              <td class="value" translate={false}><Custom row={row} /></td>
              <td class="value">{guestSees(row.effective)}</td>
              <td class="why"><Why row={row} /></td>
            </tr>,
            isOpen(row) && (
              <tr key="bit" class="bitrow"><td colSpan={width}><Bit listed /></td></tr>
            ),
          ])}
        </tbody>
      </table>
    </div>
  );
}

const Custom = ({ row }) => (
  <span class={`cell ${row.custom === '0' ? 'zero' : mark(row).shape}${row.pin ? ' pin' : ''}`}>
    {row.custom}
  </span>
);

const Why = ({ row }) => <span><b class="word">{because(row).word}.</b> {shortWhy(row)}</span>;

/** The same on a narrow screen: a few lines for each bit. */
function Lines({ rows, groups }) {
  return (
    <ul class="lines">
      {rows.map((row) => (
        <li key={place(row.key, row.bit)} class={rowClass(row)}>
          <span class="first">
            <Place row={row} />{' '}
            <span class="feature" translate={false}>{nameOf(row) || 'unnamed'}</span>
            <span class="right">custom <Custom row={row} /></span>
          </span>
          <span translate={false}>{whoHas(groups, row)}, default {row.default}.</span>{' '}
          <Why row={row} />
          {isOpen(row) && <Bit listed />}
        </li>
      ))}
    </ul>
  );
}
