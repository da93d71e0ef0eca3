// A second opinion on the mask rule: written from the rule's description alone, so that it shares
// no code, no table and no mistake with the core.

/** Bits that merge by AND, register by register; the profile `open` has H there. */
const AND = {
  '1.0.ecx': 0x77feffff, '1.0.edx': 0xafebf9ff, '6.0.eax': 0x81dfeff7, '6.0.ecx': 0x00000009,
  '6.0.edx': 0x00000003, '7.0.ebx': 0xffffddbf, '7.0.ecx': 0xfbc17fef, '7.0.edx': 0xffdd632e,
  '7.1.eax': 0x8cfe01ff, '7.1.ecx': 0x00000023, '7.1.edx': 0x01aee530, '7.2.edx': 0x000000ff,
  'f.0.edx': 0x00000002, 'f.1.eax': 0x00000700, 'f.1.edx': 0x00000007, '10.0.ebx': 0x0000000e,
  '10.1.ecx': 0x0000000e, '10.2.ecx': 0x00000004, '10.3.ecx': 0x00000005, '12.0.eax': 0x00000ce3,
  '12.0.ebx': 0x00000003, '12.1.eax': 0x000004f7, '14.0.ebx': 0x000001ff, '14.0.ecx': 0x0000000f,
  '19.0.ebx': 0x00000015, '19.0.ecx': 0x00000003, '1c.0.ebx': 0x00000007, '1c.0.ecx': 0x00000007,
  '1e.1.eax': 0x000001ff, '20.0.ebx': 0x00000001, '23.0.eax': 0x0000003f, '23.0.ebx': 0x00000007,
  '23.3.eax': 0x00000fff, '23.4.ebx': 0x60000078, '24.0.ebx': 0x00070000, '24.1.ecx': 0x00000004,
  '29.0.ebx': 0x00000001, '80000001.0.ecx': 0x7fafbffd, '80000001.0.edx': 0xee500800,
  '80000007.0.ebx': 0x0000001f, '80000007.0.edx': 0x0001feff, '80000008.0.ebx': 0xff28f75f,
  '8000000a.0.ecx': 0x00000050, '8000000a.0.edx': 0xffbfbdff, '8000001b.0.eax': 0x00081fff,
  '8000001c.0.ecx': 0xf0000020, '8000001c.0.edx': 0xe000007f, '8000001f.0.eax': 0x7bafffff,
  '8000001f.0.ebx': 0x80000000, '80000020.0.ebx': 0x0000007e, '80000020.3.ecx': 0x0000007f,
  '80000021.0.eax': 0xf9f731cd, '80000021.0.ecx': 0x00000006, '80000022.0.eax': 0x00000007,
  '80000023.0.eax': 0x00000001, '80860001.0.edx': 0x0000000b, 'c0000001.0.edx': 0x0a111555,
  'msr10a.0.eax': 0x6fb5fffb, 'msr10a.0.edx': 0x40000001,
};

/** Bits of plain feature words that no table names: H where some host has them set. */
const UNNAMED = {
  '1.0.ecx': 0x00010000, '1.0.edx': 0x00100400, '7.0.ecx': 0x04008000, '7.0.edx': 0x002210c1,
  '7.1.eax': 0x3301e200, '7.1.edx': 0xfe511acf, '80000001.0.ecx': 0x80104000,
  '80000001.0.edx': 0x10240400,
};

const ALIASES = 0x0183f1ff; // AMD: 80000001.EDX copies 1.EDX here

