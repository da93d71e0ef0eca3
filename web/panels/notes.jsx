import { answer, request } from '../state.js';
import { noteGroups, whereIs } from '../view.js';

const SHOWN = 50;

/** What could not be read, and where; one line each kind, more on demand. */
export function Notes() {
  const groups = noteGroups(answer.value);
  if (groups.length === 0) return null;
  return (
    <ul class="notes">
      {groups.map((group) => (
        <li key={`${group.severity}${group.kind}`} class={group.severity}>
          {group.notes.length === 1
            ? <Note note={group.notes[0]} />
            : <Several notes={group.notes} />}
        </li>
      ))}
    </ul>
  );
}

function Note({ note }) {
  const where = whereIs(note, request.value.sources);
  return <>{where && <span class="where">{where}: </span>}{note.text}</>;
}

function Several({ notes }) {
  return (
    <details>
      <summary><Note note={notes[0]} /> <b>({notes.length - 1} more)</b></summary>
      <ul>
        {notes.slice(1, SHOWN).map((note, at) => <li key={at}><Note note={note} /></li>)}
        {notes.length > SHOWN && <li>and {notes.length - SHOWN} more</li>}
      </ul>
    </details>
  );
}
