import { expect, it } from 'vitest'
import type { PodSpec } from '../types.ts'
import { jsonDiff } from './diff.ts'
import { internalClaimSpec, internalPodSpec, internalTemplate } from './internal-form.ts'

const claim = {
  accessModes: ['ReadWriteOnce'],
  resources: { requests: { storage: '5Gi' } },
  volumeName: 'pv-1',
  storageClassName: 'local-path',
  volumeMode: 'Filesystem',
}

// As a real API server printed it.
it('shows what changed of a claim beside what is not set', () => {
  const diff = jsonDiff(internalClaimSpec(claim), internalClaimSpec({ ...claim, storageClassName: 'other' }))
  expect(diff.trimEnd()).toBe(`@@ -10,7 +10,7 @@
   }
  },
  "VolumeName": "pv-1",
- "StorageClassName": "local-path",
+ "StorageClassName": "other",
  "VolumeMode": "Filesystem",
  "DataSource": null,
  "DataSourceRef": null,`)
})

it('prints every field of a container in the order of the internal type', () => {
  const spec: PodSpec = { containers: [{ name: 'c', image: 'busybox:1.36', command: ['sh'], tty: true }] }
  const template = internalTemplate({ metadata: { labels: { app: 'web' } }, spec: { ...spec, hostPID: true } })
  expect(JSON.stringify(template)).toContain(
    '{"labels":{"app":"web"},"Spec":{"Volumes":null,"InitContainers":null,"Containers":[{"Name":"c","Image":"busybox:1.36","Command":["sh"],"Args":null,"WorkingDir":"","Ports":null,"EnvFrom":null,"Env":null,"Resources":{"Limits":null,"Requests":null,"Claims":null},"ResizePolicy":null,"RestartPolicy":null,"RestartPolicyRules":null,"VolumeMounts":null,"VolumeDevices":null,"LivenessProbe":null,"ReadinessProbe":null,"StartupProbe":null,"Lifecycle":null,"TerminationMessagePath":"","TerminationMessagePolicy":"","ImagePullPolicy":"","SecurityContext":null,"Stdin":false,"StdinOnce":false,"TTY":true}]',
  )
  expect(template).toMatchObject({ Spec: { SecurityContext: { HostNetwork: false, HostPID: true } } })
})

it('keeps the names of resources and labels as they are', () => {
  const spec: PodSpec = {
    containers: [
      {
        name: 'c',
        resources: { limits: { cpu: '1' } },
        readinessProbe: { httpGet: { port: 80, httpHeaders: [{ name: 'a', value: 'b' }] } },
      },
    ],
    nodeSelector: { disk: 'ssd' },
  }
  expect(internalPodSpec(spec)).toMatchObject({
    NodeSelector: { disk: 'ssd' },
    Containers: [
      {
        Resources: { Limits: { cpu: '1' } },
        ReadinessProbe: { HTTPGet: { Path: '', Port: 80, HTTPHeaders: [{ Name: 'a', Value: 'b' }] }, GRPC: null },
      },
    ],
  })
})
