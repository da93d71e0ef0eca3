import { answer, check, core, profile } from '../state.js';
import { capital } from '../view.js';

const CHECKS = {
  equal: 'be equal where the mask says H or R',
  subset: 'have every feature the guest sees',
};

/** Which default masks apply and what must hold: a sentence with two choices. */
export function Rule() {
  const now = answer.value;
  const profiles = core.value.list('profiles');
  const chosen = profile.value !== null || check.value !== null;
  const suggest = () => {
    profile.value = null;
    check.value = null;
  };
  const choose = (event) => {
    profile.value = event.target.value;
    check.value = null;
  };
  return (
    <section class="rule" aria-label="Rule">
      <p>
        <label>Masks for{' '}
          <select value={now.profile} onChange={choose}>
            {profiles.every(({ id }) => id !== now.profile)
              && <option value={now.profile}>{now.profileName}</option>}
            {profiles.map(({ id, name }) => <option key={id} value={id}>{name}</option>)}
          </select>
        </label>;{' '}
        <label>hosts must{' '}
          <select value={now.check} onChange={(event) => { check.value = event.target.value; }}>
            {Object.entries(CHECKS).map(([id, name]) =>
              <option key={id} value={id}>{name}</option>)}
          </select>
        </label>.
      </p>
      <p class="quiet">
        {capital(now.profileReason)}
        {!chosen && now.profile === 'open' && ': choose yours if it is in the list'}.{' '}
        {chosen && <button type="button" onClick={suggest}>back to the suggestion</button>}
      </p>
    </section>
  );
}
