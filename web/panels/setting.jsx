import { useSignal } from '@preact/signals';
import { SHOWN } from '../source.js';
import { answer, setting, show } from '../state.js';
import { capital, hasBit, nameOf, place, plural, sentences, settingGroups } from '../view.js';

const FIRST = 12;

const EXAMPLES = '-cpu Haswell-noTSX,-pcid or <cpu> or cpuid.1.ecx = "..." or cpuid="host,avx2=0"';

/** What one's machines have already, judged against these hosts. */
export function Setting() {
  const told = answer.value.setting;
  const [first, others] = sentences(told?.sentence ?? '');
  return (
    <section class={told ? 'setting' : 'setting none'} aria-labelledby="setting-title">
      <div class="head">
        <h2 id="setting-title">Your present setting</h2>
        {told?.format && <span>{setting.value.trim() ? 'read as' : 'from your own texts:'}{' '}
          {told.format}</span>}
      </div>
      <div class="field small">
        <p><label for="setting">Paste what your machines have now, to see what it does to these
          hosts</label></p>
        <textarea id="setting" rows={2} maxLength={SHOWN} value={setting.value} spellcheck={false}
          autocapitalize="off" autocomplete="off" translate={false} placeholder={EXAMPLES}
          onInput={(event) => { setting.value = event.target.value; }} />
      </div>
      <p role="status">{told && <><strong>{first}</strong> {others}</>}</p>
      {told?.notes.length > 0 && (
        <ul class="notes">{told.notes.map((note) => <li key={note}>{note}</li>)}</ul>
      )}
      {told && <Groups groups={settingGroups(told)} />}
    </section>
  );
}

function Groups({ groups }) {
  const all = useSignal(false);
  if (groups.length === 0) return null;
  const shown = all.value ? groups : groups.slice(0, FIRST);
  return (
    <>
      <ul class="lines">
        {shown.map((group, at) => <li key={at}><Group group={group} /></li>)}
      </ul>
      {groups.length > shown.length && (
        <p><button type="button" onClick={() => { all.value = true; }}>
          show all {plural(groups.length, 'line')}
        </button></p>
      )}
    </>
  );
}

const Group = ({ group: { bits, word, reason, yours, ours } }) => (
  <>
    <p class="bitnames" translate={false}>
      {bits.map((bit) => [<Named key={place(bit.key, bit.bit)} bit={bit} />, ' '])}
    </p>
    <p>
      <b class="word">{capital(word)}.</b> {capital(reason)}{' '}
      {yours && <span class="quiet" translate={false}>Yours {yours}, recommended {ours}.</span>}
    </p>
  </>
);

const Named = ({ bit: { key, bit, name } }) => (
  <span>
    {hasBit(answer.value, key)
      ? <button type="button" class="place" onClick={() => show(key, bit)}>{
        place(key, bit)}</button>
      : <span class="place">{place(key, bit)}</span>}
    {' '}<span class="feature">{nameOf({ name }) || 'unnamed'}</span>
  </span>
);
