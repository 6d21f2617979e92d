// The student's kubeconfig as the toolbox reads it: the API server at the address that pods have for it, and the token
// in a file of its own, which the kubelet replaces when the lab renews it.
import { parse, stringify } from 'yaml'

/** Stands for the address in the variables of every pod: the toolbox puts that in its place. */
const inClusterServer = 'https://kubernetes.default.svc'
const tokenFile = '/run/kubeconfig/token'

interface Kubeconfig {
  clusters?: { cluster: Record<string, unknown> }[]
  users?: { user: Record<string, unknown> }[]
}

/** Splits a kubeconfig with a token into the two files of the Secret. */
export function splitKubeconfig(kubeconfig: string): { config: string; token: string } {
  const config = parse(kubeconfig) as Kubeconfig
  const user = config.users?.[0]?.user
  const token = user?.token
  if (!user || typeof token !== 'string') throw new Error('the kubeconfig for the terminal has no token')
  delete user.token
  user.tokenFile = tokenFile
  for (const { cluster } of config.clusters ?? []) cluster.server = inClusterServer
  return { config: stringify(config), token }
}
