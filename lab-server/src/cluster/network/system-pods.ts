// CoreDNS and the ingress controller as a student meets them: Deployments with pods, logs and a Service. The work
// itself is done by this folder, and only while their pods are ready; so scaling CoreDNS to zero stops all lookups.
import type { Image } from '../kubelet/container-runtime.ts'
import type { KubeObject } from '../objects/types.ts'

export interface SystemPods {
  images: Image[]
  /** To be created at the first start; what an administrator changed later stays. */
  objects: KubeObject[]
}

const corefile = `.:53 {
    errors
    health {
       lameduck 5s
    }
    ready
    kubernetes cluster.local in-addr.arpa ip6.arpa {
       pods insecure
       fallthrough in-addr.arpa ip6.arpa
       ttl 30
    }
    prometheus :9153
    forward . /etc/resolv.conf
    cache 30
    loop
    reload
    loadbalance
}
`
const coreDnsName = 'registry.k8s.io/coredns/coredns:v1.12.4'
const controllerName = 'registry.k8s.io/ingress-nginx/controller:v1.13.3'

/** The labels of the ingress controller's pods. */
export const ingressLabels = {
  'app.kubernetes.io/name': 'ingress-nginx',
  'app.kubernetes.io/instance': 'ingress-nginx',
  'app.kubernetes.io/component': 'controller',
}

/** Describes the pods of a cluster whose DNS has this address and whose ingress log is this file of the machine. */
export function describeSystemPods({ dnsIp, ingressLogFile }: { dnsIp: string; ingressLogFile: string }): SystemPods {
  return {
    images: [coreDnsImage, controllerImage(ingressLogFile)],
    objects: [...coreDnsObjects(dnsIp), ...controllerObjects],
  }
}

// A process of the machine's own shell: it costs a megabyte where one of Node's costs twenty.
const shell = (script: string, ...args: string[]) => ({
  command: ['/bin/sh', '-c', script, ...args],
  env: { PATH: '/usr/bin:/bin' },
})
const bare = { env: {}, workingDir: '/', files: {}, userland: 'none' as const }

const coreDnsImage: Image = {
  ...bare,
  names: [coreDnsName],
  digest: 'sha256:2c1d5a7f0b8e94c36aa1be20f2f6bd4d3d9e51c87be0a6f4c3f1e8a97b65d042',
  sizeBytes: 22_384_160,
  entrypoint: ['/coredns'],
  cmd: [],
  user: 65_532,
  programs: {
    '/coredns': () => shell('echo .:53; echo CoreDNS-1.12.4; echo linux/amd64; exec tail -f /dev/null'),
  },
}

function controllerImage(logFile: string): Image {
  return {
    ...bare,
    names: [controllerName],
    digest: 'sha256:5f9e07c2d6ab43187cf02e9bb3a8d10fa84c6de9370b52d1c4e8f7a6b30912dd',
    sizeBytes: 108_217_344,
    entrypoint: ['/usr/bin/dumb-init', '--'],
    cmd: ['/nginx-ingress-controller'],
    user: 101,
    programs: { '/usr/bin/dumb-init': () => shell('exec tail -n +1 -F "$0" 2>/dev/null', logFile) },
  }
}

function coreDnsObjects(dnsIp: string): KubeObject[] {
  const namespace = 'kube-system'
  const labels = { 'k8s-app': 'kube-dns' }
  return [
    { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'coredns', namespace }, data: { Corefile: corefile } },
    {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'coredns', namespace, labels: { ...labels, 'kubernetes.io/name': 'CoreDNS' } },
      spec: {
        replicas: 1,
        selector: { matchLabels: labels },
        strategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 1 } },
        template: {
          metadata: { labels },
          spec: {
            priorityClassName: 'system-cluster-critical',
            dnsPolicy: 'Default',
            automountServiceAccountToken: false,
            containers: [
              {
                name: 'coredns',
                image: coreDnsName,
                imagePullPolicy: 'IfNotPresent',
                args: ['-conf', '/etc/coredns/Corefile'],
                ports: [
                  { name: 'dns', containerPort: 53, protocol: 'UDP' },
                  { name: 'dns-tcp', containerPort: 53, protocol: 'TCP' },
                ],
                resources: { limits: { memory: '170Mi' }, requests: { cpu: '100m', memory: '70Mi' } },
                volumeMounts: [{ name: 'config-volume', mountPath: '/etc/coredns', readOnly: true }],
              },
            ],
            volumes: [
              { name: 'config-volume', configMap: { name: 'coredns', items: [{ key: 'Corefile', path: 'Corefile' }] } },
            ],
          },
        },
      },
    },
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: {
        name: 'kube-dns',
        namespace,
        labels: { ...labels, 'kubernetes.io/cluster-service': 'true', 'kubernetes.io/name': 'CoreDNS' },
      },
      spec: {
        clusterIP: dnsIp,
        clusterIPs: [dnsIp],
        selector: labels,
        ports: [
          { name: 'dns', port: 53, targetPort: 53, protocol: 'UDP' },
          { name: 'dns-tcp', port: 53, targetPort: 53, protocol: 'TCP' },
        ],
      },
    },
  ]
}

/** Where the ingress controller's pods run. */
export const ingressNamespace = 'ingress-nginx'

const controllerObjects: KubeObject[] = [
  {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name: ingressNamespace, labels: { 'app.kubernetes.io/name': 'ingress-nginx' } },
  },
  {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'ingress-nginx-controller', namespace: ingressNamespace, labels: ingressLabels },
    spec: {
      replicas: 1,
      selector: { matchLabels: ingressLabels },
      template: {
        metadata: { labels: ingressLabels },
        spec: {
          automountServiceAccountToken: false,
          containers: [
            {
              name: 'controller',
              image: controllerName,
              imagePullPolicy: 'IfNotPresent',
              args: ['/nginx-ingress-controller', '--ingress-class=nginx', '--controller-class=k8s.io/ingress-nginx'],
              ports: [
                { name: 'http', containerPort: 80, protocol: 'TCP' },
                { name: 'https', containerPort: 443, protocol: 'TCP' },
              ],
              resources: { requests: { cpu: '100m', memory: '90Mi' } },
            },
          ],
        },
      },
    },
  },
  {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'ingress-nginx-controller', namespace: ingressNamespace, labels: ingressLabels },
    spec: {
      type: 'ClusterIP',
      selector: ingressLabels,
      ports: [
        { name: 'http', port: 80, targetPort: 'http', protocol: 'TCP' },
        { name: 'https', port: 443, targetPort: 'https', protocol: 'TCP' },
      ],
    },
  },
]