/** Default masks by year as VMware's tables give them; [Intel, AMD] where they differ. */
const MASKS = {
  2006: {
    '1.0.eax': 'XXXX HHHH HHHH XXXX XXXX HHHH XXXX XXXX',
    '1.0.ecx': 'RRRR RRRR RRRR RRR0 00XR R0H0 000H 0RRH',
    '80000001.0.ecx': 'RRRR RRRR RRRR RRRR RRRR RRRR RRRR RRRX',
    '80000001.0.edx': 'RRXR RRRR RRRH RRRR RRRR HRRR RRRR RRRR',
  },
  '2008-02': {
    '1.0.eax': 'RRRR HHHH HHHH XXXX RRXX HHHH XXXX XXXX',
    '1.0.ecx': ['XRRR RRRR HR0H H0RR 00HR R0H0 0000 00RH',
      'XRRR RRRR HRRR RRRR RRHR RRHR RRRR 0RRH'],
    '1.0.edx': ['0000 HHHH HHHR HHHH HHHH HR1H HHHH HHHH',
      'RRR0 RHHH HRRR HRHH HHHH HR1H HHHH HHHH'],
    '80000001.0.ecx': ['RRRR RRRR RRRR RRRR RRRR RRRR RRRR RRRH',
      'RRRR RRRR RRRR RRRR RR00 R00H HHH0 H00H'],
    '80000001.0.edx': ['RRTR HRRR RRRH RRRR RRRR XRRR RRRR RRRR',
      'HHTR H0HH HHRH RRHH HHHH XR1H HHHH HHHH'],
  },
  2013: {
    '1.0.ecx': 'XHHH:XHH0:HHXH:H0Hr:00HH:00H0:00H0:H0HH',
    '1.0.edx': '000X:HHHH:HXHr:HHHH:HHHH:HrXH:HHHH:HHHH',
    '7.0.ebx': 'rrrr:rrrr:rrrr:rrrr:rrHr:HHHH:HrHH:HrXH',
    '80000001.0.ecx': 'rrrr:rrrr:X0Hr:0rrH:0r00:H0XH:HHHH:HHXH',
    '80000001.0.edx': 'HHHr:HHHH:HHrH:rrHH:HHHH:XrXH:HHHH:HHHH',
  },
  2026: {
    '1.0.ecx': 'XHHH:XHHX:HHXH:H0Hr:00HH:00H0:0HH0:H0HH',
    '7.0.ebx': 'HHHH:HH0H:HrHH:HHHH:HXX0:HHHH:HXHX:HXXH',
    '7.0.ecx': 'HXHH:HrH0:0H00:0000:rH0H:HHHH:HHHX:HHHH',
    '7.0.edx': 'H0XH:HXHH:HHrH:H0rH:0H0r:0H0H:rr0H:HH0r',
    '7.1.eax': 'rrrr:0Hrr:H0H0:H00r:rrrH:HHr0:HHHH:0HHH',
    'd.1.eax': 'rrrr:rrrr:rrrr:rrrr:rrrr:rrrr:rrrH:HHHH',
    '80000001.0.ecx': 'r0H0:00r0:XXHr:0r0H:0r00:H0XH:HHHH:HHXH',
    '80000001.0.edx': 'HHHr:HHHH:HHrH:rrHH:HHHH:XrXH:HHHH:HHHH',
    '80000008.0.ebx': 'rrHH:000H:0rr0:HH0H:0X0X:r0H0:r0r0:000H',
  },
};
MASKS[2026]['1.0.edx'] = MASKS[2013]['1.0.edx'];
MASKS['2008-11'] = { ...MASKS['2008-02'],
  '1.0.ecx': ['XRRR R0RR HR0H H0RR 00HR R0H0 0000 00RH', MASKS['2008-02']['1.0.ecx'][1]] };
MASKS['2010-06'] = { ...MASKS['2008-02'],
  '1.0.ecx': ['XRRR R0HR HH0H H0RR 00HR R0H0 0000 00HH', MASKS['2008-02']['1.0.ecx'][1]],
  '80000001.0.edx': ['RRTR H0RR RRRH RRRR RRRR XRRR RRRR RRRR',
    MASKS['2008-02']['80000001.0.edx'][1]] };

