// Makes a cluster forget its first versions, which a young one still remembers.
import { Agent, request } from 'node:https'
import type { ClientPlace } from './client-place.ts'

/** More changes of a kind than the embedded cluster keeps; a real one that has run for a while keeps less. */
const changes = 1_300
const atOnce = 10

/** Changes a ConfigMap so often that a watch from version 1 is too old. */
export async function outliveFirstVersions({ config, core, namespace }: ClientPlace): Promise<void> {
  await core.createNamespacedConfigMap({ namespace, body: { metadata: { name: 'ageing' } } })
  const cluster = config.getCurrentCluster()
  const agent = new Agent({ keepAlive: true, maxSockets: atOnce })
  const url = `${cluster?.server}/api/v1/namespaces/${namespace}/configmaps/ageing`
  const options = { agent, method: 'PATCH', headers: { 'Content-Type': 'application/merge-patch+json' } }
  await config.applyToHTTPSOptions(options)
  const patch = (body: string) =>
    new Promise<void>((resolve, reject) => {
      request(url, { ...options, agent }, (response) => response.resume().on('end', resolve))
        .on('error', reject)
        .end(body)
    })
  const numbers = Array.from({ length: changes }, (_, index) => index).values()
  const write = async () => {
    for (const number of numbers) await patch(`{"data":{"n":"${number}"}}`)
  }
  await Promise.all(Array.from({ length: atOnce }, write))
  agent.destroy()
}
