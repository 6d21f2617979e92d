import { describe, expect, it } from 'vitest'
import { patched } from './apply-patch.ts'
import { compilePatch, compilePath } from './compile-patch.ts'

const pod = {
  spec: {
    containers: [
      { name: 'sidecar', env: [] },
      { name: 'backend', env: [{ name: 'A' }, { name: 'B', value: 'old' }] },
    ],
  },
  metadata: { annotations: { 'example.com/size': '1' } },
}

describe('compilePath', () => {
  const cases: [string, string][] = [
    ['/spec/containers[name=backend]/image', '/spec/containers/1/image'],
    ['/spec/containers[name=backend]/env[name=B]/value', '/spec/containers/1/env/1/value'],
    ['/spec/containers[name=backend]', '/spec/containers/1'],
    ['/spec/containers/0/name', '/spec/containers/0/name'],
    ['/spec/containers[name=backend]/env/-', '/spec/containers/1/env/-'],
    ['/metadata/annotations/example.com~1size', '/metadata/annotations/example.com~1size'],
  ]
  for (const [path, compiled] of cases) {
    it(`compiles ${path}`, () => expect(compilePath(path, pod)).toBe(compiled))
  }

  it('says which name is missing where', () => {
    expect(() => compilePath('/spec/containers[name=gone]/image', pod)).toThrow(
      '/spec/containers[name=gone]/image: no item with name gone in /spec/containers',
    )
  })

  it('refuses paths into prototypes', () => {
    expect(() => compilePath('/spec/__proto__/polluted', pod)).toThrow('__proto__ is not allowed')
    expect(() => compilePath('/constructor/prototype/x', pod)).toThrow('constructor is not allowed')
  })
})

describe('patched', () => {
  const change = (value: string) => [
    { op: 'test' as const, path: '/spec/containers[name=backend]/env[name=B]/value', value },
    { op: 'replace' as const, path: '/spec/containers[name=backend]/env[name=B]/value', value: 'new' },
  ]

  it('gives a changed copy and leaves the object alone', () => {
    expect(patched(pod, change('old')).spec.containers[1]?.env[1]).toEqual({ name: 'B', value: 'new' })
    expect(pod.spec.containers[1]?.env[1]).toEqual({ name: 'B', value: 'old' })
  })

  it('fails loudly when the healthy value has drifted', () => {
    expect(() => patched(pod, change('other'))).toThrow('test /spec/containers/1/env/1/value')
  })

  it('compiles the source of a move too', () => {
    const move = { op: 'move' as const, from: '/spec/containers[name=backend]/env', path: '/spec/env' }
    expect(compilePatch([move], pod)).toEqual([{ ...move, from: '/spec/containers/1/env' }])
  })
})