MASKS.kvm = {
  'msr10a.0.eax': '000x HH0H 000H x0x0 HHH0 000H H1HH HxHH',
  'msr10a.0.edx': '0H00 0000 0000 0000 0000 0000 0000 0000',
  '1.0.ecx': 'xHHH xHH1 HH1H H0H0 H0HH 00H0 00H0 0HHH',
  '1.0.edx': '0x0x HHHH H0H0 HxHH HHHH H0xH HHHH HHHH',
  '6.0.eax': '0000 0000 0000 0000 0000 0000 0000 0100',
  '7.0.ebx': 'HHHH HHHH H0HH HHHH 0Hx0 HHxH HxHH HH1H',
  '7.0.ecx': '0H0H H0HH 0H00 000H 0H0H HHHH HHHx HHH0',
  '7.0.edx': 'H01H HHHH HH0H 000H xH00 xx0H 000x HH00',
  '7.1.eax': 'Hx00 0H00 H0H0 HH00 000x xx00 H0HH 0HHH',
  '7.1.ecx': '0000 0000 0000 0000 0000 0000 00H0 0000',
  '7.1.edx': '0000 0000 0000 H000 0H00 0H0H 00HH 0000',
  '7.2.edx': '0000 0000 0000 0000 0000 0000 00HH HHHH',
  'd.1.eax': 'xxxx xxxx xxxx xxxx xxxx xxxx xxxH HHHH',
  '12.0.eax': '0000 0000 0000 0000 0000 H000 0000 00HH',
  '1e.1.eax': '0000 0000 0000 0000 0000 000H HH0H HHHH',
  '24.0.ebx': '0000 0000 0000 0HHH 0000 0000 0000 0000',
  '24.1.ecx': '0000 0000 0000 0000 0000 0000 0000 0H00',
  '80000001.0.ecx': '0000 0000 HxH0 000H 0000 H0HH HHHH 0HxH',
  '80000001.0.edx': 'HHH0 HHHH HH0H x0HH HHHH H0xH HHHH HHHH',
  '80000008.0.ebx': '0H0H 0HHH x00x Hxxx HH0H 00H0 0000 0H0H',
  '8000000a.0.edx': '000H 00H0 0000 000H H00H 0H00 0HHH H0HH',
  '8000001f.0.eax': '0000 0000 0000 0000 0000 0H00 0000 H0HH',
  '80000021.0.eax': '0HHH H00H H00H x000 xx00 xxxH 0Hx0 0HxH',
  '80000021.0.ecx': '0000 0000 0000 0000 0000 0000 0000 0HH0',
  '80000022.0.eax': '0000 0000 0000 0000 0000 0000 0000 000H',
};
MASKS.xen = {
  'msr10a.0.eax': '000x HH0H 000H x0x0 HHH0 000H 0HHH 0xHH',
  'msr10a.0.edx': '0H00 0000 0000 0000 0000 0000 0000 0000',
  '1.0.ecx': 'xHHH xHHH HHHH H0H0 00HH 00H0 0000 00HH',
  '1.0.edx': '0x0x HHHH HH00 HxHH HHHH H0xH HHHH HHHH',
  '7.0.ebx': 'HHHH 000H H0HH HHHH 00x0 HHxH HxH0 H0HH',
  '7.0.ecx': 'H000 00H0 0H00 0000 0H0H HHHH 0H0x HHHH',
  '7.0.edx': 'H0HH HH00 H000 0000 xH00 xx00 000x 0000',
  '7.1.eax': '0x00 0000 H000 H000 000x xx00 00HH 0HHH',
  '7.1.edx': '0000 0000 0000 0000 0H00 0H00 00HH 0000',
  '7.2.edx': '0000 0000 0000 0000 0000 0000 00HH 0HHH',
  'd.1.eax': 'xxxx xxxx xxxx xxxx xxxx xxxx xxx0 HHHH',
  '80000001.0.ecx': '0H00 0H00 0xH0 000H 0000 H00H HHHH 00xH',
  '80000001.0.edx': 'HHH0 HHHH HH0H x0HH HHHH H0xH HHHH HHHH',
  '80000008.0.ebx': '0HHH 0H0H x00x Hxxx HH0H 0000 0000 0H0H',
  '80000021.0.eax': '0HHH H000 000H xH00 xx00 xxxH 0Hx0 0HxH',
  '80000021.0.ecx': '0000 0000 0000 0000 0000 0000 0000 0HH0',
};

/** VMware's virtual hardware: the version that first shows each bit, bit 31 first; x: never
 *  compared. */
const HARDWARE = {
  '1.0.ecx': 'x4 9 9 8 x8 8 4 x11 4 4 x9 4 4 - 9 - - - 4 8 - - 4 - - - 8 - 7 - 4 4',
  '1.0.edx': '- - - x7 4 4 4 4 4 x4 4 - 4 4 4 4 4 4 4 4 4 - x4 4 4 4 4 4 4 4 4 4',
  '10.0.ebx': '- - - - - - - - - - - - - - - - - - - - - - - - - - - - - - 20 -',
  '12.0.eax': '- - - - - - - - - - - - - - - - - - - - x22 - - - x22 - - - - - x21 x17',
  '12.1.eax': '- - - - - - - - - - - - - - - - - - - - - x22 - - x17 - x17 x17 - x17 x17 -',
  '1c.0.eax': '20 20 - - - - - - - - - - - - - - - - - - - - - - - - - - - - - -',
  '1c.0.ebx': '- - - - - - - - - - - - - - - - - - - - - - - - - - - - - 20 20 20',
  '1c.0.ecx': '- - - - - - - - - - - - 22 22 22 22 - - - - - - - - - - - - - 20 20 20',
  '6.0.eax': '- - - - - - - - - - - - - - - - - - - - - - - - - - - - - x4 - -',
  '6.0.ecx': '- - - - - - - - - - - - - - - - - - - - - - - - - - - - - - x13 -',
  '7.0.ebx': '13 13 14 13 13 13 - 13 13 - 17 11 11 11 13 13 '
    + '20 x13 x11 - 11 11 9 11 9 x4 11 x11 9 x17 x11 9',
  '7.0.ecx': '20 x17 - 18 18 - 18 - - 17 - - - - - - '
    + '- 16 - 17 17 17 17 17 20 17 21 x13 13 17 17 13',
  '7.0.edx': '9 - x9 9 9 x9 20 20 20 20 - 20 20 - - 21 - 20 - - - 9 - 18 - - - 18 16 16 - -',
  '7.1.eax': '- - - - - 22 - - 22 - 21 - 22 - - - - - - 20 20 20 - - 22 22 18 20 - - - -',
  '7.1.edx': '- - - - - - - - - - - - - - - - - 21 - - - - - 22 - - 22 22 - - - -',
  '7.2.edx': '- - - - - - - - - - - - - - - - - - - - - - - - - - - 21 21 21 21 20',
  '80000001.0.ecx': '- - 21 - - - - - x4 x18 9 - - - - 8 - - - - 8 - x8 4 4 4 4 9 4 8 x9 4',
  '80000001.0.edx': '4 4 4 - 4 9 4 4 4 4 - 4 - - 4 4 4 4 4 4 x4 - x4 4 4 4 4 4 4 4 4 4',
  '80000008.0.ebx': '- - 22 20 - - - 20 - - - - 20 20 - 20 - x20 - x9 - - 17 - - - - - - - - 14',
  '8000000a.0.edx': '- - - - - - - - - - - - 20 - 17 - - - - - - - - - 7 7 7 - 7 x7 - 7',
  '8000001f.0.eax': '- - - - - - - 22 - - - - - - - - - - - - - - 20 - - - 22 22 17 - 17 -',
  '80000021.0.eax': '- - - - - - - - - - - 22 22 - - 22 - - - - 20 20 - 20 20 - x17 - - 19 - -',
  'd.1.eax': '- - - - - - - - - - - - - - - - - - - - - - - - - - - 20 13 17 13 11',
};

