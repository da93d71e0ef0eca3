// What a person does with the page, in Chromium, on the built site with its own headers.
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, beforeEach, describe, it } from 'node:test';
import { gzipSync } from 'node:zlib';
import { serve } from '../../web/serve.mjs';
import { samples } from '../../web/samples.js';
import { root } from '../setup.mjs';
import { dist, launch, skip } from '../site/visit.mjs';

const [post, xeon, epyc] = samples.map(({ text }) => text);
const esx = (name, ecx) =>
  `${name ? `# host: ${name}\n` : ''}ID1ECX ${ecx}\nID1EDX 0xbfebfbff\nID81ECX 0\nID81EDX 0\n`;

describe('the page', { skip }, () => {
  let site;
  let browser;
  let page;
  const complaints = [];

  before(async () => {
    site = await serve();
    browser = await launch();
  });
  after(async () => {
    await browser?.close();
    await site?.close();
  });
  beforeEach(async () => {
    for (const context of browser.contexts()) await context.close();
    page = await open();
  });

  async function open({ hash = '', ...options } = {}) {
    const context = await browser.newContext({
      viewport: { width: 1440, height: 900 },
      ...options,
    });
    const opened = await context.newPage();
    opened.on('pageerror', (error) => complaints.push(error.message));
    opened.on('console', (said) => {
      if (said.type() === 'error') complaints.push(said.text());
    });
    await opened.goto(`${site.address}/${hash}`);
    return opened;
  }

  const verdict = (where = page) => where.locator('.sentence').innerText();
  const names = (where = page) =>
    where.locator('input.name').evaluateAll((fields) => fields.map((field) => field.value));
  const sample = (title) => page.getByRole('button', { name: title }).click();
  const button = (name, where = page) => where.getByRole('button', { name, exact: true });
  const cells = (register, row, where = page) =>
    where.getByRole('grid', { name: register, exact: true })
      .locator(`tr:has(> th:text-is("${row}"))`).locator('td[data-bit]').allInnerTexts().then((texts) => texts.join(''));

  async function paste(text) {
    await page.evaluate((words) => navigator.clipboard.writeText(words), text);
    await page.keyboard.press('Control+V');
  }

  function drop(files) {
    return page.evaluate((list) => {
      const dataTransfer = new DataTransfer();
      for (const [name, text] of list) dataTransfer.items.add(new File([text], name));
      for (const type of ['dragover', 'drop']) {
        document.querySelector('h1').dispatchEvent(
          new DragEvent(type, { dataTransfer, bubbles: true, cancelable: true }));
      }
    }, files);
  }

  async function untilHosts(count) {
    await page.waitForFunction((wanted) =>
      document.querySelectorAll('input.name').length === wanted, count);
  }

  it('shows the empty page before the script runs, and keeps it as it is', async () => {
    const still = await browser.newContext({ javaScriptEnabled: false });
    const shell = await still.newPage();
    await shell.goto(site.address);
    const outline = (where) => where.locator('#app').evaluate((app) => {
      app.normalize();
      const walk = (node) => (node.nodeType === 3
        ? node.data.trim()
        : [node.localName,
          ...[...node.attributes].map(({ name, value }) => `${name}=${value}`).sort(),
          ...[...node.childNodes].map(walk).filter((child) => child !== '')]);
      return walk(app);
    });
    assert.deepEqual(await outline(shell), await outline(page));
  });

  it('answers the 2006 sample in one click', async () => {
    await sample(/2006/);
    assert.match(await verdict(), /^Hide 3 bits and machines can move both ways/);
    assert.equal(await cells('leaf 1, ECX', 'custom'), '---------------------------0-0-0');
    assert.equal(await cells('leaf 1, ECX', 'effective'), 'RRRRRRRRRRRRRRR000xRR0H0000000R0');
    assert.equal(await page.locator('.differences tbody tr').count(), 6, 'few: all that differ');
    await page.locator('.differences select').selectOption('count');
    assert.equal(await page.locator('.differences tbody tr').count(), 3);
    await page.getByText('3 more bits differ without counting.').waitFor();
    await button('show them').click();
    const rows = await page.locator('.differences tbody tr').allInnerTexts();
    assert.deepEqual(rows.map((row) => row.split(/\s/)[0]),
      ['1.ecx[4]', '1.ecx[2]', '1.ecx[0]', '1.ecx[3]', '1.ecx[13]', '80000001.edx[29]']);
    await page.getByText('This is a sample.').waitFor();
    await button('clear').click();
    assert.equal(await page.locator('.sentence').innerText(), '');
  });

  it('takes a paste anywhere, and each paste is a host', async () => {
    await page.locator('h1').click();
    await paste(esx('', '0x0000641d'));
    await untilHosts(1);
    assert.match(await verdict(), /^One host read/);
    await page.locator('#field').focus();
    await paste(esx('', '0x00004400'));
    await untilHosts(2);
    assert.equal(await page.locator('#field').inputValue(), '');
    assert.match(await verdict(), /^Hide 3 bits/);
    assert.equal(page.url(), `${site.address}/`);
  });

  it('never puts a large paste into the field', async () => {
    await page.locator('#field').focus();
    await page.evaluate((text) => {
      const clipboardData = new DataTransfer();
      clipboardData.setData('text/plain', text.repeat(400));
      document.querySelector('#field').dispatchEvent(
        new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true }));
    }, xeon);
    await page.getByText(/800 hosts/).first().waitFor();
    assert.equal(await page.locator('#field').inputValue(), '');
    assert.equal(await page.locator('input.name').count(), 20);
    await button('edit kvm01').first().click();
    assert.ok((await page.locator('.editor textarea').inputValue()).length <= 65536);
  });

  it('takes files by drop and by the file button', async () => {
    await drop([['esx07.txt', esx('', '0x0000641d')], ['esx08.txt', esx('', '0x00004400')]]);
    await untilHosts(2);
    assert.deepEqual(await names(), ['esx07', 'esx08']);
    await page.locator('input[type=file]').first().setInputFiles(
      { name: 'esx09.txt', mimeType: 'text/plain', buffer: Buffer.from(esx('', '0x00004400')) });
    await untilHosts(3);
    assert.deepEqual(await names(), ['esx07', 'esx08', 'esx09']);
    const header = page.getByRole('columnheader', { name: 'esx08 and 1 more' });
    assert.equal(await header.count(), 1);
  });

  it('opens archives and folders, and says what it cannot open', async () => {
    await page.locator('input[type=file]').first().setInputFiles([
      { name: 'esx07.txt.gz', mimeType: '', buffer: gzipSync(esx('', '0x0000641d')) },
      { name: 'bad.zip', mimeType: '', buffer: Buffer.from('PK\x03\x04 and no more') },
    ]);
    await untilHosts(1);
    assert.deepEqual(await names(), ['esx07']);
    await page.getByText('Could not open bad.zip: damaged or cut short.').waitFor();
    const folder = mkdtempSync(join(tmpdir(), 'motionmask-'));
    try {
      for (const name of ['kvm1', 'kvm2']) {
        mkdirSync(join(folder, name, 'deep'), { recursive: true });
        writeFileSync(join(folder, name, 'deep', 'cpuid.txt'), esx('', '0x00004400'));
        writeFileSync(join(folder, name, '.hidden'), 'nothing of interest');
      }
      await page.locator('input[type=file]').last().setInputFiles(folder);
      await untilHosts(3);
    } finally {
      rmSync(folder, { recursive: true });
    }
    assert.deepEqual((await names()).sort(), ['esx07', 'kvm1', 'kvm2']);
    assert.equal(await page.locator('.trouble').first().innerText(), '');
  });

  it('walks a dropped folder to its end', async () => {
    await page.evaluate((text) => {
      const entry = (path, content) => ({ isFile: true, fullPath: path,
        file: (good, bad) => (content === null ? bad() : good(new File([content], 'x'))) });
      const portions = [[entry('/all/a/one.txt', text), entry('/all/b/two.txt', text)],
        [entry('/all/locked.txt', null)], []];
      const folder = { isFile: false, fullPath: '/all', createReader: () => ({
        readEntries: (good) => good(portions.shift()) }) };
      const dropped = new DataTransfer();
      dropped.items.add(new File(['x'], 'all'));
      const event = new DragEvent('drop', { dataTransfer: dropped, bubbles: true, cancelable: true });
      DataTransferItem.prototype.webkitGetAsEntry = () => folder;
      document.querySelector('h1').dispatchEvent(event);
    }, esx('', '0x0000641d'));
    await untilHosts(2);
    assert.deepEqual(await names(), ['one', 'two']);
    await page.getByText('Could not open all/locked.txt.').waitFor();
  });

  it('tells how to collect, before there are hosts and after', async () => {
    const vsphere = page.locator('.ways > li').filter({ hasText: 'vSphere' });
    assert.equal(await vsphere.locator('code').count(), 1);
    await vsphere.getByText('many hosts').press('Enter');
    await vsphere.getByText(/nothing of AVX2/).waitFor();
    await vsphere.getByRole('button', { name: /^copy the command: vSphere, ESXi, many, by ssh/ }).click();
    await vsphere.getByText('copied').waitFor();
    await page.getByText('Every format it reads').click();
    await page.locator('.formats dt').getByText('vmware.log').waitFor();
    await sample(/2006/);
    assert.equal(await page.locator('.ways').count(), 0);
    await page.getByText('How to collect').click();
    await page.locator('.ways').getByText('cpuid -1 -r').waitFor();
  });

  it('lets the person say what a text is', async () => {
    await drop([['esx01.txt', esx('', '0x0000641d')], ['notes.txt', 'buy milk\n']]);
    await untilHosts(1);
    await button('edit esx01').click();
    const choice = page.locator('.editor').getByLabel('read it as');
    assert.equal(await choice.locator('option').first().innerText(), 'found: ESX CPUID CD');
    await choice.selectOption('cpuid-r');
    const focused = await page.evaluate(() => document.activeElement.getAttribute('aria-label'));
    assert.equal(focused, 'edit esx01', 'the focus goes back where it came from');
    await button('edit esx01').click();
    assert.equal(await choice.inputValue(), 'cpuid-r');
    await choice.selectOption('');
    await page.locator('.host').filter({ hasText: 'notes.txt' }).getByLabel('read it as')
      .selectOption('flags');
    await button('edit esx01').click();
    assert.equal(await choice.inputValue(), '');
  });

  const refused = `Host CPU is incompatible with the virtual machine's requirements at CPUID level 0x1 register 'ecx'.
Host bits: 0000:0000:1001:1000:0010:0010:0000:0001
Required: x001:xxxx:x0xx:xxxx:xxxx:xxxx:xxxx:xxxx
`;

  it('explains a refusal, also when there is nothing else', async () => {
    await paste(refused);
    await page.getByText('no host, but 1 refusal').waitFor();
    assert.match(await verdict(), /vCenter.*AVX/);
    const panel = page.getByRole('region', { name: 'The refusal' });
    assert.match(await panel.innerText(), /1\.ecx\[28\]\s+AVX.*Sandy Bridge.*Usual cause.*Next/s);
    await page.getByText('paste the hosts themselves').waitFor();
    assert.equal(await page.locator('.notes').count(), 0);
    await paste(xeon);
    await untilHosts(2);
    assert.match(await verdict(), /^Hide/);
    await panel.getByText('Every host read here that tells has it').waitFor();
    await panel.getByRole('button', { name: '1.ecx[28]' }).click();
    await page.waitForFunction(() => document.activeElement.dataset.bit === '28');
    assert.match(await page.locator('.bit').innerText(), /AVX/);
  });

  it('sets the masks of a .vmx against the recommended ones', async () => {
    const machine = (ecx) => 'hostCPUID.0 = "0000000d756e65476c65746e49656e69"\n'
      + `hostCPUID.1 = "000206d700200800${ecx}bfebfbff"\n`
      + 'hostCPUID.80000001 = "0000000000000000000000012c100800"\n';
    await drop([
      ['one.vmx', `${machine('17bee3ff')}cpuid.1.ecx = "----:----:----:----:--0-:----:----:----"\n`
        + 'featMask.vm.cpuid.NEWER = "Max:0"\n'],
      ['two.vmx', machine('17bae3fd')]]);
    await untilHosts(2);
    assert.equal(await cells('leaf 1, ECX', 'yours'), '------------------0-------------');
    await page.getByText('from one.vmx, line 4. It does not hide PCLMULQDQ, but hides CMPXCHG16B '
      + 'without need.').waitFor();
    const lacking = page.locator('.yours td.lacks');
    assert.deepEqual(await lacking.evaluateAll((all) => all.map(({ dataset }) => dataset.bit)), ['1']);
    assert.match(await lacking.getAttribute('aria-label'), /custom 0.*, yours -$/);
    await page.getByText('1 line of your texts is a mask that is not compared').click();
    await page.getByText(/one\.vmx, line 5:/).waitFor();
  });

  it('reads what is typed, and keeps it when the field is left', async () => {
    await page.locator('#field').fill(esx('typed', '0x0000641d'));
    await untilHosts(1);
    await page.locator('#field').blur();
    assert.deepEqual(await names(), ['typed']);
    assert.equal(await page.locator('#field').inputValue(), '');
  });

  it('one’s own hosts take the place of a sample', async () => {
    await sample(/2006/);
    await drop([['mine.txt', esx('', '0x0000641d')]]);
    await untilHosts(1);
    assert.deepEqual(await names(), ['mine']);
  });

  it('renames a host in place', async () => {
    await sample(/2006/);
    const name = page.getByRole('textbox', { name: 'name of host 2' });
    await name.fill('db 7');
    await name.press('Enter');
    await page.getByText(/between esx01 and db 7/).waitFor();
    assert.deepEqual(await names(), ['esx01', 'db 7']);
  });

  it('removes a host and brings it back, in the same line', async () => {
    await sample(/2006/);
    await button('remove esx01').click();
    await page.getByText('esx01 removed.').waitFor();
    assert.deepEqual(await names(), ['esx02']);
    assert.equal(await page.evaluate(() => document.activeElement.textContent), 'undo');
    await page.keyboard.press('Enter');
    await untilHosts(2);
    assert.deepEqual(await names(), ['esx01', 'esx02']);
    await button('clear').click();
    await button('undo').click();
    assert.match(await verdict(), /^Hide 3 bits/);
  });

  it('changes the text of a host', async () => {
    await sample(/2006/);
    await button('edit esx02').click();
    const area = page.getByRole('textbox', { name: 'text of esx02' });
    assert.match(await area.inputValue(), /ID1ECX 0x00004400/);
    await area.fill((await area.inputValue()).replace('0x00004400', '0x0000641d'));
    await button('use this text').click();
    await page.getByText('1 bit in 1 register').waitFor();
  });

  it('lets the person choose the profile and the check', async () => {
    await sample(/2006/);
    await page.getByText(/suggested by/i).waitFor();
    await page.getByLabel('Masks for').selectOption('open');
    assert.equal(await page.getByLabel('hosts must').inputValue(), 'subset');
    await page.getByLabel('hosts must').selectOption('equal');
    assert.equal(await page.getByLabel('Masks for').inputValue(), 'open');
    await button('back to the suggestion').click();
    assert.equal(await page.getByLabel('Masks for').inputValue(), 'esx-2006');
    assert.match(await verdict(), /^Hide 3 bits/);
  });

  it('takes a person’s own default mask, and says what is wrong with a bad one', async () => {
    await sample(/2006/);
    await button('change the default').first().click();
    const field = page.getByLabel('Own default for 1.ecx');
    await field.fill('HHHH HHHH');
    await field.press('Enter');
    await page.getByText(/fewer than 32/).first().waitFor();
    assert.ok(await field.evaluate((one) => one === document.activeElement), 'to be changed');
    await field.fill('hhhhhhhh:hhhhhhhh:hhhhhhhh:hhhhhhhh');
    await field.press('Enter');
    await page.getByText(/^Hide 5 bits/).waitFor();
    assert.equal(await cells('leaf 1, ECX', 'default'), 'H'.repeat(32));
    await button('as the profile says').click();
    await page.getByText(/^Hide 3 bits/).waitFor();
  });

  it('copies a mask as 39 characters', async () => {
    await sample(/2006/);
    await button('copy custom of leaf 1, ECX').click();
    await page.getByText('copied').last().waitFor();
    // The page may not read the clipboard, but a person can paste into any field.
    const pasted = async () => {
      await page.getByRole('textbox', { name: 'name of host 1' }).fill('');
      await page.keyboard.press('Control+V');
      return page.getByRole('textbox', { name: 'name of host 1' }).inputValue();
    };
    assert.equal(await pasted(), '---- ---- ---- ---- ---- ---- ---0 -0-0');
    await page.keyboard.press('Escape');
    await button('copy effective of leaf 1, ECX').click();
    await page.getByText('copied').last().waitFor();
    assert.equal(await pasted(), 'RRRR RRRR RRRR RRR0 00xR R0H0 0000 00R0');
  });

  it('shares a link that opens elsewhere, with and without names', async () => {
    await sample(/2006/);
    await page.getByLabel('hosts must').selectOption('subset');
    const sentence = await verdict();
    await button('share').click();
    const link = page.getByRole('textbox', { name: 'link' });
    const full = await link.inputValue();
    await page.getByText(`${full.length} characters, fits everywhere`).waitFor();
    assert.equal(page.url(), `${site.address}/`, 'nobody asked for it yet');
    const there = await open({ hash: new URL(full).hash });
    await there.getByText(sentence).waitFor();
    assert.deepEqual(await names(there), ['esx01', 'esx02']);
    assert.equal(await there.getByLabel('hosts must').inputValue(), 'subset');
    assert.equal(await cells('leaf 1, ECX', 'custom', there), await cells('leaf 1, ECX', 'custom'));

    await page.getByLabel('leave out host names').check();
    const nameless = await link.inputValue();
    const other = await open({ hash: new URL(nameless).hash });
    await other.locator('input.name').first().waitFor();
    assert.ok((await names(other)).every((name) => !name.startsWith('esx')));

    const third = await open();
    await third.evaluate((text) => {
      const clipboardData = new DataTransfer();
      clipboardData.setData('text/plain', text);
      document.body.dispatchEvent(
        new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true }));
    }, full);
    await third.getByText(sentence).waitFor();

    await button('put it in the address bar').click();
    assert.equal(page.url(), nameless);
    const [download] = await Promise.all([
      page.waitForEvent('download'), button('save as file').click()]);
    const saved = readFileSync(await download.path(), 'utf8');
    await button('close').click();
    await drop([['saved.txt', saved]]);
    await untilHosts(2);
  });

  it('says in a sentence when a link is damaged, and follows a changed one', async () => {
    const broken = await open({ hash: '#1nonsense' });
    await broken.locator('.trouble').getByText(/link/i).waitFor();
    await sample(/2006/);
    await button('share').click();
    const { hash } = new URL(await page.getByRole('textbox', { name: 'link' }).inputValue());
    await broken.evaluate((next) => { location.hash = next; }, hash);
    await broken.getByText(/^Hide 3 bits/).waitFor();
    assert.equal(await broken.locator('.trouble').first().innerText(), '');
  });

  it('explains a bit wherever it is chosen', async () => {
    await sample(/2006/);
    await button('1.ecx[2]').click();
    const paragraphs = page.locator('.bit');
    await paragraphs.first().waitFor();
    assert.equal(await paragraphs.count(), 2, 'in the table and under its register');
    assert.match(await paragraphs.first().innerText(), /DTES64.*debug.*Kernel level/is);
    const chosen = page.locator('td[aria-selected=true]');
    assert.deepEqual([...new Set(await chosen.evaluateAll((all) =>
      all.map(({ dataset }) => dataset.bit)))], ['2']);
    await button('next difference').first().click();
    assert.match(await paragraphs.first().innerText(), /SSE3/);
    await page.keyboard.press('Enter');
    assert.match(await paragraphs.first().innerText(), /LM/, 'the focus went along');
    await page.keyboard.press('Escape');
    const focused = await page.evaluate(() => document.activeElement.textContent);
    assert.equal(focused, '80000001.edx[29]');
    await page.locator('td[data-bit="14"][data-row="0"]').first().click();
    assert.match(await paragraphs.innerText(), /1\.ecx\[14\]/, 'an equal bit has one too');
  });

  it('walks the bits with the keyboard', async () => {
    await sample(/2006/);
    const here = () => page.evaluate(() => {
      const { dataset } = document.activeElement;
      const title = document.activeElement.closest('table')?.getAttribute('aria-label');
      return `${title} ${dataset.row} ${dataset.bit}`;
    });
    const press = (key) => page.keyboard.press(key);
    const grid = page.getByRole('grid', { name: 'leaf 1, ECX', exact: true });
    assert.equal(await grid.locator('[tabindex="0"]').count(), 1, 'one stop in the tab order');
    await grid.locator('[tabindex="0"]').focus();
    assert.equal(await here(), 'leaf 1, ECX 3 13');
    await press('n');
    await page.waitForFunction(() => document.activeElement.dataset.bit === '4');
    assert.equal(await here(), 'leaf 1, ECX 3 4');
    await press('ArrowUp');
    await press('ArrowRight');
    assert.equal(await here(), 'leaf 1, ECX 2 3');
    await press('Home');
    assert.equal(await here(), 'leaf 1, ECX 2 31');
    await press('Control+End');
    assert.equal(await here(), 'leaf 1, ECX 4 0');
    await press('F8');
    await page.waitForFunction(() => document.activeElement.dataset.bit === '29');
    assert.match(await here(), /^leaf 80000001, EDX/);
    await press('Shift+F8');
    await page.waitForFunction(() => document.activeElement.dataset.bit === '0');
    await press('PageDown');
    assert.match(await here(), /^leaf 80000001, EDX/);
    await press('PageUp');
    assert.match(await here(), /^leaf 1, ECX/);
    await press('p');
    await press('Enter');
    assert.match(await page.locator('.bit').innerText(), /1\.ecx\[\d+\]/);
    await press('Escape');
    assert.equal(await page.locator('.bit').count(), 0);
    const name = await grid.locator('td[data-bit="2"]').first().getAttribute('aria-label');
    assert.match(name, /^bit 2, DTES64, esx01 1, esx02 0, differs, custom 0/);
  });

  it('hides and keeps a bit as the person says, takes it back, and shares it', async () => {
    await sample(/2006/);
    await button('1.ecx[13]').click();
    const listed = page.locator('.differences');
    const pressed = () => listed.locator('.pins [aria-pressed=true]').innerText();
    assert.equal(await pressed(), 'as the default');
    await button('keep', listed).click();
    assert.match(await verdict(), /cannot move .* the bit you keep|the bit you keep cannot move/);
    assert.match(await cells('leaf 1, ECX', 'custom'), /^-{18}H/);
    assert.equal(await page.locator('td.pin').count(), 1, 'a dot in the masks');
    assert.equal(await listed.locator('.cell.pin').count(), 1, 'and in the table');
    const focused = () => page.evaluate(() => document.activeElement.textContent.slice(0, 40));
    assert.equal(await focused(), 'keep', 'the focus stays where the row went');
    await button('undo', listed).click();
    assert.equal(await pressed(), 'as the default');
    assert.equal(await page.locator('.pin').count(), 0);
    assert.equal(await focused(), 'as the default', 'and among the choices');
    await page.keyboard.press('Escape');

    const grid = page.getByRole('grid', { name: 'leaf 1, ECX', exact: true });
    const cell = (bit) => grid.locator(`td[data-bit="${bit}"]`).last();
    await cell(14).focus();
    await page.keyboard.press('h');
    assert.match(await cells('leaf 1, ECX', 'effective'), /^.{17}0/);
    assert.match(await page.locator('.bit').first().innerText(), /you asked for it/);
    assert.equal(await page.evaluate(() => document.activeElement.dataset.bit), '14');
    await page.keyboard.press('k');
    assert.match(await cells('leaf 1, ECX', 'effective'), /^.{17}H/);
    assert.match(await cell(14).getAttribute('aria-label'), /you keep it/);
    await page.keyboard.press('-');
    assert.equal(await page.locator('.pin').count(), 0);
    await page.keyboard.press('h');

    await button('share').click();
    const link = await page.locator('input.link').inputValue();
    const other = await open({ hash: link.replace(/.*#/, '#') });
    await untilHostsOf(other);
    assert.match(await cells('leaf 1, ECX', 'custom', other), /^.{17}0/);
    assert.equal(await other.locator('td.pin').count(), 1);
  });

  const untilHostsOf = (where) => where.locator('.sentence').waitFor();

  it('folds what does not count, and unfolds it when asked', async () => {
    await sample(/2006/);
    assert.equal(await page.getByRole('grid').count(), 1);
    await button('show leaf 1, EDX').click();
    assert.equal(await page.getByRole('grid').count(), 2);
    await button('unfold all').click();
    assert.equal(await page.getByRole('grid').count(), 4);
    await button('fold all').click();
    assert.equal(await page.getByRole('grid').count(), 0);
  });

  it('tells many registers in a line, where the same is to be said of them', async () => {
    await drop([['kvm.txt', xeon], ['short.txt', 'CPU:\n   0x00000001 0x00: eax=0x000306f2 '
      + 'ebx=0x00200800 ecx=0x7ffefbff edx=0xbfebfbff\n']]);
    await page.getByText(/unknown on short$/).first().waitFor();
    const before = await page.locator('.register').count();
    await page.getByRole('button', { name: /^show \S+ to \S+$/ }).last().click();
    await page.waitForFunction((count) =>
      document.querySelectorAll('.register').length > count + 2, before);
    const focused = await page.evaluate(() => document.activeElement.getAttribute('aria-label'));
    assert.match(focused, /^show leaf/);
  });

  it('lays eight bits a block on a narrow screen, without scrolling sideways', async () => {
    for (const width of [320, 390]) {
      page = await open({ viewport: { width, height: 800 } });
      for (const [index, title] of [/2006/, /Haswell/, /EPYC/].entries()) {
        if (index > 0) await button('clear').click();
        await sample(title);
        const wide = await page.evaluate(() => document.documentElement.scrollWidth);
        assert.ok(wide <= width, `${title} is ${wide} pixels wide`);
      }
    }
    await button('clear').click();
    await sample(/2006/);
    const grid = page.getByRole('grid', { name: 'leaf 1, ECX', exact: true });
    assert.equal(await grid.locator('tbody').count(), 3);
    assert.match(await grid.locator('tbody').first().innerText(), /31-16\s+no difference/);
    assert.equal(await cells('leaf 1, ECX', 'custom'), '-----------0-0-0');
    assert.equal(await page.locator('.lines li').count(), 6);
    await page.getByRole('combobox', { name: 'Platform' }).selectOption('VMware');
    await page.getByRole('combobox', { name: 'Form', exact: true }).selectOption('.vmx lines');
    assert.match(await page.locator('.targets pre').innerText(), /cpuid\.1\.ecx/);
  });

  it('says what is wrong with a text that holds no host, and keeps the others', async () => {
    await drop([['notes.txt', 'buy milk\n'], ['esx01.txt', esx('', '0x0000641d')]]);
    await page.getByText(/^no host found in it/).waitFor();
    assert.deepEqual(await names(), ['esx01']);
    const notes = await page.locator('.notes').innerText();
    assert.match(notes, /notes\.txt, line 1: Not read: buy milk/);
    await page.locator('.host').last().getByRole('button', { name: 'remove' }).click();
    await page.getByText('Text removed.').waitFor();
    assert.equal(await page.locator('.notes').count(), 0);
  });

  it('shows what is unknown as a question mark', async () => {
    await sample(/EPYC/);
    await page.locator('.differences select').selectOption('all');
    await page.locator('.differences td.value:text-is("?")').first().waitFor();
    await page.getByText('unknown on epyc03').first().waitFor();
  });

  it('marks a dump that was taken in a guest', async () => {
    await drop([['vm.txt', esx('', '0x8000641d')]]);
    await page.locator('.host').getByText('inside a virtual machine').waitFor();
  });

  it('offers the text for the platform', async () => {
    await sample(/2006/);
    await page.getByRole('radio', { name: '.vmx lines' }).check({ force: true });
    assert.match(await page.locator('.targets pre').innerText(), /cpuid\.1\.ecx/);
  });

  it('says why there is no text for the likeliest platform', async () => {
    await drop([['a.txt', esx('', '0x0000641d')], ['b.txt', esx('', '0x0000641d')]]);
    await page.getByText(/^These hosts are alike/).waitFor();
    await page.locator('.targets .nothing').getByText('nothing to hide').waitFor();
    assert.equal(await page.locator('.verdict .main').count(), 0);
  });

  it('asks for versions where the names of models depend on them', async () => {
    await sample(/Haswell/);
    await page.getByRole('radio', { name: 'QEMU', exact: true }).check({ force: true });
    const text = page.locator('.targets pre');
    assert.match(await text.innerText(), /^-cpu Haswell-noTSX-IBRS,/);
    await page.locator('.version').getByLabel('QEMU').selectOption('2.11 or older');
    await page.waitForFunction(() =>
      /^-cpu Haswell-noTSX,/.test(document.querySelector('.targets pre').textContent));
    await page.getByRole('radio', { name: 'VMware' }).check({ force: true });
    assert.equal(await page.locator('.version').count(), 0);
  });

  it('says how the text is applied, verified and undone, and saves it under its name', async () => {
    await sample(/2006/);
    await page.getByRole('radio', { name: '.vmx lines' }).check({ force: true });
    const how = page.locator('.how');
    assert.match(await how.innerText(), /Apply\s+Power the machine off.*Verify.*Undo/s);
    const [download] = await Promise.all([page.waitForEvent('download'),
      page.getByRole('button', { name: /^save as cpuid-mask/ }).click()]);
    assert.equal(download.suggestedFilename(), 'cpuid-mask.vmx.txt');
    assert.match(readFileSync(await download.path(), 'utf8'), /^cpuid\.1\.ecx = .*\n$/);
  });

  it('says what each host costs the others, when asked', async () => {
    await sample(/2006/);
    assert.equal(await page.getByText('What if').count(), 0, 'two hosts only have each other');
    await button('clear').click();
    await sample(/EPYC/);
    await page.getByText('What each host costs the others').click();
    await page.getByText(/^Without epyc03: x86-64-v3 instead of x86-64-v2/).waitFor();
    await page.locator('td[data-bit="0"]').first().click();
    assert.match(await page.locator('.bit').first().innerText(), /epyc01 1, epyc02 1/);
  });

  it('says why hosts of one model differ', async () => {
    const [, host] = xeon.split('# host: kvm01\n');
    const [one] = host.split('# host: kvm02');
    await drop([['old.txt', one], ['new.txt', one.replace('ecx=0x7ffefbff', 'ecx=0x7fdefbff')]]);
    await untilHosts(2);
    const said = page.getByRole('region', { name: 'Verdict' }).locator('.drift');
    assert.match(await said.innerText(), /^Same CPU, different bits\s+old and new have the same CPU.*x2APIC/s);
  });

  it('judges the setting that machines have now', async () => {
    await sample(/2006/);
    const panel = page.getByRole('region', { name: 'Your present setting' });
    await panel.getByRole('textbox').fill('cpuid.1.ecx = "----:----:----:----:----:----:---0:----"');
    await panel.getByText('read as .vmx or OVF').waitFor();
    await panel.getByText(/leaves 2 bits that differ: DTES64 and SSE3/).waitFor();
    assert.match(await panel.locator('.lines').innerText(), /1\.ecx\[2\] DTES64\s+Missing\./);
    await panel.getByRole('button', { name: '1.ecx[2]' }).click();
    await page.waitForFunction(() => document.activeElement.dataset.bit === '2');
    await panel.getByRole('textbox').fill('cpuid.1.ecx = "----:----:----:----:----:----:---0:-0-0"');
    await panel.getByText('1.ecx[2]').waitFor({ state: 'detached' });
    assert.match(await verdict(), /^Hide 3 bits/, 'it changes nothing else');
    await button('clear').click();
    await sample(/2006/);
    assert.equal(await panel.getByRole('textbox').inputValue(), '');
  });

  it('puts the text to copy right under the verdict', async () => {
    await sample(/2006/);
    await button('copy 1 line for VMware, vSphere Client dialog').click();
    await page.getByText('copied 1 line').waitFor();
    await page.getByRole('radio', { name: '.vmx lines' }).check({ force: true });
    await page.getByRole('button', { name: /^copy \d lines? for VMware, \.vmx lines/ }).waitFor();
  });

  it('gives many kinds of hosts counts, and their names on demand', async () => {
    await drop(Array.from({ length: 8 }, (_, at) =>
      [`a-long-name-of-a-host-in-a-rack-${at}.txt`, esx('', `0x0000040${at}`)]));
    await untilHosts(8);
    await button('1.ecx[0]').click();
    await page.getByText('which hosts').first().click();
    await page.locator('.bit dd').getByText(/rack-1, a-long-name-of-a-host-in-a-rack-3/).first().waitFor();
  });

  it('prints a change ticket without controls', async () => {
    await sample(/2006/);
    await page.emulateMedia({ media: 'print' });
    assert.equal(await page.locator('#field').isVisible(), false);
    assert.equal(await button('share').isVisible(), false);
    assert.equal(await page.locator('.sentence').isVisible(), true);
    assert.ok((await page.pdf()).length > 10_000);
  });

  it('moves nothing while it loads', async () => {
    const context = await browser.newContext();
    page = await context.newPage();
    await page.addInitScript(() => {
      globalThis.shift = 0;
      new PerformanceObserver((list) => {
        for (const entry of list.getEntries()) {
          if (!entry.hadRecentInput) globalThis.shift += entry.value;
        }
      }).observe({ type: 'layout-shift', buffered: true });
    });
    await page.goto(site.address);
    await sample(/Haswell/);
    await page.getByText(/^Hide/).waitFor();
    assert.equal(await page.evaluate(() => globalThis.shift), 0);
  });

  it('takes the picture for the README', async () => {
    page = await open({ viewport: { width: 1120, height: 1020 } });
    await sample(/2006/);
    await page.locator('.masks').waitFor();
    await page.evaluate(() => { document.activeElement.blur(); scrollTo(0, 0); });
    const picture = await page.screenshot({ fullPage: true,
      clip: { x: 0, y: 0, width: 1120, height: 900 } });
    assert.ok(picture.length < 150_000, `${picture.length} bytes`);
    const path = join(root, 'tests', 'screenshot.png');
    if (process.env.UPDATE || !existsSync(path)) writeFileSync(path, picture);
  });

  it('complains about nothing in the console', () => {
    assert.deepEqual(complaints, []);
  });

  it('keeps to its share of the first visit', () => {
    assert.ok(existsSync(join(dist, 'index.html')));
    assert.ok(epyc.length + xeon.length + post.length < 16_000);
  });
});
