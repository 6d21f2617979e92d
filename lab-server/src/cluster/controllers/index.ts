// All controllers of the cluster, in one list, and how they are started together.

import type { Client } from '../client.ts'
import type { Clock } from '../clock.ts'
import { autoscalerController } from './autoscaling/autoscaler-controller.ts'
import { daemonSetController } from './daemonset/daemon-set-controller.ts'
import { deploymentController } from './deployment/deployment-controller.ts'
import { endpointSliceController } from './endpoints/endpoint-slice-controller.ts'
import { endpointsController } from './endpoints/endpoints-controller.ts'
import { endpointsMirror } from './endpoints/endpoints-mirror.ts'
import { eventExpiryController } from './event-expiry.ts'
import { garbageCollector } from './garbage/garbage-collector.ts'
import { ingressStatusController } from './ingress-status.ts'
import { cronJobController } from './job/cron-job-controller.ts'
import { jobController } from './job/job-controller.ts'
import { ttlAfterFinishedController } from './job/ttl-after-finished.ts'
import { namespaceController } from './namespace/namespace-controller.ts'
import { rootCaPublisher, serviceAccountController } from './namespace/namespace-furniture.ts'
import { nodeHealthController } from './node/node-health.ts'
import { podGarbageCollector } from './node/pod-garbage.ts'
import { taintEvictionController } from './node/taint-eviction.ts'
import type { ControllerOptions } from './options.ts'
import { disruptionBudgetController } from './policy/disruption-budget-controller.ts'
import { resourceQuotaController } from './policy/resource-quota-status.ts'
import { roleAggregationController } from './policy/role-aggregation.ts'
import { replicaSetController } from './replicaset/replica-set-controller.ts'
import { replicationController } from './replicaset/replication-controller.ts'
import type { Controller, Running } from './runtime.ts'
import { scheduler } from './scheduler/scheduler.ts'
import { statefulSetController } from './statefulset/stateful-set-controller.ts'
import { ephemeralVolumeController } from './storage/ephemeral-volumes.ts'
import { localPathProvisioner, localPathReclaimer } from './storage/local-path-provisioner.ts'
import { claimProtection, volumeProtection } from './storage/protection.ts'
import { volumeBinder } from './storage/volume-binder.ts'
import { volumeReclaimer } from './storage/volume-reclaimer.ts'

export type { ControllerOptions, PodUsage } from './options.ts'
export type { Controller, ControllerContext, Running, Surroundings } from './runtime.ts'

/** Every controller, those first whose work others wait for. */
export const controllers: Controller[] = [
  serviceAccountController,
  rootCaPublisher,
  namespaceController,
  garbageCollector,
  scheduler,
  deploymentController,
  replicaSetController,
  statefulSetController,
  daemonSetController,
  jobController,
  cronJobController,
  ttlAfterFinishedController,
  endpointsController,
  endpointSliceController,
  ephemeralVolumeController,
  volumeBinder,
  volumeReclaimer,
  localPathProvisioner,
  localPathReclaimer,
  claimProtection,
  volumeProtection,
  endpointsMirror,
  ingressStatusController,
  nodeHealthController,
  taintEvictionController,
  podGarbageCollector,
  resourceQuotaController,
  disruptionBudgetController,
  autoscalerController,
  replicationController,
  roleAggregationController,
  eventExpiryController,
]

/** Starts all controllers on one cluster; `stop` resolves when none of them is at work any more. */
export function startControllers({
  client,
  clock,
  ...options
}: { client: Client; clock: Clock } & ControllerOptions): Running {
  const running = controllers.map((controller) => controller.start({ client, clock, options }))
  return {
    async stop() {
      await Promise.all(running.map((one) => one.stop()))
    },
  }
}
