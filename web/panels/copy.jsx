import { useSignal } from '@preact/signals';
import { copyText } from '../share.js';

/** Copies, and answers in place. */
export function Copy({ text, what, label = 'copy', done = 'copied', main = false }) {
  const said = useSignal('');
  const copy = async () => {
    said.value = (await copyText(text)) ? done : 'not copied: select it by hand';
    setTimeout(() => { said.value = ''; }, 2000);
  };
  return (
    <button type="button" class={main ? 'copy main' : 'copy'} onClick={copy} aria-label={what && `${label} ${what}`}>
      <span aria-live="polite">{said.value || label}</span>
    </button>
  );
}
