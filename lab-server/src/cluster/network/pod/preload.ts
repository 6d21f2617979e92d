// Loaded before the program of a container (`node --import`): puts the pod's network under Node's own functions. A
// process that learns its pod later sets the same variables and imports this file then.
import { syncBuiltinESMExports } from 'node:module'
import { patchConnect } from './patch-connect.ts'
import { patchDatagrams } from './patch-datagrams.ts'
import { patchListen } from './patch-listen.ts'
import { patchLookup } from './patch-lookup.ts'
import { readPodNetwork } from './pod-network.ts'

const network = readPodNetwork(process.env)
if (network) {
  patchLookup(network)
  patchConnect(network)
  patchListen(network)
  patchDatagrams(network)
  syncBuiltinESMExports()
}
