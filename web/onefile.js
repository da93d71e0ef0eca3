// offline.html carries the page's script deflated, for nobody compresses a file on a disk. This
// and unpack.js stand in front of it; `packed` is the script.

const text = new TextDecoder().decode(await unpack(packed));
// The page's policy names the script by its hash: no other can be put in here.
const policy = globalThis.trustedTypes?.createPolicy('offline', { createScript: (same) => same });
const script = document.createElement('script');
script.type = 'module';
script.textContent = policy ? policy.createScript(text) : text;
document.head.append(script);