const OVERLAY32 = { '1.0.ecx': 13, '80000001.0.edx': 29, '80000001.0.ecx': 0 };

/** profile ID -> check and year of its masks; `open` has none. */
export const PROFILES = {
  open: { check: 'subset', open: true },
  'esx-2006': { check: 'equal', year: '2006' },
  ...Object.fromEntries(['2008-02', '2008-11', '2010-06'].flatMap((year) => [
    [`vmware-${year}`, { check: 'equal', year }],
    [`vmware-${year}-32bit`, { check: 'equal', year, narrow: true }]])),
  'vmware-2013': { check: 'subset', year: '2013' },
  'vmware-2026': { check: 'subset', year: '2026' },
  ...Object.fromEntries([9, 11, 13, 14, 16, 17, 18, 19, 20, 21, 22].map((hardware) =>
    [`vmx-${hardware}`, { check: 'subset', hardware }])),
  kvm: { check: 'subset', year: 'kvm' },
  'xen-hvm': { check: 'subset', year: 'xen' },
  'hyper-v': { check: 'subset', open: true },
};

/** 32 letters, bit 31 first, upper case except x. */
export const letters = (mask) => mask.replace(/[ :]/g, '').toUpperCase().replaceAll('X', 'x');
export const at = (mask, bit) => letters(mask)[31 - bit];

/** What a machine of a hardware version sees. */
const shown = (version, key) => HARDWARE[key]?.split(' ').map((since) => {
  const seen = Number(since.replace('x', '')) <= version;
  return !seen ? '0' : since[0] === 'x' ? 'x' : 'H';
}).join('');

/** The literal mask of a profile, or undefined where it has none. */
export function printed(profile, vendor, key) {
  const { year, narrow, hardware } = PROFILES[profile];
  if (hardware) return shown(hardware, key);
  const row = MASKS[year]?.[key];
  if (!row) return undefined;
  const amd = /AuthenticAMD|HygonGenuine/.test(vendor);
  const mask = letters(Array.isArray(row) ? row[amd ? 1 : 0] : row);
  const hidden = narrow ? 31 - OVERLAY32[key] : NaN;
  return [...mask].map((letter, place) => (place === hidden ? '0' : letter)).join('');
}

/** The default letter of one bit under a profile. set: some host has the bit. */
export function letter(profile, vendor, key, bit, set) {
  if (!PROFILES[profile].open) return printed(profile, vendor, key)?.[31 - bit] ?? 'x';
  if ((AND[key] >>> bit) & 1) return 'H';
  if (key === '80000001.0.edx' && vendor === 'AuthenticAMD' && (ALIASES >>> bit) & 1) return 'H';
  return set && (UNNAMED[key] >>> bit) & 1 ? 'H' : 'x';
}

/** Whether the tables above settle this default. Unnamed bits of lesser words may go either way,
 *  and so may the aliases on a processor that has none. */
export function settled(profile, key, bit, vendor) {
  if (!PROFILES[profile].open || !(key in AND)) return true;
  if (key === '80000001.0.edx' && vendor !== 'AuthenticAMD' && (ALIASES >>> bit) & 1) return false;
  return key in UNNAMED || !!((AND[key] >>> bit) & 1);
}

/** Fields and behaviour that no mask may touch. */
export const unmaskable = (key, bit) => key.startsWith('0.') || key === '1.0.eax'
  || (key === '7.0.ebx' && (bit === 6 || bit === 13));

