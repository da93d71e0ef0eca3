import { useLayoutEffect, useRef } from 'preact/hooks';
import { SHOWN, toText } from '../source.js';
import { editing, editSlice, sources } from '../state.js';
import { sizeOf } from '../view.js';

/** The text of one host, or of a text without one, open for change. */
export function Editor({ source, at, length, name }) {
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
      <p>
        {whole
          ? <button type="button"
            onClick={() => editSlice(source, at, length, area.current.value)}>use this text</button>
          : <span>{sizeOf(length)}: the first {sizeOf(SHOWN)} are shown. To change it,
            edit the file and drop it again.</span>}
        {' '}<button type="button" onClick={close}>{whole ? 'cancel' : 'close'}</button>
      </p>
    </div>
  );
}
