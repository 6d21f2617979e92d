import { expect, test } from 'vitest'
import { insideNetwork, planHostIdentity } from './host-user.ts'

const user = { uid: 65_534, gid: 65_534 }
const enter = ['nsenter', '--net=/proc/1/fd/23']

test('a process enters its network while it may, and drops its rights afterwards', () => {
  const plain = planHostIdentity(user, undefined)
  expect(insideNetwork(plain, enter)).toEqual({
    user,
    spawnOptions: {},
    prefix: [...enter, '--setuid=65534', '--setgid=65534', '--'],
  })
  const searching = planHostIdentity(user, '/root', '/usr/bin/setpriv')
  expect(insideNetwork(searching, enter).prefix).toEqual([...enter, '--', ...searching.prefix])
})

test('without a network of its own nothing changes', () => {
  const plain = planHostIdentity(user, undefined)
  expect(insideNetwork(plain, [])).toBe(plain)
})
