import { useSignal } from '@preact/signals';
import { useLayoutEffect, useRef } from 'preact/hooks';
import { answer, clear, editing, isSample, removeSource, sources, takeBack, undo }
  from '../state.js';
import { emptySources, heldInstead, sizeOf } from '../view.js';
import { Editor, ReadAs } from './editor.jsx';
import { Host } from './host.jsx';
import { Notes } from './notes.jsx';

const FIRST = 20;
const FEW = 5;

/** What was read: one line per host, and one per text in which none was found. */
export function Hosts() {
  const all = useSignal(false);
  const every = useSignal(false);
  const hosts = answer.value?.hosts ?? [];
  // One format for all is named once, below them.
  const mixed = hosts.some(({ format }) => format !== hosts[0].format);
  const shown = all.value ? hosts : hosts.slice(0, FIRST);
  const empty = answer.value ? emptySources(answer.value, sources.value) : [];
  const some = every.value ? empty : empty.slice(0, FEW);
  const at = undo.value?.at ?? -1;
  const offer = (index) => index === at && <Undo key="undo" />;
  return (
    <>
      <ul class="hostlist">
        {shown.map((host, index) => [offer(index), <Host key={index} host={host} at={index} mixed={mixed} />])}
        {at >= shown.length && <Undo key="undo" />}
        {some.map((source) => <Unread key={`source${source.index}`} source={source} />)}
      </ul>
      {empty.length > some.length && (
        <p><button type="button" onClick={() => { every.value = true; }}>
          show {empty.length - some.length} more texts without a host
        </button></p>
      )}
      {hosts.length > shown.length && (
        <p><button type="button" onClick={() => { all.value = true; }}>
          show all {hosts.length} hosts
        </button></p>
      )}
      {answer.value && hosts.length > 0 && (
        <p class="reading">
          {isSample.value && <strong>This is a sample. </strong>}
          <span class="quiet">{answer.value.reading.sentence}</span>{' '}
          <button type="button" onClick={clear}>clear</button>
        </p>
      )}
      {answer.value && <Notes />}
    </>
  );
}

function Undo() {
  const button = useRef();
  useLayoutEffect(() => button.current.focus({ preventScroll: true }), [undo.value]);
  return (
    <li class="undo">
      <span role="status">{undo.value.text}</span>{' '}
      <button type="button" ref={button} onClick={takeBack}>undo</button>
    </li>
  );
}

function Unread({ source }) {
  const open = editing.value?.source === source.index;
  const name = source.name || `text ${source.index + 1}`;
  const held = heldInstead(answer.value, source.index);
  return (
    <li class="host">
      <span class="name">{name}</span>
      <span class="what">
        {held || <>no host found in it; <ReadAs source={source.index} /></>}
      </span>
      <span class="quiet">{sizeOf(source.bytes.length)}</span>
      <span class="acts">
        <button
          type="button" aria-expanded={open}
          onClick={() => { editing.value = open ? null : { source: source.index } }}
        >edit</button>
        <button type="button" onClick={() => removeSource(source.index, answer.value.hosts.length)}>
          remove
        </button>
      </span>
      {open && <Editor bare={!held} source={source.index} at={0} length={source.bytes.length} name={name} />}
    </li>
  );
}
