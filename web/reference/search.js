// Finds bits on the reference page. All of them stand there without this, too.

const compact = (text) => text.toLowerCase().replaceAll(/[-_.\s]/g, '');

const rows = Array.from(document.querySelectorAll('.bitlist > li'), (element) => {
  const names = element.querySelectorAll('b, code');
  return {
    element,
    place: element.id.slice('bit='.length),
    text: element.textContent.toLowerCase(),
    names: Array.from(names, ({ textContent }) => compact(textContent)).join(' '),
  };
});
const sections = document.querySelectorAll('main > section');
const field = document.getElementById('search');
const found = document.getElementById('found');

/** `7.0.ecx.11`, `7.ecx[11]`, `1.ecx.0`: a leaf without a subleaf is of any. */
function placeOf(word) {
  const [, leaf, subleaf, register, bit] =
    /^([0-9a-f]+|msr10a)\.(?:([0-9a-f]+)\.)?(e[abcd]x)(?:\.|\[)(\d+)\]?$/.exec(word) ?? [];
  return leaf && new RegExp(`^${leaf}\\.${subleaf ?? '[0-9a-f]+'}\\.${register}\\.${Number(bit)}$`);
}

function matches(row, word) {
  const wanted = placeOf(word);
  if (wanted) return wanted.test(row.place);
  return row.text.includes(word) || (compact(word) && row.names.includes(compact(word)));
}

function search() {
  const words = field.value.toLowerCase().split(/\s+/).filter(Boolean);
  let count = 0;
  for (const row of rows) {
    row.element.hidden = !words.every((word) => matches(row, word));
    count += row.element.hidden ? 0 : 1;
  }
  for (const section of sections) {
    section.hidden = section.querySelector('.bitlist > li:not([hidden])') === null;
  }
  found.textContent = words.length === 0 ? ''
    : count ? `${count} of ${rows.length} bits` : 'No bit is called so, and none stands there.';
}

/** A link leads to its row even where a search has hidden it. */
function show() {
  const row = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (!row || row.offsetParent !== null) return;
  field.value = '';
  search();
  row.scrollIntoView();
}

field.addEventListener('input', search);
addEventListener('hashchange', show);
addEventListener('keydown', (event) => {
  if (event.key === '/' && event.target !== field) {
    event.preventDefault();
    field.focus();
  }
  if (event.key === 'Escape' && event.target === field) {
    field.value = '';
    search();
  }
});
field.parentNode.hidden = false;
search();
