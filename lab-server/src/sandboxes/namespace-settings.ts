// How the lab uses a cluster that others use too: every setting has a default that suits a small k3s or kind.
import { randomBytes } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { ConfigError } from '../config.ts'
import { isInCluster } from './cluster-credentials.ts'
import { localiseImage } from './localise.ts'

export interface NamespaceSettings {
  /** Which lab a namespace belongs to: labs that share a cluster leave each other's alone. */
  instance: string
  /** The only namespace, for a single learner; otherwise each attempt has one of its own. */
  namespace: string | undefined
  /** Base URL of the ingress controller as the lab reaches it; without it the API server's service proxy is used. */
  ingressUrl: string | undefined
  ingressClass: string
  /** Where the ingress controller's pods are: their requests pass the NetworkPolicies. */
  ingressNamespace: string
  /** Applications answer as `<namespace>.<domain>`. */
  domain: string
  /** Undefined leaves what the manifests say; an empty one asks for the cluster's default. */
  storageClass: string | undefined
  /** Takes the place of docker.io in the application's images. */
  imageRegistry: string | undefined
  imagePullPolicy: 'Always' | 'IfNotPresent' | 'Never' | undefined
  /** The ClusterRole that the lab binds to itself in each namespace that it makes; an administrator needs none. */
  sandboxRole: string | undefined
  /** Where students' shells run: in pods of the cluster, or on this machine. */
  terminal: 'pod' | 'host'
  toolboxImage: string
  /** How many students' applications the cluster should hold, for `lab doctor`. */
  students: number
}

/** The variables, for `--help` and the documentation. */
export const namespaceSettingsHelp = `  With --cluster kubeconfig also, as variables only:
  LAB_NAMESPACE           one learner's namespace, in place of one for each attempt
  LAB_INSTANCE            name of this lab in the cluster (made and kept in the data folder if unset)
  LAB_INGRESS_URL         the ingress controller as the lab reaches it; if unset, the API server's service proxy
  LAB_INGRESS_CLASS       class of the Ingress (nginx)
  LAB_INGRESS_NAMESPACE   where the ingress controller's pods are (ingress-nginx)
  LAB_DOMAIN              applications answer as <namespace>.<domain> (taskmaster.local)
  LAB_STORAGE_CLASS       of the database's volume (local-path; "default" is the cluster's own)
  LAB_IMAGE_REGISTRY      takes the place of docker.io
  LAB_IMAGE_PULL_POLICY   Always, IfNotPresent or Never
  LAB_SANDBOX_ROLE        ClusterRole that the lab binds to itself in namespaces that it makes (none: an administrator)
  LAB_TERMINAL            pod or host: where students' shells run (pod when the lab itself runs in a pod)
  LAB_TOOLBOX_IMAGE       image of the terminals' pods (docker.io/reddydodda/taskmaster-toolbox:0.1.0)
  LAB_STUDENTS            how many the cluster should hold, for lab doctor (1)
  LAB_ALLOW_EXEC_PLUGIN   1 lets the kubeconfig run its plugin and name files`

const label = /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/
const domainName = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/
const registryName = /^[a-z0-9]([-.a-z0-9]*[a-z0-9])?(:\d+)?(\/[-._a-z0-9]+)*$/
const imageName = /^[a-z0-9][-._:/a-z0-9]*(@sha256:[0-9a-f]{64})?$/i
/** The toolbox of this version of the lab. */
const usualToolbox = 'docker.io/reddydodda/taskmaster-toolbox:0.1.0'
const pullPolicies = ['Always', 'IfNotPresent', 'Never'] as const

/** Reads the settings; throws ConfigError with the variable and what it must be. */
export function readNamespaceSettings(env: NodeJS.ProcessEnv, dataDir: string): NamespaceSettings {
  const named = (name: string, form: RegExp, what: string): string | undefined => {
    const value = env[name] || undefined
    if (value !== undefined && !form.test(value)) throw new ConfigError(`${name} must be ${what}, not "${value}".`)
    return value
  }
  const ingressUrl = (env.LAB_INGRESS_URL || undefined)?.replace(/\/+$/, '')
  if (ingressUrl !== undefined && !/^http:\/\/[^/]+$/.test(ingressUrl)) {
    throw new ConfigError(`LAB_INGRESS_URL must be http://HOST or http://HOST:PORT, not "${ingressUrl}".`)
  }
  const pullPolicy = env.LAB_IMAGE_PULL_POLICY || undefined
  const imagePullPolicy = pullPolicies.find((policy) => policy === pullPolicy)
  if (pullPolicy !== undefined && imagePullPolicy === undefined) {
    throw new ConfigError(`LAB_IMAGE_PULL_POLICY must be one of ${pullPolicies.join(', ')}, not "${pullPolicy}".`)
  }
  const students = Number(env.LAB_STUDENTS || '1')
  if (!Number.isInteger(students) || students < 1) {
    throw new ConfigError(`LAB_STUDENTS must be a whole number from 1, not "${env.LAB_STUDENTS}".`)
  }
  const terminal = env.LAB_TERMINAL || (isInCluster(env) ? 'pod' : 'host')
  if (terminal !== 'pod' && terminal !== 'host') {
    throw new ConfigError(`LAB_TERMINAL must be "pod" or "host", not "${terminal}".`)
  }
  const imageRegistry = named('LAB_IMAGE_REGISTRY', registryName, 'HOST[:PORT][/PATH] of a registry')
  const toolbox = named('LAB_TOOLBOX_IMAGE', imageName, "an image's name")
  const storageClass = named('LAB_STORAGE_CLASS', domainName, "a StorageClass's name")
  return {
    instance: named('LAB_INSTANCE', label, 'a DNS label') ?? keptInstance(dataDir),
    namespace: named('LAB_NAMESPACE', label, "a namespace's name"),
    ingressUrl,
    ingressClass: named('LAB_INGRESS_CLASS', domainName, "an IngressClass's name") ?? 'nginx',
    ingressNamespace: named('LAB_INGRESS_NAMESPACE', label, "a namespace's name") ?? 'ingress-nginx',
    domain: named('LAB_DOMAIN', domainName, 'a domain name') ?? 'taskmaster.local',
    storageClass: storageClass === 'default' ? '' : storageClass,
    imageRegistry,
    imagePullPolicy,
    terminal,
    toolboxImage: toolbox ?? localiseImage(usualToolbox, { imageRegistry }),
    sandboxRole: env.LAB_SANDBOX_ROLE || undefined,
    students,
  }
}

function keptInstance(dataDir: string): string {
  const path = join(dataDir, 'instance')
  try {
    const kept = readFileSync(path, 'utf8').trim()
    if (label.test(kept)) return kept
  } catch {
    // The first start: there is none yet.
  }
  const instance = `lab-${randomBytes(6).toString('hex')}`
  writeFileSync(path, `${instance}\n`)
  return instance
}
