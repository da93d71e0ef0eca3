// Files as sources: gzip and zip, good and hostile. wasm/open.js, shared by page and command.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { deflateRawSync, gzipSync } from 'node:zlib';
import { MOST_FILES, ROOM, isWanted, namesOf, openAll } from '../wasm/open.js';
import { root } from './setup.mjs';

const bytesOf = (text) => new TextEncoder().encode(text);
const textOf = (bytes) => new TextDecoder().decode(bytes);
const esx = (ecx) => `ID1ECX ${ecx}\nID1EDX 0xbfebfbff\nID81ECX 0\nID81EDX 0\n`;

/** CRC-32, bit by bit. */
function sumOf(bytes) {
  let sum = 0xffffffff;
  for (const byte of bytes) {
    sum ^= byte;
    for (let i = 0; i < 8; i += 1) sum = (sum >>> 1) ^ (sum & 1 ? 0xedb88320 : 0);
  }
  return ~sum >>> 0;
}

/** A zip of [path, text or bytes, changes to its entry]. */
function zipOf(files, { comment = '' } = {}) {
  const locals = [];
  const central = [];
  let at = 0;
  for (const [path, content, changes = {}] of files) {
    const bytes = typeof content === 'string' ? bytesOf(content) : content;
    const entry = { flags: 0, method: 8, sum: sumOf(bytes), size: bytes.length, ...changes };
    const packed = entry.packed ?? (entry.method === 8 ? deflateRawSync(bytes) : bytes);
    const name = bytesOf(path);
    const local = Buffer.alloc(30);
    local.writeUInt32LE(0x04034b50, 0);
    local.writeUInt16LE(name.length, 26);
    const row = Buffer.alloc(46);
    row.writeUInt32LE(0x02014b50, 0);
    row.writeUInt16LE(entry.flags, 8);
    row.writeUInt16LE(entry.method, 10);
    row.writeUInt32LE(entry.sum, 16);
    row.writeUInt32LE(entry.length ?? packed.length, 20);
    row.writeUInt32LE(entry.size, 24);
    row.writeUInt16LE(name.length, 28);
    row.writeUInt32LE(entry.local ?? at, 42);
    locals.push(local, name, packed);
    central.push(row, name);
    at += 30 + name.length + packed.length;
  }
  const rows = Buffer.concat(central);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(Math.min(files.length, 0xffff), 8);
  end.writeUInt16LE(Math.min(files.length, 0xffff), 10);
  end.writeUInt32LE(rows.length, 12);
  end.writeUInt32LE(at, 16);
  end.writeUInt16LE(comment.length, 20);
  return new Uint8Array(Buffer.concat([...locals, rows, end, Buffer.from(comment)]));
}

async function open(...files) {
  const { sources, troubles } =
    await openAll(files.map(([path, content]) =>
      ({ path, bytes: typeof content === 'string' ? bytesOf(content) : content })));
  return { texts: sources.map(({ name, bytes }) => [name, textOf(bytes)]), troubles };
}

const opened = async (...files) => {
  const { texts, troubles } = await open(...files);
  assert.deepEqual(troubles, []);
  return texts;
};

const refused = async (content, why, path = 'a.zip') => {
  const { texts, troubles } = await open([path, content]);
  assert.deepEqual(texts, []);
  assert.equal(troubles.length, 1, troubles.join('\n'));
  assert.match(troubles[0], /^Could not open \S.*\.$/);
  assert.match(troubles[0], why);
};

test('a text is a source as it is', async () => {
  assert.deepEqual(await opened(['esx01.txt', 'one\n'], ['', 'pasted']),
    [['esx01.txt', 'one\n'], ['', 'pasted']]);
  assert.deepEqual(await opened(['empty', '']), [['empty', '']]);
});

test('gzip: one source, named without .gz', async () => {
  assert.deepEqual(await opened(['esx01.txt.gz', gzipSync('one\n')], ['esx02', gzipSync('two')]),
    [['esx01.txt', 'one\n'], ['esx02', 'two']]);
});

