// Bulk transfer with hypercore, in two processes on loopback; run by peers_bench.py in a folder where
// hypercore is installed.
//   node hypercore.mjs serve DIR PAYLOADS   -> {"port", "key"} and, at the end of its input, its processor seconds
//   node hypercore.mjs fetch DIR PORT KEY COUNT -> {"seconds", "cpu"}
// PAYLOADS is a file of payloads, each with its length in front (4 bytes, big-endian). Blocks are appended 256 at
// a time, so one signature covers 256 of them.
import net from 'node:net'
import fs from 'node:fs'
import { createRequire } from 'node:module'
const require = createRequire(process.cwd() + '/')
const Hypercore = require('hypercore')

const say = (facts) => process.stdout.write(JSON.stringify(facts) + '\n')
const cpu = () => { const used = process.cpuUsage(); return (used.user + used.system) / 1e6 }

function payloads (path) {
  const all = fs.readFileSync(path)
  const out = []
  for (let at = 0; at < all.length;) {
    const size = all.readUInt32BE(at)
    out.push(all.subarray(at + 4, at + 4 + size))
    at += 4 + size
  }
  return out
}

function replicate (core, socket, initiator) {
  socket.setNoDelay(true)
  const stream = core.replicate(initiator)
  stream.on('error', () => {})
  socket.on('error', () => {})
  socket.pipe(stream).pipe(socket)
}

async function serve (dir, path) {
  const core = new Hypercore(dir)
  await core.ready()
  const blocks = payloads(path)
  for (let n = 0; n < blocks.length; n += 256) await core.append(blocks.slice(n, n + 256))
  const server = net.createServer((socket) => replicate(core, socket, false))
  server.listen(0, '127.0.0.1', () => say({ port: server.address().port, key: core.key.toString('hex') }))
  let before = cpu()
  process.stdin.on('data', () => { say({ cpu: cpu() - before }); before = cpu() })
  process.stdin.on('end', () => process.exit(0))
}

async function fetchAll (dir, port, key, count) {
  const core = new Hypercore(dir, Buffer.from(key, 'hex'))
  await core.ready()
  const [began, used] = [process.hrtime.bigint(), cpu()]
  replicate(core, net.connect(port, '127.0.0.1'), true)
  await core.download({ start: 0, end: count }).done()
  const seconds = Number(process.hrtime.bigint() - began) / 1e9
  if (core.contiguousLength !== count) throw new Error(`${core.contiguousLength} of ${count} blocks came`)
  say({ seconds, cpu: cpu() - used })
  process.exit(0)
}

const [what, ...rest] = process.argv.slice(2)
if (what === 'serve') await serve(rest[0], rest[1])
else await fetchAll(rest[0], Number(rest[1]), rest[2], Number(rest[3]))
