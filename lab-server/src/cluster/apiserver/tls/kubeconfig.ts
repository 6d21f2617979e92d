import { stringify } from 'yaml'
import type { KeyPair } from './certificate.ts'

/** How the user of a kubeconfig proves who it is. */
export type Credentials = { pair: KeyPair } | { token: string }

/** Writes a kubeconfig with one cluster, user and context. */
export function makeKubeconfig(options: {
  url: string
  caCertificate: string
  user: string
  credentials: Credentials
  namespace?: string
}): string {
  const { url, caCertificate, user, credentials, namespace } = options
  const base64 = (text: string) => Buffer.from(text).toString('base64')
  const proof =
    'pair' in credentials
      ? {
          'client-certificate-data': base64(credentials.pair.certificate),
          'client-key-data': base64(credentials.pair.key),
        }
      : { token: credentials.token }
  return stringify(
    {
      apiVersion: 'v1',
      kind: 'Config',
      clusters: [
        { name: 'taskmaster-lab', cluster: { server: url, 'certificate-authority-data': base64(caCertificate) } },
      ],
      users: [{ name: user, user: proof }],
      contexts: [
        { name: 'taskmaster-lab', context: { cluster: 'taskmaster-lab', user, ...(namespace ? { namespace } : {}) } },
      ],
      'current-context': 'taskmaster-lab',
    },
    { lineWidth: 0 },
  )
}
