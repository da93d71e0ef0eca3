import { useLayoutEffect, useRef } from 'preact/hooks';
import { SHOWN, toText } from '../source.js';
import { answer, core, editing, editSlice, readAs, sources } from '../state.js';
import { sizeOf } from '../view.js';

/** The text of one host, or of a text without one (bare), open for change. */
export function Editor({ source, at, length, name, bare = false }) {
  const area = useRef();
  useLayoutEffect(() => {
    const before = document.activeElement;
    area.current.focus();
    return () => before.focus();
  }, []);
  const { bytes } = sources.value[source];
  const whole = length <= SHOWN;
  const text = toText(bytes.subarray(at, at + Math.min(length, SHOWN)));
  const close = () => { editing.value = null; };
  return (
    <div class="editor" onKeyDown={(event) => { if (event.key === 'Escape') close(); }}>
      <textarea
        ref={area} rows={Math.min(16, text.split('\n').length + 1)} defaultValue={text}
        readOnly={!whole} aria-label={`text of ${name}`} spellcheck={false} translate={false}
      />
      <p class="acts">
        {whole
          ? <button type="button"
            onClick={() => editSlice(source, at, length, area.current.value)}>use this text</button>
          : <span>{sizeOf(length)}: the first {sizeOf(SHOWN)} are shown. To change it,
            edit the file and drop it again.</span>}
        <button type="button" onClick={close}>{whole ? 'cancel' : 'close'}</button>
        {!bare && <ReadAs source={source} />}
      </p>
    </div>
  );
}

/** What was recognised in a text, to be overruled. */
export function ReadAs({ source }) {
  const { format = '' } = sources.value[source];
  const hosts = answer.value.hosts.filter((host) => host.source === source);
  const found = [...new Set(hosts.map(({ formatName }) => formatName))].slice(0, 3).join(', ');
  return (
    <label class="readas">read {hosts.length > 1 ? `these ${hosts.length} hosts` : 'it'} as{' '}
      <select value={format} onChange={(event) => readAs(source, event.target.value)}>
        <option value="">{!format && found ? `found: ${found}` : 'what it looks like'}</option>
        {core.value.list('formats').map(({ id, name }) =>
          <option key={id} value={id}>{name}</option>)}
      </select>
    </label>
  );
}