/** What happens to one bit: its default letter, the known values on the hosts, the check. */
export function decide(default_, values, check) {
  const differs = values.includes(1) && values.includes(0);
  const counts = default_ === 'H' || (default_ === 'R' && check === 'equal');
  const required = default_ === 'T' || default_ === 'F';
  if (!differs) return values.includes(null) && (counts || required) ? 'unknown' : 'same';
  if (required) return 'conflict';
  if (counts) return 'hide';
  return default_ === 'x' ? 'ignore' : 'hidden';
}

/** What features fall with: a hard need and all that have it, as Linux, Xen and QEMU see it. */
const NEEDED_BY = {
  '1.0.edx.26': '1.0.ecx.0 1.0.ecx.1 1.0.ecx.19 1.0.ecx.20 1.0.ecx.25 1.0.ecx.29 1.0.ecx.9'
    + ' 7.0.ebx.29 7.0.ecx.8 80000001.0.edx.29',
  '1.0.ecx.28': '1.0.ecx.12 1.0.ecx.29 7.0.ebx.16 7.0.ebx.5 7.0.ecx.10 7.0.ecx.9 7.1.eax.1'
    + ' 7.1.eax.4 7.1.edx.5 80000001.0.ecx.11 80000001.0.ecx.16 d.0.eax.2',
  '1.0.ecx.26': '1.0.ecx.28 7.0.ebx.14 7.0.ecx.3 7.0.edx.24 7.1.edx.21 80000001.0.ecx.15'
    + ' d.1.eax.0 d.1.eax.1 d.1.eax.2 d.1.eax.3',
  '1.0.edx.3': '1.0.edx.17 80000001.0.edx.3',
  '1.0.edx.0': '1.0.edx.23 1.0.edx.24 80000001.0.edx.0',
  '1.0.edx.24': '1.0.edx.25 80000001.0.edx.24 80000001.0.edx.25',
  '1.0.edx.25': '1.0.edx.26',
  '10.0.ebx.3': '10.3.ecx.0',
  '7.0.ebx.2': '12.0.eax.0 12.0.eax.1 12.0.eax.10 12.0.eax.11 12.0.eax.5 12.0.eax.6 12.0.eax.7'
    + ' 12.0.ebx.0 12.0.ebx.1 12.1.eax.0 12.1.eax.1 12.1.eax.10 12.1.eax.2 12.1.eax.4'
    + ' 12.1.eax.5 12.1.eax.6 12.1.eax.7 7.0.ecx.30',
  '12.0.eax.0': '12.0.eax.1 12.0.eax.10 12.0.eax.11',
  '7.0.ebx.25': '14.0.ebx.0 14.0.ecx.0 14.0.ecx.1 14.0.ecx.2 14.0.ecx.3 14.0.ecx.31',
  '7.0.ecx.23': '19.0.ebx.0',
  '7.0.edx.24': '1e.1.eax.0 1e.1.eax.1 1e.1.eax.2 1e.1.eax.3 1e.1.eax.4 1e.1.eax.6 1e.1.eax.7'
    + ' 1e.1.eax.8 7.0.edx.22 7.0.edx.25 7.1.eax.21 7.1.edx.8 d.0.eax.17 d.0.eax.18',
  '7.1.edx.19': '24.0.ebx.16 24.0.ebx.17 24.0.ebx.18 24.1.ecx.2',
  '24.0.ebx.16': '24.0.ebx.17',
  '24.0.ebx.17': '24.0.ebx.18',
  '7.1.edx.21': '29.0.ebx.0 d.0.eax.19',
  '1.0.edx.4': '7.0.ebx.1 80000001.0.edx.27 80000001.0.edx.4 80000007.0.edx.8',
  '7.0.ebx.5': '7.0.ebx.16 7.0.ecx.10 7.0.ecx.9 7.1.eax.0 7.1.eax.2 7.1.eax.23 7.1.eax.4'
    + ' 7.1.edx.10 7.1.edx.4',
  '7.0.ebx.16': '7.0.ebx.17 7.0.ebx.21 7.0.ebx.26 7.0.ebx.27 7.0.ebx.28 7.0.ebx.30 7.0.ebx.31'
    + ' 7.0.ecx.1 7.0.ecx.11 7.0.ecx.14 7.0.edx.2 7.0.edx.3 7.0.edx.8 d.0.eax.5 d.0.eax.6'
    + ' d.0.eax.7',
  '7.0.ebx.30': '7.0.ecx.1 7.0.ecx.12 7.0.ecx.6 7.0.edx.23 7.1.eax.5 80000021.0.eax.23',
  '1.0.ecx.1': '7.0.ecx.10',
  '7.0.ebx.31': '7.0.ecx.11 7.0.ecx.12 7.0.ecx.6 7.0.edx.8 7.1.eax.5',
  '1.0.ecx.25': '7.0.ecx.9',
  '7.0.ebx.11': '7.0.edx.16',
  '80000001.0.edx.29': '7.0.edx.24 7.1.eax.17 7.1.eax.18 7.1.eax.31 7.1.eax.7 80000001.0.edx.26'
    + ' 80000008.0.ebx.20',
  'd.1.eax.4': '7.0.edx.24',
  '7.1.eax.18': '7.1.eax.17',
  '1.0.ecx.0': '80000001.0.ecx.6',
  '1.0.edx.1': '80000001.0.edx.1',
  '1.0.edx.12': '80000001.0.edx.12',
  '1.0.edx.13': '80000001.0.edx.13',
  '1.0.edx.14': '80000001.0.edx.14',
  '1.0.edx.15': '80000001.0.edx.15',
  '1.0.edx.16': '80000001.0.edx.16',
  '1.0.edx.17': '80000001.0.edx.17',
  '1.0.edx.2': '80000001.0.edx.2',
  '1.0.edx.6': '80000001.0.edx.20 80000001.0.edx.29 80000001.0.edx.6',
  '1.0.edx.23': '80000001.0.edx.22 80000001.0.edx.23 80000001.0.edx.31',
  '80000001.0.edx.31': '80000001.0.edx.30',
  '1.0.edx.5': '80000001.0.edx.5',
  '1.0.edx.7': '80000001.0.edx.7',
  '1.0.edx.8': '80000001.0.edx.8',
  '1.0.edx.9': '80000001.0.edx.9',
  '80000001.0.ecx.2': '8000000a.0.edx.0 8000000a.0.edx.1 8000000a.0.edx.10 8000000a.0.edx.11'
    + ' 8000000a.0.edx.12 8000000a.0.edx.13 8000000a.0.edx.15 8000000a.0.edx.16'
    + ' 8000000a.0.edx.17 8000000a.0.edx.18 8000000a.0.edx.19 8000000a.0.edx.2'
    + ' 8000000a.0.edx.20 8000000a.0.edx.21 8000000a.0.edx.23 8000000a.0.edx.24'
    + ' 8000000a.0.edx.25 8000000a.0.edx.26 8000000a.0.edx.27 8000000a.0.edx.28'
    + ' 8000000a.0.edx.29 8000000a.0.edx.3 8000000a.0.edx.30 8000000a.0.edx.31 8000000a.0.edx.4'
    + ' 8000000a.0.edx.5 8000000a.0.edx.6 8000000a.0.edx.7 8000000a.0.edx.8',
  'f.1.edx.1': '80000020.0.ebx.3',
  'f.1.edx.2': '80000020.0.ebx.3',
  '10.0.ebx.1': '80000020.0.ebx.6',
  '7.0.ebx.14': 'd.0.eax.3 d.0.eax.4',
  '7.0.ecx.3': 'd.0.eax.9',
  'd.1.eax.2': 'd.1.eax.4',
  'd.1.eax.3': 'd.1.eax.4 d.1.ecx.10 d.1.ecx.11 d.1.ecx.12 d.1.ecx.13 d.1.ecx.14 d.1.ecx.15'
    + ' d.1.ecx.16 d.1.ecx.8',
  '7.0.ecx.7': 'd.1.ecx.11 d.1.ecx.12',
  '7.0.edx.19': 'd.1.ecx.15',
  'f.0.edx.1': 'f.1.edx.0 f.1.edx.1 f.1.edx.2',
};