test('zip: a source for every file, packed or stored', async () => {
  const long = 'x'.repeat(200_000);
  const zip = zipOf([['esx01.txt', esx('1')], ['esx02.txt', esx('2'), { method: 0 }],
    ['long', long, { method: 0 }], ['none', '', { method: 0 }]], { comment: 'made by hand' });
  assert.deepEqual(await opened(['hosts.zip', zip]),
    [['esx01.txt', esx('1')], ['esx02.txt', esx('2')], ['long', long], ['none', '']]);
});

test('zip: a file of it may be gzip; folders and leavings are passed over', async () => {
  const zip = zipOf([['all/', ''], ['all/a.txt.gz', gzipSync('one')], ['__MACOSX/._a.txt', 'x'],
    ['all/.DS_Store', 'x'], ['all/Thumbs.db', 'x']]);
  assert.deepEqual(await opened(['hosts.zip', zip]), [['a.txt', 'one']]);
  assert.equal(isWanted('a/b.c/vmware.log'), true);
});

test('files of one name are told apart by their folders', () => {
  assert.deepEqual(namesOf(['a/esx01.txt', 'a/b/esx02.txt']), ['esx01.txt', 'esx02.txt']);
  // As Ansible's fetch lays them out.
  assert.deepEqual(namesOf(['got/kvm1/proc/cpuinfo', 'got/kvm2/proc/cpuinfo', 'got/x.log']),
    ['kvm1.txt', 'kvm2.txt', 'x.log']);
  assert.deepEqual(namesOf(['esx1.corp/vmware.log', 'esx2.corp\\vmware.log', 'vmware.log']),
    ['esx1.corp.log', 'esx2.corp.log', 'vmware.log']);
  assert.deepEqual(namesOf(['x/a/cpu', 'y/a/cpu', 'y/b/cpu']), ['x a.txt', 'y a.txt', 'y b.txt']);
  assert.deepEqual(namesOf(['same', 'same', '']), ['same', 'same', '']);
});

test('names lead nowhere: only the last part is used', async () => {
  const zip = zipOf([['../../etc/passwd', 'one'], ['C:\\hosts\\esx01.txt', 'two']]);
  assert.deepEqual((await opened(['a.zip', zip])).map(([name]) => name), ['passwd', 'esx01.txt']);
});

test('what is damaged is said to be, and the rest is read', async () => {
  const good = zipOf([['a', esx('1')], ['b', esx('2')]]);
  await refused(gzipSync(esx('1')).subarray(0, 30), /damaged or cut short/, 'a.gz');
  await refused(good.subarray(0, good.length - 30), /damaged or cut short/);
  await refused(good.subarray(0, 100), /damaged or cut short/);
  const { texts, troubles } = await open(['a.zip', zipOf([
    ['sum', 'one', { sum: 1 }], ['size', 'one', { size: 7 }], ['far', 'one', { local: 4e9 }],
    ['long', 'one', { length: 4e9 }], ['bits', 'one', { packed: Buffer.from([7, 7, 7]) }],
    ['stored', 'one', { method: 0, sum: 2 }], ['good', 'one'],
  ])]);
  assert.deepEqual(texts, [['good', 'one']]);
  assert.deepEqual(troubles, ['Could not open a/sum and 5 more: damaged or cut short.']);
});

