import { useLayoutEffect, useRef } from 'preact/hooks';
import { answer, defaults, editing, setDefault } from '../state.js';
import { place } from '../view.js';

/** A person's own default mask, in any spelling; the core says what is wrong with it. */
export function OwnDefault({ register, changing }) {
  const { key } = register;
  const field = useRef();
  useLayoutEffect(() => {
    if (!changing) return undefined;
    const before = document.activeElement;
    field.current.focus();
    return () => before.focus();
  }, [changing]);
  const own = defaults.value.find((one) => one.register === key);
  const troubles = () => answer.value.notes.find((note) =>
    note.kind === 'request' && note.text.includes(key));
  const trouble = own && troubles();
  const use = (event) => {
    event.preventDefault();
    setDefault(key, field.current.value);
    // What is wrong is changed where it stands.
    editing.value = troubles() ? { register: key } : null;
  };
  return (
    <form class="own" onSubmit={use}>
      <label for={`own${key}`}>Own default for {place(key)}</label>
      <input
        id={`own${key}`} ref={field} defaultValue={own?.mask ?? register.default} size={40}
        aria-invalid={trouble ? true : undefined} aria-describedby={`trouble${key}`}
        spellcheck={false} autocomplete="off" autocapitalize="off" translate={false}
      />
      <button>use it</button>
      <button type="button" onClick={() => { setDefault(key, ''); editing.value = null; }}>
        as the profile says
      </button>
      <p class="trouble" id={`trouble${key}`} role="alert">{trouble?.text}</p>
    </form>
  );
}