/** Better half of the mitigations than none: these never fall with another feature. */
const MITIGATIONS = {
  '7.0.edx': 0xbc000400, '7.2.edx': 0x0000005f, 'a.0.ebx': 0x00001fff, 'a.0.edx': 0x00008000,
  '19.0.eax': 0x00000007, '80000008.0.ebx': 0x1310d000, '80000021.0.eax': 0x08000122,
};

/** Bits that are no features of their own: no mask rules them, and no pin either. */
const UNRULED = {
  '1.0.eax': 0xffffffff, '1.0.ecx': 0x08000000, '1.0.edx': 0x50040200, '7.0.ebx': 0x00002040,
  '7.0.ecx': 0x003e0010, '7.0.edx': 0x00008000, '80000001.0.ecx': 0x00400002,
  '80000001.0.edx': 0x00080200,
};

/** What a person's own pin makes of a bit's letter: '' where it has no say. */
function pinned({ hide, keep }, key, bit, base, values, there) {
  const place = `${key}.${bit}`;
  if (((UNRULED[key] ?? 0) >>> bit) & 1) return '';
  if (hide?.includes(place)) return '0';
  if (!keep?.includes(place)) return '';
  if (there || base === '1') return '1';
  return 'HT'.includes(base) || !values.includes(1) ? base : 'H';
}

/** Every register that some host knows: { key: { differ, hide, effective } }. pins: { hide, keep },
 *  lists of "7.0.ebx.5". */