test('what is not read is named', async () => {
  await refused(zipOf([['a', 'one', { flags: 1 }]]), /a\/a: encrypted/);
  await refused(zipOf([['a', 'one', { method: 14 }]]), /packed by method 14/);
  await refused(zipOf([['a.zip', zipOf([['b', 'one']])]]), /archive within an archive/);
  await refused(zipOf([['[Content_Types].xml', ''], ['xl/a.xml', '']]), /office.*save it as text/);
  const tar = new Uint8Array(1024);
  tar.set(bytesOf('ustar'), 257);
  await refused(gzipSync(tar), /tar archives are not read/, 'vm-support.tgz');
  await refused(Uint8Array.of(0x37, 0x7a, 0xbc, 0xaf, 0x27, 0x1c), /7z archives/, 'a.7z');
  await refused(zipOf([['\x1b[2J\nA', 'one', { flags: 1 }]]), /^Could not open a\/ \[2J A: encr/);
});

test('bombs are stopped at the limit, also when their parts overlap', async () => {
  const zeros = gzipSync(new Uint8Array(ROOM + 1));
  await refused(zeros, /more than 256 MB/, 'a.gz');
  const gzip = gzipSync(new Uint8Array(ROOM / 4));
  const first = { sum: gzip.readUInt32LE(gzip.length - 8), size: ROOM / 4,
    packed: gzip.subarray(10, -8) };
  const again = { ...first, packed: Buffer.alloc(0), length: first.packed.length, local: 0 };
  const zip = zipOf([['a', '', first], ...Array(9_000).fill(['b', '', again])]);
  const { texts, troubles } = await open(['a.zip', zip], ['b.gz', gzipSync('one')]);
  assert.ok(texts.length < 6);
  assert.match(troubles.join('\n'), /a\.zip.*more than 256 MB.*which is the limit/);
});

test('no more files are taken than the limit', async () => {
  const { texts, troubles } =
    await open(['a.zip', zipOf(Array.from({ length: MOST_FILES + 5 }, (_, at) => [`h${at}`, '']))]);
  assert.equal(texts.length, MOST_FILES);
  assert.match(troubles[0], /only the first 10000 of its files are read/);
});

test('any change of a byte gives files or a sentence', async () => {
  const zip = zipOf([['a', esx('1')], ['b', esx('2'), { method: 0 }]]);
  let seed = 1;
  for (let i = 0; i < 400; i += 1) {
    seed = (seed * 48271) % 0x7fffffff;
    const bad = zip.slice();
    bad[seed % zip.length] = seed >> 8;
    // A byte that no sum covers may change a name, never a text.
    for (const [, text] of (await open(['a.zip', bad])).texts) {
      assert.ok([esx('1'), esx('2')].includes(text) || bad[0] !== 0x50 || bad[1] !== 0x4b
        || ![3, 5].includes(bad[2]) || ![4, 6].includes(bad[3]), text);
    }
  }
});

test('the command opens them the same way', () => {
  const folder = mkdtempSync(join(tmpdir(), 'motionmask-'));
  const run = (...names) => spawnSync(process.execPath,
    [join(root, 'wasm/cli.js'), '--json', ...names.map((name) => join(folder, name))],
    { encoding: 'utf8' });
  try {
    writeFileSync(join(folder, 'esx01.txt.gz'), gzipSync(esx('0x0000641d')));
    writeFileSync(join(folder, 'b.zip'), zipOf([['esx02.txt', esx('0x00004400')],
      ['secret.txt', 'x', { flags: 1 }]]));
    writeFileSync(join(folder, 'c.zip'), zipOf([['secret.txt', 'x', { flags: 1 }]]));
    const { status, stdout, stderr } = run('esx01.txt.gz', 'b.zip');
    assert.equal(status, 0);
    assert.match(stderr, /^Could not open \S*b\/secret\.txt: encrypted; unpack it first\.\n$/);
    const { hosts, registers } = JSON.parse(stdout);
    assert.deepEqual(hosts.map(({ name }) => name), ['esx01', 'esx02']);
    assert.equal(registers[0].custom, '---- ---- ---- ---- ---- ---- ---0 -0-0');
    const wrong = run('c.zip');
    assert.deepEqual([wrong.status, wrong.stdout], [2, '']);
    assert.match(wrong.stderr, /^Could not open \S*c\/secret\.txt: encrypted/);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
