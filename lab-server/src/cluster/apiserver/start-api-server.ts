// Puts the API server together: store, rules, verbs, and the socket in front of them.
import type { Socket } from 'node:net'
import { join } from 'node:path'
import type { Client } from '../client.ts'
import { type Clock, makeClock } from '../clock.ts'
import { type KindTable, makeKindTable } from '../objects/kind-table.ts'
import { makeOpenApi } from '../openapi/documents.ts'
import { fieldInspector } from '../openapi/field-validation.ts'
import { normalizeObject } from '../openapi/normalize.ts'
import { openStore } from '../store/store.ts'
import { makeAdmissionChain } from './admission/chain.ts'
import { defaultTolerationSeconds } from './admission/default-toleration-seconds.ts'
import { limitRanger } from './admission/limit-ranger.ts'
import { namespaceLifecycle } from './admission/namespace-lifecycle.ts'
import { podSecurity } from './admission/pod-security.ts'
import { mutatingPolicies } from './admission/policies/mutating-policies.ts'
import { followPolicies } from './admission/policies/type-checking.ts'
import { validatingPolicies } from './admission/policies/validating-policies.ts'
import { priorityStep } from './admission/priority.ts'
import { resourceQuota } from './admission/resource-quota.ts'
import { runtimeClassStep } from './admission/runtime-class.ts'
import { serviceAccountStep } from './admission/service-account.ts'
import { allocatedAddresses, serviceAllocation } from './admission/service-allocation.ts'
import { defaultStorageClass, storageProtection } from './admission/storage-defaults.ts'
import { preventEscalation } from './auth/escalation.ts'
import { makeRbac } from './auth/rbac.ts'
import { makeTokens, tokenIssuer } from './auth/tokens.ts'
import { ensureApiServices } from './bootstrap/api-services.ts'
import { ensureObjects } from './bootstrap/bootstrap.ts'
import {
  apiServerAddresses,
  apiServerService,
  serviceRange,
  systemClasses,
  systemNamespaces,
} from './bootstrap/bootstrap-objects.ts'
import { bootstrapBindings, bootstrapRoles } from './bootstrap/bootstrap-roles.ts'
import { makeClusterDial } from './cluster-dial.ts'
import { unknownCustomFields } from './custom/custom-kind.ts'
import { type CustomResources, customResourceDefinitionStep, makeCustomResources } from './custom/custom-resources.ts'
import { notFound } from './errors.ts'
import { makeHttpApi } from './http/http-api.ts'
import type { FieldInspector } from './http/request-object.ts'
import { startServer } from './http/server.ts'
import { makeClient } from './in-process-client.ts'
import { metricsKinds } from './metrics/metrics-kinds.ts'
import { type PodReading, type PodUsage, startUsageMeter } from './metrics/usage-meter.ts'
import type { NodeAccess } from './node-access.ts'
import { shareManagedFields } from './patch/interned-fields.ts'
import type { JsonObject } from './patch/json-value.ts'
import { makePatchEngine } from './patch/make-patch-engine.ts'
import { schemaOfCustomResource } from './patch/merge-schema.ts'
import { inUpstreamOrder } from './protobuf/field-order.ts'
import { reclaimAddresses } from './reclaim-addresses.ts'
import { makeRegistry, type Registry } from './registry.ts'
import type { ServiceAddresses } from './registry-core.ts'
import { makeUnroutedAddresses } from './service-addresses.ts'
import { openAuthority } from './tls/authority.ts'
import { makeKubeconfig } from './tls/kubeconfig.ts'
import { webhooks } from './webhooks/webhook-step.ts'

/** What an API server is made of. */
export interface ApiServerOptions {
  /** Objects and keys live here; without it, in memory. */
  dataDir?: string
  /** Port on 127.0.0.1; 0, or none, is any free one. */
  port?: number
  clock: Clock
  kinds?: KindTable
  /** Gives addresses to Services; none without it. */
  services?: ServiceAddresses
  /** Reaches the containers of pods; without it their subresources answer 503. */
  node?: NodeAccess
  /** Reads what every running pod has used, for `kubectl top` and autoscaling; without it there is no metrics.k8s.io. */
  readUsage?(): Promise<PodReading[]>
  /** Calls webhooks at URLs too, which may lead anywhere on this machine. */
  callsWebhookUrls?: boolean | undefined
  /** Called with errors that are nobody's fault but ours. */
  onUnexpected?(error: unknown): void
}

/** A token that lives as long as a pod, at most. */
export interface PodTokenRequest {
  namespace: string
  serviceAccountName: string
  podName: string
  podUid: string
  audience?: string
  expirationSeconds: number
}

/** A running API server. */
export interface ApiServer {
  /** `https://127.0.0.1:<port>` */
  readonly url: string
  /** The administrator's kubeconfig. */
  readonly kubeconfig: string
  /** The certificate of the cluster's authority, PEM. */
  readonly caCertificate: string
  readonly registry: Registry
  readonly client: Client
  /** What the pods use now, as far as it is known. */
  podUsage(): PodUsage[]
  /** Serves a connection that came in somewhere else. */
  accept(socket: Socket): void
  /** Issues a token for a pod's service account, as the kubelet asks for it. */
  issueToken(request: PodTokenRequest): Promise<string>
  stop(): Promise<void>
}

const host = '127.0.0.1'

