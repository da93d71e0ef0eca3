import { samples } from '../samples.js';
import { openSample } from '../state.js';
import { Collect } from './collect.jsx';

/** What stands here until there is a host: how to get the data, and what to try. */
export function Start({ more = false }) {
  return (
    <div class={more ? 'start more' : 'start'}>
      <div>
        <h2>{more ? 'To see all that differs, paste the hosts themselves' : 'How to collect'}</h2>
        <p class="quiet">Run one on each host and paste what it prints. All of them only read.</p>
        <Collect />
      </div>
      {!more && <Samples />}
    </div>
  );
}

const Samples = () => (
  <div>
    <h2>Or try a sample</h2>
    <ul class="samples">
      {samples.map((sample) => (
        <li key={sample.id}>
          <button type="button" onClick={() => openSample(sample)}>{sample.title}</button>
          {' '}
          <span class="quiet">{sample.about}</span>
        </li>
      ))}
    </ul>
  </div>
);
