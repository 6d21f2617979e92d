import { expect, it } from 'vitest'
import { writeKubeconfig } from './kubernetes/kubeconfig.ts'
import { renewalTime } from './student-token.ts'
import { isRenewalDue, startTokenRenewal } from './token-renewal.ts'

const tokenOf = (claims: object) => `h.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.s`
const kubeconfigOf = (claims: object) =>
  writeKubeconfig({ server: 'https://10.0.0.1', token: tokenOf(claims) }, { cluster: 'c', user: 'u' })

it('a token is due when half of its life is over', () => {
  const kubeconfig = kubeconfigOf({ iat: 1000, exp: 2000 })
  expect(isRenewalDue(kubeconfig, 1_499_000)).toBe(false)
  expect(isRenewalDue(kubeconfig, 1_500_000)).toBe(true)
})

it('a token without an end is never due', () => {
  expect(renewalTime(tokenOf({ sub: 'x' }))).toBeUndefined()
  expect(renewalTime('not-a-token')).toBeUndefined()
})

it('the student gets a new kubeconfig in time, also right after a restart', async () => {
  const renewed = Promise.withResolvers<string>()
  const stop = startTokenRenewal({
    current: () => kubeconfigOf({ iat: 1000, exp: 2000 }),
    renew: async () => 'new',
    onKubeconfig: renewed.resolve,
    onProblem: renewed.reject,
    now: () => 1_600_000,
  })
  expect(await renewed.promise).toBe('new')
  stop()
})
