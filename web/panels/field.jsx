import { useRef } from 'preact/hooks';
import { openFiles } from '../effects.js';
import { SHOWN } from '../source.js';
import { answer, draft, keepDraft, sources, trouble } from '../state.js';

const EXAMPLES = 'the output of a command below, of one host or of many, or a vmware.log, a flags line, '
  + 'the message that refused a migration';

/** Where text goes in. What is pasted here becomes a source and leaves the field empty. */
export function Field() {
  const picker = useRef();
  const folder = useRef();
  const several = (answer.value?.hosts.length ?? 0) > 0 || sources.value.length > 0;
  const open = (event) => {
    openFiles([...event.target.files]);
    event.target.value = '';
  };
  return (
    <div class={several ? 'field small' : 'field'}>
      <p>
        <label for="field">
          {(answer.value?.hosts.length ?? 0) > 0 ? 'Paste another host' : 'Paste what your hosts say about their CPUs'}
        </label>
        {', drop files or folders anywhere, or open '}
        <button type="button" onClick={() => picker.current.click()}>files</button>
        {' or '}
        <button type="button" onClick={() => folder.current.click()}>a folder</button>.
      </p>
      <textarea
        id="field" rows={several ? 2 : 6} maxLength={SHOWN} value={draft.value}
        spellcheck={false} autocapitalize="off" autocomplete="off" translate={false}
        placeholder={several ? '' : EXAMPLES}
        onInput={(event) => { draft.value = event.target.value; }}
        onBlur={keepDraft}
      />
      <input type="file" ref={picker} multiple hidden aria-label="Files" onChange={open} />
      <input type="file" ref={folder} webkitdirectory hidden aria-label="Folder" onChange={open} />
      <p class="trouble" role="alert">{trouble.value}</p>
    </div>
  );
}
