import { useSignal, useSignalEffect } from '@preact/signals';
import { useMemo, useRef } from 'preact/hooks';
import { answer, columns, core, goal, pin, select, selected, step } from '../state.js';
import { bitsOf, blocks, cellName, cellShape, mark, move, rowsOf, stands } from '../view.js';

const WAYS = { h: 'hide', k: 'keep', '-': null };

/** The rows of one register: a table with one place in the tab order, walked with the arrows. */
export function Grid({ register, groups, bit }) {
  const { key, title } = register;
  const table = useRef();
  const whole = useSignal(false);
  const bits = useMemo(() => bitsOf(answer.value, key), [register]);
  const rows = useMemo(() => rowsOf(answer.value, register, groups, bits), [register]);
  const names = useMemo(() => Array.from({ length: 32 }, (_, number) =>
    cellName(core.value.explain(key, number), groups, mark(bits[number]))), [register]);
  const parts = blocks(bits, columns.value, whole.value || (bit >= 0 && !stands(bits[bit])));
  const shown = parts.filter(({ quiet }) => !quiet).flatMap(({ numbers }) => numbers);
  const first = shown.find((number) => stands(bits[number])) ?? shown[0];
  const here = useSignal({ row: rows.length - 2, bit: first });
  const stop = shown.includes(here.value.bit) ? here.value : { row: 0, bit: shown[0] };

  const focus = (to) => {
    here.value = to;
    table.current.querySelector(`[data-row="${to.row}"][data-bit="${to.bit}"]`)?.focus();
  };
  useSignalEffect(() => {
    const to = goal.value;
    if (to?.key !== key) return;
    goal.value = null;
    const row = rows.findIndex(({ id }) => id === to.row);
    whole.value ||= !stands(bits[to.bit]);
    setTimeout(() => focus({ row: Math.max(0, row), bit: to.bit }));
  });

  const keys = (event) => {
    const at = placeOf(event.target);
    if (!at || event.altKey || event.metaKey) return;
    const by = { n: 1, p: -1, F8: event.shiftKey ? -1 : 1 }[event.key];
    const size = { rows: rows.length, shown, columns: columns.value };
    const to = move(event.key, event.ctrlKey, at, size);
    if (to) focus(to);
    else if (by && !event.ctrlKey) step({ key, bit: at.bit, row: rows[at.row].id }, by, true);
    else if (event.key === 'Enter' || event.key === ' ') select(key, at.bit);
    else if (event.key in WAYS && !event.ctrlKey) decide(at.bit, WAYS[event.key]);
    else if (event.key === 'Escape' && selected.value) selected.value = null;
    else if (event.key === 'PageUp') leave(event.target, -1, at.bit);
    else if (event.key === 'PageDown') leave(event.target, 1, at.bit);
    else return;
    event.preventDefault();
  };
  // The paragraph says what comes of it, and offers the way back.
  const decide = (number, way) => {
    selected.value = { key, bit: number, listed: false };
    pin(core.value.explain(key, number), way);
  };
  const click = (event) => {
    const at = placeOf(event.target);
    if (!at) return;
    focus(at);
    select(key, at.bit);
  };

  return (
    <table role="grid" class="bits" ref={table} aria-label={title} translate={false}
      onKeyDown={keys} onClick={click}>
      {parts.map(({ quiet, word, numbers }) => (quiet
        ? <Fold key={numbers[0]} {...{ numbers, word }} open={() => { whole.value = true; }} />
        : <Block key={numbers[0]} {...{ numbers, rows, bits, names, stop, bit }} />))}
    </table>
  );
}

function placeOf(target) {
  const cell = target.closest?.('td[data-bit]');
  return cell && { row: Number(cell.dataset.row), bit: Number(cell.dataset.bit) };
}

// To the table before or after this one; its own tab stop is a good place to arrive at.
function leave(target, by, bit) {
  const tables = [...document.querySelectorAll('table.bits')];
  const next = tables[tables.indexOf(target.closest('table')) + by];
  const cell = next?.querySelector(`td[data-row="0"][data-bit="${bit}"]`)
    ?? next?.querySelector('td[tabindex="0"]');
  cell?.focus();
  cell?.scrollIntoView({ block: 'nearest' });
}

const Fold = ({ numbers, word, open }) => (
  <tbody class="fold"><tr>
    <th scope="row">{numbers[0]}-{numbers.at(-1)}</th>
    <td colSpan={8}>{word} <button type="button" onClick={open}>show</button></td>
  </tr></tbody>
);

function Block({ numbers, rows, bits, names, stop, bit }) {
  return (
    <tbody>
      <tr class="numbers">
        <td />
        {numbers.map((number) => <Heading key={number} {...{ number, bits, bit }} />)}
      </tr>
      {rows.map((row, at) => [
        rows[at - 1]?.host && !row.host && <Marks key="marks" {...{ numbers, bits }} />,
        <tr key={row.id} class={row.host ? 'hostrow' : row.own ? 'yours' : row.id}>
          <th scope="row" title={row.label}>{row.label}</th>
          {numbers.map((number) => {
            const value = row.cells[31 - number];
            const pinned = row.id === 'custom' && bits[number]?.pin ? 'pin' : '';
            const shape = [cellShape(row, value, mark(bits[number]), number), pinned];
            return (
              <td
                key={number} data-row={at} data-bit={number}
                class={classes(number, bits, bit, shape)}
                tabIndex={stop.row === at && stop.bit === number ? 0 : -1}
                aria-label={row.own ? `${names[number]}, ${row.label} ${value}` : names[number]}
                aria-selected={number === bit}
              >{value}</td>
            );
          })}
        </tr>,
      ])}
    </tbody>
  );
}

const nibble = (number) => (number % 4 === 3 ? 'nibble' : '');

const classes = (number, bits, bit, shape) => [
  nibble(number), stands(bits[number]) ? '' : 'alike', number === bit ? 'chosen' : '', ...shape,
].filter(Boolean).join(' ') || undefined;

function Heading({ number, bits, bit }) {
  const counted = stands(bits[number]);
  const seen = number % 4 === 3 || counted || number === bit;
  return (
    <th scope="col" class={`${nibble(number)} ${counted ? 'here' : ''}`}>
      <span class={seen ? undefined : 'unseen'}>{number}</span>
    </th>
  );
}

const Marks = ({ numbers, bits }) => (
  <tr class="marks" aria-hidden="true">
    <td />
    {numbers.map((number) => (
      <td key={number} class={`${nibble(number)} ${mark(bits[number]).shape}`}>
        {mark(bits[number]).glyph}
      </td>
    ))}
  </tr>
);
