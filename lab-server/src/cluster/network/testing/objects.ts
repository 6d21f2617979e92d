// Objects as the API stores them, for tests of the network.
import type { EndpointSlice, Ingress, NetworkPolicy, Pod, Service } from '../../objects/types.ts'

export const namespace = 'taskmaster'

export function makeService(name: string, spec: NonNullable<Service['spec']>): Service {
  return { apiVersion: 'v1', kind: 'Service', metadata: { name, namespace }, spec }
}

/** A slice with one port; addresses are ready unless told otherwise. */
export function makeSlice(
  service: string,
  port: number,
  endpoints: (string | NonNullable<EndpointSlice['endpoints']>[number])[],
  portName = '',
): EndpointSlice {
  return {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: { name: `${service}-abcde`, namespace, labels: { 'kubernetes.io/service-name': service } },
    addressType: 'IPv4',
    ports: [{ name: portName, port, protocol: 'TCP' }],
    endpoints: endpoints.map((one) =>
      typeof one === 'string' ? { addresses: [one], conditions: { ready: true } } : one,
    ),
  }
}

export function makePod(name: string, ip: string, labels: Record<string, string>, inNamespace = namespace): Pod {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace: inNamespace, labels },
    spec: { containers: [{ name: 'main', image: 'x', ports: [{ name: 'http', containerPort: 80, protocol: 'TCP' }] }] },
    status: { podIP: ip, phase: 'Running' },
  }
}

export function makePolicy(name: string, spec: NonNullable<NetworkPolicy['spec']>): NetworkPolicy {
  return { apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy', metadata: { name, namespace }, spec }
}

export interface PathSpec {
  path: string
  pathType?: string
  service: string
  port: number | string
}

export function makeIngress(
  name: string,
  host: string | undefined,
  paths: PathSpec[],
  annotations: Record<string, string> = {},
  ingressClassName = 'nginx',
): Ingress {
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'Ingress',
    metadata: { name, namespace, annotations },
    spec: {
      ingressClassName,
      rules: [
        {
          ...(host === undefined ? {} : { host }),
          http: {
            paths: paths.map(({ path, pathType = 'Prefix', service, port }) => ({
              path,
              pathType,
              backend: {
                service: { name: service, port: typeof port === 'number' ? { number: port } : { name: port } },
              },
            })),
          },
        },
      ],
    },
  }
}
