import { useComputed, useSignal } from '@preact/signals';
import { useLayoutEffect, useRef } from 'preact/hooks';
import { version } from '../../package.json';
import { printTicket } from '../effects.js';
import { core, onPaper, request, sharing } from '../state.js';
import { linkTo, putInAddressBar, saveText, savedText } from '../share.js';
import { lengthWords } from '../view.js';
import { Copy } from './copy.jsx';

/** The last line of an answer, and the dialog that makes a link of it. */
export function Share() {
  const dialog = useRef();
  useLayoutEffect(() => {
    if (sharing.value) dialog.current.showModal();
    else dialog.current.close();
  }, [sharing.value]);
  return (
    <section class="share" aria-label="Share">
      <button type="button" onClick={() => { sharing.value = true; }}>share</button>
      <button type="button" onClick={printTicket}>print</button>
      {onPaper.value && <Ticket />}
      <dialog ref={dialog} aria-labelledby="share" onClose={() => { sharing.value = false; }}>
        {sharing.value && <Link />}
      </dialog>
    </section>
  );
}

/** The last lines of the printed page: what made it, when, and how to see it again. */
function Ticket() {
  const link = linkTo(core.value.encode(request.value, { names: true }));
  return (
    <p class="ticket">
      MotionMask {version}, {new Date().toLocaleString('sv')}.<br />
      <span translate={false}>{link}</span>
    </p>
  );
}

function Link() {
  const nameless = useSignal(false);
  const kept = useSignal('');
  const payload = useComputed(() =>
    core.value.encode(request.value, { names: !nameless.value }));
  const link = linkTo(payload.value);
  return (
    <>
      <h2 id="share">Share</h2>
      <p>The link is the data; whoever has it can read it. APIC ids, serial numbers and paths
        are never in it.</p>
      <input class="link" readOnly value={link} aria-label="link" translate={false}
        onFocus={(event) => event.target.select()} />
      <p class="quiet">{lengthWords(link.length)}.</p>
      <p><label><input type="checkbox" checked={nameless.value}
        onChange={(event) => { nameless.value = event.target.checked; }} />
        {' '}leave out host names</label></p>
      <p class="acts">
        <Copy text={link} label="copy the link" />
        <button type="button" onClick={() => saveText(savedText(core.value, payload.value))}>
          save as file
        </button>
        <button type="button" onClick={() => {
          putInAddressBar(payload.value);
          kept.value = 'It is there now.';
        }}>put it in the address bar</button>
        <span role="status">{kept.value}</span>
      </p>
      <p class="acts">
        <button type="button" onClick={() => { sharing.value = false; }}>close</button>
      </p>
    </>
  );
}
