import { saveText } from '../share.js';
import { answer, columns, libvirt, offered, qemu, shownTarget, target } from '../state.js';
import { modelLines, plural, typed } from '../view.js';
import { Copy } from './copy.jsx';

/** Platforms beyond these stand in a list. */
const TABS = 7;

/** The text to paste into one's own hypervisor. */
export function Targets() {
  const shown = shownTarget.value;
  if (!shown) return null;
  return (
    <section class="targets" aria-labelledby="targets">
      <div class="head"><h2 id="targets">For your platform</h2></div>
      {!answer.value.verdict.migratable && (
        <p class="trouble">This alone does not let machines move: see the verdict.</p>
      )}
      {columns.value === 8 ? <Selects shown={shown} /> : <Tabs shown={shown} />}
      <Versions platform={shown.platform} />
      {shown.text && <Text shown={shown} />}
      <How shown={shown} />
    </section>
  );
}

function Text({ shown: { name, file, text } }) {
  return (
    <>
      <pre translate={false} tabIndex={0} role="region" aria-label={name}>{text}</pre>
      <p class="acts">
        <CopyTarget />
        <button type="button" onClick={() => saveText(`${text}\n`, file)}>save as {file}</button>
      </p>
    </>
  );
}

/** The button that copies what is shown for the platform. */
export function CopyTarget({ named = false }) {
  const { platform, name, text } = shownTarget.value;
  const lines = plural(text.split('\n').length, 'line');
  const label = named ? `copy ${lines} for ${platform}, ${name}` : `copy ${lines}`;
  return <Copy main text={`${text}\n`} label={label} done={`copied ${lines}`} />;
}

const PARTS = [['models', 'Models'], ['apply', 'Apply'], ['verify', 'Verify'], ['undo', 'Undo'],
  ['cannot', 'Limits']];

/** How it is used; of what has no text, only why. */
function How({ shown }) {
  if (!shown.text) {
    return <div class="nothing">{shown.cannot.map((line) => <p key={line}>{line}</p>)}</div>;
  }
  const parts = { ...shown, models: modelLines(answer.value.models, namesOf(shown.platform)) };
  return (
    <dl class="how">
      {PARTS.filter(([key]) => parts[key].length).map(([key, title]) => (
        <div key={key}>
          <dt>{title}</dt>
          <dd>{parts[key].map((line) => <p key={line}><Step line={line} /></p>)}</dd>
        </div>
      ))}
    </dl>
  );
}

const Step = ({ line }) => typed(line).map(({ text, code }, at) =>
  (code ? <code key={at} translate={false}>{text}</code> : text));

const formsOf = (name) => offered.value.find(({ platform }) => platform === name).targets;

const choosePlatform = (name) => { target.value = formsOf(name)[0].id; };

/** Platforms, then the forms of the one chosen. */
function Tabs({ shown }) {
  const names = offered.value.map(({ platform }) => platform);
  const others = names.slice(TABS);
  const forms = formsOf(shown.platform);
  return (
    <>
      <fieldset>
        <legend class="unseen">Platform</legend>
        {names.slice(0, TABS).map((name) => (
          <Tab key={name} group="platform" name={name} checked={name === shown.platform}
            onChange={() => choosePlatform(name)} />
        ))}
        {others.length > 0 && <Others names={others} shown={shown.platform} />}
      </fieldset>
      {forms.length > 1 && (
        <fieldset class="forms">
          <legend class="unseen">Form</legend>
          {forms.map(({ id, name }) => (
            <Tab key={id} group="form" name={name} checked={id === shown.id}
              onChange={() => { target.value = id; }} />
          ))}
        </fieldset>
      )}
    </>
  );
}

const Tab = ({ group, name, checked, onChange }) => (
  <label>
    <input type="radio" name={group} checked={checked} onChange={onChange} />
    <span>{name}</span>
  </label>
);

function Others({ names, shown }) {
  const chosen = names.includes(shown);
  return (
    <select class={chosen ? 'chosen' : ''} aria-label="Other platforms" value={chosen ? shown : ''}
      onChange={(event) => { if (event.target.value) choosePlatform(event.target.value); }}>
      <option value="">others</option>
      {names.map((name) => <option key={name}>{name}</option>)}
    </select>
  );
}

function Selects({ shown }) {
  const forms = formsOf(shown.platform);
  return (
    <p class="acts">
      <select aria-label="Platform" value={shown.platform}
        onChange={(event) => choosePlatform(event.target.value)}>
        {offered.value.map(({ platform }) => <option key={platform}>{platform}</option>)}
      </select>
      {forms.length > 1 && (
        <select aria-label="Form" value={shown.id}
          onChange={(event) => { target.value = event.target.value; }}>
          {forms.map(({ id, name }) => <option key={id} value={id}>{name}</option>)}
        </select>
      )}
    </p>
  );
}

// Whose names of models a platform takes.
const NAMES = { QEMU: 'qemu', Incus: 'qemu', Proxmox: 'proxmox', libvirt: 'libvirt',
  OpenStack: 'clouds', KubeVirt: 'clouds', oVirt: 'clouds', CloudStack: 'clouds',
  OpenNebula: 'clouds' };
const namesOf = (platform) => NAMES[platform];

// Where models got new names; each stands for the versions up to the one before it in the list.
const QEMUS = ['9.2', '8.1 to 9.1', '8.0', '7.2', '6.2 to 7.1', '6.0 and 6.1', '5.1 and 5.2', '5.0',
  '4.2', '4.1', '3.1 and 4.0', '2.12 and 3.0', '2.11 or older'];
const LIBVIRTS = ['11.0 to 11.2', '10.10', '10.0 to 10.9', '9.0 to 9.10', '7.0 to 8.10',
  '6.0 to 6.10', '5.0 to 5.10', '4.0 to 4.10', '3.10 or older'];
const LIBVIRT = ['libvirt', libvirt, LIBVIRTS];
const QEMU = ['QEMU', qemu, QEMUS];
const ASKED = { qemu: [QEMU], proxmox: [QEMU], libvirt: [LIBVIRT, QEMU], clouds: [LIBVIRT, QEMU] };

/** An older version knows fewer models: the text then falls back to older names. */
function Versions({ platform }) {
  const asked = ASKED[namesOf(platform)];
  return asked ? <p class="version">For {asked.map((one, at) => [at > 0 && ' on ',
    <Version key={one[0]} asked={one} />])}</p> : null;
}

const Version = ({ asked: [name, chosen, versions] }) => (
  <label>{name}{' '}
    <select value={chosen.value ?? ''}
      onChange={(event) => { chosen.value = event.target.value || null; }}>
      <option value="">newest</option>
      {versions.map((words) => <option key={words} value={words.split(' ')[0]}>{words}</option>)}
    </select>
  </label>
);
