import { useSignal } from '@preact/signals';
import { platforms } from '../collect.js';
import { core } from '../state.js';
import { Copy } from './copy.jsx';

/** How to get it: the one command of each platform, the others on demand. */
export function Collect() {
  return (
    <>
      <ul class="ways">
        {platforms.map((platform) => <Platform key={platform.name} platform={platform} />)}
      </ul>
      <More class="formats" title="Every format it reads">{() => <Formats />}</More>
    </>
  );
}

function Platform({ platform: { name, ways, tells } }) {
  const [first, ...others] = ways;
  return (
    <li class="way">
      <b>{name}</b>
      <Way way={first} of={name} said />
      <More title="many hosts, other means, what they tell">
        {() => (
          <>
            <ul>
              {others.map((way) => (
                <li key={way.by} class="way"><span class="quiet">{way.by}</span>
                  <Way way={way} of={name} /></li>
              ))}
            </ul>
            <p>{tells}</p>
          </>
        )}
      </More>
    </li>
  );
}

const Way = ({ way: { by, command, lines }, of, said = false }) => (command
  ? <>
    <span>
      <Command text={command} />
      {said && <span class="quiet"> {by}</span>}
    </span>
    <Copy text={command} what={`the command: ${of}, ${by}`} />
  </>
  : <span class="typed">{lines}</span>);

/** Broken between its words only, never behind a hyphen. */
const Command = ({ text }) => (
  <code translate={false}>
    {text.split(' ').map((word, at) => [at > 0 && ' ', <span key={at}>{word}</span>])}
  </code>
);

/** What is made only once it is asked for. */
export function More({ title, children, ...rest }) {
  const open = useSignal(false);
  return (
    <details {...rest} onToggle={(event) => { open.value = event.target.open; }}>
      <summary>{title}</summary>
      {open.value && children()}
    </details>
  );
}

const Formats = () => (
  <dl>
    {core.value?.list('formats').map(({ id, name, about }) => (
      <div key={id}><dt>{name}</dt><dd>{about}</dd></div>
    ))}
  </dl>
);

/** The same, once there are hosts. */
export const CollectMore = () => (
  <More class="collect" title="How to collect">{() => <Collect />}</More>
);
