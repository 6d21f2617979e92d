// What must hold for every scenario without a word of its author: the healthy objects again repair it, and a web
// server in the place of everything does not.
import type { Attempt } from '../../contract/attempts.ts'
import { isWorkload } from '../invariants/containers.ts'
import type { Deployment, KubeObject } from '../kubernetes/objects.ts'
import type { Scenario } from '../scenarios/scenario.ts'
import { baselineObject } from '../world/baseline.ts'
import { type Bench, runText } from './bench.ts'
import { type Proved, provesSolved, provesStaysBroken } from './proofs.ts'

/** Replaces every object of the baseline, or creates it, and restarts the workloads. */
export function provesHealthyAgain(bench: Bench, attempt: Attempt): Promise<Proved> {
  return provesSolved(bench, attempt, async () => {
    const { baseline } = await bench.recordOf(attempt.id)
    // The spec of a claim cannot be changed, and the users' data is not what was broken. Others are made anew.
    const isData = ({ kind, metadata: { name } }: KubeObject) =>
      kind === 'PersistentVolumeClaim' && name in (baseline?.claims ?? {})
    const own = Object.values(baseline?.objects ?? {}).filter((object) => !isData(object))
    const objects = [...own, ...Object.values(baseline?.beyond ?? {})]
    const workloads = own.filter(isWorkload).map(({ kind, metadata }) => `${kind}/${metadata.name}`)
    const files = Object.fromEntries(
      objects.map((object, index) => [
        `${object.kind === 'PersistentVolumeClaim' ? 'anew' : 'object'}-${index}.json`,
        JSON.stringify(object),
      ]),
    )
    const script = [
      'set -e',
      'for file in anew-*.json; do test ! -e $file || kubectl replace --force -f $file; done',
      'for file in object-*.json; do kubectl replace -f $file || kubectl create -f $file; done',
      `kubectl -n ${attempt.namespace} rollout restart ${workloads.join(' ')}`,
    ]
    await runText(bench, attempt.id, { ...files, name: 'the healthy objects again', 'script.sh': script.join('\n') })
  })
}

/** Deletes the application and lets a server answer 200 in its place. */
export function provesWebServerRefused(bench: Bench, attempt: Attempt): Promise<Proved> {
  const act = async () => {
    const { baseline } = await bench.recordOf(attempt.id)
    const objects = Object.values(baseline?.objects ?? {})
    const frontend = baseline && baselineObject<Deployment>(baseline, 'Deployment', 'frontend')
    const image = frontend?.spec.template.spec.containers[0]?.image ?? ''
    const space = `-n ${attempt.namespace}`
    const script = [
      'set -e',
      `kubectl ${space} delete deployments,services,ingresses,configmaps,secrets,persistentvolumeclaims,cronjobs --all --wait=false`,
      `kubectl ${space} create deployment web --image=${image} --replicas=2`,
      // What replaces the objects may only begin to exist when they are gone.
      ...replacements(objects).map((_, index) => `until kubectl ${space} create -f ${index}.json; do sleep 0.2; done`),
    ]
    const files = Object.fromEntries(
      replacements(objects).map((object, index) => [`${index}.json`, JSON.stringify(object)]),
    )
    await runText(bench, attempt.id, { ...files, name: 'a web server', 'script.sh': script.join('\n') })
  }
  return provesStaysBroken(bench, attempt, { reason: 'Deployment/backend was deleted', act })
}

/** Services of the same names and ports that lead to the web server, and the Ingress as it was. */
function replacements(objects: readonly KubeObject[]): KubeObject[] {
  return objects.flatMap((object) => {
    if (object.kind === 'Ingress') return [object]
    if (object.kind !== 'Service') return []
    const { ports } = object.spec as { ports: { port: number }[] }
    const spec = { selector: { app: 'web' }, ports: ports.map(({ port }) => ({ port, targetPort: 80 })) }
    return [{ ...object, spec }]
  })
}

/** Why a standing proof is not asked of the scenario; undefined when it is. */
export function leftOut({ unproved }: Scenario, proof: 'healthyAgain' | 'webServer'): string | undefined {
  return unproved?.[proof]
}
