// Tools that an image brings in a module of its own: see `Image.toolsModule`.
import { Readable, Writable } from 'node:stream'
import type { ToolContext } from '../../container-runtime.ts'
import type { ByteReader, ByteWriter } from '../byte-stream.ts'
import { UnknownHost } from '../pod-network.ts'
import type { System, Tool } from '../task.ts'

type ImageTool = (context: ToolContext) => Promise<number>

/** Loads the module and wraps its tools as ours. */
export async function loadExtraTools(module: string | undefined, system: () => System): Promise<Map<string, Tool>> {
  if (!module) return new Map()
  const loaded = (await import(module)) as { default: Record<string, ImageTool> }
  return new Map(Object.entries(loaded.default).map(([name, tool]) => [name, wrap(tool, system)]))
}

function wrap(tool: ImageTool, system: () => System): Tool {
  return async ({ argv, env, stdin, stdout, stderr, signal }) => {
    const { network, fs } = system()
    const out = toWritable(stdout)
    const err = toWritable(stderr)
    const exitCode = await tool({
      argv,
      env,
      stdin: toReadable(stdin),
      stdout: out,
      stderr: err,
      async connect(host, port) {
        const [address] = await network.resolve(host)
        if (address === undefined) throw new UnknownHost(host)
        return network.connect(address, port, { signal })
      },
      hostPath: (path) => fs.hostPath(path),
    })
    await Promise.all([ended(out), ended(err)])
    return exitCode
  }
}

function toReadable(reader: ByteReader): Readable {
  const stream = new Readable({
    read() {
      reader.read().then(
        (chunk) => stream.push(chunk ?? null),
        () => stream.push(null),
      )
    },
  })
  return Object.assign(stream, { isTTY: reader.isTerminal ?? false })
}

function toWritable(writer: ByteWriter): Writable {
  const stream = new Writable({
    write(chunk: Buffer, _encoding, done) {
      writer.write(chunk).then(() => done(), done)
    },
  })
  stream.on('error', () => {})
  return Object.assign(stream, { isTTY: writer.isTerminal ?? false })
}

function ended(stream: Writable): Promise<void> {
  if (stream.destroyed || stream.writableFinished) return Promise.resolve()
  return new Promise((resolve) => {
    stream.once('close', () => resolve())
    stream.end()
  })
}