export function control(words, vendor, profile, check = PROFILES[profile].check, pins = {}) {
  const pinnedKeys = [...pins.hide ?? [], ...pins.keep ?? []].map((one) => one.replace(/\.\d+$/, ''));
  const keys = new Set([...words.flatMap((one) => [...one.keys()]), ...pinnedKeys]);
  return closed(words, Object.fromEntries([...keys].map((key) => {
    const out = { differ: 0, hide: 0, closure: 0, effective: '' };
    for (let bit = 31; bit >= 0; bit--) {
      const values = words.map((one) => value(one, key, bit));
      const default_ = letter(profile, vendor, key, bit, values.includes(1));
      const decision = decide(default_, values, check);
      const there = decision === 'hide' && byMode(words, key, bit);
      const own = pinned(pins, key, bit, default_, values, there);
      const hide = own ? own === '0' && !!pins.hide?.includes(`${key}.${bit}`)
        : decision === 'hide' && !unmaskable(key, bit) && !there;
      if (values.includes(1) && values.includes(0)) out.differ = (out.differ | (1 << bit)) >>> 0;
      if (hide) out.hide = (out.hide | (1 << bit)) >>> 0;
      out.effective += own || (hide ? '0' : there ? '1' : default_);
    }
    return [key, out];
  })), check);
}

/** SYSCALL is 0 on Intel to a dump taken outside 64-bit mode: with LM it counts as 1. */
const byMode = (words, key, bit) => key === '80000001.0.edx' && bit === 11
  && words.every((one) => value(one, key, 11) !== 0
    || (one.get('0.0.ebx') === 0x756e6547 && value(one, key, 29) === 1));

/** What Zen 1 and Zen 2 (family 17h) say of XSAVES is not to be trusted: an erratum. */
const erratum = (one) => one.get('0.0.ebx') === 0x68747541
  && (one.get('1.0.eax') & 0x0ff00f00) === 0x00800f00 && value(one, 'd.1.eax', 3) === 1;

/** XSAVES goes where some hosts have the erratum and others really have the feature. */
function withdraw(words, registers, check) {
  const out = registers['d.1.eax'];
  const apart = words.some(erratum)
    && words.some((one) => value(one, 'd.1.eax', 3) === 1 && !erratum(one));
  if (!out || check !== 'subset' || !apart || !'HTF'.includes(at(out.effective, 3))) return;
  out.closure |= 8;
  out.effective = [...out.effective].with(31 - 3, '0').join('');
}

/** The first goes where a guest would see both: they cannot be together. */
const APART = [['7.0.ebx', 14, '7.1.edx', 21], ['7.0.ebx', 11, '7.0.edx', 11]];

function part(words, registers) {
  return APART.some(([key, bit, other, otherBit]) => {
    const there = registers[key] && registers[other];
    if (!there || at(registers[key].effective, bit) === 'x') return false;
    const both = words.some((one) => seen(registers, one, key, bit) === 1
      && seen(registers, one, other, otherBit) === 1);
    if (!both) return false;
    registers[key].closure = (registers[key].closure | (1 << bit)) >>> 0;
    registers[key].effective = [...registers[key].effective].with(31 - bit, '0').join('');
    return true;
  });
}

/** Does the guest see the bit on this host? null: unknown. */
function seen(effective, words, key, bit) {
  const shown = at(effective[key].effective, bit);
  return 'HxTF'.includes(shown) ? value(words, key, bit) : Number(shown === '1');
}

/** Features seen somewhere without what they need, hidden until there is none. */
function closed(words, registers, check) {
  withdraw(words, registers, check);
  for (let again = true; again;) {
    again = part(words, registers);
    for (const [need, features] of Object.entries(NEEDED_BY)) {
      const [key, bit] = placeOf(need);
      for (const [other, otherBit] of features.split(' ').map(placeOf)) {
        if (!registers[key] || !registers[other] || stays(other, otherBit)) continue;
        const out = registers[other];
        const unused = at(out.effective, otherBit) === 'x';
        const ours = ((registers[key].hide | registers[key].closure) >>> bit) & 1;
        const broken = (!unused || ours) && words.some((one) =>
          seen(registers, one, key, bit) === 0 && seen(registers, one, other, otherBit) === 1);
        if (!broken) continue;
        out.closure = (out.closure | (1 << otherBit)) >>> 0;
        out.effective = [...out.effective].with(31 - otherBit, '0').join('');
        again = true;
      }
    }
  }
  return registers;
}

const stays = (key, bit) => key === 'd.0.eax' || key === 'd.1.ecx'
  || ((MITIGATIONS[key] ?? 0) >>> bit & 1) === 1;

/** One bit of one host: 1, 0, or null for unknown. words: Map key -> number, and zero(key):
 *  whether an absent word is a known zero because it stands above the host's maximum. */
export function value(words, key, bit) {
  if (words.has(key)) return (words.get(key) >>> bit) & 1;
  return words.zero?.(key) ? 0 : null;
}

