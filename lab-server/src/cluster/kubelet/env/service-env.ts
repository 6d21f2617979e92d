import type { Service } from '../../objects/types.ts'

/**
 * The variables that name the services of a namespace, as Docker links did: `BACKEND_SVC_SERVICE_HOST`,
 * `BACKEND_SVC_PORT_5000_TCP_ADDR` and so on. Headless and external services have none.
 */
export function serviceEnvironment(services: Service[]): Record<string, string> {
  const env: Record<string, string> = {}
  for (const service of services) {
    const host = service.spec?.clusterIP
    const ports = service.spec?.ports ?? []
    const first = ports[0]
    if (!host || host === 'None' || !first) continue

    const prefix = variableName(service.metadata.name ?? '')
    env[`${prefix}_SERVICE_HOST`] = host
    env[`${prefix}_SERVICE_PORT`] = String(first.port)
    for (const port of ports) {
      if (port.name) env[`${prefix}_SERVICE_PORT_${variableName(port.name)}`] = String(port.port)
    }

    const url = (protocol: string | undefined, port: number) => `${(protocol ?? 'TCP').toLowerCase()}://${host}:${port}`
    env[`${prefix}_PORT`] = url(first.protocol, first.port)
    for (const port of ports) {
      const link = `${prefix}_PORT_${port.port}_${(port.protocol ?? 'TCP').toUpperCase()}`
      env[link] = url(port.protocol, port.port)
      env[`${link}_PROTO`] = (port.protocol ?? 'TCP').toLowerCase()
      env[`${link}_PORT`] = String(port.port)
      env[`${link}_ADDR`] = host
    }
  }
  return env
}

function variableName(name: string): string {
  return name.toUpperCase().replaceAll('-', '_')
}
