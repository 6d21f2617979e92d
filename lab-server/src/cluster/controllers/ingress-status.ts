// What the ingress controller of the class `nginx` writes into Ingress objects.
import type { Client } from '../client.ts'
import type { Ingress, IngressClass, Pod } from '../objects/types.ts'
import type { ControllerOptions } from './options.ts'
import { podCondition } from './pod-state.ts'
import { defineController, keyOf, mapKind } from './runtime.ts'

const controllerName = 'k8s.io/ingress-nginx'
const classAnnotation = 'kubernetes.io/ingress.class'
const defaultAnnotation = 'ingressclass.kubernetes.io/is-default-class'
const component = 'nginx-ingress-controller'

/** Gives each Ingress that the cluster's ingress controller serves its address, as long as a pod of it is ready. */
export const ingressStatusController = defineController({
  kind: 'Ingress',
  component,
  watches: [
    mapKind('IngressClass', (_, { client }) => client.list('Ingress').map(keyOf)),
    mapKind('Pod', ({ object }, { client, options }) =>
      isController(object, options.ingress) ? client.list('Ingress').map(keyOf) : [],
    ),
  ],
  async reconcile(ingress, { client, options, news }) {
    if (!options.ingress) return undefined
    const { address } = options.ingress
    const served =
      isServed(ingress, client) && client.list('Pod').some((pod) => isReadyController(pod, options.ingress))
    if (served && news.isNew(ingress, `served ${ingress.metadata.generation}`)) {
      client.report(ingress, { type: 'Normal', reason: 'Sync', message: 'Scheduled for sync', component })
    }
    const loadBalancer = served ? { ingress: [address] } : {}
    const isOurs = ingress.status?.loadBalancer?.ingress?.some(
      ({ ip, hostname }) => ip === address.ip && hostname === address.hostname,
    )
    if (served || isOurs) await client.writeStatus(ingress, { ...ingress.status, loadBalancer })
    return undefined
  },
})

function isController({ metadata }: Pod, ingress: ControllerOptions['ingress']): boolean {
  if (!ingress || metadata.namespace !== ingress.namespace) return false
  return Object.entries(ingress.labels).every(([key, value]) => metadata.labels?.[key] === value)
}

function isReadyController(pod: Pod, ingress: ControllerOptions['ingress']): boolean {
  return isController(pod, ingress) && podCondition(pod, 'Ready')?.status === 'True' && !pod.metadata.deletionTimestamp
}

function isServed(ingress: Ingress, client: Client): boolean {
  const classes = client.list('IngressClass')
  const named = ingress.spec?.ingressClassName
  const legacy = ingress.metadata.annotations?.[classAnnotation]
  if (named === undefined && legacy !== undefined) return legacy === 'nginx'
  const found = classes.find((one) => (named === undefined ? isDefault(one) : one.metadata.name === named))
  return found?.spec?.controller === controllerName
}

function isDefault({ metadata }: IngressClass): boolean {
  return metadata.annotations?.[defaultAnnotation] === 'true'
}