/** In what an answer is not what the control makes of the same words, in sentences. */
export function disagreed({ registers }, words, vendor, profile, check, pins) {
  const answered = new Map(registers.map((one) => [one.key, one]));
  const hex = (word) => word.toString(16).padStart(8, '0');
  return Object.entries(control(words, vendor, profile, check, pins)).flatMap(([key, want]) => {
    const got = answered.get(key);
    if (!got) {
      return (want.differ && features(key)) || want.hide ? [`${key} is missing`] : [];
    }
    const masks = Array.from({ length: 32 }, (_, bit) => bit)
      .filter((bit) => settled(profile, key, bit, vendor))
      .map((bit) => [bit, at(got.effective, bit), want.effective[31 - bit]])
      .filter(([, seen, wanted]) => seen !== wanted)
      .map(([bit, seen, wanted]) => `${key}[${bit}] effective ${seen}, not ${wanted}`);
    return got.differ === hex(want.differ) ? masks
      : [`${key} differ ${got.differ}, not ${hex(want.differ)}`, ...masks];
  });
}

/** The three promises of an answer; returns what is broken, in sentences. */
export function broken(answer, words) {
  const rows = new Map(answer.bits.map((row) => [`${row.key}[${row.bit}]`, row]));
  return answer.registers.flatMap(({ key, default: default_, custom, effective }) => {
    const masks = [default_, custom, effective].map(letters);
    return Array.from({ length: 32 }, (_, bit) => {
      const place = `${key}[${bit}]`;
      const values = words.map((one) => value(one, key, bit)).filter((one) => one !== null);
      const seen = masks.map((mask) => mask[31 - bit]);
      const wrong = brokenAt(seen, values, rows.get(place), answer.check, unmaskable(key, bit));
      return wrong && `${place} ${seen.join('')} ${values}: ${wrong}`;
    }).filter(Boolean);
  });
}

function brokenAt([base, custom, effective], values, row, check, fixed) {
  const counts = (one) => one === 'H' || (one === 'R' && check === 'equal');
  const alike = new Set(values).size < 2; // the real bits; what the guest sees is then alike too
  if (effective !== (custom === '-' ? base : custom)) return 'not the overlay of custom on default';
  const vain = row?.pin === 'keep' && row.decision === 'conflict'; // kept, and said to be no good
  if (counts(effective) && !fixed && !alike && !vain) {
    return 'counts and is not the same on every host';
  }
  if (row?.pin === 'hide') return custom === '0' && row.decision === 'hide' ? null : 'not hidden';
  if (row?.pin === 'keep') return keptAt(base, custom, values, row);
  if (row?.decision === 'hide' && (!counts(base) || alike)) return 'hidden needlessly';
  if (row?.decision === 'hide' && custom !== '0') return 'said to be hidden and is not';
  const reasoned = row?.reason && (custom === '1' ? row.decision === 'keep'
    : ['hide', 'closure'].includes(row.decision));
  return custom !== '-' && !reasoned ? 'hidden without a reason' : null;
}

/** A bit that is to be kept is shown where a host has it, or it is said why it is not. */
function keptAt(base, custom, values, { decision, reason }) {
  if (!reason) return 'kept without a reason';
  if (custom === '0') return decision === 'conflict' ? null : 'to be kept, and silently hidden';
  if (!values.includes(1)) return null;
  const shown = custom === '-' ? base : custom;
  if (!'HT1'.includes(shown)) return 'to be kept, and not shown';
  const differ = shown !== '1' && values.includes(0);
  return differ === (decision === 'conflict') ? null : `differ: ${differ}, said to be ${decision}`;
}

/** Features that a guest sees on some host without what they need there. */
export function ungrounded(answer, words) {
  const registers = Object.fromEntries(answer.registers.map((one) => [one.key, one]));
  const sees = (one, [key, bit]) => seen(registers, one, key, bit);
  return Object.entries(NEEDED_BY).flatMap(([need, features]) => {
    const parent = placeOf(need);
    const hidden = registers[parent[0]] && at(registers[parent[0]].custom, parent[1]) === '0';
    return features.split(' ').filter((feature) => {
      const [key, bit] = placeOf(feature);
      if (!registers[key] || !registers[parent[0]] || stays(key, bit)) return false;
      if (at(registers[key].effective, bit) === 'x' && !hidden) return false;
      return words.some((one) => sees(one, parent) === 0 && sees(one, [key, bit]) === 1);
    }).map((feature) => `${feature} is seen without ${need}`);
  });
}

const placeOf = (text) => [text.replace(/\.\d+$/, ''), Number(/\d+$/.exec(text)[0])];

/** What features fall with: for tests that pick some. */
export const parents = Object.keys(NEEDED_BY);

/** The bits of a register that are features: those are ANDed over the CPUs of a host. */
export const features = (key) => AND[key] ?? 0;
