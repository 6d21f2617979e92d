// Chooses among the endpoints of a service: at random, or the one that this client had before.
import type { Endpoint, ServiceRoute } from './route-table.ts'

interface Choice {
  endpoint: Endpoint
  at: number
}

/** Makes a chooser; `now` in milliseconds is for session affinity. */
export function makePicker(now: () => number, random: () => number = Math.random) {
  const choices = new Map<string, Choice>()
  let turn = Math.floor(random() * 1024)

  return (key: string, route: ServiceRoute, clientIp = ''): Endpoint | undefined => {
    const { endpoints, affinitySeconds } = route
    turn += 1
    const fresh = endpoints[turn % Math.max(1, endpoints.length)]
    if (affinitySeconds === undefined || !fresh) return fresh
    const id = `${clientIp} ${key}`
    const known = choices.get(id)
    const isValid =
      known !== undefined &&
      now() - known.at < affinitySeconds * 1000 &&
      endpoints.some(({ ip, port }) => ip === known.endpoint.ip && port === known.endpoint.port)
    const endpoint = isValid ? known.endpoint : fresh
    choices.set(id, { endpoint, at: now() })
    return endpoint
  }
}