/** Starts an API server; it answers when the promise resolves. */
export async function startApiServer(options: ApiServerOptions): Promise<ApiServer> {
  const {
    dataDir,
    clock,
    kinds = makeKindTable(),
    services = makeUnroutedAddresses(),
    onUnexpected = () => {},
  } = options
  const store = openStore({
    dir: dataDir && join(dataDir, 'store'),
    clock: makeClock(),
    share: shareManagedFields,
  })
  const clusterIp = firstAddress(services.serviceCidr)
  const authority = openAuthority({
    dir: dataDir && join(dataDir, 'pki'),
    addresses: [clusterIp, services.apiServer?.host].filter((address) => address !== undefined),
    nowMs: clock.now(),
  })
  const customs = makeCustomResources(kinds)
  const dial = makeClusterDial(services)
  const rbac = makeRbac(store)
  const tokens = makeTokens({ keyPem: authority.tokenKey, store, clock })
  const patches = makePatchEngine((kind) => {
    const custom = customs.find(kind)
    return custom && schemaOfCustomResource(custom.schema as JsonObject)
  })
  const registry = makeRegistry({
    store,
    kinds,
    clock,
    admission: makeAdmissionChain([
      namespaceLifecycle({ store, kinds }),
      customResourceDefinitionStep,
      limitRanger({ store }),
      serviceAccountStep({ store, clock }),
      priorityStep({ store }),
      defaultTolerationSeconds,
      defaultStorageClass({ store }),
      storageProtection,
      mutatingPolicies({ store, kinds, patches }),
      webhooks({ store, dial, callsUrls: options.callsWebhookUrls ?? false }),
      validatingPolicies({ store, kinds }),
      runtimeClassStep({ store }),
      podSecurity({ store }),
      preventEscalation(rbac),
      resourceQuota({ store, kinds }),
      serviceAllocation({ store, addresses: services }),
    ]),
    patches,
    normalize(kind, object) {
      if (customs.isCustom(kind)) customs.prune(kind, object)
      else normalizeObject(kind, object)
    },
    arrange: inUpstreamOrder,
    onRemoved(kind, object) {
      customs.handleRemoved(kind)
      if (kind.group !== '' || kind.kind !== 'Service') return
      for (const address of allocatedAddresses([object])) services.releaseServiceIp(address)
    },
  })
  reclaimAddresses(store, services)
  await ensureObjects(registry, [...systemNamespaces, ...systemClasses, ...bootstrapRoles, ...bootstrapBindings])

  await ensureApiServices(registry)
  const meter = options.readUsage && startUsageMeter({ read: options.readUsage, clock, onUnexpected })
  if (meter) for (const kind of metricsKinds) kinds.add(kind)
  const unfollow = customs.follow(registry, onUnexpected)
  const unfollowPolicies = followPolicies(makeClient(registry), { kinds, onUnexpected })

  let port = 0
  const api = makeHttpApi({
    registry,
    rbac,
    tokens,
    node: () => options.node,
    dial,
    openApi: makeOpenApi(customs.documented),
    meter,
    isCustom: customs.isCustom,
    inspector: inspectorOf(customs),
    serverAddress: () => `${host}:${port}`,
    onUnexpected,
  })
  const server = await startServer({ authority, host, port: options.port ?? 0, ...api })
  port = server.port
  const url = `https://${host}:${port}`
  if (services.serviceCidr) await ensureObjects(registry, serviceRange(services.serviceCidr))
  const forPods = services.apiServer ?? { host, port }
  await ensureObjects(registry, apiServerService({ clusterIp, port: forPods.port }))
  await ensureObjects(registry, apiServerAddresses(forPods.host, forPods.port), { replace: true })
  const kubeconfig = makeKubeconfig({
    url,
    caCertificate: authority.ca.certificate,
    user: 'admin',
    credentials: { pair: authority.administrator },
  })
  return {
    url,
    kubeconfig,
    caCertificate: authority.ca.certificate,
    registry,
    client: makeClient(registry),
    podUsage: () => meter?.all() ?? [],
    accept: server.accept,
    async issueToken({ namespace, serviceAccountName, podName, podUid, audience, expirationSeconds }) {
      const account = store.find('serviceaccounts', `${namespace}/${serviceAccountName}`)
      if (account === undefined) throw notFound({ group: '', plural: 'serviceaccounts' }, serviceAccountName)
      const { token } = tokens.issue({
        namespace,
        serviceAccount: { name: serviceAccountName, uid: account.metadata.uid ?? '' },
        binding: { kind: 'Pod', name: podName, uid: podUid },
        audiences: [audience ?? tokenIssuer],
        expirationSeconds,
      })
      return token
    },
    async stop() {
      meter?.stop()
      unfollow()
      unfollowPolicies()
      await server.stop()
      store.stop()
    },
  }
}

/** Built-in kinds are inspected by the published schemas, custom ones by their own. */
function inspectorOf(customs: CustomResources): FieldInspector {
  return {
    unknownFields(kind, object, text) {
      const problems = fieldInspector.unknownFields(kind, object, text)
      const custom = customs.find(kind)
      if (custom === undefined) return problems
      return [
        ...unknownCustomFields(custom, object).map((path) => `unknown field ${JSON.stringify(path)}`),
        ...problems,
      ]
    },
    typeError: (kind, object) => fieldInspector.typeError(kind, object),
  }
}

function firstAddress(cidr: string | undefined): string | undefined {
  return cidr?.replace(/\d+\/\d+$/, '1')
}
