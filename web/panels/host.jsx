import { editing, removeHost, renameHost, sources } from '../state.js';
import { lines, plural } from '../view.js';
import { Editor } from './editor.jsx';

export function Host({ host, at, mixed }) {
  // What is still being typed has no source of its own yet.
  const kept = host.source < sources.value.length;
  const open = editing.value?.host === at;
  const rename = (event) => renameHost(host, event.target.value);
  const keys = (event) => {
    if (event.key === 'Enter') event.target.blur();
    if (event.key !== 'Escape') return;
    event.target.value = host.name;
    event.target.blur();
  };
  return (
    <li class="host">
      <input
        class="name" value={host.name} aria-label={`name of host ${at + 1}`} maxLength={64}
        readOnly={!kept} spellcheck={false} autocomplete="off" translate={false}
        onChange={rename} onKeyDown={keys}
      />
      <span class="what" title={host.brand}>
        {host.guest && <strong>inside a virtual machine: </strong>}
        {host.brand || host.formatName}
      </span>
      <span class="quiet">
        {sources.value[host.source]?.format ? `read as ${host.formatName}, `
          : mixed && host.brand && `${host.formatName}, `}{lines(host)}, {plural(host.registers, 'register')}
      </span>
      {kept && (
        <span class="acts">
          <button
            type="button" aria-expanded={open} aria-label={`edit ${host.name}`}
            onClick={() => { editing.value = open ? null : { host: at }; }}
          >edit</button>
          <button type="button" aria-label={`remove ${host.name}`}
            onClick={() => removeHost(host, at)}>remove</button>
        </span>
      )}
      {open && <Editor source={host.source} at={host.at} length={host.length} name={host.name} />}
    </li>
  );
}
