// Whole attempts on a Kubernetes that is not ours: the same on each.
import { afterEach, expect, it } from 'vitest'
import { readKubeconfig } from '../../src/lab/kubernetes/kubeconfig.ts'
import { makeKubernetesApi } from '../../src/lab/kubernetes/kubernetes-api.ts'
import { instructor, type NamespaceLab, startNamespaceLab } from './namespace-lab.ts'
import { makePlatformAccount } from './platform-account.ts'

/** Declares the tests; `kubeconfig` is an administrator's, asked for when they run. */
export function testWholeAttempts(kubeconfig: () => string): void {
  let under: NamespaceLab | undefined
  afterEach(async () => {
    await under?.stop()
    under = undefined
  })

  it('runs an attempt from the deployment to the end of its namespace', async () => {
    under = await startNamespaceLab(kubeconfig())
    const { id, namespace } = await under.broken('tasks-do-not-load')
    const selector = '{"spec":{"selector":{"app":"backend"}}}'
    expect(await under.asStudent(id, 'patch', 'service', 'backend-svc', '--type=merge', '-p', selector)).toMatchObject({
      ok: true,
    })
    expect((await under.inState(id, 'solved')).score).toMatchObject({ points: 100, max: 100 })
    await under.lab.end(instructor, id)
    const api = makeKubernetesApi(readKubeconfig(kubeconfig()))
    expect(await api.find({ kind: 'Namespace', name: namespace })).toBeUndefined()
    api.close()
    expect(under.problems).toEqual([])
  })

  it('runs an attempt with the rights of manifests/platform and no others', async () => {
    under = await startNamespaceLab(await makePlatformAccount(kubeconfig()), {
      LAB_SANDBOX_ROLE: 'taskmaster-lab-sandbox',
    })
    const { id } = await under.broken('site-not-found')
    const { namespace } = await under.lab.get(instructor, id)
    const host = `[{"op":"replace","path":"/spec/rules/0/host","value":"${namespace}.taskmaster.local"}]`
    expect(
      await under.asStudent(id, 'patch', 'ingress', 'taskmaster-ingress', '--type=json', '-p', host),
    ).toMatchObject({ ok: true })
    await under.inState(id, 'solved')
    await under.lab.end(instructor, id)
    expect(under.problems).toEqual([])
  })
}
