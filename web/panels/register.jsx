import { useComputed } from '@preact/signals';
import {
  answer, core, defaults, editing, explained, request, selected, unfold, unfolded,
} from '../state.js';
import { againstWords, capital, list, masksOf, nameOf, place, quietWord, whereIs }
  from '../view.js';
import { Bit } from './bit.jsx';
import { Copy } from './copy.jsx';
import { OwnDefault } from './default.jsx';
import { Grid } from './grid.jsx';

/** One register: folded to a line when nothing differs, else its rows. */
export function Register({ register, groups, quiet }) {
  const { key, title } = register;
  const bit = useComputed(() => (selected.value?.key === key ? selected.value.bit : -1));
  const open = unfolded.value.get(key) ?? (!quiet || bit.value >= 0);
  const own = defaults.value.some((one) => one.register === key);
  const word = quietWord(answer.value, register);
  const changing = editing.value?.register === key;
  return (
    <article class={open ? 'register' : 'register folded'} aria-labelledby={`r${key}`}>
      <h3 id={`r${key}`}>
        <span class="key" translate={false}>{place(key)}</span>{' '}
        <span class="title">{title}</span>
      </h3>
      <p class="acts">
        {!open && word && <span class="quiet">{word}</span>}
        {open && (
          <button type="button" aria-expanded={changing}
            onClick={() => { editing.value = changing ? null : { register: key }; }}>
            change the default
          </button>
        )}
        <button type="button" aria-expanded={open} aria-label={`${open ? 'fold' : 'show'} ${title}`}
          onClick={() => unfold(key, !open)}>{open ? 'fold' : 'show'}</button>
      </p>
      {open && (changing || own) && <OwnDefault register={register} changing={changing} />}
      {open && (
        <div class="rows">
          <Grid register={register} groups={groups} bit={bit.value} />
          <div class="copies">
            {/[^- ]/.test(register.custom)
              && <Copy text={register.custom} label="copy custom" what={`of ${title}`} />}
            <Copy text={register.effective} label="copy effective" what={`of ${title}`} />
          </div>
        </div>
      )}
      {open && masksOf(answer.value, register).map((own) => (
        <Yours key={own.mask} own={own} register={register} />
      ))}
      {open && bit.value >= 0 && explained.value && <Bit />}
    </article>
  );
}

const FIRST = 3;

/** Where a mask came from, and what it is against the one recommended. */
function Yours({ own, register: { key } }) {
  const named = (bit) => nameOf(core.value.explain(key, bit) ?? {}) || place(key, bit);
  const places = own.places.slice(0, FIRST).map((one) => whereIs(one, request.value.sources));
  if (own.places.length > FIRST) places.push(`${own.places.length - FIRST} more`);
  return (
    <p class="own-words">
      <b>{capital(own.label)}</b>, from {list(places)}. {againstWords(own, named)}
    </p>
  );
}
