import { samples } from '../samples.js';
import { openSample } from '../state.js';
import { Copy } from './copy.jsx';

export const ways = [
  ['On Linux, KVM, Proxmox or Xen, with the package cpuid', 'cpuid -1 -r'],
  ['From several, over ssh',
    'for h in kvm1 kvm2; do echo "# host: $h"; ssh $h cpuid -1 -r; done'],
  ['Or with libcpuid', 'cpuid_tool --raw --save=-'],
];

/** What stands here until there is a host: how to get the data, and what to try. */
export function Start() {
  return (
    <div class="start">
      <div>
        <h2>How to get it</h2>
        <ul class="ways">
          {ways.map(([title, command]) => (
            <li key={command}>
              <span>{title}</span>
              <code translate={false}>{command}</code>
              <Copy text={command} what={`the command: ${title}`} />
            </li>
          ))}
        </ul>
        <p class="quiet">
          For ESX: the lines that the CPUID image on the ESX CD shows, or boot any Linux from a
          stick and use cpuid. Also read: AIDA64 and InstLatx64 dumps, libvirt cpudata, and single
          registers as in 1.0.ecx = 0x0000641d.
        </p>
      </div>
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
    </div>
  );
}
