// How to get what hosts say about their CPUs: the one command for each platform, then those for many
// hosts and for other means, then what these tell and what they cannot. Every command only reads.
// format: what the core calls its output. lines: what stands where there is no command.

export const platforms = [
  {
    name: 'vSphere, ESXi',
    ways: [
      { by: 'on each host', format: 'esxcli',
        command: 'esxcli hardware cpu cpuid raw list -c 0' },
      { by: 'many, by ssh', format: 'esxcli',
        command: 'for h in esx01 esx02; do echo "# host: $h"; '
          + 'ssh root@$h esxcli hardware cpu cpuid raw list -c 0; done' },
      { by: 'all of a vCenter, PowerCLI', format: 'vsphere-features',
        command: 'Get-VMHost | ForEach-Object { "# host: $($_.Name)"; '
          + '$_.ExtensionData.Config.FeatureCapability | ForEach-Object { "$($_.Key) = $($_.Value)" } }' },
      { by: 'all of a vCenter, govc', format: 'vsphere-features',
        command: 'govc find / -type h | while read -r h; do echo "# host: ${h##*/}"; '
          + 'govc object.collect -json "$h" config.featureCapability; done' },
      { by: 'without a shell', format: 'vmware-log',
        lines: 'Power on a small virtual machine on each host and open its vmware.log here.' },
    ],
    tells: 'esxcli and vmware.log have every register; the API has features by name. The vectors of '
      + 'hardware.cpuFeature end before leaf 7: nothing of AVX2 or AVX-512 is in them. A .vmx has '
      + 'its masks compared with what is recommended here.',
  },
  {
    name: 'KVM, libvirt, Proxmox',
    ways: [
      { by: 'with the package cpuid', format: 'cpuid-r', command: 'cpuid -1 -r' },
      { by: 'many, by ssh', format: 'cpuid-r',
        command: 'for h in kvm1 kvm2; do echo "# host: $h"; ssh root@$h cpuid -1 -r; done' },
      { by: 'many, by Ansible', format: 'cpuid-r',
        command: 'ansible all -m shell -a \'echo "# host: {{ inventory_hostname }}"; cpuid -1 -r\'' },
      { by: 'all of a Proxmox cluster, no package', format: 'cpuinfo',
        command: 'for h in $(ls /etc/pve/nodes); do echo "# host: $h"; '
          + 'ssh root@$h cat /proc/cpuinfo; done' },
      { by: 'what libvirt can give guests', format: 'libvirt',
        command: 'for h in kvm1 kvm2; do echo "# host: $h"; '
          + 'virsh -c qemu+ssh://root@$h/system domcapabilities; done' },
    ],
    tells: 'cpuid has every register. /proc/cpuinfo has what that kernel names and has left on: what '
      + 'is missing there may be unknown to it. domcapabilities is what QEMU can give a guest, not '
      + 'what the CPU has.',
  },
  {
    name: 'Xen, XCP-ng, XenServer',
    ways: [
      { by: 'in dom0', format: 'xen-cpuid', command: 'xen-cpuid -p' },
      { by: 'many, by ssh', format: 'xen-cpuid',
        command: 'for h in xen1 xen2; do echo "# host: $h"; ssh root@$h xen-cpuid -p; done' },
      { by: 'all of a pool', format: 'xapi',
        command: 'for u in $(xe host-list --minimal | tr , " "); do '
          + 'echo "# host: $(xe host-param-get uuid=$u param-name=name-label)"; '
          + 'xe host-param-get uuid=$u param-name=cpu_info; done' },
      { by: 'old versions', format: 'xl-info', command: 'xl info' },
    ],
    tells: 'xen-cpuid -p has every register of the host, xe its feature words, xl info eight of them. '
      + 'dom0 is a guest itself: what cpuid and /proc/cpuinfo say there, Xen has filtered.',
  },
  {
    name: 'Hyper-V, Windows',
    ways: [
      { by: 'with Sysinternals Coreinfo', format: 'coreinfo', command: 'coreinfo -f' },
      { by: 'many, where it is in C:\\Tools', format: 'coreinfo',
        command: 'foreach ($h in "hv1", "hv2") { "# host: $h"; '
          + 'Invoke-Command $h { C:\\Tools\\coreinfo.exe -f -accepteula } }' },
      { by: 'with CPU-Z, into a file', format: 'cpu-z',
        command: 'cpuz_x64.exe -txt=%COMPUTERNAME%' },
      { by: 'with AIDA64', format: 'aida64',
        lines: 'Right-click the line at the bottom of its window: CPU Debug, CPUID Dump.' },
    ],
    tells: 'CPU-Z and AIDA64 have registers, Coreinfo some 70 features by name. Under Hyper-V Windows '
      + 'itself is a guest: VMX and SVM look missing there, and more may.',
  },
  {
    name: 'OpenStack, KubeVirt, oVirt, Incus',
    ways: [
      { by: 'on each node', format: 'cpuinfo', command: 'cat /proc/cpuinfo' },
      { by: 'KubeVirt, or NFD', format: 'node-labels', command: 'kubectl get nodes --show-labels' },
      { by: 'OpenStack', format: 'cpu-info',
        command: 'openstack hypervisor list -f value -c "Hypervisor Hostname" | while read -r h; do '
          + 'echo "# host: $h"; openstack --os-compute-api-version 2.87 hypervisor show -f json '
          + '-c cpu_info "$h" </dev/null; done' },
      { by: 'oVirt', format: 'cpu-info',
        command: 'for h in ovirt1 ovirt2; do echo "# host: $h"; '
          + 'ssh root@$h vdsm-client Host getCapabilities; done' },
      { by: 'Incus', format: 'cpu-info',
        command: 'for h in $(incus cluster list -f csv -c n); do echo "# host: $h"; '
          + 'incus query "/1.0/resources?target=$h"; done' },
    ],
    tells: 'All of these are features by name: what is not listed may be missing, or only have no '
      + 'name there. cpuid -1 -r, where it can be installed, has every register.',
  },
  {
    name: 'FreeBSD, bhyve, other BSD',
    ways: [
      { by: 'on FreeBSD', format: 'freebsd', command: "grep -A 20 '^CPU:' /var/run/dmesg.boot" },
      { by: 'many, by ssh', format: 'freebsd',
        command: 'for h in bsd1 bsd2; do echo "# host: $h"; '
          + 'ssh $h "grep -A 20 \'^CPU:\' /var/run/dmesg.boot"; done' },
      { by: 'OpenBSD', format: 'openbsd', command: "grep '^cpu0' /var/run/dmesg.boot" },
      { by: 'NetBSD', format: 'netbsd', command: 'cpuctl identify 0' },
      { by: 'illumos, SmartOS', format: 'isainfo', command: 'isainfo -v -x' },
    ],
    tells: 'Boot messages have some ten feature words, and not those that are zero. The package cpuid '
      + 'has every register: cpuid -1 -r.',
  },
  {
    name: 'VirtualBox, macOS, any other',
    ways: [
      { by: 'for VirtualBox', format: 'virtualbox', command: 'VBoxManage list hostcpuids' },
      { by: 'macOS on Intel', format: 'macos', command: 'sysctl machdep.cpu' },
      { by: 'any PC', format: 'cpuid-r',
        lines: 'Boot a Linux from a stick, install cpuid, and take cpuid -1 -r.' },
      { by: 'ESX 2 and 3', format: 'esx-cd',
        lines: 'Boot the CPUID image of the ESX CD and type its lines: ID1ECX 0x0000641d.' },
      { by: 'one you do not have yet', format: 'aida64',
        lines: 'Look for its dump in the collection InstLatx64, and drop the file here.' },
    ],
    tells: 'VBox.log and hostcpuids have every register, sysctl five feature words. Any register may '
      + 'be typed by hand: 1.0.ecx = 0x0000641d.',
  },
];
