// The objects behind terminals in pods: a pod and a Secret for each attempt, and what surrounds them all.
import type { KubeObject } from '../../lab/kubernetes/objects.ts'

/** Where the toolbox pods are: a namespace in which no student has any right. */
export const terminalsNamespace = 'taskmaster-lab-terminals'
/** On pods and Secrets: which lab made them. */
export const instanceLabel = 'taskmaster-lab.dev/instance'
/** On pods and Secrets: whose terminal it is. */
export const attemptLabel = 'taskmaster-lab.dev/attempt'
export const toolboxContainer = 'toolbox'

const labels = { 'app.kubernetes.io/name': 'taskmaster-lab-terminal' }

export interface ToolboxSettings {
  instance: string
  image: string
  imagePullPolicy: 'Always' | 'IfNotPresent' | 'Never' | undefined
}

/** An address that terminals may reach; `ip` may be a range. */
export interface Way {
  ip: string
  port: number
}

export const toolboxName = (attemptId: string) => `terminal-${attemptId}`

const encoded = (text: string) => Buffer.from(text).toString('base64')

const metadataOf = (attemptId: string, { instance }: ToolboxSettings) => ({
  name: toolboxName(attemptId),
  namespace: terminalsNamespace,
  labels: { ...labels, [instanceLabel]: instance, [attemptLabel]: attemptId },
})

/** The student's kubeconfig, with the token apart so that a new one takes the place of the old while the shell runs. */
export function planToolboxSecret(
  attemptId: string,
  parts: { config: string; token: string },
  settings: ToolboxSettings,
): KubeObject {
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: metadataOf(attemptId, settings),
    type: 'Opaque',
    data: { config: encoded(parts.config), token: encoded(parts.token) },
  }
}

/** The pod of an attempt's terminal. `host` is the application's name and the address where its Ingress answers. */
export function planToolboxPod(
  attemptId: string,
  settings: ToolboxSettings,
  host?: { name: string; ip: string },
): KubeObject {
  const volume = (name: string, mountPath: string) => ({ name, mountPath })
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: metadataOf(attemptId, settings),
    spec: {
      hostname: 'lab',
      automountServiceAccountToken: false,
      enableServiceLinks: false,
      terminationGracePeriodSeconds: 2,
      ...(host && { hostAliases: [{ ip: host.ip, hostnames: [host.name] }] }),
      securityContext: {
        runAsNonRoot: true,
        runAsUser: 1000,
        runAsGroup: 1000,
        fsGroup: 1000,
        seccompProfile: { type: 'RuntimeDefault' },
      },
      containers: [
        {
          name: toolboxContainer,
          image: settings.image,
          ...(settings.imagePullPolicy && { imagePullPolicy: settings.imagePullPolicy }),
          resources: {
            requests: { cpu: '50m', memory: '64Mi', 'ephemeral-storage': '16Mi' },
            limits: { cpu: '500m', memory: '384Mi', 'ephemeral-storage': '512Mi' },
          },
          securityContext: {
            allowPrivilegeEscalation: false,
            readOnlyRootFilesystem: true,
            capabilities: { drop: ['ALL'] },
          },
          volumeMounts: [
            volume('home', '/home/student'),
            volume('tmp', '/tmp'),
            volume('run', '/run/lab'),
            { ...volume('kubeconfig', '/run/kubeconfig'), readOnly: true },
          ],
        },
      ],
      volumes: [
        { name: 'home', emptyDir: { sizeLimit: '256Mi' } },
        { name: 'tmp', emptyDir: { sizeLimit: '128Mi' } },
        { name: 'run', emptyDir: { sizeLimit: '16Mi' } },
        // 0440 with the pod's group: the files are root's, the reader is the student.
        { name: 'kubeconfig', secret: { secretName: toolboxName(attemptId), defaultMode: 0o440 } },
      ],
    },
  }
}

/** The namespace and its borders. An operator who gives the lab few rights makes the first beforehand. */
export function planTerminalsCommons(ways: { apiServer: readonly Way[]; ingressNamespace: string }): KubeObject[] {
  const policy = (name: string, spec: object): KubeObject => ({
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: { name, namespace: terminalsNamespace, labels },
    spec: { podSelector: {}, ...spec },
  })
  const toAddress = ({ ip, port }: Way) => ({
    to: [{ ipBlock: { cidr: ip.includes('/') ? ip : `${ip}/${ip.includes(':') ? 128 : 32}` } }],
    ports: [{ protocol: 'TCP', port }],
  })
  const toIngress = {
    to: [{ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': ways.ingressNamespace } } }],
    ports: [80, 443].map((port) => ({ protocol: 'TCP', port })),
  }
  return [
    {
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: {
        name: terminalsNamespace,
        labels: { ...labels, 'pod-security.kubernetes.io/enforce': 'restricted' },
      },
    },
    policy('default-deny', { policyTypes: ['Ingress', 'Egress'] }),
    policy('api-server-and-ingress', {
      policyTypes: ['Egress'],
      egress: [...ways.apiServer.map(toAddress), toIngress],
    }),
  ]
}
